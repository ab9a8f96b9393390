"""All of Belltower on this machine: the servers and the services of a folder, started in order and stopped in order."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from belltower_local import ports, rabbitmq
from belltower_local.console import console
from belltower_local.credentials import Memory, write_credentials
from belltower_local.folder import Folder
from belltower_local.packages import SetupError
from belltower_local.postgres import Postgres
from belltower_local.rabbitmq import RabbitMQ
from belltower_local.servers import base_environment, choose_ports, install_missing, limit_open_files
from belltower_local.supervisor import Program, Supervisor

API_PORT = 8080
"""The API's port unless BELLTOWER_PORT names another; when it is taken, the next free one."""

_SERVICES = {
    "carrier": "belltower_carrier",
    "api": "belltower_api",
    "scheduler": "belltower_scheduler",
    "dialer-1": "belltower_dialer",
    "dialer-2": "belltower_dialer",
}
_CALLER_ID = "+12025550199"


class Stack:
    """The servers and services of a folder, which must be held."""

    def __init__(self, folder: Folder, *, api_port: int | None = None, web_folder: Path | None = None) -> None:
        """The API listens on `api_port`, or on the next one that is free, and serves the web app of `web_folder`."""
        self.folder = folder
        self._api_port = api_port or configured_port()
        self._web_folder = web_folder
        self.memory = Memory.load(folder)
        self._postgres: Postgres | None = None
        self._rabbitmq: RabbitMQ | None = None
        self._database_url = os.environ.get("DATABASE_URL", "")
        self._amqp_url = os.environ.get("AMQP_URL", "")
        self._supervisor: Supervisor | None = None

    @property
    def api_url(self) -> str:
        """The API's origin."""
        return self._origin("api")

    @property
    def carrier_url(self) -> str:
        """The simulated carrier's origin."""
        return self._origin("carrier")

    @property
    def management_url(self) -> str:
        """RabbitMQ's management, with the name and the password to enter."""
        if self._rabbitmq is not None:
            return self._rabbitmq.management_url
        given = os.environ.get("RABBITMQ_MANAGEMENT_URL")
        return given or f"http://{urlsplit(self._amqp_url).hostname}:15672"

    def start(self) -> None:
        """Start everything and wait until it can be used. Raises `SetupError` with a sentence when it cannot."""
        own_postgres, own_rabbitmq = not self._database_url, not self._amqp_url
        install_missing(self.folder.logs / "packages.log", postgres=own_postgres, rabbitmq=own_rabbitmq)
        self.folder.end_leftovers()  # whatever a reboot or a kill of an earlier runner left behind
        limit_open_files()
        self._choose_ports()
        if own_postgres:
            self._postgres = Postgres.prepare(self.folder, self.memory.ports["postgres"])
            self._database_url = self._postgres.url
        if own_rabbitmq:
            self._rabbitmq = RabbitMQ.prepare(self.folder, self.memory.ports)
            self._amqp_url = self._rabbitmq.url
        self.memory.save(self.folder)
        supervisor = self._supervisor = Supervisor(self.folder, self._environment())
        supervisor.start(self._programs())
        with ThreadPoolExecutor(2) as together:
            # RabbitMQ takes the longest; what needs Postgres alone goes on meanwhile.
            broker = together.submit(self._start_rabbitmq, supervisor)
            together.submit(self._start_postgres, supervisor).result()
            self._migrate()
            for name in ("carrier", "api"):
                supervisor.start_program(name)
            self._create_account()
            broker.result()
        for name in _SERVICES:
            supervisor.start_program(name)
        for name in _SERVICES:
            self._wait_for_service(supervisor, name)
        self._check_key()
        self.write_credentials()

    def stop(self) -> None:
        """Stop all that was started, the services first."""
        self.folder.credentials_file.unlink(missing_ok=True)
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        self.folder.end_leftovers()

    def is_supervised(self) -> bool:
        """Whether somebody still watches over our processes."""
        return self._supervisor is not None and self._supervisor.is_alive()

    def pids(self) -> dict[str, int]:
        """The process id of each program, 0 while it does not run."""
        return self._supervisor.pids() if self._supervisor is not None and self._supervisor.is_alive() else {}

    def write_credentials(self) -> None:
        """Tell scripts where everything is and how to enter."""
        write_credentials(
            self.folder,
            {
                "BELLTOWER_URL": self.api_url,
                "BELLTOWER_API_KEY": self.memory.api_key,
                "BELLTOWER_EMAIL": self.memory.email,
                "BELLTOWER_PASSWORD": self.memory.password,
                "DATABASE_URL": self._database_url,
                "AMQP_URL": self._amqp_url,
                "RABBITMQ_MANAGEMENT_URL": self.management_url,
                "CARRIER_URL": self.carrier_url,
            },
        )

    def _origin(self, service: str) -> str:
        return f"http://127.0.0.1:{self.memory.ports[service]}"

    def _choose_ports(self) -> None:
        api = ports.next_free(self._api_port)
        if api != self._api_port:
            console.print(f"Port {self._api_port} is taken, so the API listens on {api}.")
        others = [name for name in _SERVICES if name != "api"]
        chosen = choose_ports(["postgres", *RabbitMQ.PORTS, *others], self.memory.ports, [api])
        self.memory.ports = chosen | {"api": api}

    def _environment(self) -> dict[str, str]:
        return base_environment() | {
            "DATABASE_URL": self._database_url,
            "AMQP_URL": self._amqp_url,
            "BELLTOWER_CARRIER": "simulated",
            "BELLTOWER_CARRIER_URL": self.carrier_url,
            "BELLTOWER_CARRIER_ACCOUNT_SID": self.memory.carrier_account_sid,
            "BELLTOWER_CARRIER_AUTH_TOKEN": self.memory.carrier_auth_token,
            "BELLTOWER_CARRIER_LOG": str(self.folder.path / "carrier-calls.jsonl"),
            "BELLTOWER_PUBLIC_URL": self.api_url,
            "BELLTOWER_WEB_FOLDER": str(self._web_folder or ""),
            "BELLTOWER_HTTP_HOST": "127.0.0.1",
        }

    def _programs(self) -> list[Program]:
        programs = [
            Program(
                name=name,
                command=[sys.executable, "-m", package],
                environment={"BELLTOWER_HTTP_PORT": str(self.memory.ports[name])},
                stop_patience=35,
            )
            for name, package in _SERVICES.items()
        ]
        if self._postgres is not None:
            programs.append(self._postgres.program())
        if self._rabbitmq is not None:
            programs.extend(self._rabbitmq.programs())
        return programs

    def _start_postgres(self, supervisor: Supervisor) -> None:
        """Start ours. `belltower migrate` waits for any other, and says what is wrong with it."""
        if self._postgres is not None:
            self._postgres.start(supervisor)
            self._postgres.wait(supervisor)

    def _start_rabbitmq(self, supervisor: Supervisor) -> None:
        if self._rabbitmq is not None:
            self._rabbitmq.start(supervisor)
            self._rabbitmq.wait(supervisor)
        else:
            parts = urlsplit(self._amqp_url)
            port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
            listening = lambda: rabbitmq.listens(port, parts.hostname or "127.0.0.1")  # noqa: E731
            _wait_until(listening, 15, "the RabbitMQ of AMQP_URL does not answer")

    def _migrate(self) -> None:
        self._command("migrate")

    def _create_account(self) -> None:
        """Make the demo account the first time.

        One that is there already, though we do not remember its key, is not ours to enter: then a new one is made.
        """
        created = self._try_to_create_account()
        if "existing" in created and not self.memory.api_key:
            self.memory.email = f"demo-{os.urandom(3).hex()}@belltower.example"
            created = self._try_to_create_account()
        if "existing" not in created:
            self.memory.api_key = created["api_key"]
            self.memory.save(self.folder)

    def _try_to_create_account(self) -> dict[str, str]:
        arguments = [
            "Demo",
            "--email",
            self.memory.email,
            "--caller-id",
            _CALLER_ID,
            "--balance",
            "100.00",
            "--operator",
        ]
        said = self._command(
            "create-account", *arguments, "--password-stdin", "--if-missing", "--json", words=self.memory.password
        )
        answer: dict[str, str] = json.loads(said)
        return answer

    def _check_key(self) -> None:
        """A key that the API does not know (another database, perhaps) is forgotten, and a new account made."""
        headers = {"Authorization": f"Bearer {self.memory.api_key}"}
        answer = httpx.get(f"{self.api_url}/api/wallet", headers=headers, trust_env=False, timeout=10)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.memory.api_key = ""
            self._create_account()

    def _command(self, *arguments: str, words: str = "") -> str:
        """Run a `belltower` command and return what it printed. Raises `SetupError` with what it said when it fails."""
        command = [str(Path(sys.executable).with_name("belltower")), *arguments]
        result = subprocess.run(
            command, check=False, env=self._environment(), input=words, capture_output=True, text=True
        )
        if result.returncode != 0:
            raise SetupError(f"belltower {arguments[0]} failed: {(result.stderr or result.stdout).strip()}")
        return result.stdout

    def _wait_for_service(self, supervisor: Supervisor, name: str) -> None:
        url = f"{self._origin(name)}/readyz"

        def is_ready() -> bool:
            try:
                return httpx.get(url, trust_env=False, timeout=5).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

        supervisor.wait_for(name, is_ready, timeout=60)
        console.print(f"  {name} is ready", style="dim")


def configured_port() -> int:
    """The port that BELLTOWER_PORT asks for. Raises `SetupError` when that is none."""
    text = os.environ.get("BELLTOWER_PORT", "").strip() or str(API_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise SetupError(f"BELLTOWER_PORT={text} is no TCP port. Set it to a number from 1 to 65535.")
    return int(text)


def _wait_until(is_true: Callable[[], bool], timeout: float, problem: str) -> None:
    deadline = time.monotonic() + timeout
    while not is_true():
        if time.monotonic() > deadline:
            raise SetupError(f"After {timeout:.0f} s {problem}.")
        time.sleep(0.2)
