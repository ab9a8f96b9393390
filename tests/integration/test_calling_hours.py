"""Calling hours at the gate, in the dialer and at the carrier: no call outside them. On a real database with real commits."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.support.calling_hours import CALIFORNIA, around_now, closed_now, open_now, set_hours, window
from tests.support.dialers import Dialers, HangingUpCarrier, RecordingCarrier, TestDialer
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db import calling_hours, upkeep
from belltower.db.calling_hours import look_again
from belltower.domain.call import CallStatus
from belltower.domain.calling_hours import NOBODY_KNOWS, CallingHours
from belltower.domain.campaign import CampaignStatus
from belltower.telephony.provider import CallUpdate
from belltower_dialer.gate import Verdict
from belltower_dialer.process_campaign import Ending

BERLINER = "+4930123456"
SATELLITE = "+88213100000"
QUEUED = "+12025559913"  # queued at the simulated carrier for ever
HOUR = timedelta(hours=1)


def requests(dialer: TestDialer) -> list[str]:
    """The numbers that a dialer asked its carrier to ring."""
    assert isinstance(dialer.carrier, RecordingCarrier)
    return [request.to for request in dialer.carrier.requests]


async def contacts_of(world: World) -> list[Any]:
    """All contacts, in the order of their list."""
    return await world.rows(
        "SELECT phone, status, reason, window_zone, next_attempt_at, attempts FROM contacts ORDER BY id"
    )


async def _somebody_waits_for_a_lock(world: World) -> bool:
    return bool(await world.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


async def run_again(dialers: Dialers, dialer: TestDialer, campaign: Any) -> list[Ending]:
    """Take a campaign over that is due by now."""
    assert await dialers.world.one("SELECT next_due_at <= clock_timestamp() FROM campaigns WHERE id = :id", id=campaign)
    return await dialer.run(campaign)


async def _it_is_not_the_end_of_a_minute() -> bool:
    return datetime.now(ZoneInfo(CALIFORNIA)).second < 50


async def test_outside_the_calling_window_nobody_is_rung_and_the_campaign_sleeps(
    world: World, dialers: Dialers
) -> None:
    """Of people in California, one whose list says that she is in Berlin, and a satellite telephone that may be anywhere."""
    opens = datetime.now(ZoneInfo(CALIFORNIA)).replace(second=0, microsecond=0) + 2 * HOUR
    await set_hours(dialers.engine, world.account, closed_now())
    campaign = await world.campaign([*numbers(3), SATELLITE])
    await dialers.execute("UPDATE contacts SET timezone = 'Europe/Berlin' WHERE phone = :phone", phone=numbers(1)[0])
    dialer = await dialers()
    assert await dialer.run(campaign) == [Ending.RELEASED]
    assert requests(dialer) == []
    in_berlin, *waiting, satellite = await contacts_of(world)
    assert [contact.next_attempt_at for contact in waiting] == [opens] * 2
    assert {contact.window_zone for contact in waiting} == {CALIFORNIA}
    assert all(
        f"opens at {opens:%H:%M} in Los Angeles" in contact.reason or "opens on" in contact.reason
        for contact in waiting
    )
    assert (satellite.status, satellite.reason) == ("skipped", NOBODY_KNOWS)
    assert in_berlin.window_zone == "Europe/Berlin"
    assert f"{in_berlin.next_attempt_at.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == f"{opens:%H:%M}"
    row = (await world.rows("SELECT status, owner, next_due_at, window_zone FROM campaigns"))[0]
    first = min(opens, in_berlin.next_attempt_at)
    assert tuple(row) == ("processing", None, first, CALIFORNIA if first == opens else "Europe/Berlin")
    await world.check_records()


@pytest.mark.parametrize(("closes", "is_called"), [(70, False), (200, True)])
async def test_nobody_is_rung_who_could_still_be_queued_when_the_window_closes(
    world: World, dialers: Dialers, closes: int, is_called: bool
) -> None:
    """A minute in the carrier's queue, and a moment to take it back. Windows close with a minute: two are left for that."""
    await eventually(_it_is_not_the_end_of_a_minute)
    await set_hours(dialers.engine, world.account, around_now(-2 * HOUR, timedelta(seconds=closes)))
    dialer = await dialers()
    await dialer.run(await world.campaign(numbers(2)))
    assert requests(dialer) == (numbers(2) if is_called else [])


