"""Series with the services as the processes that they are: occurrences start in time, and no crash doubles or loses one."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support.eventually import eventually, eventually_sync
from tests.support.world import CALLER_ID, World, listed, numbers

from belltower.db.engine import transaction
from belltower.db.notify import wake_scheduler
from belltower.db.series import create_series
from belltower.domain.definition import Definition
from belltower.domain.recurrence.occurrences import Recurrence
from belltower.domain.recurrence.reading import read_rule


async def series(world: World, phones: Sequence[str], *, due_in: float, rule: str = "FREQ=DAILY") -> UUID:
    """A series that calls for the first time in so many seconds."""
    now = await world.now()
    starts = (now + timedelta(seconds=due_in)).replace(microsecond=0, tzinfo=None)
    with listed(phones) as contacts:
        async with transaction(world.engine) as connection:
            found = await create_series(
                connection,
                world.account,
                Definition(
                    name="Daily",
                    welcome_message="Hello, this is a test.",
                    language="en-US",
                    voice="alice",
                    caller_id=CALLER_ID,
                    concurrency=10,
                    max_attempts=1,
                    retry_delay=1,
                ),
                Recurrence(read_rule(rule, "UTC"), starts, "UTC"),
                contacts,
                skip_if_running=True,
                actor="test",
                now=now,
            )
    await wake_scheduler(world.engine)
    return found.id


async def occurrence(world: World, series_id: UUID) -> UUID:
    """The first occurrence, once there is one."""

    async def made() -> bool:
        query = "SELECT count(*) FROM campaigns WHERE series_id = :id AND deleted_at IS NULL"
        return bool(await world.one(query, id=series_id))

    await eventually(made, timeout=20)
    query = "SELECT id FROM campaigns WHERE series_id = :id ORDER BY scheduled_time LIMIT 1"
    found: UUID = await world.one(query, id=series_id)
    return found


@pytest.mark.parametrize("due_in", [3, 8])
async def test_an_occurrence_starts_at_its_instant_and_the_next_waits(world: World, due_in: int) -> None:
    world.start("api")
    world.start("scheduler")
    world.start("scheduler")
    world.start("dialer")
    found = await series(world, numbers(5), due_in=due_in)
    campaign = await occurrence(world, found)
    await world.reaches(campaign, "completed", timeout=40)
    late = await world.one(
        "SELECT extract(epoch FROM started_at - scheduled_time)::float FROM campaigns WHERE id = :id", id=campaign
    )
    assert 0 <= late < 3
    assert len(await world.truth()) == 5

    async def next_is_made() -> bool:
        rows = await world.rows("SELECT status FROM campaigns WHERE deleted_at IS NULL ORDER BY scheduled_time")
        return [row.status for row in rows] == ["completed", "scheduled"]

    await eventually(next_is_made)
    assert await world.one("SELECT count(*) FROM campaigns") == 2
    await world.check()


@pytest.mark.parametrize("point", ["scheduler.occurrence_begun", "scheduler.contacts_copied"])
async def test_another_scheduler_makes_what_one_that_was_killed_left_behind(world: World, point: str) -> None:
    world.start("api")
    world.start("dialer")
    faulty = world.start("scheduler", BELLTOWER_FAULT=f"{point}:kill")
    found = await series(world, numbers(5), due_in=6, rule="FREQ=DAILY;COUNT=1")
    eventually_sync(lambda: not faulty.is_running)
    world.start("scheduler")
    campaign = await occurrence(world, found)
    await world.reaches(campaign, "completed", timeout=40)
    assert await world.one("SELECT count(*) FROM campaigns") == 1
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 5

    async def ended() -> bool:
        return bool(await world.one("SELECT status FROM series") == "ended")

    await eventually(ended)
    await world.check()


async def test_a_list_whose_copying_was_interrupted_is_whole_in_the_end(world: World) -> None:
    faulty = world.start("scheduler", BELLTOWER_FAULT="scheduler.contacts_copied:kill")
    phones = [f"+1415{2_000_000 + index}" for index in range(45_000)]
    found = await series(world, phones, due_in=86_400)
    eventually_sync(lambda: not faulty.is_running)
    assert await world.one("SELECT count(*) FROM contacts") == 20_000
    assert await world.one("SELECT count(*) FROM campaigns WHERE deleted_at IS NULL") == 0
    world.start("scheduler")
    world.start("scheduler")
    campaign = await occurrence(world, found)
    row = (
        await world.rows(
            "SELECT count(*) AS number, count(DISTINCT phone) AS phones FROM contacts WHERE campaign_id = :id",
            id=campaign,
        )
    )[0]
    assert (row.number, row.phones) == (45_000, 45_000)
    assert await world.one("SELECT count(*) FROM campaigns") == 1
    await world.check_records()


async def test_after_an_outage_it_is_decided_first_and_announced_then(world: World) -> None:
    """The first occurrence runs still when schedulers come back after the second was due: that one is left out."""
    first = world.start("scheduler")
    found = await series(world, numbers(5), due_in=86_400)
    campaign = await occurrence(world, found)
    first.terminate()
    async with transaction(world.engine) as connection:
        # What ran before, and the passing of time.
        await connection.execute(
            text(
                """INSERT INTO campaigns (id, account_id, name, welcome_message, language, voice, caller_id, concurrency,
                       max_attempts, retry_delay, is_scheduled, scheduled_time, timezone, contacts, status, status_actor,
                       next_due_at, series_id, occurrence)
                   SELECT gen_random_uuid(), account_id, name, welcome_message, language, voice, caller_id, concurrency,
                       max_attempts, retry_delay, true, now() - interval '1 day', timezone, 0, 'processing', 'test',
                       now() + interval '1 hour', series_id, occurrence - interval '9 days'
                   FROM campaigns WHERE id = :id"""
            ),
            {"id": campaign},
        )
        await connection.execute(
            text(
                """UPDATE campaigns SET scheduled_time = now() - interval '10 minutes',
                       next_due_at = now() - interval '10 minutes' WHERE id = :id"""
            ),
            {"id": campaign},
        )
        await connection.execute(text("UPDATE series SET next_due_at = now() - interval '10 minutes'"))
    world.start("scheduler")
    world.start("scheduler")
    await world.reaches(campaign, "cancelled")
    assert (
        await world.one(
            "SELECT count(*) FROM campaign_events WHERE campaign_id = :id AND to_status = 'pending'", id=campaign
        )
        == 0
    )
