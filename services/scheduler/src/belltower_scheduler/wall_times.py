"""Keeping campaigns at the wall times that were meant, when the zone database changes the rules of their zones."""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.notify import wake_scheduler
from belltower.db.wall_times import Zones, get_meant, misplaced, move
from belltower.domain.schedule import zone
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

DAILY = 86_400.0
RETRY_PAUSE = 60.0
PAGE = 2_000


async def move_wall_times(engine: AsyncEngine, zones: Zones = zone) -> int:
    """Move the campaigns whose zones have changed their rules; how many."""
    moved = 0
    after = None
    while page := await get_meant(engine, after=after, limit=PAGE):
        after = page[-1].id
        for each, instant in await asyncio.to_thread(misplaced, page, zones):
            if await move(engine, each, instant):
                moved += 1
                log.info("wall_time_moved", campaign_id=str(each.id), timezone=each.timezone, to=instant.isoformat())
    metrics.moved.inc(moved)
    return moved


async def keep_wall_times(engine: AsyncEngine) -> None:
    """Look at the start, when a new zone database may have come with it, and once a day, for ever."""
    while True:
        pause = DAILY
        try:
            if await move_wall_times(engine):
                await wake_scheduler(engine)
        except Exception:
            log.exception("wall_times_not_kept")
            metrics.tick_errors.labels("wall_times").inc()
            pause = RETRY_PAUSE
        await asyncio.sleep(pause)
