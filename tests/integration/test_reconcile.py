"""What becomes of calls that nobody reports on: against the simulated carrier and its faults.

The test's own dialer looks after them when the test says so. Instead of waiting, calls are made older in the database.
"""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.support.dialers import HOLD, Dialers, TestDialer
from tests.support.eventually import eventually
from tests.support.processes import ACCOUNT_SID, AUTH_TOKEN
from tests.support.world import CALLER_ID, World

from belltower.domain.campaign import CampaignStatus
from belltower.telephony.twilio import client as twilio

ANSWERED = "+12025559900"
FAILS = "+12025559906"  # every request answered 500, and nobody is rung
RINGS_AND_FAILS = "+12025559907"  # answered 500, and yet the telephone rings and is answered
HELD = "+12025559908"  # answered only after hold_seconds; the telephone rings meanwhile
SILENT = "+12025559909"  # every callback is lost
QUEUED = "+12025559913"  # queued for ever
GARBLED = "+12025559914"  # answered 201 with a body that is no JSON
ENDS_SILENTLY = "+12025559917"  # only the last callback is lost


async def the_call(world: World, status: str | None = None) -> Any:
    """The only attempt there is, in `status` where one is given."""
    calls = await world.rows(
        """SELECT attempts.*, contacts.status AS contact, contacts.attempts AS used, contacts.next_attempt_at
           FROM attempts JOIN contacts ON contacts.id = attempts.contact_id"""
    )
    assert len(calls) == 1
    call = calls[0]
    assert status is None or call.status == status, f"it is {call.status}"
    return call


async def grow_older(dialers: Dialers, seconds: float) -> None:
    """Make every live call older, and due to be looked after."""
    await dialers.execute(
        """UPDATE attempts SET gated_at = gated_at - make_interval(secs => :seconds),
               send_by = send_by - make_interval(secs => :seconds), check_at = clock_timestamp()
           WHERE check_at IS NOT NULL""",
        seconds=seconds,
    )


async def look_until(world: World, dialers: Dialers, dialer: TestDialer, status: str) -> Any:
    """Look after the only call again and again, until it has a status."""

    async def check() -> Any:
        await dialers.execute("UPDATE attempts SET check_at = clock_timestamp() WHERE check_at IS NOT NULL")
        await dialer.reconciler.look_after_due()
        return await the_call(world, status)

    return await eventually(check)


async def dial_again(world: World, dialers: Dialers, dialer: TestDialer, campaign: UUID) -> None:
    """Run the campaign once more, without waiting for what it waits for."""
    await dialers.execute("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")
    await dialers.execute("UPDATE campaigns SET next_due_at = now() WHERE next_due_at IS NOT NULL")
    await dialer.run(campaign)


@pytest.mark.parametrize("number", [RINGS_AND_FAILS, GARBLED])
async def test_a_call_whose_answer_was_useless_is_found_in_the_carriers_list(
    world: World, dialers: Dialers, number: str
) -> None:
    """There is no API to take callbacks."""
    dialer = await dialers(dialers.simulated())
    campaign = await world.campaign([number])
    await dialer.run(campaign)
    in_doubt = await the_call(world, "dialling")
    assert in_doubt.request_ended_at is not None
    assert in_doubt.carrier_call_id is None
    call = await look_until(world, dialers, dialer, "completed")
    assert (call.contact, call.used) == ("reached", 1)
    assert [each["sid"] for each in await world.truth()] == [call.carrier_call_id]
    assert await world.status(campaign) == "completed"
    await world.check()


async def test_a_call_whose_answer_never_came_is_found_in_the_carriers_list(
    world: World, dialers: Dialers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "_ANSWER_TIMEOUT", 0.2)
    dialer = await dialers(dialers.simulated())
    await dialer.run(await world.campaign([HELD]))
    monkeypatch.undo()
    assert "did not arrive" in (await the_call(world, "dialling")).reason
    await look_until(world, dialers, dialer, "completed")
    await world.check()


async def test_a_callback_binds_a_call_whose_answer_never_came(
    world: World, dialers: Dialers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "_ANSWER_TIMEOUT", 0.2)
    world.start("api")
    dialer = await dialers(dialers.simulated())
    await dialer.run(await world.campaign([HELD]))

    async def completed() -> Any:
        return await the_call(world, "completed")

    call = await eventually(completed)
    assert [each["sid"] for each in await world.truth()] == [call.carrier_call_id]
    assert await world.one("SELECT count(*) FROM call_events WHERE source <> 'callback'") == 0
    await world.check()


