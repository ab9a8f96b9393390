"""Drives supervisord, which starts our processes, starts them again when they die, and keeps and rotates their logs."""

import http.client
import os
import secrets
import shlex
import signal
import subprocess
import sys
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from belltower_local import ports
from belltower_local.folder import Folder
from belltower_local.leftovers import MARK
from belltower_local.packages import SetupError

SERVICES, SERVERS, NAMES = "services", "servers", "names"
"""The groups of programs. All of a group are stopped at once, and the groups one after the other, as they stand here:
first those who use the servers, then the servers, then Erlang's register of names, which RabbitMQ uses to the end."""

_PRIORITIES = {NAMES: 10, SERVERS: 20, SERVICES: 30}
_STARTED_IN_VAIN = 4
"""A program that ended this often while somebody waits for it is taken for broken."""


@dataclass(frozen=True)
class Program:
    """A process that is kept running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    group: str = SERVICES
    user: str | None = None
    """Whom root starts it as."""
    stop_signal: str = "TERM"
    stop_patience: int = 30
    """Seconds between the signal and SIGKILL."""


class Supervisor:
    """A supervisord of a folder, and the programs that it keeps running."""

    def __init__(self, folder: Folder, environment: Mapping[str, str]) -> None:
        """`environment` is that of all programs; each may add to it."""
        self._folder = folder
        self._environment = {**environment, MARK: str(folder.path)}
        self._process: subprocess.Popen[bytes] | None = None
        self._programs: dict[str, Program] = {}
        self._connection: xmlrpc.client.ServerProxy | None = None
        self._turn = threading.Lock()

    def start(self, programs: Sequence[Program]) -> None:
        """Start supervisord with programs that it knows, and starts when it is told to.

        It has a session of its own, so that a Ctrl-C in the terminal reaches us alone.
        """
        self._programs = {program.name: program for program in programs}
        port, password = ports.any_free(), secrets.token_hex(16)
        path = self._folder.path / "supervisord.conf"
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(configuration(self._folder, programs, port, password), encoding="utf-8")
        for program in programs:
            (self._folder.logs / f"{program.name}.log").touch(mode=0o600)
        with (self._folder.logs / "supervisord.out").open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                cwd=self._folder.path,
                start_new_session=True,
            )
        self._connection = xmlrpc.client.ServerProxy(f"http://belltower:{password}@127.0.0.1:{port}/RPC2")
        self._wait_until_it_answers()

    def start_program(self, name: str) -> None:
        """Start a program that is not running; `wait_for` says when it can be used."""
        with suppress(xmlrpc.client.Fault):  # it runs, or has just failed and will be tried again
            self._call("startProcess", self._full_name(name), False)

    def stop_program(self, name: str) -> None:
        """Stop a program, and wait until it has ended."""
        with suppress(xmlrpc.client.Fault):
            self._call("stopProcess", self._full_name(name), True)

    def kill_program(self, name: str) -> None:
        """End a running program by force; it is started again, as after any death."""
        pid = self.pid_of(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            while self.pid_of(name) == pid:
                time.sleep(0.02)

    def pid_of(self, name: str) -> int | None:
        """The process id of a running program."""
        return int(self._call("getProcessInfo", self._full_name(name))["pid"]) or None

    def pids(self) -> dict[str, int]:
        """The process id of each program, 0 while it does not run; empty when supervisord cannot say."""
        try:
            return {str(info["name"]): int(info["pid"]) for info in self._call("getAllProcessInfo")}
        except (OSError, http.client.HTTPException):
            return {}

    def is_alive(self) -> bool:
        """Whether supervisord runs."""
        return self._process is not None and self._process.poll() is None

    def wait_for(self, name: str, is_ready: Callable[[], bool], timeout: float) -> None:
        """Wait until `is_ready`.

        Raises `SetupError` with the program's last words when it ended several times meanwhile, or after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        starts = set()
        while not is_ready():
            if not self.is_alive():
                raise SetupError(f"supervisord ended. See {self._folder.logs}/supervisord.log.")
            info = self._call("getProcessInfo", self._full_name(name))
            if info["statename"] in {"BACKOFF", "FATAL"}:
                starts.add(info["start"])
            if info["statename"] == "FATAL" or len(starts) >= _STARTED_IN_VAIN:
                raise SetupError(f"{name} does not start. {self.last_words(name)}")
            if time.monotonic() > deadline:
                raise SetupError(f"{name} was not ready within {timeout:.0f} s. {self.last_words(name)}")
            time.sleep(0.05)

    def last_words(self, name: str, lines: int = 15) -> str:
        """The end of a program's log, for a person."""
        log = self._folder.logs / f"{name}.log"
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        return "\n".join([f"The end of {log}:", *said]) if said else f"It wrote nothing to {log}."

    def kill(self) -> None:
        """End everything at once, by force: for servers whose data are about to be deleted."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()
        self._folder.kill_leftovers()

    def stop(self) -> None:
        """Stop all programs, group by group, and supervisord."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            patience = sum(
                max((program.stop_patience for program in self._programs.values() if program.group == group), default=0)
                for group in _PRIORITIES
            )
            try:
                self._process.wait(patience + 15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._forget()
        self._folder.end_leftovers()

    def _forget(self) -> None:
        self._process = None
        if self._connection is not None:
            self._connection("close")()

    def _call(self, method: str, *arguments: object) -> Any:
        """Ask supervisord over its one connection, one question at a time."""
        assert self._connection is not None, "supervisord was not started"
        with self._turn:
            return getattr(self._connection.supervisor, method)(*arguments)

    def _full_name(self, name: str) -> str:
        return f"{self._programs[name].group}:{name}"

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                if self._call("getState")["statename"] == "RUNNING":
                    return
            except OSError:
                pass
            if not self.is_alive() or time.monotonic() > deadline:
                said = (self._folder.logs / "supervisord.out").read_text(encoding="utf-8", errors="replace").strip()
                raise SetupError(f"supervisord did not start. {said}")
            time.sleep(0.05)


def configuration(folder: Folder, programs: Sequence[Program], port: int, password: str) -> str:
    """The text of a supervisord.conf.

    A program that dies is started again for ever, a little later each time while it dies at once.
    """
    sections = [
        _section(
            "supervisord",
            nodaemon="true",
            silent="true",
            logfile=folder.logs / "supervisord.log",
            logfile_maxbytes="5MB",
            logfile_backups=1,
            pidfile=folder.path / "supervisord.pid",
            childlogdir=folder.logs,
            umask="022",
            **({"user": "root"} if os.geteuid() == 0 else {}),
        ),
        _section("inet_http_server", port=f"127.0.0.1:{port}", username="belltower", password=password),
        _section(
            "rpcinterface:supervisor",
            **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
    ]
    for group, priority in _PRIORITIES.items():
        names = [program.name for program in programs if program.group == group]
        if names:
            sections.append(_section(f"group:{group}", programs=",".join(names), priority=priority))
    sections.extend(_program_section(folder, program) for program in programs)
    return "\n".join(sections)


def _program_section(folder: Folder, program: Program) -> str:
    settings = [f"{name}={value}" for name, value in program.environment.items()]
    command = ["/usr/bin/env", *settings, *program.command] if settings else program.command
    return _section(
        f"program:{program.name}",
        command=shlex.join(command),
        autostart="false",
        autorestart="true",
        startsecs=2,
        startretries=100_000,
        stopsignal=program.stop_signal,
        stopwaitsecs=program.stop_patience,
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=folder.logs / f"{program.name}.log",
        stdout_logfile_maxbytes="10MB",
        stdout_logfile_backups=3,
        **({"user": program.user, "directory": Path("/")} if program.user else {}),
    )


def _section(name: str, **settings: object) -> str:
    lines = [f"{key}={str(value).replace('%', '%%')}" for key, value in settings.items()]
    return "\n".join([f"[{name}]", *lines, ""])
