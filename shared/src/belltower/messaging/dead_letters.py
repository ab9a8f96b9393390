"""Dead letters on their way: buried by whoever cannot use a message, dug out by whoever records them.

They wait in a queue of their own for as long as nobody can record them. What a dialer gives up it copies there, with the reason
in its headers; what the broker gives up (a message that was handed out too often) comes with the broker's own header.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from belltower.domain.dead_letter import DeadMessage, Reason
from belltower.events import CampaignDue, Undecodable
from belltower.messaging.connection import BROKER_ERRORS, keep_connected
from belltower.messaging.topology import DEAD_LETTER_EXCHANGE, DEAD_LETTER_QUEUE, declare
from belltower.runtime.settings import BrokerSettings

log = structlog.get_logger(__name__)

CONFIRM_TIMEOUT = 5.0
PREFETCH = 20
"""Dead letters that are recorded at once: a bound on memory."""
WATCH_INTERVAL = 5.0
RETRY_PAUSE = 1.0
"""Seconds until one is recorded that could not be."""
REASON, DETAIL, DIALER = "belltower-reason", "belltower-detail", "belltower-dialer"
_LONGEST_DETAIL = 500


async def bury(message: AbstractIncomingMessage, body: bytes, reason: Reason, detail: str, *, by: str) -> None:
    """Publish a copy of a message with this body as a dead letter. When this returns the broker has it for good.

    Raises a broker error otherwise: then the message must not be acked.
    """
    copy = Message(
        body,
        content_type=message.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=message.message_id or str(uuid4()),
        type=message.type,
        app_id=message.app_id,
        timestamp=message.timestamp,
        headers={REASON: reason.value, DETAIL: detail[:_LONGEST_DETAIL], DIALER: by},
    )
    await message.channel.basic_publish(
        copy.body,
        exchange=DEAD_LETTER_EXCHANGE,
        routing_key="",
        properties=copy.properties,
        mandatory=True,
        timeout=CONFIRM_TIMEOUT,
    )


def read(message: AbstractIncomingMessage) -> DeadMessage:
    """What a message in the queue of dead letters says of itself. Anybody may have put it there."""
    headers = message.headers or {}
    return DeadMessage(
        reason=_reason(message),
        detail=_said(headers.get(DETAIL)),
        body=message.body,
        message_id=message.message_id or str(uuid4()),
        publisher=_said(message.app_id),
        reported_by=_said(headers.get(DIALER)),
        published_at=message.timestamp,
        campaign_ids=_campaigns(message.body),
    )


class DeadLetterConsumer:
    """Hands each dead letter to `record`, and acks it when that has returned: until then it waits in the queue, or here.

    Nothing is given back to the queue, where it would be counted and in the end dropped: what cannot be recorded is tried again.
    """

    def __init__(
        self, settings: BrokerSettings, *, name: str, record: Callable[[DeadMessage], Awaitable[None]]
    ) -> None:
        self._settings = settings
        self._name = name
        self._record = record
        self._at_work: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Keep the connection to the broker and record what comes, for ever."""
        await keep_connected(self._settings, name=self._name, use=self._use)

    async def _use(self, connection: AbstractConnection) -> None:
        async with connection.channel() as channel:
            await channel.set_qos(prefetch_count=PREFETCH)
            await declare(channel)
            queue = await channel.get_queue(DEAD_LETTER_QUEUE, ensure=False)
            tag = await queue.consume(self._receive)
            try:
                while True:
                    await asyncio.sleep(WATCH_INTERVAL)
                    underlay = await channel.get_underlay_channel()
                    if tag not in underlay.consumers:  # type: ignore[attr-defined]
                        raise ConnectionError("The broker dropped the consumer of dead letters.")
            finally:
                # What is not acked by now is delivered again, to whoever is connected then.
                for task in self._at_work:
                    task.cancel()

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        task = asyncio.ensure_future(self._keep_recording(message))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _keep_recording(self, message: AbstractIncomingMessage) -> None:
        letter = read(message)
        while True:
            try:
                await self._record(letter)
                break
            except (
                Exception
            ):  # around a try: the database is away, or there is a bug to mend; the letter stays meanwhile
                log.exception("dead_letter_not_recorded", message_id=letter.message_id)
            await asyncio.sleep(RETRY_PAUSE)
        with contextlib.suppress(*BROKER_ERRORS):  # delivered again, and known by its message id
            await message.ack()


def _reason(message: AbstractIncomingMessage) -> Reason:
    headers = message.headers or {}
    try:
        return Reason(str(headers[REASON]))
    except (KeyError, ValueError):
        deaths: Any = headers.get("x-death")
        first = deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}
        return Reason.REDELIVERED if first.get("reason") == "delivery_limit" else Reason.REJECTED


def _said(value: object) -> str | None:
    return value.decode(errors="replace") if isinstance(value, bytes) else value if isinstance(value, str) else None


def _campaigns(body: bytes) -> Sequence[UUID]:
    try:
        return CampaignDue.decode(body).campaign_ids
    except Undecodable:
        return ()