async def test_what_was_decided_is_kept_with_the_call(world: World, dialers: Dialers) -> None:
    await set_hours(dialers.engine, world.account, open_now())
    dialer = await dialers()
    await dialer.run(await world.campaign(numbers(1), calling_window={"hours": None, "holidays": ["2020-01-01"]}))
    kept = await world.one("SELECT CAST(calling_window AS text) FROM attempts")
    for each in ('"windows": ["account", "campaign"]', '"timezone_source": "number"', f'"timezone": "{CALIFORNIA}"'):
        assert each in kept
    assert f"{datetime.now(ZoneInfo(CALIFORNIA)):%Y-%m-%dT%H}" in kept
    await set_hours(dialers.engine, world.account, None)
    await dialer.run(await world.campaign(numbers(1, start=5)))
    assert await world.one("SELECT count(*) FROM attempts WHERE calling_window IS NULL") == 1


@pytest.mark.parametrize(
    ("unknown_zone", "outcome"),
    [("closed", "skipped"), ("open", "calling"), (CALIFORNIA, "waiting"), ("Asia/Kolkata", "calling")],
)
async def test_of_a_number_whose_zone_nobody_knows_the_account_decides(
    world: World, dialers: Dialers, unknown_zone: str, outcome: str
) -> None:
    there = datetime.now(ZoneInfo("Asia/Kolkata"))
    in_kolkata = window(f"{there - 2 * HOUR:%H:%M}", f"{there + HOUR:%H:%M}")  # California is 12.5 or 13.5 hours behind
    await set_hours(dialers.engine, world.account, in_kolkata, unknown_zone)
    dialer = await dialers()
    await dialer.run(await world.campaign([SATELLITE]))
    assert (await contacts_of(world))[0].status == outcome


