"""Publishing and consuming `campaign.due` on a real broker, and what the broker can do to us."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import pytest
from pydantic import SecretStr
from tests.support.eventually import eventually
from tests.support.proxy import Proxy

from belltower.events import MAX_IDS, CampaignDue
from belltower.messaging import connection, consumer, publisher
from belltower.messaging.consumer import PREFETCH, CampaignConsumer
from belltower.messaging.publisher import CampaignPublisher
from belltower.messaging.topology import DEAD_LETTER_QUEUE, DUE_QUEUE, declare
from belltower.runtime.settings import BrokerSettings


def settings(url: str) -> BrokerSettings:
    """The broker at `url`."""
    return BrokerSettings(amqp_url=SecretStr(url))


@asynccontextmanager
async def running(loop: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Something's `run()`, for the time of a block."""
    task = asyncio.ensure_future(loop())
    try:
        yield
        assert not task.done(), "it ended"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Broker:
    """The broker as an operator sees it."""

    def __init__(self, channel: aio_pika.abc.AbstractChannel) -> None:
        self.channel = channel

    async def waiting(self, queue: str) -> int:
        """Messages that are ready in a queue."""
        declared = await self.channel.declare_queue(queue, passive=True)
        return int(declared.declaration_result.message_count or 0)

    async def holds(self, queue: str, count: int) -> None:
        """Wait until so many messages are ready in a queue."""

        async def check() -> bool:
            waiting = await self.waiting(queue)
            assert waiting == count, f"{waiting} messages wait in {queue}"
            return True

        await eventually(check)

    async def send(self, body: bytes) -> None:
        """Put a message into the queue of due campaigns."""
        await self.channel.default_exchange.publish(aio_pika.Message(body), routing_key=DUE_QUEUE)

    async def delete_queue(self) -> None:
        """What an operator should not do."""
        await self.channel.queue_delete(DUE_QUEUE)


@pytest.fixture
async def broker(amqp_url: str) -> AsyncIterator[Broker]:
    """An operator's connection; everything is declared."""
    async with await aio_pika.connect(amqp_url) as opened:
        channel = await opened.channel()
        await declare(channel)
        yield Broker(channel)


class Taking:
    """A handler that remembers what it was handed, and can be held up or fail."""

    def __init__(self) -> None:
        self.taken: list[UUID] = []
        self.begun = 0
        self.fails = False
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def __call__(self, event: CampaignDue) -> None:
        self.begun += 1
        await self.may_go_on.wait()
        if self.fails:
            raise RuntimeError("no takeover today")
        self.taken += event.campaign_ids

    async def has(self, ids: list[UUID]) -> None:
        """Wait until it was handed these, each once."""

        async def check() -> bool:
            assert sorted(self.taken) == sorted(ids)
            return True

        await eventually(check)


def consuming(url: str, handle: Taking) -> CampaignConsumer:
    """A consumer whose messages are wanted."""
    made = CampaignConsumer(settings(url), name="test consumer", handle=handle)
    made.want(True)
    return made


async def is_consuming(consumer: CampaignConsumer) -> bool:
    return consumer.consuming


async def test_the_topology_can_be_declared_again_and_again(amqp_url: str, broker: Broker) -> None:
    for _ in range(2):
        await declare(broker.channel)
    async with await aio_pika.connect(amqp_url) as other:
        await declare(await other.channel())
    assert await broker.waiting(DUE_QUEUE) == await broker.waiting(DEAD_LETTER_QUEUE) == 0


async def test_what_is_announced_is_handed_over_many_ids_at_a_time(amqp_url: str, broker: Broker) -> None:
    publisher, taking = CampaignPublisher(settings(amqp_url), name="test"), Taking()
    consumer = consuming(amqp_url, taking)
    ids = [uuid4() for _ in range(12 * MAX_IDS + 50)]
    async with running(publisher.run), running(consumer.run):
        await asyncio.wait_for(publisher.connected.wait(), 10)
        assert await publisher.publish(ids) == []
        await taking.has(ids)
        assert taking.begun == 13
        await broker.holds(DUE_QUEUE, 0)
        assert await publisher.ready_messages() == 0