async def test_a_call_that_the_carrier_never_had_is_not_placed_after_the_wait_and_dialled_again(
    world: World, dialers: Dialers
) -> None:
    dialer = await dialers(dialers.simulated())
    campaign = await world.campaign([FAILS])
    await dialer.run(campaign)
    await grow_older(dialers, 30)
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    await grow_older(dialers, 35)
    await dialer.reconciler.look_after_due()
    call = await the_call(world, "not_placed")
    assert (call.contact, call.used, call.hold) == ("waiting", 0, 0)
    await dial_again(world, dialers, dialer, campaign)
    numbered = await world.rows("SELECT status, number FROM attempts ORDER BY gated_at")
    assert [tuple(row) for row in numbered] == [("not_placed", 1), ("dialling", 1)]
    assert await world.truth() == []
    await world.check_records()


async def test_a_call_that_could_be_over_by_now_is_not_given_up_before_it_can_be_known(
    world: World, dialers: Dialers
) -> None:
    """Its ring time-out and its time limit are shorter than the time after which the carrier's silence means something."""
    dialer = await dialers(dialers.simulated())
    await dialer.run(await world.campaign([FAILS]))
    await dialers.execute("UPDATE attempts SET ring_timeout = 5, time_limit = 10")
    await grow_older(dialers, 30)
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    await grow_older(dialers, 35)
    await dialer.reconciler.look_after_due()
    assert (await the_call(world, "not_placed")).contact == "waiting"


@pytest.mark.parametrize("number", [SILENT, ENDS_SILENTLY])
async def test_a_call_that_falls_silent_is_asked_about(world: World, dialers: Dialers, number: str) -> None:
    world.start("api")
    dialer = await dialers(dialers.simulated())
    await dialer.run(await world.campaign([number]))

    async def hung_up() -> bool:
        return (await world.truth())[0]["ended_at"] is not None

    await eventually(hung_up)
    call = await the_call(world)
    assert call.status in ("queued", "in_progress")
    assert call.check_at is not None
    await grow_older(dialers, 700)
    await dialer.reconciler.look_after_due()
    assert (await the_call(world, "completed")).cost > 0
    await world.check()


async def test_a_call_that_stays_in_the_carriers_queue_is_cancelled_and_dialled_again(
    world: World, dialers: Dialers
) -> None:
    dialer = await dialers(dialers.simulated())
    campaign = await world.campaign([QUEUED])
    await dialer.run(campaign)
    await grow_older(dialers, 50)
    await dialer.reconciler.look_after_due()
    await the_call(world, "queued")
    await grow_older(dialers, 15)
    await dialer.reconciler.look_after_due()
    call = await the_call(world, "cancelled")
    assert (call.contact, call.used, call.hold) == ("waiting", 0, 0)
    assert [each["status"] for each in await world.truth()] == ["canceled"]
    await dial_again(world, dialers, dialer, campaign)
    again = await world.rows("SELECT status, number FROM attempts ORDER BY gated_at")
    assert [tuple(row) for row in again] == [("cancelled", 1), ("queued", 2)]
    await world.check()


async def test_a_queued_call_of_a_stopped_campaign_is_cancelled_at_once(world: World, dialers: Dialers) -> None:
    dialer = await dialers(dialers.simulated())
    campaign = await world.campaign([QUEUED])
    await dialer.run(campaign)
    await world.stop(campaign, CampaignStatus.CANCELLED)
    await dialer.reconciler.look_after_due()
    call = await the_call(world, "cancelled")
    assert (call.contact, call.used, call.hold) == ("waiting", 0, 0)
    (there,) = await world.truth()
    assert (there["status"], there["rang_at"]) == ("canceled", None)
    assert await world.status(campaign) == "cancelled"
    await world.check()


