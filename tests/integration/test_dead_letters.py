"""Messages that came to nothing: recorded with the reason, whatever breaks, and replayed or discarded by operators only."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import httpx
import pytest
from pydantic import SecretStr
from tests.support.api import EMAIL, PASSWORD, Api, refused
from tests.support.eventually import eventually
from tests.support.proxy import Proxy
from typer.testing import CliRunner

from belltower.db import dead_letters
from belltower.domain.dead_letter import DeadMessage, Reason
from belltower.events import CampaignDue
from belltower.messaging import dead_letters as messaging
from belltower.messaging.consumer import CampaignConsumer, Failing
from belltower.messaging.dead_letters import DeadLetterConsumer
from belltower.messaging.publisher import CampaignPublisher
from belltower.messaging.topology import DEAD_LETTER_QUEUE, DUE_QUEUE, declare
from belltower.runtime.settings import BrokerSettings
from belltower_cli import app
from belltower_scheduler.dead_letters import recorder, replay_all

EARLIER = CampaignDue([UUID(int=7)]).encode().replace(b'"version":1', b'"version":0')
PRIVATE = b'{"version": "Call Ann, +14155550123", "campaign_ids": ["+14155550123"]}'


def broker(url: str) -> BrokerSettings:
    """The settings of a broker."""
    return BrokerSettings(amqp_url=SecretStr(url))


@asynccontextmanager
async def running(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Things' `run()`, for the time of a block."""
    tasks = [asyncio.ensure_future(loop()) for loop in loops]
    try:
        yield
        assert not any(task.done() for task in tasks), "one ended"
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def consumer(url: str, failing: dict[UUID, str] | None = None) -> CampaignConsumer:
    """A dialer's consumer that takes over everything but what is failing."""

    async def handle(event: CampaignDue) -> None:
        if found := {each: (failing or {})[each] for each in event.campaign_ids if each in (failing or {})}:
            raise Failing(found)

    made = CampaignConsumer(broker(url), name="dialer 1", handle=handle)
    made.want(True)
    return made


async def send(url: str, *bodies: bytes, message_id: str | None = None) -> None:
    """Put messages into the queue of due campaigns."""
    async with await aio_pika.connect(url) as opened:
        channel = await opened.channel()
        await declare(channel)
        for body in bodies:
            message = aio_pika.Message(body, message_id=message_id or str(uuid4()), app_id="somebody")
            await channel.default_exchange.publish(message, routing_key=DUE_QUEUE)


async def waiting(url: str, queue: str) -> int:
    """Messages that are ready in a queue."""
    async with await aio_pika.connect(url) as opened:
        declared = await (await opened.channel()).declare_queue(queue, passive=True)
        return int(declared.declaration_result.message_count or 0)


async def letters(api: Api, count: int) -> list[Any]:
    """The dead letters, once there are so many, the oldest first."""

    async def found() -> list[Any]:
        rows = await api.rows("SELECT * FROM dead_letters ORDER BY first_at")
        assert len(rows) == count, rows
        return rows

    return await eventually(found) if count else await found()


async def came(api: Api, times: int) -> None:
    """Wait until the one dead letter has come so often."""

    async def enough() -> bool:
        return bool(await api.one("SELECT max(times) FROM dead_letters") == times)

    await eventually(enough)


async def a_letter(api: Api, body: bytes = EARLIER, reason: Reason = Reason.UNDECODABLE) -> str:
    """A dead letter that waits; its id."""
    await dead_letters.record(api.engine, DeadMessage(reason, "What the dialer said.", body, str(uuid4())))
    return str(await api.one("SELECT id FROM dead_letters ORDER BY last_at DESC LIMIT 1"))


# ---- on their way


