"""Many campaigns, many contacts, many workers."""

import asyncio
from datetime import timedelta

import pytest
from tests.support.eventually import eventually
from tests.support.world import World, numbers


@pytest.mark.timeout(320)
async def test_two_schedulers_and_four_dialers_run_each_of_1000_campaigns_once(world: World) -> None:
    await world.behave(ring_seconds=[0.1, 0.3], talk_seconds=[0.1, 0.5])
    world.start("api")
    instant = await world.now() + timedelta(seconds=12)
    for first in range(0, 1000, 20):
        batch = [numbers(1, start=first + index) for index in range(20)]
        await asyncio.gather(*(world.campaign(phones, at=instant) for phones in batch))
    for _ in range(2):
        world.start.begin("scheduler")
    for _ in range(4):
        world.start.begin("dialer")

    async def all_done() -> bool:
        done = await world.one("SELECT count(*) FROM campaigns WHERE status = 'completed'")
        assert done == 1000, f"{done} are completed"
        return True

    await eventually(all_done, timeout=280, interval=0.5)
    taken = await world.rows(
        "SELECT campaign_id FROM campaign_events WHERE to_status = 'processing' GROUP BY 1 HAVING count(*) > 1"
    )
    assert not taken
    assert len(await world.truth()) == 1000
    await world.check()


async def test_a_small_campaign_does_not_wait_behind_a_large_one(world: World) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("dialer")
    await world.behave(ring_seconds=[0.1, 0.3], talk_seconds=[1, 3])
    large = await world.campaign(numbers(100_000), concurrency=50)

    async def under_way() -> bool:
        return bool(await world.one("SELECT count(*) FROM attempts WHERE campaign_id = :id", id=large) > 50)

    await eventually(under_way, timeout=20)
    small = await world.campaign(numbers(10, start=200_000), due_in=0.5)
    await world.reaches(small, "completed", timeout=20)
    late = await world.one(
        "SELECT extract(epoch FROM started_at - scheduled_time)::float FROM campaigns WHERE id = :id", id=small
    )
    rang = await world.one(
        """SELECT extract(epoch FROM min(ringing_at) - (SELECT scheduled_time FROM campaigns WHERE id = :id))::float
           FROM attempts WHERE campaign_id = :id""",
        id=small,
    )
    assert late < 1
    assert rang < 1.5
    assert await world.status(large) == "processing"


@pytest.mark.timeout(320)
async def test_every_contact_of_1000_is_accounted_for(world: World) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("dialer")
    world.start("dialer")
    await world.behave(
        no_answer_seconds=[0.2, 0.5],
        outcomes={"answered": 6, "busy": 2, "no_answer": 1, "failed": 1},
        ring_seconds=[0.05, 0.2],
        talk_seconds=[0.1, 0.5],
    )
    campaign = await world.campaign(numbers(1_000), concurrency=200, max_attempts=2, retry_delay=1)
    await world.reaches(campaign, "completed", timeout=280)
    final = await world.one("SELECT count(*) FROM contacts WHERE status IN ('reached', 'unreached')")
    assert final == 1_000
    calls = await world.truth()
    assert {call["to"] for call in calls} == set(numbers(1_000))
    assert len(calls) == await world.one("SELECT count(*) FROM attempts")
    await world.check()