async def test_of_two_candidates_none_is_chosen_and_nobody_is_redialled(world: World, dialers: Dialers) -> None:
    dialer = await dialers(dialers.simulated())
    campaign = await world.campaign([RINGS_AND_FAILS], max_attempts=3)
    await dialer.run(campaign)
    async with httpx.AsyncClient(trust_env=False, auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
        await client.post(
            f"{world.carrier.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json",
            data={"To": RINGS_AND_FAILS, "From": CALLER_ID, "Twiml": "<Response/>"},
        )
    await grow_older(dialers, 20)
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    await grow_older(dialers, 40)
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    # Its longest possible life is over; the calls of the carrier are as old.
    await dialers.execute(
        "UPDATE attempts SET send_by = send_by - interval '700 seconds', check_at = clock_timestamp()"
    )
    await dialer.reconciler.look_after_due()
    call = await the_call(world, "unknown")
    assert (call.contact, call.hold) == ("unknown", HOLD)
    assert call.check_at is None
    assert await world.status(campaign) == "completed"
    assert call.request_result.startswith("the carrier answered 500")
    assert call.reason == "The carrier lists 2 calls to this number that could be this one."
    looks = await world.rows("SELECT * FROM call_looks WHERE attempt_id = :id ORDER BY id", id=call.id)
    assert {look.asked for look in looks} == {"list"}
    assert [looks[0].result, looks[-1].result] == ["in_doubt", "unknown"]
    there = {each["sid"] for each in await world.truth()}
    assert len(there) == 2
    assert {each["carrier_call_id"] for each in looks[-1].answer} == there
    assert not any(each["taken"] for each in looks[-1].answer)


async def test_whom_the_carrier_could_not_account_for_is_redialled_by_a_decision_and_then_reached(
    world: World, dialers: Dialers
) -> None:
    """The dialer stands still at the answer to its request, so that it cannot say what it was, and the carrier has forgotten."""
    dialer = await dialers(dialers.simulated())
    world.start("scheduler")
    sleeper = world.start("dialer", BELLTOWER_FAULT="carrier.placed:stop")
    campaign = await world.campaign([ANSWERED])

    async def rung() -> bool:
        return [each["to"] for each in await world.truth()] == [ANSWERED]

    await eventually(rung)
    world.carrier.kill9()
    world.carrier.start_again()
    await world.behave()
    await grow_older(dialers, 70)
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    await grow_older(dialers, 600)
    await dialer.reconciler.look_after_due()
    call = await the_call(world, "unknown")
    assert (call.request_ended_at, call.carrier_call_id, call.hold) == (None, None, HOLD)
    looks = await world.rows(
        "SELECT result, answer, twins FROM call_looks WHERE attempt_id = :id ORDER BY id", id=call.id
    )
    assert [tuple(look) for look in looks] == [("in_doubt", [], 0), ("unknown", [], 0)]
    sleeper.kill9()

    world.start("dialer")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=world.start("api").url, headers=headers, trust_env=False) as client:
        (waits,) = (await client.get("/api/unknown-calls")).json()["items"]
        assert (waits["id"], waits["campaign_id"]) == (str(call.id), str(campaign))
        decided = await client.post(f"/api/unknown-calls/{call.id}/decision", json={"decision": "redial"})
        linked = UUID(decided.json()["decision"]["campaign_id"])
        await world.reaches(linked, "completed")
        found = (await client.get(f"/api/unknown-calls/{call.id}")).json()
    assert (found["status"], found["hold"], found["decision"]["contact_status"]) == ("unknown", "0.00", "reached")
    assert len(await world.truth()) == 1, "the carrier's new life knows the redial only"
    await world.check_records()


async def test_a_call_of_another_carrier_is_never_asked_about_here(world: World, dialers: Dialers) -> None:
    """The operator changed the carrier: that this one does not have the call proves nothing."""
    dialer = await dialers(dialers.simulated())
    await dialer.run(await world.campaign([FAILS]))
    await dialers.execute("UPDATE attempts SET carrier = 'twilio'")
    await grow_older(dialers, 120)
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    await grow_older(dialers, 600)
    await dialer.reconciler.look_after_due()
    call = await the_call(world, "unknown")
    looks = await world.rows("SELECT asked, result, answer FROM call_looks WHERE attempt_id = :id", id=call.id)
    assert [tuple(look) for look in looks] == [("nothing", "denied", None), ("nothing", "unknown", None)]


async def test_calls_of_a_stopped_dialer_are_not_given_up_while_it_holds_its_lock(
    world: World, dialers: Dialers
) -> None:
    dialer = await dialers(dialers.simulated())
    world.start("scheduler")
    sleeper = world.start("dialer", BELLTOWER_FAULT="gate.committed:stop")
    await world.campaign([FAILS[:-4] + "0000"])

    async def gated() -> Any:
        return await the_call(world, "dialling")

    await eventually(gated)
    await dialers.execute("UPDATE attempts SET send_by = send_by - interval '70 seconds', check_at = clock_timestamp()")
    await dialer.reconciler.look_after_due()
    await the_call(world, "dialling")
    sleeper.kill9()
    await look_until(world, dialers, dialer, "not_placed")
    assert await world.truth() == []


async def test_many_reconcilers_look_after_a_call_once_at_a_time(world: World, dialers: Dialers) -> None:
    several = [await dialers(dialers.simulated()) for _ in range(3)]
    await several[0].run(await world.campaign([QUEUED]))
    await grow_older(dialers, 65)
    await asyncio.gather(*(dialer.reconciler.look_after_due() for dialer in several))
    await the_call(world, "cancelled")
    polled = await world.rows("SELECT status FROM call_events WHERE source = 'poll' ORDER BY id")
    assert [row.status for row in polled] == ["queued", "cancelled"]
    await world.check()
