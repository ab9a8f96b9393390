"""Announcing what is due: claim in batches, commit, publish, withdraw what the broker did not confirm.

What is due in a moment is claimed, too, and held until then (`held.py`).
"""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.due import Due, get_scheduled_campaigns_to_run, withdraw_announcements
from belltower.messaging.publisher import CampaignPublisher
from belltower.runtime import fault
from belltower_scheduler import metrics
from belltower_scheduler.held import DELIVERY, Held

log = structlog.get_logger(__name__)

BATCH = 500
AT_ONCE = 20
"""Batches that wait for the broker's confirmation at one time: a bound on memory."""


async def announce_due(engine: AsyncEngine, publisher: CampaignPublisher, held: Held) -> bool:
    """Announce all campaigns that are due now, and have those `held` that are in a moment; False when the broker did not confirm
    some, which are due again.

    The next batch is claimed while the broker confirms the last.
    """
    room = asyncio.Semaphore(AT_ONCE)
    confirmed = True

    async def publish(batch: list[Due]) -> None:
        nonlocal confirmed
        confirmed &= await announce(engine, publisher, batch)
        room.release()

    async with asyncio.TaskGroup() as publishing:
        full = True
        while full and confirmed:
            asked_at = asyncio.get_running_loop().time()
            claimed = await get_scheduled_campaigns_to_run(engine, BATCH, ahead=held.ahead)
            _tell_missed([due for due in claimed if due.announced_at is None])
            started = [due for due in claimed if due.announced_at is not None]
            if started:
                fault.point("scheduler.claimed")
            held.add([due for due in started if due.due_in > DELIVERY], asked_at)
            if batch := [due for due in started if due.due_in <= DELIVERY]:
                await room.acquire()
                publishing.create_task(publish(batch))
            full = len(claimed) == BATCH
    return confirmed


async def announce(engine: AsyncEngine, publisher: CampaignPublisher, batch: Sequence[Due]) -> bool:
    """Announce campaigns that were claimed; those that the broker does not confirm are due again, and False is returned."""
    unconfirmed = await publisher.publish([due.id for due in batch])
    if unconfirmed:
        await withdraw_announcements(engine, unconfirmed)
        metrics.withdrawn.inc(len(unconfirmed))
    else:
        for due in batch:
            if due.announced_at is not None and due.announced_at >= due.due_at:
                metrics.lateness.observe((due.announced_at - due.due_at).total_seconds())
    metrics.announced.inc(len(batch) - len(unconfirmed))
    log.debug("announced", campaigns=len(batch), unconfirmed=len(unconfirmed))
    return not unconfirmed


def _tell_missed(missed: Sequence[Due]) -> None:
    for due in missed:
        log.warning("start_missed", campaign_id=str(due.id), due_at=due.due_at.isoformat())
    metrics.missed.inc(len(missed))
