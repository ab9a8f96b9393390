"""Starts the services as the processes that they are, to be used, stopped, woken, ended and killed by tests."""

import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.support.nursery import Forked, nursery

from belltower_local import ports
from belltower_local.servers import base_environment

ACCOUNT_SID = "AC" + secrets.token_hex(16)
AUTH_TOKEN = secrets.token_hex(16)
"""What the simulated carrier of a test knows its one account by."""

_LOG_LINES = 60
_services = pytest.StashKey[list["Service"]]()


class Service:
    """A process of a service."""

    def __init__(self, name: str, package: str, environment: dict[str, str], log: Path, *, is_forked: bool) -> None:
        self.name = name
        self.environment = environment
        self.url = f"http://127.0.0.1:{environment['BELLTOWER_HTTP_PORT']}"
        self._package = package
        self._log = log
        self._is_forked = is_forked
        self._process = self._begin()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def logs(self) -> str:
        """All that it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by which signal); None: it runs."""
        return self._process.poll()

    def kill9(self) -> None:
        """End it at once, by force."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Halt it where it is (SIGSTOP), as a suspended machine would."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on (SIGCONT)."""
        self._process.send_signal(signal.SIGCONT)

    def terminate(self, timeout: float = 30.0) -> int:
        """Ask it to end, and wait. Returns its exit code; raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        self._process.terminate()
        return self._process.wait(timeout)

    def wait(self, timeout: float = 30.0) -> int:
        """Wait until it has ended. Returns its exit code (negative: the signal that ended it)."""
        return self._process.wait(timeout)

    def start_again(self, timeout: float = 30.0) -> None:
        """Start it again after it ended, with the environment that it had, and wait until it is ready."""
        self.begin_again()
        self.wait_until_ready(timeout)

    def begin_again(self) -> None:
        """The same, without waiting until it is ready."""
        assert not self.is_running, f"{self.name} still runs"
        self._process = self._begin()

    def wait_until_ready(self, timeout: float = 30.0) -> None:
        """Wait until it says that it is ready. Raises `AssertionError` with its log when it ends, or after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with httpx.Client(trust_env=False, verify=False, timeout=5) as client:
            while True:
                assert self.is_running, f"{self.name} ended with {self._process.returncode}:\n{self.logs}"
                try:
                    if client.get(f"{self.url}/readyz").status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass
                assert time.monotonic() < deadline, f"{self.name} was not ready within {timeout} s:\n{self.logs}"
                time.sleep(0.02)

    def end(self) -> None:
        """Leave nothing of it."""
        if self.is_running:
            self._process.kill()
        self._process.wait()

    def _begin(self) -> "subprocess.Popen[bytes] | Forked":
        if self._is_forked and "LD_PRELOAD" not in self.environment:
            return nursery().start(self._package, self.environment, self._log)
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", self._package],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )


class Start:
    """Starts services for one test; all that it started ends with the test."""

    def __init__(self, database_url: str, amqp_url: str, logs: Path, *, forks: bool = True) -> None:
        """`forks`: from the nursery, which is quick; otherwise as anybody starts a process."""
        self.services: list[Service] = []
        self._servers = {"DATABASE_URL": database_url, "AMQP_URL": amqp_url}
        self._logs = logs
        self._forks = forks
        self._api_port = ports.any_free()

    @property
    def database_url(self) -> str:
        """The test's database."""
        return self._servers["DATABASE_URL"]

    @property
    def public_url(self) -> str:
        """The origin at which the carrier reaches the API: known before the API starts."""
        return f"http://127.0.0.1:{self._api_port}"

    def __call__(self, service: str, **environment: str) -> Service:
        """Start `api`, `scheduler`, `dialer` or `carrier` and wait until it is ready.

        It gets the test's database and virtual host, a free port, and the carrier that the test started before, if any;
        `environment` adds to that. Several of a kind may run; the first API has the `public_url`.
        """
        started = self.begin(service, **environment)
        started.wait_until_ready()
        return started

    def begin(self, service: str, **environment: str) -> Service:
        """The same, without waiting until it is ready."""
        number = 1 + sum(other.name.startswith(f"{service}-") for other in self.services)
        taken = {int(other.environment["BELLTOWER_HTTP_PORT"]) for other in self.services} | {self._api_port}
        port = self._api_port if service == "api" and number == 1 else ports.any_free(taken)
        settings = {
            **_without_ours(base_environment()),
            "BELLTOWER_HTTP_HOST": "127.0.0.1",
            "BELLTOWER_HTTP_PORT": str(port),
            "BELLTOWER_CARRIER_ACCOUNT_SID": ACCOUNT_SID,
            "BELLTOWER_CARRIER_AUTH_TOKEN": AUTH_TOKEN,
            **self._needs(service),
            **environment,
        }
        name = f"{service}-{number}"
        started = Service(name, f"belltower_{service}", settings, self._logs / f"{name}.log", is_forked=self._forks)
        self.services.append(started)
        return started

    def _needs(self, service: str) -> dict[str, str]:
        if service == "carrier":
            return {}
        if service == "scheduler":
            return self._servers
        carriers = [other.url for other in self.services if other.name.startswith("carrier-")]
        return self._servers | {
            "BELLTOWER_CARRIER": "simulated",
            "BELLTOWER_CARRIER_URL": carriers[0] if carriers else f"http://127.0.0.1:{ports.any_free()}",
            "BELLTOWER_PUBLIC_URL": self.public_url,
        }


@pytest.fixture
def start(request: pytest.FixtureRequest, database_url: str, amqp_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts services as processes: `dialer = start("dialer", BELLTOWER_FAULT="gate.committed:kill")`."""
    with starting(request.node, database_url, amqp_url, tmp_path) as starter:
        yield starter


@contextmanager
def starting(node: pytest.Item | pytest.Session, database_url: str, amqp_url: str, logs: Path) -> Iterator[Start]:
    """Starts services for a test or for all of a session; they end with it."""
    starter = Start(database_url, amqp_url, logs)
    node.stash[_services] = starter.services
    try:
        yield starter
    finally:
        for service in reversed(starter.services):
            service.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its services wrote."""
    report = yield
    if report.failed:
        for service in item.stash.get(_services, []) or item.session.stash.get(_services, []):
            report.sections.append((f"log of {service.name}", "\n".join(service.logs.splitlines()[-_LOG_LINES:])))
    return report


def _without_ours(environment: dict[str, str]) -> dict[str, str]:
    """No setting of the shell that runs the tests reaches the services."""
    ours = ("BELLTOWER_", "DATABASE_URL", "AMQP_URL")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}
