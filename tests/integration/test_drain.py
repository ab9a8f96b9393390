"""SIGTERM: work in flight ends, everything is given back, exit 0. By real processes."""

import asyncio
import time
from typing import Any
from uuid import UUID

import aio_pika
import pytest
from tests.support.eventually import eventually
from tests.support.processes import Service
from tests.support.world import World, numbers

from belltower.events import CampaignDue
from belltower.messaging.topology import DUE_QUEUE

UNDER_WAY = 30


async def owner(world: World) -> str | None:
    """The name of the dialer that runs the only campaign; its process id stands at the end."""
    rows = await world.rows("SELECT dialers.name FROM campaigns JOIN dialers ON dialers.id = campaigns.owner")
    return str(rows[0].name) if rows else None


async def under_way(world: World) -> bool:
    """Whether the only campaign is in the middle."""
    return bool(await world.one("SELECT count(*) > :number FROM attempts", number=UNDER_WAY))


async def terminate(service: Service) -> tuple[int, float]:
    """Ask a process to end; its exit code, and how many seconds it took."""
    began = time.monotonic()
    code = await asyncio.to_thread(service.terminate)
    return code, time.monotonic() - began


async def announced_in_queue(amqp_url: str) -> set[UUID]:
    """The campaigns of all messages in the queue, which is empty then."""
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).get_queue(DUE_QUEUE)
        found: set[UUID] = set()
        while (message := await queue.get(no_ack=True, fail=False)) is not None:
            found.update(CampaignDue.decode(message.body).campaign_ids)
        return found


async def in_queue(amqp_url: str) -> tuple[int, int]:
    """Messages that are ready for a dialer, and dialers that consume."""
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).declare_queue(DUE_QUEUE, passive=True)
        declared = queue.declaration_result
        return declared.message_count or 0, declared.consumer_count or 0


async def test_another_dialer_carries_on_at_once_for_one_that_is_asked_to_end(world: World, amqp_url: str) -> None:
    await world.behave(ring_seconds=[0.1, 0.3], talk_seconds=[0.3, 0.6])
    world.start("api")
    world.start("scheduler")
    both = [world.start("dialer"), world.start("dialer")]
    campaign = await world.campaign(numbers(150), concurrency=20)
    await eventually(lambda: under_way(world))
    leaving_name = await owner(world)
    assert leaving_name is not None
    (leaving,) = [dialer for dialer in both if leaving_name.endswith(f":{dialer.pid}")]
    assert (await terminate(leaving))[0] == 0
    ended_at = await world.now()
    assert await in_queue(amqp_url) == (0, 1)
    cut_off = """SELECT count(*) FROM attempts JOIN dialers ON dialers.id = attempts.dialer
                 WHERE dialers.name = :name AND attempts.status = 'dialling' AND request_ended_at IS NULL"""
    assert await world.one(cut_off, name=leaving_name) == 0, "of its own; the other one may dial by now"

    async def taken_over() -> bool:
        return await owner(world) not in (leaving_name, None)

    await eventually(taken_over)
    taken_at = await world.one("SELECT taken_at FROM campaigns")
    assert (taken_at - ended_at).total_seconds() < 2, "a dead one's campaigns would lie for ten seconds"
    assert await world.one("SELECT evictions FROM campaigns") == 0
    await world.reaches(campaign, "completed")
    assert len(await world.truth()) == 150
    await world.check()


async def test_the_only_dialer_leaves_nothing_half_done(world: World, amqp_url: str) -> None:
    """Its gate is in the middle of a transaction: those who passed are rung, and the carrier's answers awaited."""
    await world.behave(faults={"held_answer": 1}, hold_seconds=1)
    world.start("api")
    world.start("scheduler")
    dialer = world.start("dialer")
    async with world.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$"
        )
        await connection.exec_driver_sql(
            """CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON attempts DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW WHEN (NEW.phone LIKE '%0') EXECUTE FUNCTION dawdle()"""
        )
    campaign = await world.campaign(numbers(8), concurrency=4)

    async def committing() -> Any:
        return await world.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")

    await eventually(committing)
    assert (await terminate(dialer))[0] == 0
    attempts = await world.rows("SELECT status, request_ended_at FROM attempts")
    assert len(attempts) == 4
    assert all(attempt.request_ended_at is not None for attempt in attempts), "a request was cut off"
    row = (await world.rows("SELECT status, owner, next_due_at FROM campaigns"))[0]
    assert (row.status, row.owner) == ("processing", None)
    assert row.next_due_at is not None
    assert (await in_queue(amqp_url))[1] == 0
    await world.behave()
    world.start("dialer")
    await world.reaches(campaign, "completed")
    await world.check()


async def test_a_dialer_ends_in_time_when_the_carrier_cannot_be_reached(world: World) -> None:
    """It waits for better times to place more calls; it does not wait for them to end."""
    world.start("scheduler")
    world.carrier.kill9()
    dialer = world.start("dialer")
    await world.campaign(numbers(20))

    async def tried() -> Any:
        return await world.one("SELECT count(*) FROM attempts WHERE status = 'not_placed'")

    await eventually(tried)
    code, took = await terminate(dialer)
    assert code == 0
    assert took < 10
    row = (await world.rows("SELECT status, owner, next_due_at FROM campaigns"))[0]
    assert (row.status, row.owner) == ("processing", None)
    assert row.next_due_at is not None


@pytest.mark.parametrize("service", ["scheduler", "api", "carrier"])
async def test_a_service_ends_with_0(world: World, service: str) -> None:
    started = world.carrier if service == "carrier" else world.start(service)
    code, took = await terminate(started)
    assert code == 0, started.logs
    assert took < 10


async def test_a_scheduler_that_ends_in_a_storm_leaves_nothing_unpublished(world: World, amqp_url: str) -> None:
    async with world.engine.begin() as connection:
        await connection.exec_driver_sql(
            """INSERT INTO campaigns (id, account_id, name, welcome_message, language, voice, caller_id, concurrency,
                   max_attempts, retry_delay, is_scheduled, scheduled_time, timezone, contacts, status, status_actor,
                   next_due_at)
               SELECT gen_random_uuid(), id, 'Test', 'Hello.', 'en-US', 'alice', '+14155550100', 10, 1, 1, true, now(),
                   'UTC', 0, 'scheduled', 'test', now() + interval '1 second'
               FROM accounts, generate_series(1, 20000)"""
        )
    scheduler = world.start("scheduler")

    async def begun() -> Any:
        return await world.one("SELECT count(*) FROM campaigns WHERE announced_at IS NOT NULL")

    await eventually(begun, interval=0.005)
    assert (await terminate(scheduler))[0] == 0
    assert await world.one("SELECT count(*) FROM campaigns WHERE announced_at IS NOT NULL") == 20_000
    assert len(await announced_in_queue(amqp_url)) == 20_000
