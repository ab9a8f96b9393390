"""The main path on real Postgres and RabbitMQ: due, announced, taken over, gated, placed, accounted for."""

from tests.support.eventually import eventually
from tests.support.world import World, numbers


async def test_a_campaign_runs_to_its_end(world: World) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("dialer")
    campaign = await world.campaign(numbers(25))
    await world.reaches(campaign, "completed")
    assert len(await world.truth()) == 25
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 25
    await world.check()


async def test_a_scheduled_campaign_starts_at_its_instant(world: World) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("dialer")
    campaign = await world.campaign(numbers(3), due_in=2)
    assert await world.status(campaign) == "scheduled"
    await world.reaches(campaign, "completed")
    late = await world.one("SELECT extract(epoch FROM started_at - scheduled_time)::float FROM campaigns")
    assert 0 <= late < 1
    moves = await world.rows("SELECT from_status, to_status, actor FROM campaign_events ORDER BY id")
    assert [(move.from_status, move.to_status) for move in moves] == [
        (None, "scheduled"),
        ("scheduled", "pending"),
        ("pending", "processing"),
        ("processing", "completed"),
    ]
    await world.check()


async def test_a_campaign_whose_caller_id_the_carrier_refuses_fails_with_the_reason(world: World) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("dialer")
    refused = await world.campaign(numbers(5), caller_id="+15005550001")
    other = await world.campaign(numbers(5, start=10))
    await world.reaches(refused, "failed")
    await world.reaches(other, "completed")
    reason = await world.one("SELECT status_reason FROM campaigns WHERE id = :id", id=refused)
    assert "+15005550001" in reason

    async def nobody_was_rung() -> bool:
        waiting = "SELECT count(*) FROM contacts WHERE campaign_id = :id AND status = 'waiting' AND attempts = 0"
        return bool(await world.one(waiting, id=refused) == 5)

    await eventually(nobody_was_rung)
    await world.check()
