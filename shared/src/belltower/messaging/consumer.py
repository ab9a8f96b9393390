"""Consuming `campaign.due`.

A message is acked when its handler has returned, which is after the takeover has committed: the ownership is the retry.
What cannot be decoded, and what fails for a reason that will not pass by itself, becomes a dead letter first: a copy with the
reason in its headers, which a message that is merely rejected cannot carry. Only when the broker has confirmed the copy is
the message acked; before that it is redelivered, whatever breaks. An event of a newer version is put back, for a newer
dialer: it is dead-lettered, too, after so many deliveries as the queue allows, while nobody reads it. Anything else that goes
wrong acks as well: the campaign's row was not taken, and it is announced again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from prometheus_client import Counter

from belltower.domain.dead_letter import Reason
from belltower.events import CampaignDue, NewerVersion, Undecodable
from belltower.messaging.connection import BROKER_ERRORS, keep_connected
from belltower.messaging.dead_letters import bury
from belltower.messaging.topology import declare
from belltower.runtime.settings import BrokerSettings

log = structlog.get_logger(__name__)

PREFETCH = 8
WATCH_INTERVAL = 5.0
"""Seconds between two looks whether the broker still knows this consumer."""
PUT_BACK_PAUSE = 0.5
"""Seconds after which an event of a newer version is put back: other dialers have their turn, and nobody spins."""

messages = Counter("belltower_due_messages_total", "campaign.due messages, by what became of them.", ["result"])


class ConsumerForgotten(ConnectionError):
    """The broker dropped this consumer (its queue was deleted, say) without closing the connection."""


class Failing(Exception):
    """Campaigns of an event that cannot be taken over, for reasons that do not pass by themselves: what is wrong, by campaign."""

    def __init__(self, reasons: Mapping[UUID, str]) -> None:
        super().__init__(f"{len(reasons)} campaigns cannot be taken over.")
        self.reasons = reasons


class CampaignConsumer:
    """Hands each `campaign.due` to `handle`. `run()` keeps its connection; it consumes while that is wanted.

    When it no longer is, handlers at work end, and what else was delivered returns to the queue with the channel's end.
    """

    def __init__(
        self, settings: BrokerSettings, *, name: str, handle: Callable[[CampaignDue], Awaitable[None]]
    ) -> None:
        self._settings = settings
        self._name = name
        self._handle = handle
        self._at_work: set[asyncio.Task[None]] = set()
        self._wanted = asyncio.Event()
        self._unwanted = asyncio.Event()
        self._quiet = asyncio.Event()
        self._broken = asyncio.Event()
        self.consuming = False

    def want(self, wanted: bool) -> None:
        """Whether messages are wanted now."""
        if wanted:
            self._wanted.set()
            self._unwanted.clear()
        else:
            self._wanted.clear()
            self._unwanted.set()

    async def drained(self) -> None:
        """Wait until the handlers at work have ended; after `want(False)` none begins."""
        self._note_quiet()
        await self._quiet.wait()

    def _note_quiet(self, *_: object) -> None:
        if self.consuming or self._at_work:
            self._quiet.clear()
        else:
            self._quiet.set()

    async def run(self) -> None:
        """Keep the connection to the broker and consume while wanted, for ever."""
        await keep_connected(self._settings, name=self._name, use=self._use)

    async def _use(self, connection: AbstractConnection) -> None:
        while True:
            await self._wanted.wait()
            async with connection.channel(publisher_confirms=True, on_return_raises=True) as channel:
                await self._consume(channel)

    async def _consume(self, channel: AbstractChannel) -> None:
        """Consume until it is no longer wanted. Raises `ConsumerForgotten` or another broker error."""
        await channel.set_qos(prefetch_count=PREFETCH)
        _, queue = await declare(channel)
        tag = await queue.consume(self._receive)
        self.consuming = True
        self._broken.clear()
        broken, unwanted = (asyncio.ensure_future(event.wait()) for event in (self._broken, self._unwanted))
        try:
            while self._wanted.is_set():
                underlay = await channel.get_underlay_channel()
                if tag not in underlay.consumers:  # type: ignore[attr-defined]
                    raise ConsumerForgotten("The broker dropped the consumer of campaign.due.")
                await asyncio.wait({broken, unwanted}, timeout=WATCH_INTERVAL, return_when=asyncio.FIRST_COMPLETED)
                if broken.done():
                    raise ConnectionError("A message could not be confirmed, and is delivered again.")
            await queue.cancel(tag)
            if self._at_work:
                await asyncio.wait(set(self._at_work))
        finally:
            broken.cancel()
            unwanted.cancel()
            self.consuming = False
            self._note_quiet()

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        if not self._wanted.is_set():
            return
        task = asyncio.ensure_future(self._process(message))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        task.add_done_callback(self._note_quiet)
        await task

    async def _process(self, message: AbstractIncomingMessage) -> None:
        try:
            try:
                event = CampaignDue.decode(message.body)
            except NewerVersion as error:
                await self._put_back(message, error)
                return
            except Undecodable as error:
                log.error("message_undecodable", message_id=message.message_id, error=str(error))
                await bury(message, message.body, Reason.UNDECODABLE, str(error), by=self._name)
                messages.labels("dead_lettered").inc()
            else:
                await self._hand_over(message, event)
            await message.ack()
        except BROKER_ERRORS as error:
            # The connection broke, or a dead letter was not confirmed: it is delivered again, and a takeover finds its
            # campaigns taken.
            log.warning("ack_lost", message_id=message.message_id, error=f"{type(error).__name__}: {error}")
            self._broken.set()

    async def _put_back(self, message: AbstractIncomingMessage, error: NewerVersion) -> None:
        log.warning("message_of_newer_version", message_id=message.message_id, error=str(error))
        messages.labels("put_back").inc()
        await asyncio.sleep(PUT_BACK_PAUSE)
        await message.nack(requeue=True)

    async def _hand_over(self, message: AbstractIncomingMessage, event: CampaignDue) -> None:
        try:
            await self._handle(event)
            messages.labels("handled").inc()
        except Failing as failing:
            for campaign_id, reason in failing.reasons.items():
                log.error(
                    "campaign_not_taken", message_id=message.message_id, campaign_id=str(campaign_id), error=reason
                )
                await bury(message, CampaignDue([campaign_id]).encode(), Reason.FAILED, reason, by=self._name)
            messages.labels("dead_lettered").inc()
        except Exception:
            # Whatever it was: the rows were not taken, and are announced again.
            log.exception("message_failed", message_id=message.message_id, campaigns=len(event.campaign_ids))
            messages.labels("failed").inc()
