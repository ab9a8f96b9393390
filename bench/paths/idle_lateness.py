"""From a campaign's instant to the beginning of `process_campaign()`, while nothing else is to be done."""

from bench.figures import Figure, Found, Goal, share
from bench.filling import TABLES, fill, settle
from bench.paths.starting import at_random, begun, lateness, raw_at_random, set_up, taken_raw
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, staged

CAMPAIGNS = 300
SECONDS = 60.0
FUTURE = 1_000_000
LATER = "timestamptz '2031-05-17 09:30Z' + n * interval '20 seconds'"


async def measure(servers: BenchServers, scale: float) -> Found:
    """With an empty store, and with a million campaigns of the future in it."""
    figures: list[Figure] = []
    samples: dict[str, list[float]] = {}
    for future in (0, int(FUTURE * scale)):
        beside = f"{future:,} future campaigns"
        samples[f"Belltower, {beside}"] = ours = await _belltower(servers, future, scale)
        samples[f"raw, {beside}"] = theirs = await _raw(servers, future, scale)
        figures += [
            Figure(f"median, {beside}", share(ours, 0.5), "ms", share(theirs, 0.5), aim=Goal(at_most=2)),
            Figure(f"p99, {beside}", share(ours, 0.99), "ms", share(theirs, 0.99), Goal(at_most=10), Goal(at_most=5)),
            Figure(f"worst, {beside}", max(ours), "ms", max(theirs)),
        ]
    return Found("idle lateness", figures, dict(samples))


async def _belltower(servers: BenchServers, future: int, scale: float) -> list[float]:
    async with staged(servers, "idle") as stage:
        (dialer,) = await set_up(stage)
        if future:
            await fill(stage.database, future, LATER)
        await settle(stage.database, *TABLES)
        await at_random(stage, 10, 2)  # what every process does for the first time is not what is measured
        due = await at_random(stage, int(CAMPAIGNS * scale), SECONDS * scale)
        return lateness(due, begun([dialer.logs]))


async def _raw(servers: BenchServers, future: int, scale: float) -> list[float]:
    async with staged(servers, "idle_raw") as stage:
        await stage.database.execute(SCHEMA)
        if future:
            await stage.database.execute(
                f"""INSERT INTO raw_campaigns (id, message, status, next_due_at)
                    SELECT gen_random_uuid(), 'Hello.', 'scheduled', {LATER} FROM generate_series(1, {future}) AS n""",
                timeout=600,
            )
        await settle(stage.database, "raw_campaigns")
        with raw(stage, "pipeline", "dialer") as dialer, raw(stage, "pipeline", "scheduler"):
            await raw_at_random(stage, 10, 2)
            due = await raw_at_random(stage, int(CAMPAIGNS * scale), SECONDS * scale)
            return lateness(due, taken_raw(dialer))