async def test_what_cannot_be_read_is_recorded_with_the_reason_and_without_what_it_says(
    api: Api, amqp_url: str
) -> None:
    await send(amqp_url, EARLIER, b"\xff\x00", PRIVATE)
    async with running(consumer(amqp_url).run, recorder(broker(amqp_url), api.engine).run):
        found = await letters(api, 3)
    assert {row.reason for row in found} == {"undecodable"}
    assert {row.reported_by for row in found} == {"dialer 1"}
    assert {row.publisher for row in found} == {"somebody"}
    details = {row.body: row.detail for row in found}
    assert details[EARLIER] == "Its version is 0; this dialer reads version 1."
    for detail in details.values():
        assert not any(word in detail for word in ("Ann", "4155", "\\xff"))
    assert await waiting(amqp_url, DEAD_LETTER_QUEUE) == await waiting(amqp_url, DUE_QUEUE) == 0


async def test_campaigns_that_cannot_be_taken_over_are_dead_letters_of_their_own_and_counted(
    api: Api, amqp_url: str
) -> None:
    poison, healthy = uuid4(), uuid4()
    await send(amqp_url, CampaignDue([healthy, poison]).encode(), CampaignDue([poison]).encode())
    async with running(consumer(amqp_url, {poison: "It cannot."}).run, recorder(broker(amqp_url), api.engine).run):
        await came(api, 2)
    (row,) = await letters(api, 1)
    assert (row.reason, row.detail, row.campaign_ids) == ("failed", "It cannot.", [poison])


async def test_a_message_that_nobody_confirms_becomes_a_dead_letter(api: Api, amqp_url: str) -> None:
    """The broker gives it up by itself, after as many deliveries as the queue allows."""
    await send(amqp_url, CampaignDue([UUID(int=7)]).encode())
    async with await aio_pika.connect(amqp_url) as opened:
        queue = await (await opened.channel()).get_queue(DUE_QUEUE)

        async def given_up() -> bool:
            message = await queue.get(fail=False)
            if message is not None:
                await message.nack(requeue=True)
            return message is None and await waiting(amqp_url, DEAD_LETTER_QUEUE) == 1

        await eventually(given_up)
    async with running(recorder(broker(amqp_url), api.engine).run):
        (row,) = await letters(api, 1)
    assert (row.reason, row.campaign_ids, row.reported_by) == ("redelivered", [UUID(int=7)], None)


