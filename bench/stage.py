"""Where paths are measured: real servers that sync to disk, a database and a virtual host for each path, real services."""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import psutil
from tests.support.processes import Service, Start
from tests.support.product import create_account

from belltower.db.engine import create_engine
from belltower.db.migrate import migrate
from belltower.runtime.settings import DatabaseSettings
from belltower_local.folder import Folder
from belltower_local.postgres import Postgres
from belltower_local.rabbitmq import RabbitMQ
from belltower_local.servers import base_environment, choose_ports, install_missing, limit_open_files
from belltower_local.supervisor import Supervisor

FOLDER = Path(__file__).parents[1] / ".run" / "bench"
BALANCE = "10000000.00"


@dataclass(frozen=True)
class BenchServers:
    """The servers of a run."""

    postgres: str
    rabbitmq: str
    management: str

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[str]:
        """A database of its own, dropped at the end."""
        await _execute(self.postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(self.postgres)._replace(path=f"/{name}"))
        finally:
            await _execute(self.postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def virtual_host(self, name: str) -> Iterator[str]:
        """A virtual host of its own, deleted at the end."""
        user = urlsplit(self.rabbitmq).username
        with httpx.Client(base_url=f"{self.management}/api/", trust_env=False, timeout=30) as api:
            api.put(f"vhosts/{name}").raise_for_status()
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            api.put(f"permissions/{name}/{user}", json=everything).raise_for_status()
            try:
                yield urlunsplit(urlsplit(self.rabbitmq)._replace(path=f"/{name}"))
            finally:
                api.delete(f"vhosts/{name}")


@dataclass
class Stage:
    """One path's database, virtual host, account and processes."""

    start: Start
    database_url: str
    amqp_url: str
    logs: Path
    database: asyncpg.Connection
    api_key: str = ""
    services: list[Service] = field(default_factory=list)

    def serve(self, kind: str, **environment: str) -> Service:
        """Start a service of Belltower and wait until it is ready."""
        return self.start(kind, **environment)

    async def open_account(self) -> None:
        """Create an account with more money than any path needs; `api_key` is its key."""
        self.api_key = await asyncio.to_thread(create_account, self.database_url, balance=BALANCE)

    async def behave(self, carrier: Service, **behaviour: object) -> None:
        """Set what the telephone network does."""
        async with httpx.AsyncClient(trust_env=False) as client:
            (await client.put(f"{carrier.url}/_simulator/behaviour", json=behaviour)).raise_for_status()


@contextmanager
def bench_servers() -> Iterator[BenchServers]:
    """A private Postgres and a private RabbitMQ that keep what they are told (fsync is on), deleted at the end."""
    folder = Folder(FOLDER)
    if not folder.hold():
        raise SystemExit("Another `make bench` runs in this checkout. Wait for it, or stop it.")
    folder.kill_leftovers()
    folder.wipe()
    install_missing(folder.logs / "packages.log")
    limit_open_files()
    ports = choose_ports(("postgres", *RabbitMQ.PORTS), {})
    postgres = Postgres.prepare(folder, ports["postgres"])
    rabbitmq = RabbitMQ.prepare(folder, ports)
    supervisor = Supervisor(folder, base_environment())
    try:
        supervisor.start([postgres.program(), *rabbitmq.programs()])
        postgres.start(supervisor)
        rabbitmq.start(supervisor)
        rabbitmq.wait(supervisor)
        postgres.wait(supervisor)
        yield BenchServers(postgres.url, rabbitmq.url, rabbitmq.management_url)
    finally:
        supervisor.kill()
        folder.discard()


@asynccontextmanager
async def staged(servers: BenchServers, name: str) -> AsyncIterator[Stage]:
    """A stage with the newest schema, nothing in it, and nothing started yet; all that is started ends with it."""
    unique = f"bench_{name}_{secrets.token_hex(3)}"
    logs = FOLDER / "services" / unique
    logs.mkdir(parents=True)
    async with servers.database(unique) as database_url:
        with servers.virtual_host(unique) as amqp_url:
            engine = create_engine(DatabaseSettings.model_validate({"DATABASE_URL": database_url}), name="bench")
            await migrate(engine)
            await engine.dispose()
            start = Start(database_url, amqp_url, logs, forks=False)
            database = await asyncpg.connect(database_url, command_timeout=900)
            try:
                yield Stage(start, database_url, amqp_url, logs, database)
            finally:
                for service in reversed(start.services):
                    service.end()
                await database.close()


class Processor:
    """Seconds of processor that processes and the run's Postgres take, from when this was made."""

    def __init__(self, *services: Service, **others: int) -> None:
        """Of services, and of others by their process ids."""
        self._processes = {service.name: psutil.Process(service.pid) for service in services}
        self._processes |= {name: psutil.Process(pid) for name, pid in others.items()}
        self._before = self._now()
        self._began = time.monotonic()

    def _now(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._processes.items()} | {
            "postgres": _of_family("postgres")
        }

    def used(self) -> dict[str, float]:
        """By process, so far."""
        return {name: seconds - self._before[name] for name, seconds in self._now().items()}

    def shares(self) -> dict[str, float]:
        """Of one core, by process, so far."""
        passed = time.monotonic() - self._began
        return {name: seconds / passed for name, seconds in self.used().items()}


def _of_family(program: str) -> float:
    """Seconds of processor of the run's own server of that name, with sessions that have ended."""
    total = 0.0
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == program and str(FOLDER) in " ".join(process.info["cmdline"] or []):
            total += sum(process.cpu_times()[:4])
            for child in process.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    total += sum(child.cpu_times()[:2])
    return total


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def environment() -> dict[str, str]:
    """What a raw baseline's process is started with."""
    return base_environment() | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1])])}
