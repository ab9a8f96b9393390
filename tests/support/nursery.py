"""Processes that are forked from one which has loaded everybody else's libraries already.

To load them takes most of a second of processor, and the tests start hundreds of processes. What is Belltower's own each
process loads by itself, from wherever its PYTHONPATH says; nothing else is different from `python -m`.
"""

import atexit
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LIBRARIES = (
    "aio_pika", "aiohttp.web", "argon2", "asyncpg", "fastapi", "httpx", "icalendar", "phonenumbers", "prometheus_client",
    "pydantic_settings", "python_multipart", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.ext.asyncio",
    "starlette.routing", "structlog", "twilio.request_validator", "twilio.twiml.voice_response", "uvicorn", "uvloop",
)  # fmt: skip
"""Without `uuid_utils`, whose random numbers must not be forked."""


class Forked:
    """A process of the nursery, with what `subprocess.Popen` has of it."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery
        self._ended = select.poll()
        self._handle: int | None = os.pidfd_open(pid)
        self._ended.register(self._handle, select.POLLIN)

    def poll(self) -> int | None:
        """How it ended (negative: by which signal); None: it runs."""
        return self.returncode if self.returncode is not None or not self._ended.poll(0) else self._reap()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        if self.returncode is not None:
            return self.returncode
        if not self._ended.poll(None if timeout is None else 1000 * timeout):
            assert timeout is not None
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return self._reap()

    def send_signal(self, number: int) -> None:
        """Signal it, if it runs."""
        if self.poll() is None and self._handle is not None:
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def _reap(self) -> int:
        assert self._handle is not None
        code = self.returncode = self._nursery.ask(reap=self.pid)
        os.close(self._handle)
        self._handle = None
        return code


class Nursery:
    """The process from which others are forked. It ends with the one that started it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._line = ours
        atexit.register(self._end)

    def start(self, package: str, environment: Mapping[str, str], log: Path) -> Forked:
        """`python -m package` in an environment; what it writes is added to `log`."""
        return Forked(self, self.ask(package=package, environment=dict(environment), folder=os.getcwd(), log=str(log)))

    def ask(self, **wish: Any) -> int:
        """What the nursery answers to a wish: the id of a new process, or how one ended."""
        self._line.sendall(json.dumps(wish).encode() + b"\n")
        answer = self._line.recv(64)
        assert answer, "The nursery has ended."
        return int(answer)

    def _end(self) -> None:
        self._line.close()
        self._process.wait()


@cache
def nursery() -> Nursery:
    """The one of this process."""
    return Nursery()


def _keep(line: socket.socket) -> dict[str, Any] | None:
    """Do what is wished until nobody is there any more: None. In a process that was forked: what it is to be."""
    with line.makefile("rb") as wishes:
        for words in wishes:
            wish = json.loads(words)
            if "reap" in wish:
                _, status = os.waitpid(wish["reap"], 0)
                answer = os.waitstatus_to_exitcode(status)
            else:
                answer = os.fork()
                if answer == 0:
                    return dict(wish)
            line.sendall(str(answer).encode())
    return None


def _become(package: str, environment: Mapping[str, str], folder: str, log: str) -> None:
    """What `python -m package` is in this environment and folder, in a session of its own, from here on."""
    os.setsid()
    os.chdir(folder)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:1] = [folder, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    runpy.run_module(package, run_name="__main__", alter_sys=True)


def main() -> None:
    """Load everything, and wait for wishes on the socket whose number is the argument."""
    for name in LIBRARIES:
        importlib.import_module(name)
    with socket.socket(fileno=int(sys.argv[1])) as line:
        wish = _keep(line)
    if wish is not None:
        _become(**wish)


if __name__ == "__main__":
    main()
