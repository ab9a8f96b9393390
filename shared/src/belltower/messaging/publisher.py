"""Publishing `campaign.due`: persistent, mandatory, confirmed."""

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import UUID, uuid4

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, HeadersType
from aio_pika.exceptions import DeliveryError

from belltower.events import MAX_IDS, CampaignDue
from belltower.messaging.connection import BROKER_ERRORS, keep_connected
from belltower.messaging.topology import DUE_QUEUE, declare
from belltower.runtime.clock import utc_now
from belltower.runtime.settings import BrokerSettings

log = structlog.get_logger(__name__)

SPREAD = 10
"""Messages that a burst is cut into at least, where it has so many campaigns: whichever dialers have room share them."""
CONFIRM_TIMEOUT = 5.0
"""Seconds that the broker may take to confirm; what it has not confirmed by then counts as not published."""


class CampaignPublisher:
    """Announces due campaigns. `run()` keeps its connection; while there is none, nothing can be published."""

    def __init__(self, settings: BrokerSettings, *, name: str) -> None:
        self._settings = settings
        self._name = name
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Keep the connection to the broker, for ever."""
        await keep_connected(self._settings, name=self._name, use=self._use)

    async def _use(self, connection: AbstractConnection) -> None:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange, _ = await declare(channel)
        self._channel, self._exchange = channel, exchange
        self.connected.set()
        try:
            await channel.closed()
        finally:
            self.connected.clear()
            self._channel = self._exchange = None

    async def publish(self, campaign_ids: Sequence[UUID]) -> list[UUID]:
        """Announce campaigns, several to a message where they are many; return those that the broker did not confirm in time."""
        if not campaign_ids:
            return []
        exchange = self._exchange
        if exchange is None:
            return list(campaign_ids)
        size = min(-(-len(campaign_ids) // SPREAD), MAX_IDS)
        parts = [campaign_ids[start : start + size] for start in range(0, len(campaign_ids), size)]
        results = await asyncio.gather(*(self._publish_one(exchange, part) for part in parts))
        return [
            campaign_id for part, confirmed in zip(parts, results, strict=True) if not confirmed for campaign_id in part
        ]

    async def publish_again(self, body: bytes) -> bool:
        """Send a message once more that has come to nothing; whether the broker confirmed it in time."""
        exchange = self._exchange
        return exchange is not None and await self._confirmed(exchange, body, {})

    async def _publish_one(self, exchange: AbstractExchange, campaign_ids: Sequence[UUID]) -> bool:
        return await self._confirmed(exchange, CampaignDue(campaign_ids).encode(), {"campaigns": len(campaign_ids)})

    async def _confirmed(self, exchange: AbstractExchange, body: bytes, headers: HeadersType) -> bool:
        message = Message(
            body,
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            message_id=str(uuid4()),
            type=CampaignDue.TYPE,
            app_id=self._name,
            timestamp=utc_now(),
            headers=headers,
        )
        try:
            await exchange.publish(message, routing_key=DUE_QUEUE, mandatory=True, timeout=CONFIRM_TIMEOUT)
        except BROKER_ERRORS as error:
            log.warning("message_not_confirmed", **headers, error=f"{type(error).__name__}: {error}")
            if isinstance(error, DeliveryError):
                await self._begin_anew()
            return False
        return True

    async def _begin_anew(self) -> None:
        """The broker found no queue for a message: end the channel, so that everything is declared again."""
        if self._channel is not None:
            with contextlib.suppress(*BROKER_ERRORS):
                await self._channel.close()

    async def ready_messages(self) -> int | None:
        """How many messages wait in the queue for a dialer; None when the broker cannot say now."""
        channel = self._channel
        if channel is None:
            return None
        try:
            queue = await channel.declare_queue(DUE_QUEUE, passive=True, timeout=CONFIRM_TIMEOUT)
        except BROKER_ERRORS as error:
            log.warning("queue_not_readable", error=f"{type(error).__name__}: {error}")
            return None
        return queue.declaration_result.message_count
