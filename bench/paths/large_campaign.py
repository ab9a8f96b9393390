"""One campaign of a million contacts: calls a second at its beginning and at its end, and the memory of every process."""

import asyncio
import time

import psutil
from bench.figures import Figure, Found, Goal
from bench.filling import TABLES, fill, settle
from bench.paths.starting import set_up
from bench.stage import BenchServers, Stage, staged
from tests.support.eventually import eventually

CONTACTS = 1_000_000
LAST = 20_000
"""So many are left when it is near its end. Those between are ended by hand: to call them all would take hours here."""
SECONDS = 30.0
QUICK = {"ring_seconds": [0.1, 0.3], "talk_seconds": [0.2, 0.5]}
MB = 2**20


async def measure(servers: BenchServers, scale: float) -> Found:
    """Half a minute of it at the beginning, and half a minute at the end."""
    contacts = max(int(CONTACTS * scale), 2 * LAST)
    async with staged(servers, "large") as stage:
        await set_up(stage, behaviour=QUICK)
        await stage.database.execute("UPDATE campaigns SET concurrency = 200")
        await fill(stage.database, 1, "timestamptz '2031-05-18 09:30Z'", contacts=contacts)
        await settle(stage.database, *TABLES)
        await stage.database.execute(
            "UPDATE campaigns SET scheduled_time = now(), next_due_at = now() WHERE scheduled_time = '2031-05-18 09:30Z'"
        )
        await stage.database.execute("NOTIFY belltower_due")
        first, memory = await _for_a_while(stage)
        await _bring_near_its_end(stage)
        last, later = await _for_a_while(stage)
    figures = [
        Figure(f"calls a second, {contacts:,} contacts to go", first, "/s", more_is_better=True),
        Figure(
            f"calls a second, {LAST:,} to go", last, "/s", first, Goal(at_least=0.9, of_raw=True), more_is_better=True
        ),
    ]
    flat = Goal(at_least=0.85, of_raw=True)
    figures += [
        Figure(f"{name}, memory at its end (beside: at the beginning)", later[name], "MB", memory[name], flat)
        for name in memory
    ]
    return Found("large campaign", figures)


async def _for_a_while(stage: Stage) -> tuple[float, dict[str, float]]:
    """Calls a second once it calls, and the most memory of each process meanwhile."""

    async def calls() -> int:
        return int(
            await stage.database.fetchval("SELECT count(*) FROM attempts WHERE gated_at > now() - interval '5 s'")
        )

    await eventually(calls, timeout=60, interval=0.2)
    await asyncio.sleep(5)
    most = dict.fromkeys((service.name for service in stage.start.services), 0.0)
    before = await stage.database.fetchval("SELECT count(*) FROM attempts")
    began = time.monotonic()
    while time.monotonic() < began + SECONDS:
        for service in stage.start.services:
            most[service.name] = max(most[service.name], psutil.Process(service.pid).memory_info().rss / MB)
        await asyncio.sleep(0.5)
    made = await stage.database.fetchval("SELECT count(*) FROM attempts") - before
    return made / (time.monotonic() - began), most


async def _bring_near_its_end(stage: Stage) -> None:
    """End everybody who waits but the last, as if each had been called without an answer."""
    async with stage.database.transaction():
        ended = await stage.database.fetchval(
            """WITH ended AS (
                   UPDATE contacts SET status = 'unreached', next_attempt_at = NULL, attempts = 1
                   WHERE id IN (SELECT id FROM contacts WHERE status = 'waiting' ORDER BY id DESC OFFSET $1) RETURNING campaign_id
               ) SELECT count(*) FROM ended""",
            LAST,
            timeout=600,
        )
        await stage.database.execute(
            """UPDATE campaign_progress SET contact_waiting = contact_waiting - $1, contact_unreached = contact_unreached + $1
               WHERE campaign_id = (SELECT id FROM campaigns WHERE status = 'processing')""",
            ended,
        )
    await settle(stage.database, "contacts")