async def test_a_campaigns_own_window_narrows_the_accounts(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    await set_hours(dialers.engine, world.account, open_now())
    await dialer.run(await world.campaign(numbers(1), calling_window=closed_now()))
    await dialer.run(await world.campaign(numbers(1, start=1), calling_window=open_now()))
    await set_hours(dialers.engine, world.account, closed_now())
    await dialer.run(await world.campaign(numbers(1, start=2), calling_window=open_now()))
    assert requests(dialer) == numbers(1, start=1)


async def test_once_new_hours_are_said_no_gate_goes_by_the_former_ones(world: World, dialers: Dialers) -> None:
    """The gate meets the account's row while the other's transaction is still open, and waits for what comes of it."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    async with dialers.engine.connect() as clerk:
        async with clerk.begin():
            await calling_hours.set_calling_hours(clerk, world.account, CallingHours.of(closed_now(), "closed"))
            verdict = asyncio.ensure_future(dialer.gate.admit(campaign))
            await eventually(lambda: _somebody_waits_for_a_lock(world))
        assert await verdict is Verdict.UPKEEP, "its contacts are looked at again first"
        assert await dialer.gate.admit(campaign) is Verdict.UPKEEP
    await dialer.board.upkeep.see_to(campaign)
    assert await dialer.gate.admit(campaign) is Verdict.GO_ON
    assert requests(dialer) == []
    assert {contact.status for contact in await contacts_of(world)} == {"waiting"}


async def test_a_gate_that_waited_for_a_change_of_the_hours_judges_by_the_new_ones(
    world: World, dialers: Dialers
) -> None:
    """Even if nothing but the account's row tells it of them."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    async with dialers.engine.connect() as clerk:
        async with clerk.begin():
            new = {"document": json.dumps(closed_now())}
            await clerk.execute(text("UPDATE accounts SET calling_window = CAST(:document AS jsonb)"), new)
            verdict = asyncio.ensure_future(dialer.gate.admit(campaign))
            await eventually(lambda: _somebody_waits_for_a_lock(world))
        assert await verdict is Verdict.GO_ON
    assert requests(dialer) == []
    assert {contact.window_zone for contact in await contacts_of(world)} == {CALIFORNIA}


async def test_hours_and_gates_race_and_whoever_was_let_through_was_inside_what_held_then(
    world: World, dialers: Dialers
) -> None:
    """Hours open and close again and again while two dialers call, each change with a commit of its own. Every call that passed
    after a change was committed, and before the next began, is judged by it; none passed while all is closed."""
    dialer_pair = [await dialers(HangingUpCarrier(dialers.outcomes, after=0.01)) for _ in range(2)]
    campaigns = [await world.campaign(numbers(300, start=300 * n), concurrency=5) for n in range(2)]
    closed: list[tuple[datetime, datetime]] = []

    async def keep_changing() -> None:
        for _ in range(12):
            await set_hours(dialers.engine, world.account, closed_now())
            since = await world.now()
            await asyncio.sleep(0.05)
            until = await world.now()
            closed.append((since, until))
            await set_hours(dialers.engine, world.account, open_now())
            await asyncio.sleep(0.05)

    async def keep_running(dialer: TestDialer, campaign: Any) -> None:
        while not changing.done():
            if await world.one(
                "SELECT owner IS NULL AND next_due_at <= clock_timestamp() FROM campaigns WHERE id = :id", id=campaign
            ):
                await dialer.run(campaign)
            await asyncio.sleep(0.005)

    changing = asyncio.create_task(keep_changing())
    await asyncio.gather(*(keep_running(*pair) for pair in zip(dialer_pair, campaigns, strict=True)))
    await changing
    gated = [row.gated_at for row in await world.rows("SELECT gated_at FROM attempts")]
    assert len(gated) > 20, "it called while the hours were open"
    assert not [at for at in gated for since, until in closed if since < at < until]
    for dialer in dialer_pair:
        await dialer.carrier.close()
    await world.check_records()


async def test_calls_that_wait_at_the_carrier_outside_new_hours_are_cancelled_there(
    world: World, dialers: Dialers
) -> None:
    dialer = await dialers(dialers.simulated())
    await set_hours(dialers.engine, world.account, open_now("America/New_York"))
    campaign = await world.campaign([QUEUED])
    await dialer.run(campaign)
    assert await world.one("SELECT status FROM attempts") == "queued"
    await set_hours(dialers.engine, world.account, closed_now("America/New_York"))
    assert await world.one("SELECT check_at <= clock_timestamp() FROM attempts")
    await dialer.reconciler.look_after_due()
    assert await world.one("SELECT status FROM attempts") == "cancelled"
    (truth,) = await world.truth()
    assert truth["rang_at"] is None
    await dialers.execute("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")
    await dialers.execute("UPDATE campaigns SET next_due_at = now()")
    await dialer.run(campaign)
    (contact,) = await contacts_of(world)
    assert (contact.status, contact.attempts) == ("waiting", 0)
    assert contact.window_zone is not None


async def test_calls_inside_the_new_hours_and_those_that_ring_go_on(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    await dialer.run(await world.campaign([*numbers(2), BERLINER]))
    ringing = await world.one("SELECT id FROM attempts WHERE phone = :phone", phone=BERLINER)
    report = CallUpdate(ringing, f"CA{ringing.hex}", CallStatus.RINGING, dedupe_key="1")
    await dialers.outcomes.apply(report, source="callback")
    await dialers.execute("UPDATE contacts SET timezone = 'Asia/Kolkata' WHERE phone = :phone", phone=numbers(2)[1])
    await set_hours(
        dialers.engine, world.account, around_now(-HOUR, HOUR)
    )  # in California; in Kolkata it is night, or day
    called_off = await world.rows("SELECT phone FROM attempts WHERE called_off")
    assert [row.phone for row in called_off] == numbers(2)[1:]


async def test_when_hours_are_widened_those_who_wait_are_called_at_once_and_retries_keep_their_time(
    world: World, dialers: Dialers
) -> None:
    dialer = await dialers()
    first, *others = numbers(4)
    campaign = await world.campaign([first, *others], max_attempts=2, retry_delay=600, concurrency=1)
    (owned,) = await dialer.read(campaign)
    assert await dialer.gate.admit(owned) is Verdict.GO_ON
    await dialer.placer.drained()
    call = await world.one("SELECT id FROM attempts")
    await dialers.outcomes.apply(CallUpdate(call, f"CA{call.hex}", CallStatus.BUSY, dedupe_key="1"), source="callback")
    await dialers.execute("UPDATE campaigns SET owner = NULL, epoch = epoch + 1, next_due_at = now()")
    await set_hours(dialers.engine, world.account, closed_now())
    await dialer.run(campaign)
    assert {contact.window_zone for contact in await contacts_of(world)} == {None, CALIFORNIA}
    assert await world.one("SELECT next_due_at > now() + interval '5 minutes' FROM campaigns")

    await dialers.execute("UPDATE campaigns SET concurrency = 10")
    await set_hours(dialers.engine, world.account, None)
    assert await run_again(dialers, dialer, campaign) == [Ending.RELEASED]
    assert sorted(requests(dialer)) == [first, *others]
    retried = (await contacts_of(world))[0]
    assert (retried.status, retried.window_zone) == ("waiting", None)
    assert retried.next_attempt_at > await world.now() + timedelta(minutes=5)
    assert await world.one("SELECT hours_changed_at FROM campaigns") is None
    await world.check_records()


async def test_a_running_campaign_looks_at_those_who_wait_while_it_still_has_others(
    world: World, dialers: Dialers
) -> None:
    """One slot, and many who may be called: those who waited do not wait for all of them."""
    await set_hours(dialers.engine, world.account, around_now(-HOUR, HOUR))
    dialer = await dialers()
    in_kolkata = numbers(30)
    campaign = await world.campaign([*in_kolkata, *numbers(30, start=100)], concurrency=20)
    await dialers.execute("UPDATE contacts SET timezone = 'Asia/Kolkata' WHERE phone = ANY(:phones)", phones=in_kolkata)
    (owned,) = await dialer.read(campaign)
    assert await dialer.gate.admit(owned) is Verdict.GO_ON
    assert await world.one("SELECT count(*) FROM contacts WHERE window_zone = 'Asia/Kolkata'") == 30
    owned.contacts.extend(await dialer.board.contacts.read(owned))
    assert owned.contacts
    await set_hours(dialers.engine, world.account, None)
    assert await dialer.gate.admit(owned) is Verdict.UPKEEP
    await dialer.board.upkeep.see_to(owned)
    assert await world.one("SELECT count(*) FROM contacts WHERE window_zone IS NOT NULL") == 0


async def test_whoever_waits_is_recalled_in_batches_however_many_they_are(world: World, dialers: Dialers) -> None:
    """Retries lie between them, and hours change once more meanwhile."""
    await set_hours(dialers.engine, world.account, closed_now())
    dialer = await dialers()
    campaign = await world.campaign(numbers(120))
    await dialer.run(campaign)
    await dialers.execute(
        """UPDATE contacts SET window_zone = NULL, next_attempt_at = next_attempt_at + id % 7 * interval '1 second'
           WHERE id % 3 = 0"""
    )
    await set_hours(dialers.engine, world.account, open_now())
    (owned,) = await dialer.take(campaign)
    owner = upkeep.Owner(world.account, campaign, dialer.id, owned.taken.epoch)
    await upkeep.see_to(dialers.engine, owner, batch=7)
    due = "SELECT count(*) FROM contacts WHERE next_attempt_at <= clock_timestamp()"
    assert await world.one(due) == 80
    assert (
        await world.one(
            "SELECT count(*) FROM contacts WHERE window_zone IS NOT NULL OR reason IS NOT NULL AND id % 3 > 0"
        )
        == 0
    )
    assert await world.one("SELECT hours_changed_at FROM campaigns") is None


async def test_hours_that_change_under_a_paused_campaign_count_once_it_is_resumed(
    world: World, dialers: Dialers
) -> None:
    await set_hours(dialers.engine, world.account, closed_now())
    dialer = await dialers()
    campaign = await world.campaign(numbers(3))
    await dialer.run(campaign)
    await world.stop(campaign, CampaignStatus.PAUSED)
    await set_hours(dialers.engine, world.account, open_now())
    assert await world.one("SELECT next_due_at FROM campaigns") is None
    await world.go_on(campaign)
    await run_again(dialers, dialer, campaign)
    assert sorted(requests(dialer)) == numbers(3)


async def test_a_campaigns_own_hours_are_looked_at_again_alone(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    both = [await world.campaign(numbers(1, start=n), calling_window=closed_now()) for n in range(2)]
    for campaign in both:
        await dialer.run(campaign)
    await dialers.execute("UPDATE campaigns SET calling_window = NULL WHERE id = :id", id=both[0])
    async with dialers.engine.begin() as connection:
        await look_again(connection, world.account, both[0])
    await run_again(dialers, dialer, both[0])
    assert requests(dialer) == numbers(1)
    assert await world.one("SELECT next_due_at > now() FROM campaigns WHERE id = :id", id=both[1])


async def test_a_list_outside_its_hours_passes_the_gate_in_few_large_rounds(world: World, dialers: Dialers) -> None:
    await set_hours(dialers.engine, world.account, closed_now())
    dialer = await dialers()
    campaign = await world.campaign(numbers(10_000), concurrency=1)
    with counting(dialers.engine, "refused") as rounds:
        assert await dialer.run(campaign) == [Ending.RELEASED]
    assert await world.one("SELECT count(*) FROM contacts WHERE window_zone IS NOT NULL") == 10_000
    assert len(rounds) <= 12
    assert await world.one("SELECT window_zone FROM campaigns") == CALIFORNIA


@contextmanager
def counting(engine: AsyncEngine, part: str) -> Iterator[list[str]]:
    """The statements with a word in them that are run meanwhile."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if part in statement:
            found.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
