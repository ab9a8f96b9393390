"""The main path on real Postgres and RabbitMQ: due, announced, taken over, gated, placed, accounted for."""

from datetime import timedelta

from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db.notify import wake_scheduler
from belltower.domain import opt_out


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


async def test_who_presses_9_hears_that_it_counts_and_is_skipped_by_a_campaign_that_was_still_to_come(
    world: World,
) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("dialer")
    presses, other = "+12025559918", *numbers(1)
    later = await world.campaign([presses, other], at=await world.now() + timedelta(hours=1))
    await world.reaches(await world.campaign([presses, other]), "completed")
    (call,) = [call for call in await world.truth() if call["to"] == presses]
    assert call["pressed"] == "9"
    assert call["heard"] == f"Hello, this is a test. {opt_out.farewell('en')}"

    async with world.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")
        await connection.exec_driver_sql("UPDATE campaigns SET next_due_at = now() WHERE status = 'scheduled'")
    await wake_scheduler(world.engine)
    await world.reaches(later, "completed")
    contacts = await world.rows("SELECT phone, status, reason FROM contacts WHERE campaign_id = :id", id=later)
    assert {tuple(contact) for contact in contacts} == {
        (presses, "skipped", "do_not_call"), (other, "reached", None)
    }  # fmt: skip
    assert len([call for call in await world.truth() if call["to"] == presses]) == 1
    await world.check()
