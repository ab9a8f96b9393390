"""Announcing what is due: claim in batches, commit, publish, withdraw what the broker did not confirm."""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.due import Due, get_scheduled_campaigns_to_run, withdraw_announcements
from belltower.messaging.publisher import CampaignPublisher
from belltower.runtime import fault
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

BATCH = 500
AT_ONCE = 20
"""Batches that wait for the broker's confirmation at one time: a bound on memory."""


async def announce_due(engine: AsyncEngine, publisher: CampaignPublisher) -> bool:
    """Announce all campaigns that are due now; False when the broker did not confirm some, which are due again.

    The next batch is claimed while the broker confirms the last.
    """
    room = asyncio.Semaphore(AT_ONCE)
    confirmed = True

    async def publish(batch: list[Due]) -> None:
        nonlocal confirmed
        confirmed &= await _publish(engine, publisher, batch)
        room.release()

    async with asyncio.TaskGroup() as publishing:
        full = True
        while full and confirmed:
            await room.acquire()
            claimed = await get_scheduled_campaigns_to_run(engine, BATCH)
            for missed in (due for due in claimed if due.announced_at is None):
                log.warning("start_missed", campaign_id=str(missed.id), due_at=missed.due_at.isoformat())
                metrics.missed.inc()
            if batch := [due for due in claimed if due.announced_at is not None]:
                fault.point("scheduler.claimed")
                publishing.create_task(publish(batch))
            full = len(claimed) == BATCH
    return confirmed


async def _publish(engine: AsyncEngine, publisher: CampaignPublisher, batch: list[Due]) -> bool:
    unconfirmed = await publisher.publish([due.id for due in batch])
    if unconfirmed:
        await withdraw_announcements(engine, unconfirmed)
        metrics.withdrawn.inc(len(unconfirmed))
    else:
        for due in batch:
            if due.announced_at is not None:
                metrics.lateness.observe(max((due.announced_at - due.due_at).total_seconds(), 0))
    metrics.announced.inc(len(batch) - len(unconfirmed))
    log.debug("announced", campaigns=len(batch), unconfirmed=len(unconfirmed))
    return not unconfirmed
