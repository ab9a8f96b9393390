"""The processes of a run and the network between them, kept running as a supervisor would."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.chaos.findings import Finding
from tests.chaos.own_clock import environment, set_clock
from tests.chaos.plan import SERVICES, Plan
from tests.support.processes import Service, Start
from tests.support.proxy import Proxy
from tests.support.servers import TestServer

from belltower.db.engine import create_engine, is_outage
from belltower.runtime.settings import DatabaseSettings

SETTINGS = {
    "BELLTOWER_RING_TIMEOUT": "5",
    "BELLTOWER_CALL_TIME_LIMIT": "10",
    "BELLTOWER_ABSENT_FOR": "20",
    "BELLTOWER_CHECK_INTERVAL": "5",
}
"""So that what is in doubt is known soon."""
READY = 240.0
"""Seconds that a process may take to start on a busy machine."""
PAUSE = 0.4
"""Seconds after which a process that ended is started again."""

WITNESS = """
CREATE TABLE chaos_gated (attempt uuid PRIMARY KEY, dialer bigint, owner bigint, status text);
CREATE FUNCTION chaos_witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_gated SELECT NEW.id, NEW.dialer, owner, status FROM campaigns WHERE id = NEW.campaign_id;
    RETURN NEW;
END $$;
CREATE TRIGGER chaos_witness AFTER INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION chaos_witness();
"""
"""Writes down at each gate whose the campaign was and whether it ran: the rows that are judged say nothing of it later."""


class NotFired(Exception):
    """A fault could not be proven to have happened: the run says nothing."""


@dataclass
class Servers:
    """Where a run's database and virtual host are."""

    postgres: TestServer
    rabbitmq: TestServer
    database_url: str
    amqp_url: str
    disk: Path | None = None
    """The small file system on which the database lies, where it lies on one."""
    clock: Path | None = None
    """What the database tells the time by, where that can be set."""