NEWER = b'{"version": 2, "campaigns": [{"id": "0197b2c4-0000-7000-8000-000000000001"}]}'


async def test_an_event_of_a_newer_version_is_left_to_a_newer_dialer(
    amqp_url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "PUT_BACK_PAUSE", 0.05)
    taking = Taking()
    older = consuming(amqp_url, taking)
    async with running(older.run):
        await eventually(lambda: is_consuming(older))
        await broker.send(NEWER)
        due = await broker.channel.get_queue(DUE_QUEUE)
        read: list[bytes] = []

        async def newer(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            read.append(message.body)
            await message.ack()

        await due.consume(newer)

        async def was_read() -> bool:
            return read == [NEWER]

        await eventually(was_read)
        await broker.holds(DUE_QUEUE, 0)
    assert await broker.waiting(DEAD_LETTER_QUEUE) == 0
    assert not taking.begun


async def test_an_event_of_a_newer_version_that_nobody_reads_ends_as_a_dead_letter_and_holds_nobody_up(
    amqp_url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "PUT_BACK_PAUSE", 0.01)
    taking = Taking()
    older = consuming(amqp_url, taking)
    ids = [uuid4()]
    async with running(older.run):
        await broker.send(NEWER)
        await broker.send(CampaignDue(ids).encode())
        await taking.has(ids)
        await broker.holds(DEAD_LETTER_QUEUE, 1)


UNDECODABLE = {
    "no JSON": b"\xff\x00",
    "no event": b'{"hello": "world"}',
    "no id": b'{"version": 1, "campaign_ids": ["seven"]}',
    "no version": CampaignDue([uuid4()]).encode().replace(b'"version":1', b'"version":0'),
}


async def test_what_cannot_be_read_is_dead_lettered_and_the_consumer_goes_on(amqp_url: str, broker: Broker) -> None:
    taking, ids = Taking(), [uuid4()]
    for body in UNDECODABLE.values():
        await broker.send(body)
    await broker.send(CampaignDue(ids).encode())
    async with running(consuming(amqp_url, taking).run):
        await taking.has(ids)
        await broker.holds(DEAD_LETTER_QUEUE, len(UNDECODABLE))
    await broker.holds(DUE_QUEUE, 0)
    graveyard = await broker.channel.get_queue(DEAD_LETTER_QUEUE)
    buried = [await graveyard.get(no_ack=True) for _ in UNDECODABLE]
    assert {message.body for message in buried if message} == set(UNDECODABLE.values())


async def test_a_handler_that_fails_loses_its_message_and_no_other(amqp_url: str, broker: Broker) -> None:
    """The rows were not taken, and are announced again: a message that comes back would only breed duplicates."""
    taking, ids = Taking(), [uuid4()]
    taking.fails = True
    await broker.send(CampaignDue([uuid4()]).encode())
    async with running(consuming(amqp_url, taking).run):

        async def tried() -> bool:
            return taking.begun == 1

        await eventually(tried)
        taking.fails = False
        await broker.send(CampaignDue(ids).encode())
        await taking.has(ids)
    await broker.holds(DUE_QUEUE, 0)
    await broker.holds(DEAD_LETTER_QUEUE, 0)


async def test_a_deleted_queue_is_noticed_and_declared_again(
    amqp_url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "WATCH_INTERVAL", 0.1)
    monkeypatch.setattr(connection, "_PAUSES", (0.5,))
    taking, ids = Taking(), [uuid4()]
    watched = consuming(amqp_url, taking)
    async with running(watched.run):
        await eventually(lambda: is_consuming(watched))
        await broker.delete_queue()

        async def noticed() -> bool:
            return not watched.consuming

        await eventually(noticed, interval=0.01)
        await eventually(lambda: is_consuming(watched))
        await broker.send(CampaignDue(ids).encode())
        await taking.has(ids)


async def test_a_dialer_that_is_full_returns_what_it_did_not_begin(amqp_url: str, broker: Broker) -> None:
    taking, others = Taking(), Taking()
    taking.may_go_on.clear()
    ids = [uuid4() for _ in range(3 * PREFETCH)]
    for each in ids:
        await broker.send(CampaignDue([each]).encode())
    full = consuming(amqp_url, taking)
    async with running(full.run):

        async def busy() -> bool:
            return taking.begun == PREFETCH

        await eventually(busy)
        full.want(False)
        await broker.holds(DUE_QUEUE, 2 * PREFETCH)
        taking.may_go_on.set()
        await asyncio.wait_for(full.drained(), 10)
        assert len(taking.taken) == taking.begun == PREFETCH
        async with running(consuming(amqp_url, others).run):
            await others.has(sorted(set(ids) - set(taking.taken)))
        full.want(True)
        more = [uuid4()]
        await broker.send(CampaignDue(more).encode())
        await eventually(lambda: is_consuming(full))
        await taking.has([*sorted(set(taking.taken) - set(more)), *more])


async def test_a_message_that_arrives_when_it_is_not_wanted_any_more_returns(amqp_url: str, broker: Broker) -> None:
    """Delivered in the moment between `want(False)` and the broker's confirmation that it stops."""
    taking, ids = Taking(), [uuid4()]
    leaving = consuming(amqp_url, taking)
    async with running(leaving.run):
        await eventually(lambda: is_consuming(leaving))
        await broker.send(CampaignDue(ids).encode())
        leaving.want(False)
        await asyncio.wait_for(leaving.drained(), 10)
        taken_before_it_left = list(taking.taken)
        await broker.holds(DUE_QUEUE, 1 - len(taken_before_it_left))
        assert taking.taken == taken_before_it_left


async def test_a_cut_connection_leaves_announcements_unconfirmed_until_it_is_mended(
    amqp_url: str, broker: Broker
) -> None:
    async with Proxy(amqp_url) as proxy:
        publisher, taking = CampaignPublisher(settings(proxy.url), name="test"), Taking()
        consumer = consuming(proxy.url, taking)
        ids = [uuid4() for _ in range(MAX_IDS + 1)]
        async with running(publisher.run), running(consumer.run):
            await asyncio.wait_for(publisher.connected.wait(), 10)
            await eventually(lambda: is_consuming(consumer))
            await proxy.cut()
            assert await publisher.publish(ids) == ids

            async def lost() -> bool:
                return not publisher.connected.is_set() and not consumer.consuming

            await eventually(lost)
            assert await publisher.publish(ids) == ids
            assert await publisher.ready_messages() is None
            await proxy.mend()
            await asyncio.wait_for(publisher.connected.wait(), 10)
            assert await publisher.publish(ids) == []
            await taking.has(ids)


async def test_a_broker_that_does_not_confirm_in_time_has_confirmed_nothing(
    amqp_url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "CONFIRM_TIMEOUT", 0.0001)
    hasty, ids = CampaignPublisher(settings(amqp_url), name="test"), [uuid4()]
    async with running(hasty.run):
        await asyncio.wait_for(hasty.connected.wait(), 10)
        assert await hasty.publish(ids) == ids


async def test_an_announcement_without_a_queue_is_unconfirmed_and_the_queue_comes_back(
    amqp_url: str, broker: Broker
) -> None:
    """Not even a dialer is there to declare it."""
    publisher, ids = CampaignPublisher(settings(amqp_url), name="test"), [uuid4()]
    async with running(publisher.run):
        await asyncio.wait_for(publisher.connected.wait(), 10)
        await broker.delete_queue()
        assert await publisher.publish(ids) == ids

        async def published() -> bool:
            return await publisher.publish(ids) == []

        await eventually(published)
        await broker.holds(DUE_QUEUE, 1)


async def test_asking_for_a_queue_that_is_gone_declares_it_again(amqp_url: str, broker: Broker) -> None:
    publisher = CampaignPublisher(settings(amqp_url), name="test")
    async with running(publisher.run):
        await asyncio.wait_for(publisher.connected.wait(), 10)
        await broker.delete_queue()
        assert await publisher.ready_messages() is None

        async def answered() -> Any:
            return await publisher.ready_messages() == 0

        await eventually(answered)
