"""Many campaigns due at one instant: until the last `process_campaign()` has begun."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from statistics import median_low

from bench.figures import Figure, Found, Goal
from bench.filling import TABLES, fill, settle
from bench.paths.starting import begun, lateness, set_up, taken_raw
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, Processor, Stage, staged
from tests.support.eventually import eventually

STORM, GREAT_STORM = 20_000, 100_000
ROUNDS = 3
"""The machine is a third faster in one minute than in another."""


async def measure(servers: BenchServers, scale: float) -> Found:
    """20,000 with one scheduler and one dialer; 100,000 with two and four, and 20,000; the raw pipeline: of each the median."""
    small, great = int(STORM * scale), int(GREAT_STORM * scale)
    ones, manies, shared, raws = [], [], [], []
    for _ in range(ROUNDS):
        ones.append(await _belltower(servers, small, 1, 1))
        manies.append(await _belltower(servers, great, 2, 4))
        shared.append(await _belltower(servers, small, 2, 4))
        raws.append(await _raw(servers, small))
    one, curve, shares = median_low(ones)
    many = median_low(manies)[0]
    theirs, raw_curve = median_low(raws)
    return Found(
        "due storm",
        [
            Figure(
                f"{small:,} at one instant, 1 scheduler, 1 dialer", one, "/s", theirs,
                Goal(at_least=10_000), Goal(at_least=40_000), more_is_better=True, note=shares,
            ),
            Figure(f"{great:,} at one instant, 2 schedulers, 4 dialers", many, "/s", more_is_better=True, bar=Goal(at_least=one)),
            Figure(f"{small:,} at one instant, 2 schedulers, 4 dialers", median_low(shared)[0], "/s", more_is_better=True),
        ],
        {"Belltower": curve, "raw": raw_curve},
    )  # fmt: skip


async def _belltower(
    servers: BenchServers, count: int, schedulers: int, dialers: int
) -> tuple[float, list[float], str]:
    async with staged(servers, "storm") as stage:
        found = await set_up(stage, schedulers=schedulers, dialers=dialers)
        await _due_in(stage, min(200, count), 2, first=9_000_000)  # the first of everything
        await _all_begun(stage)
        at = await _due_in(stage, count, 8 + count / 10_000, first=1)
        await asyncio.sleep(at - time.time() - 1)
        processor = Processor(*stage.start.services)
        await _all_begun(stage)
        due = {str(row["id"]): at for row in await stage.database.fetch(
            "SELECT id FROM campaigns WHERE scheduled_time = $1", datetime.fromtimestamp(at, UTC)
        )}  # fmt: skip
        used = ", ".join(f"{name} {seconds:.1f}" for name, seconds in processor.used().items())
        late = sorted(lateness(due, begun(dialer.logs for dialer in found)))
        doubled = await stage.database.fetchval(
            """SELECT count(*) FROM (
                   SELECT FROM attempts WHERE status <> 'not_placed' GROUP BY contact_id HAVING count(*) > 1
               ) AS twice"""
        )
        assert not doubled, f"{doubled} were called twice"
        return count / (late[-1] / 1000), late[:: max(len(late) // 200, 1)], f"seconds of processor: {used}"


async def _due_in(stage: Stage, count: int, seconds: float, *, first: int) -> float:
    """Have campaigns due in so many seconds, all at one instant; when."""
    instant = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
    await fill(stage.database, count, f"timestamptz '{instant.isoformat()}'", first=first)
    await settle(stage.database, *TABLES)
    assert datetime.now(UTC) < instant, "it took longer to write them than was thought"
    return instant.timestamp()


async def _all_begun(stage: Stage) -> None:
    async def check() -> bool:
        waiting = "SELECT EXISTS (SELECT FROM campaigns WHERE scheduled_time < now() + interval '1 day' AND started_at IS NULL)"
        return not await stage.database.fetchval(waiting)

    await eventually(check, timeout=300, interval=0.5)


async def _raw(servers: BenchServers, count: int) -> tuple[float, list[float]]:
    async with staged(servers, "storm_raw") as stage:
        await stage.database.execute(SCHEMA)
        with raw(stage, "pipeline", "dialer") as dialer, raw(stage, "pipeline", "scheduler"):
            for number, seconds in ((200, 1.0), (count, 5.0)):
                instant = (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)
                await stage.database.execute(
                    f"""INSERT INTO raw_campaigns (id, message, status, next_due_at)
                        SELECT gen_random_uuid(), 'Hello.', 'scheduled', $1 FROM generate_series(1, {number})""",
                    instant,
                )
                await stage.database.execute("NOTIFY raw")
                await settle(stage.database, "raw_campaigns")

                async def check() -> bool:
                    return not await stage.database.fetchval(
                        "SELECT EXISTS (SELECT FROM raw_campaigns WHERE owner IS NULL)"
                    )

                await eventually(check, timeout=120, interval=0.25)
            rows = await stage.database.fetch("SELECT id FROM raw_campaigns WHERE next_due_at = $1", instant)
            due = {str(row["id"]): instant.timestamp() for row in rows}
            late = sorted(lateness(due, taken_raw(dialer)))
            return count / (late[-1] / 1000), late[:: max(len(late) // 200, 1)]