@dataclass
class Stage:
    """Everything that runs."""

    plan: Plan
    servers: Servers
    start: Start
    folder: Path
    engine: AsyncEngine
    extra: Mapping[str, str]
    closing: AsyncExitStack
    links: dict[str, Proxy] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    carrier_faults: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    """What was seen on the way that must not be."""
    deaths: Counter[str] = field(default_factory=Counter)
    """Processes that ended by themselves, by name and exit code."""
    expected_deaths: set[int] = field(default_factory=set)
    began: float = 0.0

    # ---- telling

    def say(self, words: str) -> None:
        """Tell how it goes."""
        at = time.monotonic() - self.began if self.began else 0.0
        sys.stdout.write(f"  [{self.plan.seed}] {at:6.1f} s  {words}\n")
        sys.stdout.flush()

    # ---- processes

    @property
    def fuses(self) -> Path:
        """Where the fuses of named points lie."""
        return self.folder / "fuses"

    @property
    def clock_file(self) -> Path:
        """What the clock of a process with a wrong one reads."""
        return self.folder / "clock"

    async def begin(self) -> None:
        """Start all processes side by side."""
        self.fuses.mkdir()
        set_clock(self.clock_file, 0)
        self._begin_one("carrier-1")
        for fault in self.plan.faults:
            if fault.kind == "network":
                await self._lay(fault.target)
        for name in SERVICES:
            if name != "carrier-1":
                self._begin_one(name)
        await asyncio.gather(*map(self.ready, self.services))
        await self.behave()

    async def _lay(self, link: str) -> None:
        """Lead a link through a proxy. Those to the carrier all are: which of them breaks is decided by who calls then."""
        server = link.split(">")[1]
        links = [f"{name}>carrier" for name in SERVICES if name.startswith("dialer")] if server == "carrier" else [link]
        for each in links:
            if each not in self.links:
                self.links[each] = await self.closing.enter_async_context(Proxy(self._target(server)))

    def _begin_one(self, name: str) -> None:
        self.services[name] = self.start.begin(name.split("-")[0], **self._environment(name))
        assert self.services[name].name == name

    def _target(self, server: str) -> str:
        return {
            "postgres": self.servers.database_url,
            "rabbitmq": self.servers.amqp_url,
            "carrier": self.services["carrier-1"].url,
            "api": self.start.public_url,
        }[server]

    def _environment(self, name: str) -> dict[str, str]:
        found = {"BELLTOWER_FAULT_FUSES": str(self.fuses), **self.extra}
        if name == "carrier-1":
            return {**found, "BELLTOWER_CARRIER_LOG": str(self.folder / "carrier.jsonl")}
        found |= SETTINGS | {"DATABASE_URL": self._way(name, "postgres")}
        if not name.startswith("api"):
            found["AMQP_URL"] = self._way(name, "rabbitmq")
        if not name.startswith("scheduler"):
            found["BELLTOWER_CARRIER_URL"] = self._way(name, "carrier")
            found["BELLTOWER_PUBLIC_URL"] = self._way("carrier-1", "api")
        if any(fault.kind == "clock" and fault.target == name for fault in self.plan.faults):
            found |= environment(self.clock_file)
        return found

    def _way(self, name: str, server: str) -> str:
        link = self.links.get(f"{name}>{server}")
        return link.url if link is not None else self._target(server)

    async def ready(self, name: str, timeout: float = READY) -> Service:
        """Wait until a process can work."""
        service = self.services[name]
        deadline = time.monotonic() + timeout
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while time.monotonic() < deadline:
                try:
                    if (await client.get(f"{service.url}/readyz")).status_code == httpx.codes.OK:
                        return service
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise AssertionError(f"{name} was not ready within {timeout:.0f} s")

    async def supervise(self) -> None:
        """Start again whatever ended, for ever."""
        while True:
            for name, service in self.services.items():
                if service.is_running:
                    continue
                if service.pid not in self.expected_deaths:
                    self.deaths[f"{name} with {service.exit_code}"] += 1
                    self.say(f"{name} ended by itself with {service.exit_code}")
                await asyncio.sleep(PAUSE)
                service.begin_again()
                if name == "carrier-1":
                    await self.ready(name)
                    await self.behave()
            await asyncio.sleep(0.1)

    # ---- the telephone network

    async def behave(self) -> None:
        """Have the telephone network do what the plan and the faults of the moment say."""
        faults = dict(self.plan.behaviour["faults"])
        for name, share in self.carrier_faults.items():
            faults[name] = min(faults.get(name, 0) + share, 0.9)
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:

            async def put() -> bool:
                url = f"{self.services['carrier-1'].url}/_simulator/behaviour"
                answer = await client.put(url, json=self.plan.behaviour | {"faults": faults})
                assert answer.status_code == httpx.codes.OK, answer.text
                return True

            await insist(put)

    async def injected(self, fault: str) -> float:
        """How often the telephone network did a fault, since it started."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            answer = await insist(lambda: client.get(f"{self.services['carrier-1'].url}/metrics"))
        wanted = f'belltower_carrier_faults_total{{fault="{fault}"}} '
        found = [line for line in answer.text.splitlines() if line.startswith(wanted)]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0

    async def truth(self) -> list[dict[str, Any]]:
        """What the telephone network really did."""
        calls: list[dict[str, Any]] = []
        cursor: str | None = "0"
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            while cursor is not None:
                url = f"{self.services['carrier-1'].url}/_simulator/calls"
                page = (await client.get(url, params={"limit": 10_000, "cursor": cursor})).json()
                calls += page["items"]
                cursor = page["next_cursor"]
        return calls

    # ---- the database

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """The rows of a statement, as soon as the database answers."""

        async def ask() -> list[Any]:
            async with self.engine.connect() as connection:
                return list(await connection.execute(text(statement), parameters))

        found: list[Any] = await insist(ask)
        return found

    async def one(self, statement: str, **parameters: Any) -> Any:
        """The one value of a statement."""
        return (await self.rows(statement, **parameters))[0][0]


async def insist(ask: Callable[[], Awaitable[Any]], timeout: float = 240.0) -> Any:
    """Ask until there is an answer: whoever is asked may be away for a while."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return await ask()
        except Exception as error:
            passes = isinstance(error, httpx.TransportError) or is_outage(error)
            if not passes or time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.2)


async def until(check: Callable[[], Awaitable[Any]], timeout: float, what: str, interval: float = 0.1) -> Any:
    """The first true value of a check. Raises `NotFired` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (value := await check()):
        if time.monotonic() > deadline:
            raise NotFired(f"{what}: not within {timeout:.0f} s")
        await asyncio.sleep(interval)
    return value


@asynccontextmanager
async def staged(
    plan: Plan, servers: Servers, folder: Path, extra: Mapping[str, str] | None = None
) -> AsyncIterator[Stage]:
    """A stage on which everything runs; `extra` is environment for all processes."""
    engine = create_engine(DatabaseSettings(database_url=SecretStr(servers.database_url)), name="chaos")
    connection = await asyncpg.connect(servers.database_url)
    try:
        await connection.execute(WITNESS)
    finally:
        await connection.close()
    start = Start(servers.database_url, servers.amqp_url, folder)
    async with AsyncExitStack() as closing:
        stage = Stage(plan, servers, start, folder, engine, extra or {}, closing)
        try:
            await stage.begin()
            yield stage
        finally:
            for service in reversed(start.services):
                service.end()
            await engine.dispose()
