"""Sweeping up: announcements that nobody took, campaigns whose dialer died."""

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.due import evict_lapsed, expire_announcements, start_announced
from belltower.messaging.publisher import CampaignPublisher
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

TAKE_TIME = 5.0
"""Seconds after which an announced campaign that nobody took is announced again, if no message waits in the queue."""
PRESUMED_LOST = 600.0
"""Seconds after which it is announced again in any case."""
BATCH = 5_000
STARTED = 500
"""Campaigns that become `pending` with one sweep, though nobody has taken them: each is a row that is written once more. For
all of the tens of thousands that may be due at one instant that would take the time in which dialers take them over."""


async def sweep_announcements(engine: AsyncEngine, publisher: CampaignPublisher) -> int:
    """Make announced campaigns due again whose message is lost; how many.

    While messages wait in the queue the dialers are just busy, and announcing again would breed duplicates.
    """
    await start_announced(engine, age=TAKE_TIME, batch=STARTED)
    waiting = await publisher.ready_messages()
    if waiting is None:
        return 0
    expired = await expire_announcements(engine, age=TAKE_TIME if waiting == 0 else PRESUMED_LOST, batch=BATCH)
    if expired:
        log.warning("announcements_expired", campaigns=expired, messages_waiting=waiting)
        metrics.announced_again.inc(expired)
    return expired


async def sweep_dialers(engine: AsyncEngine) -> int:
    """Take campaigns away from dialers whose heartbeat lapsed; how many."""
    evicted = await evict_lapsed(engine)
    for campaign_id, status in evicted:
        log.warning("campaign_evicted", campaign_id=str(campaign_id), status=status)
    metrics.evicted.inc(len(evicted))
    return len(evicted)
