"""The database's wall clock jumps, and jumps back later: what is due, lapsed or open is what it says."""

import asyncio
import time

from tests.chaos.own_clock import set_clock
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import NotFired, Stage, until


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Set the clock, and see what time Postgres tells."""
    clock, step = stage.servers.clock, fault.details["seconds"]
    if clock is None:
        raise NotFired("the database has no clock of its own")
    seen = 0.0

    async def has_jumped() -> bool:
        nonlocal seen
        seen = float(await stage.one("SELECT extract(epoch FROM clock_timestamp())")) - time.time()
        return bool(abs(seen - step) < abs(step) / 2)

    set_clock(clock, step)
    try:
        await until(has_jumped, 90, "the database's clock did not jump", interval=0.2)
        await asyncio.sleep(fault.lasts)
    finally:
        set_clock(clock, 0)
    return f"Postgres told a time {seen:+.0f} s from ours"
