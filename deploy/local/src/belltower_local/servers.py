"""Private Postgres and RabbitMQ servers of a folder: found on this machine or installed, prepared, started, waited for."""

import os
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from belltower_local import packages, ports
from belltower_local.finding import find_chromium, missing_servers
from belltower_local.folder import Folder
from belltower_local.postgres import Postgres
from belltower_local.rabbitmq import RabbitMQ
from belltower_local.supervisor import Program, Supervisor

OPEN_FILES = 65_536
"""How many files a process of ours may open: every call and every client holds a connection. Unlimited is no better:
Erlang prepares a table of as many entries as it is allowed."""

_FOREIGN = ("PG", "RABBITMQ_", "ERL_", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS")
"""Prefixes of variables that speak to other programs, or about other servers, and would change what ours do."""


@dataclass(frozen=True)
class Servers:
    """Servers that are up."""

    supervisor: Supervisor
    postgres: Postgres | None
    rabbitmq: RabbitMQ | None


def install_missing(log: Path, *, postgres: bool = True, rabbitmq: bool = True, chromium: bool = False) -> None:
    """Install what this machine lacks of these. Raises `SetupError` with a line to paste when we may not."""
    wanted = missing_servers(postgres=postgres, rabbitmq=rabbitmq)
    if chromium and find_chromium() is None:
        wanted.append("chromium")
    if wanted:
        packages.install(wanted, log)


def base_environment() -> dict[str, str]:
    """Our environment without what would change the ways of servers and services.

    Our processes speak to each other on the loopback address, past any proxy.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, ("127.0.0.1,localhost", os.environ.get(name, ""))))
    return environment


def limit_open_files() -> None:
    """Set how many files we, and all that we start, may open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def choose_ports(names: Sequence[str], wanted: dict[str, int], taken: Sequence[int] = ()) -> dict[str, int]:
    """A free port for each name: the one that it had before, if it still is free."""
    chosen: dict[str, int] = {}
    for name in names:
        chosen[name] = ports.keep_or_find(wanted.get(name), {*chosen.values(), *taken})
    return chosen


@contextmanager
def private_servers(
    folder: Folder,
    *,
    postgres: bool = True,
    rabbitmq: bool = True,
    postgres_environment: Mapping[str, str] | None = None,
) -> Iterator[Servers]:
    """Fast and forgetful servers for tests: not synced to disk, and deleted with their folder at the end.

    The folder must be held. Servers that this machine lacks are installed. `postgres_environment` adds to that of Postgres.
    """
    install_missing(folder.logs / "packages.log", postgres=postgres, rabbitmq=rabbitmq)
    limit_open_files()
    chosen = choose_ports(("postgres", *RabbitMQ.PORTS), {})
    database = None
    if postgres:
        database = Postgres.prepare(folder, chosen["postgres"], durable=False, environment=postgres_environment)
    broker = RabbitMQ.prepare(folder, chosen) if rabbitmq else None
    programs: list[Program] = []
    if database is not None:
        programs.append(database.program())
    if broker is not None:
        programs.extend(broker.programs())
    supervisor = Supervisor(folder, base_environment())
    try:
        supervisor.start(programs)
        if database is not None:
            database.start(supervisor)
        if broker is not None:
            broker.start(supervisor)
            broker.wait(supervisor)
        if database is not None:
            database.wait(supervisor)
        yield Servers(supervisor, database, broker)
    finally:
        supervisor.kill()
        folder.wipe()
