"""Dead letters: recorded where people read them, and sent again when an operator wants it.

The scheduler does it because it has both connections, and is the only publisher; the API never talks to the broker.
"""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db import dead_letters
from belltower.domain.dead_letter import DeadMessage
from belltower.messaging.dead_letters import DeadLetterConsumer
from belltower.messaging.publisher import CampaignPublisher
from belltower.runtime.settings import BrokerSettings
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

INTERVAL = 1.0
"""Seconds between two looks at what is to be sent again."""
BATCH = 20
COUNTING = 5
"""Looks between two counts of what waits."""


def recorder(settings: BrokerSettings, engine: AsyncEngine) -> DeadLetterConsumer:
    """Empties the queue of dead letters into the database."""

    async def record(message: DeadMessage) -> None:
        times = await dead_letters.record(engine, message)
        if times is not None:
            log.error("dead_letter", reason=message.reason, detail=message.detail, times=times, by=message.reported_by)
            metrics.dead_letters.labels(message.reason).inc()

    return DeadLetterConsumer(settings, name="scheduler dead letters", record=record)


async def keep_replaying(engine: AsyncEngine, publisher: CampaignPublisher) -> None:
    """Send again what operators want sent again, and count what waits for them, for ever."""
    looks = 0
    while True:
        try:
            await replay_all(engine, publisher)
            if looks % COUNTING == 0:
                async with engine.connect() as connection:
                    metrics.dead_letters_waiting.set(await dead_letters.count_waiting(connection))
        except Exception:  # around a tick
            log.exception("replay_failed")
            metrics.tick_errors.labels("dead_letters").inc()
        looks += 1
        await asyncio.sleep(INTERVAL)


async def replay_all(engine: AsyncEngine, publisher: CampaignPublisher) -> None:
    """Send again what is to be sent again, a batch of it; what the broker does not confirm is sent once more later."""
    if not publisher.connected.is_set():
        return
    for letter in await dead_letters.claim_replays(engine, BATCH):
        if await publisher.publish_again(letter.body):
            await dead_letters.replayed(engine, letter)
            log.info("dead_letter_replayed", id=str(letter.id))