async def test_a_dead_letter_that_the_broker_does_not_confirm_is_buried_later(
    api: Api, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its message is not acked before: it is delivered again."""
    refused_once: list[int] = []
    publish = messaging.bury

    async def bury(*arguments: Any, **more: Any) -> None:
        if not refused_once:
            refused_once.append(1)
            raise TimeoutError
        await publish(*arguments, **more)

    monkeypatch.setattr("belltower.messaging.consumer.bury", bury)
    await send(amqp_url, EARLIER)
    async with running(consumer(amqp_url).run, recorder(broker(amqp_url), api.engine).run):
        (row,) = await letters(api, 1)
    assert (row.reason, row.times) == ("undecodable", 1)
    assert refused_once


async def test_dead_letters_wait_in_the_queue_while_nobody_can_record_them(
    api: Api, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging, "RETRY_PAUSE", 0.05)
    tried = []

    async def record(message: DeadMessage) -> None:
        tried.append(message)
        if len(tried) < 4:
            raise ConnectionRefusedError("the database is away")
        await dead_letters.record(api.engine, message)

    await send(amqp_url, EARLIER)
    async with running(consumer(amqp_url).run, DeadLetterConsumer(broker(amqp_url), name="test", record=record).run):
        await letters(api, 1)
    assert len(tried) == 4


async def test_what_is_recorded_and_not_acked_in_time_is_not_counted_again(api: Api, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:

        async def record(message: DeadMessage) -> None:
            await dead_letters.record(api.engine, message)
            await proxy.cut()

        await send(amqp_url, EARLIER)
        async with running(
            consumer(amqp_url).run, DeadLetterConsumer(broker(proxy.url), name="test", record=record).run
        ):
            await letters(api, 1)
        assert await waiting(amqp_url, DEAD_LETTER_QUEUE) == 1, "it was not acked"
    async with running(recorder(broker(amqp_url), api.engine).run):

        async def gone() -> bool:
            return await waiting(amqp_url, DEAD_LETTER_QUEUE) == 0

        await eventually(gone)
    assert (await letters(api, 1))[0].times == 1


async def test_texts_of_any_kind_and_bodies_of_any_size_are_recorded(api: Api) -> None:
    strange = DeadMessage(
        Reason.REJECTED, "\0 \ud800 " + "x" * 9_999, b"x" * 70_000, "\0", publisher="\udfff", reported_by="\0"
    )
    assert await dead_letters.record(api.engine, strange) == 1
    (row,) = await letters(api, 1)
    assert (row.size, row.body, len(row.detail)) == (70_000, None, 500)


# ---- replayed, discarded


async def test_a_replay_sends_it_again_once_the_broker_confirms_it(api: Api, amqp_url: str) -> None:
    letter = UUID(await a_letter(api))
    async with api.engine.begin() as connection:
        await dead_letters.replay(connection, letter, actor="user ada@example.com")
    publisher = CampaignPublisher(broker(amqp_url), name="test")
    await replay_all(api.engine, publisher)
    assert (await letters(api, 1))[0].status == "replaying", "there was no broker"
    async with running(publisher.run):
        await asyncio.wait_for(publisher.connected.wait(), 10)
        await replay_all(api.engine, publisher)
        await replay_all(api.engine, publisher)
        (row,) = await letters(api, 1)
        assert (row.status, row.body, row.decided_by) == ("replayed", None, "user ada@example.com")
        assert await waiting(amqp_url, DUE_QUEUE) == 1
        async with running(consumer(amqp_url).run, recorder(broker(amqp_url), api.engine).run):
            await came(api, 2)
    (row,) = await letters(api, 1)
    assert (row.status, row.body) == ("waiting", EARLIER), "it came to nothing again"


async def test_one_that_comes_to_nothing_again_before_its_replay_is_noted_waits_again(api: Api) -> None:
    letter = UUID(await a_letter(api))
    async with api.engine.begin() as connection:
        await dead_letters.replay(connection, letter, actor="test")
    (replay,) = await dead_letters.claim_replays(api.engine, 10)
    assert await dead_letters.claim_replays(api.engine, 10) == [], "another scheduler leaves it alone"
    await a_letter(api)
    await dead_letters.replayed(api.engine, replay)
    (row,) = await letters(api, 1)
    assert (row.status, row.times, row.body) == ("waiting", 2, EARLIER)


@asynccontextmanager
async def operator(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of an operator who is signed in."""
    await api.add_person()
    await api.execute("UPDATE users SET is_operator = true WHERE email = :email", email=EMAIL)
    async with api.browser() as browser:
        session = (await browser.post("/api/session", json={"email": EMAIL, "password": PASSWORD})).json()
        assert session["user"]["is_operator"] is True
        yield browser


URL = "/api/operations/dead-letters"


async def test_only_operators_who_are_signed_in_see_and_decide(api: Api) -> None:
    letter = await a_letter(api)
    async with operator(api) as browser:
        key = {"Idempotency-Key": "k1"}
        assert (await browser.post(f"{URL}/{letter}/discard", headers=key)).status_code == 200
        await api.execute("UPDATE users SET is_operator = false")
        asked = [
            await browser.get(URL),
            await browser.post(f"{URL}/{letter}/replay"),
            await browser.post(f"{URL}/{letter}/discard", headers=key),
            await api.client.get(URL),
            await api.client.post(f"{URL}/{letter}/replay"),
        ]
    for answer in asked:
        refused(answer, 403, "operators_only")
    async with api.browser() as stranger:
        refused(await stranger.get(URL), 401, "unauthorised")


async def test_an_operator_reads_them_page_by_page_without_their_bodies(api: Api) -> None:
    ids = [await a_letter(api, str(number).encode()) for number in range(3)]
    async with operator(api) as browser:
        first = (await browser.get(URL, params={"limit": 2})).json()
        rest = (await browser.get(URL, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
        assert (first["total"], rest["next_cursor"]) == (3, None)
        letter = first["items"][0]
        assert (letter["reason"], letter["detail"], letter["times"]) == ("undecodable", "What the dialer said.", 1)
        assert "body" not in letter
        assert (await browser.get(URL, params={"status": "replayed"})).json()["total"] == 0
        refused(await browser.get(URL, params={"cursor": "MTI4"}), 400, "invalid_cursor")


async def test_decisions_are_made_once_and_contradictions_refused(api: Api) -> None:
    replayed, discarded = await a_letter(api, b"1"), await a_letter(api, b"2")
    large = await a_letter(api, b"x" * 70_000)
    async with operator(api) as browser:
        key = {"Idempotency-Key": "k1"}
        first = await browser.post(f"{URL}/{replayed}/replay", headers=key)
        again = await browser.post(f"{URL}/{replayed}/replay", headers=key)
        assert (first.status_code, first.json()["status"]) == (200, "replaying")
        assert first.json()["decided_by"] == f"user {EMAIL}"
        assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
        assert (await browser.post(f"{URL}/{replayed}/replay")).status_code == 200, "it is about to be, already"
        refused(await browser.post(f"{URL}/{replayed}/discard"), 409, "illegal_transition")

        gone = await browser.post(f"{URL}/{discarded}/discard")
        assert (gone.json()["status"], gone.json()["can_be_replayed"]) == ("discarded", False)
        assert await api.one("SELECT body FROM dead_letters WHERE id = :id", id=discarded) is None
        refused(await browser.post(f"{URL}/{discarded}/replay"), 409, "illegal_transition", "discarded")
        refused(await browser.post(f"{URL}/{large}/replay"), 409, "illegal_transition", "70000 bytes")
        refused(await browser.post(f"{URL}/{uuid4()}/replay"), 404, "not_found")
        refused(await browser.post(f"{URL}/nothing/discard"), 404, "not_found")


async def test_they_are_forgotten_after_thirty_days_and_never_more_than_are_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MOST", 2)
    for number in range(4):
        await a_letter(api, str(number).encode())
    await api.execute("UPDATE dead_letters SET last_at = now() - interval '31 days' WHERE size > 0 AND body = '3'")
    async with api.engine.begin() as connection:
        assert await dead_letters.forget_dead_letters(connection) == 2
    assert {row.body for row in await letters(api, 2)} == {b"1", b"2"}


async def test_an_operator_does_the_same_at_a_terminal(api: Api, database_url: str) -> None:
    one, two = await a_letter(api, b"1"), await a_letter(api, b"2")

    async def run(*arguments: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, app, arguments, env={"DATABASE_URL": database_url})
        return done.exit_code, done.output

    status, said = await run("dead-letters", "list", "--json")
    assert status == 0
    listed = [json.loads(line) for line in said.splitlines()]
    assert [each["id"] for each in listed] == [two, one]
    assert "body" not in listed[0]
    assert await run("dead-letters", "replay", one) == (0, "1 dead letter is sent again in a moment.\n")
    status, said = await run("dead-letters", "discard", one, two)
    assert (status, "sent again" in said) == (1, True)
    assert await api.one("SELECT status FROM dead_letters WHERE id = :id", id=two) == "waiting", "all or none"
    assert await run("dead-letters", "discard", two) == (0, "1 dead letter is discarded.\n")

    await api.add_person()
    assert await run("operators", "add", EMAIL.upper()) == (0, f"{EMAIL} is an operator now.\n")
    assert await run("operators", "list") == (0, f"{EMAIL}\n")
    assert await run("operators", "remove", EMAIL) == (0, f"{EMAIL} is no operator now.\n")
    status, said = await run("operators", "add", "nobody@example.com")
    assert (status, "belltower create-user" in said) == (1, True)
