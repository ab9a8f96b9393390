"""Finds and ends the processes that a runner's folder started, and nobody else's.

Every process that we start carries the path of its folder in its environment, and so do its children. The children of a
Postgres write over theirs, but they work in its data directory, inside our folder.
"""

import signal
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

MARK = "BELLTOWER_RUN_FOLDER"
"""The environment variable that names the folder of a process."""

SERVICE_PATIENCE = 30.0
"""Seconds that a process may take to end by itself: services finish the work that they have in hand."""


def processes_of(folder: Path, homes: Sequence[Path]) -> list[psutil.Process]:
    """The living processes that belong to a folder, whose servers work in `homes`."""
    return [process for process in psutil.process_iter() if _belongs(process, str(folder), homes)]


def end(processes: Iterable[psutil.Process]) -> None:
    """End processes: a supervisor first (it ends its own in order), then the rest by request, at last by force.

    A number that was given to another process since is not touched: `psutil` compares the time of the start.
    """
    alive = list(processes)
    supervisors = [process for process in alive if _is_supervisor(process)]
    _signal(supervisors, signal.SIGTERM)
    alive = _wait(alive, SERVICE_PATIENCE + 30 if supervisors else 0)
    services = [process for process in alive if not _is_server(process)]
    _signal(services, signal.SIGCONT)
    _signal(services, signal.SIGTERM)
    _wait(services, SERVICE_PATIENCE)
    servers = [process for process in alive if _is_server(process)]
    for process in servers:
        _signal([process], signal.SIGINT if _name(process) == "postgres" else signal.SIGTERM)
    alive = _wait(alive, SERVICE_PATIENCE if servers else 0)
    kill(alive)


def kill(processes: Sequence[psutil.Process]) -> None:
    """End processes by force."""
    _signal(processes, signal.SIGKILL)
    _wait(processes, 10)


def _belongs(process: psutil.Process, folder: str, homes: Sequence[Path]) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(MARK) == folder:
            return True
        if process.name() == "postgres":
            working = Path(process.cwd())
            return any(working.is_relative_to(home / "postgres") for home in homes)
    except (psutil.Error, OSError):
        pass
    return False


def _is_supervisor(process: psutil.Process) -> bool:
    try:
        return "supervisor.supervisord" in process.cmdline()
    except psutil.Error:
        return False


def _is_server(process: psutil.Process) -> bool:
    return _name(process) in {"postgres", "beam.smp", "erl_child_setup", "epmd", "inet_gethost"}


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue


def _wait(processes: Sequence[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Those of `processes` that live on after `timeout` seconds at most."""
    deadline = time.monotonic() + timeout
    while alive := [process for process in processes if _is_alive(process)]:
        if time.monotonic() >= deadline:
            return alive
        time.sleep(0.05)
    return []


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
