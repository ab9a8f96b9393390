"""A process's wall clock jumps, and jumps back later. Its monotonic clock does not: a machine's never does."""

import asyncio
import time
from email.utils import parsedate_to_datetime

import httpx
from tests.chaos.own_clock import set_clock
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import Stage, until


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Set the clock by libfaketime, which the process was started with, and see what time it tells."""
    step = fault.details["seconds"]
    set_clock(stage.clock_file, step)
    seen = 0.0

    async def has_jumped() -> bool:
        nonlocal seen
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            try:
                answer = await client.get(f"{stage.services[fault.target].url}/livez")
            except httpx.TransportError:
                return False
        told: str = answer.headers["date"]
        seen = parsedate_to_datetime(told).timestamp() - time.time()
        return bool(abs(seen - step) < abs(step) / 2)

    try:
        await until(has_jumped, 90, f"the clock of {fault.target} did not jump", interval=0.2)
        await asyncio.sleep(fault.lasts)
    finally:
        set_clock(stage.clock_file, 0)
    return f"it told a time {seen:+.0f} s from ours"
