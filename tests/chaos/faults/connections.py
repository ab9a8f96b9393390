"""Postgres has no connection left for anybody."""

import asyncio
import contextlib
import time

import asyncpg
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import NotFired, Stage

_END_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name NOT IN ('chaos', 'hog')
"""


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Take all connections that there are, end those of the services, and take these, too."""
    hogs: list[asyncpg.Connection] = []
    refused = ended = 0
    over = time.monotonic() + fault.lasts
    try:
        while time.monotonic() < over or not (refused and ended):
            if time.monotonic() > over + 60:
                raise NotFired(f"{refused} connections were refused, {ended} ended")
            taken = await asyncio.gather(*(_connect(stage) for _ in range(25)), return_exceptions=True)
            hogs += [each for each in taken if isinstance(each, asyncpg.Connection)]
            full = sum(isinstance(each, asyncpg.TooManyConnectionsError) for each in taken)
            refused += full
            if full and not ended:
                ended = await _end_others(hogs)
            await asyncio.sleep(0.05 if full else 0)
    finally:
        for hog in hogs:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                hog.terminate()
    return f"{len(hogs)} connections were taken, {ended} of others ended, {refused} refused"


async def _end_others(hogs: list[asyncpg.Connection]) -> int:
    """End what others have, through a connection of ours that still lives; how many."""
    for hog in hogs:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return int(await hog.fetchval(_END_OTHERS))
    return 0


async def _connect(stage: Stage) -> asyncpg.Connection:
    return await asyncpg.connect(stage.servers.database_url, timeout=10, server_settings={"application_name": "hog"})
