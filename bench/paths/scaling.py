"""One, two and four dialers, with a carrier that takes its time over each request, so that the machine is not the limit."""

from bench.figures import Figure, Found, Goal
from bench.filling import TABLES, fill, settle
from bench.paths.starting import set_up
from bench.stage import BenchServers, staged
from tests.support.eventually import eventually

CAMPAIGNS, CONTACTS = 16, 120
PLACING = "8"
"""Requests to the carrier that a dialer has under way at most; each takes HOLD seconds."""
HOLD = 0.5
SLOW = {
    "ring_seconds": [0.5, 1.0],
    "talk_seconds": [1.0, 2.0],
    "hold_seconds": HOLD,
    "faults": {"held_answer": 1.0},
}


async def measure(servers: BenchServers, scale: float) -> Found:
    """Calls a second of the middle half of all calls."""
    rates = {dialers: await _rate(servers, dialers, max(int(CONTACTS * scale), 20)) for dialers in (1, 2, 4)}
    most = int(PLACING) / HOLD
    return Found(
        "scaling",
        [
            Figure("1 dialer", rates[1], "/s", most, more_is_better=True, note=f"raw: {PLACING} requests of {HOLD} s at once"),
            Figure("2 dialers", rates[2], "/s", 2 * most, more_is_better=True),
            Figure("4 dialers", rates[4], "/s", 4 * most, more_is_better=True),
            Figure("2 dialers instead of 1", rates[2] / rates[1], "times", bar=Goal(at_least=1.9), aim=Goal(at_least=2)),
            Figure("4 dialers instead of 1", rates[4] / rates[1], "times", bar=Goal(at_least=3.6), aim=Goal(at_least=4)),
        ],
        {"calls a second": [rates[1], rates[2], rates[4]]},
    )  # fmt: skip


async def _rate(servers: BenchServers, dialers: int, contacts: int) -> float:
    async with staged(servers, f"scaling_{dialers}") as stage:
        await set_up(stage, dialers=dialers, behaviour=SLOW, settings={"BELLTOWER_MAX_PLACING": PLACING})
        await fill(stage.database, CAMPAIGNS, "clock_timestamp() + interval '4 seconds'", contacts=contacts)
        await settle(stage.database, *TABLES)

        async def is_done() -> bool:
            open_ = (
                "SELECT EXISTS (SELECT FROM campaigns WHERE scheduled_time < '2031-01-01' AND status <> 'completed')"
            )
            return not await stage.database.fetchval(open_)

        await eventually(is_done, timeout=600, interval=0.5)
        placed = await stage.database.fetch("SELECT gated_at FROM attempts ORDER BY gated_at")
        first, last = len(placed) // 4, 3 * len(placed) // 4
        seconds = (placed[last]["gated_at"] - placed[first]["gated_at"]).total_seconds()
        return (last - first) / float(seconds)
