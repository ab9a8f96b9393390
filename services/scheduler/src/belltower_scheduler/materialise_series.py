"""Making the occurrences of series: deciding on those that are about to be due, and having the next ones ready ahead."""

import asyncio
import contextlib
from collections.abc import Callable
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.notify import wake_scheduler
from belltower.db.occurrences import decide_occurrences, make_one, postpone
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

BATCH = 500
LOOK = 5.0
"""Seconds between two looks for what another scheduler left behind."""
RETRY_PAUSE = 1.0


async def decide(engine: AsyncEngine, minimum: Decimal) -> int:
    """Decide on all occurrences that are about to be due; how many."""
    total = 0
    while True:
        decided = await decide_occurrences(engine, minimum, BATCH)
        total += decided
        if decided < BATCH:
            metrics.decided.inc(total)
            return total


async def make_all(engine: AsyncEngine, minimum: Decimal) -> int:
    """Make all occurrences that series lack; in how many steps."""
    steps = 0
    while await make_one(engine, minimum) is not None:
        steps += 1
    metrics.made.inc(steps)
    return steps


async def keep_making(engine: AsyncEngine, minimum: Decimal, unmade: asyncio.Event, woken: Callable[[], None]) -> None:
    """Make what series lack, for ever: as soon as `unmade` says so. What was made may be due soon, so `woken` is called."""
    while True:
        unmade.clear()
        pause = LOOK
        try:
            if await make_all(engine, minimum):
                woken()
                await wake_scheduler(engine)  # the others, too: this one may die before any of it is due
        except Exception:
            log.exception("occurrence_not_made")
            metrics.tick_errors.labels("series").inc()
            pause = RETRY_PAUSE
            with contextlib.suppress(Exception):
                await postpone(engine)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await unmade.wait()
