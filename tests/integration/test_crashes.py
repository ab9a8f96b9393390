"""Nobody is forgotten and nobody is rung twice for one attempt, whatever dies where. By real `kill -9` and SIGSTOP."""

import pytest
from tests.support.eventually import eventually, eventually_sync
from tests.support.world import World, numbers

QUICK_CALLS = {"BELLTOWER_RING_TIMEOUT": "5", "BELLTOWER_CALL_TIME_LIMIT": "10"}
"""So that silent calls are asked about soon."""


@pytest.mark.parametrize("point", ["takeover.before_ack", "gate.before_commit", "carrier.placed"])
async def test_another_dialer_carries_on_for_one_that_was_killed(world: World, point: str) -> None:
    world.start("api")
    world.start("scheduler")
    faulty = world.start("dialer", BELLTOWER_FAULT=f"{point}:kill", **QUICK_CALLS)
    campaign = await world.campaign(numbers(30), concurrency=20)
    eventually_sync(lambda: not faulty.is_running)
    world.start("dialer", **QUICK_CALLS)
    await world.reaches(campaign, "completed", timeout=60)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 30
    await world.check()


@pytest.mark.timeout(180)
async def test_calls_that_were_gated_and_never_requested_are_made_after_all(world: World) -> None:
    """The dialer died between the gate's commit and the request: the carrier is asked before anybody is dialled again."""
    world.start("api")
    world.start("scheduler")
    faulty = world.start("dialer", BELLTOWER_FAULT="gate.committed:kill")
    campaign = await world.campaign(numbers(30), concurrency=20)
    eventually_sync(lambda: not faulty.is_running)
    assert await world.one("SELECT count(*) FROM attempts WHERE status = 'dialling'") == 20
    assert await world.truth() == []
    world.start("dialer", BELLTOWER_ABSENT_FOR="20")
    await world.reaches(campaign, "completed", timeout=150)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 30
    assert await world.one("SELECT count(*) FROM attempts WHERE status = 'not_placed'") == 20
    await world.check()


@pytest.mark.parametrize("point", ["gate.before_commit", "gate.committed", "carrier.placed"])
async def test_a_dialer_that_was_stopped_and_woken_doubles_nothing(world: World, point: str) -> None:
    world.start("api")
    world.start("scheduler")
    sleeper = world.start("dialer", BELLTOWER_FAULT=f"{point}:stop", **QUICK_CALLS)
    campaign = await world.campaign(numbers(30), concurrency=20)

    async def lapsed() -> bool:
        return bool(await world.one("SELECT count(*) FROM dialers WHERE lapses_at < clock_timestamp()"))

    await eventually(lapsed, timeout=20, interval=0.2)
    world.start("dialer", **QUICK_CALLS)

    async def taken_away() -> bool:
        return bool(await world.one("SELECT epoch FROM campaigns") > 1)

    await eventually(taken_away, timeout=30, interval=0.2)
    sleeper.wake()
    await world.reaches(campaign, "completed", timeout=60)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 30
    await world.check()


async def test_a_scheduler_that_died_between_claim_and_publish_is_made_good(world: World) -> None:
    world.start("api")
    world.start("dialer")
    faulty = world.start("scheduler", BELLTOWER_FAULT="scheduler.claimed:kill")
    campaign = await world.campaign(numbers(5), due_in=1)
    eventually_sync(lambda: not faulty.is_running)
    assert await world.one("SELECT announced_at IS NOT NULL FROM campaigns")
    assert await world.status(campaign) == "scheduled"
    world.start("scheduler")
    await world.reaches(campaign, "completed", timeout=30)
    await world.check()


async def test_an_api_that_died_while_it_took_a_callback_loses_no_outcome(world: World) -> None:
    api = world.start("api", BELLTOWER_FAULT="outcome.before_commit:kill")
    world.start("scheduler")
    world.start("dialer", **QUICK_CALLS)
    campaign = await world.campaign(numbers(10))
    eventually_sync(lambda: not api.is_running)
    api.environment.pop("BELLTOWER_FAULT")
    api.start_again()
    await world.reaches(campaign, "completed", timeout=100)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 10
    await world.check()
