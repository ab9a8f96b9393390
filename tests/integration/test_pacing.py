"""How fast and how often is called: by caller id, by campaign, and to one number. Several gates at once, on a real database."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.support.dialers import Dialers, HangingUpCarrier, RecordingCarrier, TestDialer, ended
from tests.support.eventually import eventually, eventually_sync
from tests.support.world import CALLER_ID, World, numbers

from belltower.db.call_limits import CallerIdLimits, CallLimits, FrequencyCap, get_call_limits, set_call_limits
from belltower.domain.call import CallStatus
from belltower.telephony.provider import CallUpdate, NotSent
from belltower_dialer.gate import Verdict
from belltower_dialer.process_campaign import Ending

OTHER_ID = "+14155550101"
SECOND = timedelta(seconds=1)


async def limit(world: World, *caller_ids: CallerIdLimits, cap: FrequencyCap | None = None) -> None:
    async with world.engine.begin() as connection:
        await set_call_limits(connection, world.account, CallLimits(None, None, caller_ids, cap, None))


async def calls_of(world: World) -> list[Any]:
    return await world.rows(
        "SELECT id, phone, caller_id, campaign_id, gated_at, ended_at, status FROM attempts ORDER BY gated_at"
    )


def most_in_a_second(at: Sequence[datetime]) -> int:
    return max(sum(first <= each < first + SECOND for each in at) for first in at)


def most_at_once(calls: Sequence[Any]) -> int:
    changes = sorted([(call.gated_at, 1) for call in calls] + [(call.ended_at, -1) for call in calls if call.ended_at])
    live = most = 0
    for _, change in changes:
        live += change
        most = max(most, live)
    return most


async def run(dialers: Dialers, shares: Sequence[Sequence[Any]], *, after: float = 0.05) -> None:
    """Have each share of campaigns run by a dialer of its own, all at once."""
    made = [await dialers(HangingUpCarrier(dialers.outcomes, after)) for _ in shares]
    await asyncio.gather(*(dialer.run(*share) for dialer, share in zip(made, shares, strict=True)))


async def test_a_caller_ids_simultaneous_calls_hold_across_dialers_and_campaigns(
    world: World, dialers: Dialers
) -> None:
    await limit(world, CallerIdLimits(CALLER_ID, 3, None))
    limited = [await world.campaign(numbers(8, start=8 * each), concurrency=8) for each in range(3)]
    free = await world.campaign(numbers(8, start=100), concurrency=8, caller_id=OTHER_ID)
    await run(dialers, [limited[:1], limited[1:], [free]], after=0.2)
    calls = await calls_of(world)
    assert len(calls) == 32
    assert most_at_once([call for call in calls if call.caller_id == CALLER_ID]) == 3
    assert most_at_once([call for call in calls if call.caller_id == OTHER_ID]) == 8


async def test_a_caller_ids_calls_per_second_hold_across_dialers_and_campaigns(world: World, dialers: Dialers) -> None:
    await limit(world, CallerIdLimits(CALLER_ID, None, 4))
    limited = [await world.campaign(numbers(5, start=5 * each), concurrency=5) for each in range(3)]
    free = await world.campaign(numbers(20, start=100), concurrency=20, caller_id=OTHER_ID)
    await run(dialers, [limited[:1], limited[1:], [free]])
    at = {
        caller_id: [call.gated_at for call in await calls_of(world) if call.caller_id == caller_id]
        for caller_id in (CALLER_ID, OTHER_ID)
    }
    assert len(at[CALLER_ID]) == 15
    assert most_in_a_second(at[CALLER_ID]) == 4
    assert at[CALLER_ID][-1] - at[CALLER_ID][0] < timedelta(seconds=5)
    assert most_in_a_second(at[OTHER_ID]) == 20


async def test_a_campaigns_calls_per_second_hold_and_slow_no_other_campaign(world: World, dialers: Dialers) -> None:
    slow = await world.campaign(numbers(7), concurrency=7, calls_per_second=2)
    quick = await world.campaign(numbers(30, start=50), concurrency=30)
    await run(dialers, [[slow, quick]])
    calls = await calls_of(world)
    at = [call.gated_at for call in calls if call.campaign_id == slow]
    assert len(at) == 7
    assert most_in_a_second(at) == 2
    assert at[-1] - at[0] < timedelta(seconds=4.5)
    quick_at = [call.gated_at for call in calls if call.campaign_id == quick]
    assert quick_at[-1] - quick_at[0] < SECOND


async def test_a_campaign_that_is_slowed_waits_gently_and_holds_no_lock(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(3), concurrency=3, calls_per_second=1))
    verdicts = [await dialer.gate.admit(campaign) for _ in range(2)]
    assert verdicts == [Verdict.GO_ON, Verdict.ACCOUNT_BUSY]
    async with dialers.engine.begin() as connection:
        await connection.exec_driver_sql("SELECT id FROM accounts FOR UPDATE NOWAIT")
    await dialer.placer.drained()


async def test_a_caller_ids_campaigns_share_what_it_may_call(world: World, dialers: Dialers) -> None:
    await limit(world, CallerIdLimits(CALLER_ID, 4, None))
    dialer = await dialers()
    both = await dialer.read(*[await world.campaign(numbers(9, start=9 * each), concurrency=9) for each in range(2)])
    await asyncio.gather(*(dialer.gate.admit(campaign) for campaign in both))
    await dialer.placer.drained()
    shares = await world.rows("SELECT count(*) AS calls FROM attempts GROUP BY campaign_id")
    assert [share.calls for share in shares] == [2, 2]


async def test_what_a_dead_dialer_let_through_counts_until_it_is_known_what_became_of_it(
    world: World, dialers: Dialers
) -> None:
    """Its calls live on at the carrier: another dialer goes by their rows, not by anybody's memory."""
    await limit(world, CallerIdLimits(CALLER_ID, 5, None))
    first, second = await dialers(), await dialers()
    await first.run(await world.campaign(numbers(3), concurrency=3))
    await dialers.execute("UPDATE dialers SET lapses_at = now() - interval '1 minute' WHERE id = :id", id=first.id)
    (campaign,) = await second.read(await world.campaign(numbers(9, start=20), concurrency=9))
    await second.gate.admit(campaign)
    assert await second.gate.admit(campaign) is Verdict.ACCOUNT_BUSY
    assert len(await calls_of(world)) == 5
    gone = (await calls_of(world))[0]
    await dialers.outcomes.apply(ended(gone.id), source="callback")
    await second.gate.admit(campaign)
    await second.placer.drained()
    assert len(await calls_of(world)) == 6


class Unreachable(RecordingCarrier):
    """A carrier that cannot be reached."""

    async def place(self, request: Any) -> NotSent:
        self.requests.append(request)
        return NotSent("test", retry_after=0)


async def again(world: World, dialers: Dialers, dialer: TestDialer, phone: str) -> None:
    """A campaign of its own calls a number, as far as it may; a call that was placed is answered and ends."""
    await dialer.run(await world.campaign([phone]))
    for call in await world.rows("SELECT id FROM attempts WHERE ended_at IS NULL"):
        await dialers.outcomes.apply(ended(call.id), source="callback")


async def test_a_number_is_not_called_more_often_than_the_cap_whatever_the_campaign(
    world: World, dialers: Dialers
) -> None:
    await limit(world, cap=FrequencyCap(2, 86_400))
    phone, other = numbers(2)
    dialer = await dialers()
    for _ in range(2):
        await again(world, dialers, dialer, phone)
    campaign = await world.campaign([phone, other])
    assert await dialer.run(campaign) == [Ending.RELEASED]
    waiting = (
        await world.rows("SELECT * FROM contacts WHERE campaign_id = :id AND phone = :phone", id=campaign, phone=phone)
    )[0]
    first = (await calls_of(world))[0]
    assert (waiting.status, waiting.reason, waiting.attempts) == ("waiting", "frequency_cap", 0)
    assert waiting.next_attempt_at == first.gated_at + timedelta(days=1)
    assert [call.phone for call in await calls_of(world)] == [phone, phone, other]
    for call in await world.rows("SELECT id FROM attempts WHERE ended_at IS NULL"):
        await dialers.outcomes.apply(ended(call.id), source="callback")
    await dialers.execute("UPDATE campaigns SET next_due_at = now() WHERE id = :id", id=campaign)
    assert await dialer.run(campaign) == [Ending.RELEASED]
    due = await world.one("SELECT next_due_at FROM campaigns WHERE id = :id", id=campaign)
    assert due == waiting.next_attempt_at, "it sleeps until then"
    await world.check_records()


async def test_once_the_period_has_passed_a_number_may_be_called_again(world: World, dialers: Dialers) -> None:
    await limit(world, cap=FrequencyCap(1, 1))
    (phone,) = numbers(1)
    dialer = await dialers()
    await again(world, dialers, dialer, phone)
    campaign = await world.campaign([phone])
    await dialer.run(campaign)
    assert len(await calls_of(world)) == 1
    await asyncio.sleep(
        max((await world.one("SELECT max(next_attempt_at) FROM contacts") - await world.now()).total_seconds(), 0)
    )
    await dialers.execute("UPDATE campaigns SET next_due_at = now() WHERE id = :id", id=campaign)
    await dialer.run(campaign)
    first, second = await calls_of(world)
    assert second.gated_at - first.gated_at >= SECOND


async def test_a_retry_waits_for_the_cap_too(world: World, dialers: Dialers) -> None:
    await limit(world, cap=FrequencyCap(1, 3_600))
    (phone,) = numbers(1)
    dialer = await dialers()
    campaign = await world.campaign([phone], max_attempts=3, retry_delay=0)
    await dialer.run(campaign)
    (call,) = await calls_of(world)
    await dialers.outcomes.apply(CallUpdate(call.id, None, CallStatus.BUSY, dedupe_key="1"), source="callback")
    await dialers.execute("UPDATE campaigns SET next_due_at = now() WHERE id = :id", id=campaign)
    await dialer.run(campaign)
    assert len(await calls_of(world)) == 1
    assert await world.one("SELECT attempts FROM contacts") == 1


async def test_what_was_not_placed_is_no_call_to_the_number_and_other_accounts_calls_are_theirs(
    world: World, dialers: Dialers
) -> None:
    await limit(world, cap=FrequencyCap(1, 3_600))
    (phone,) = numbers(1)
    unreachable = await dialers(Unreachable())
    campaign = await world.campaign([phone])
    (owned,) = await unreachable.read(campaign)
    await unreachable.gate.admit(owned)
    await unreachable.placer.drained()
    assert [call.status for call in await calls_of(world)] == ["not_placed"]
    await dialers.execute("UPDATE campaigns SET owner = NULL, next_due_at = now() WHERE id = :id", id=campaign)
    dialer = await dialers()
    await dialer.run(campaign)
    assert [call.status for call in await calls_of(world)] == ["not_placed", "queued"]
    await dialers.execute(
        """WITH other AS (INSERT INTO accounts (id, name, currency, balance)
               VALUES (gen_random_uuid(), 'Other', 'USD', 10) RETURNING id)
           UPDATE attempts SET account_id = other.id FROM other"""
    )
    await dialer.run(await world.campaign([phone]))
    assert len(await calls_of(world)) == 3


async def test_many_gates_at_once_keep_to_the_cap(world: World, dialers: Dialers) -> None:
    await limit(world, cap=FrequencyCap(2, 3_600))
    phones = numbers(6)
    made = [await dialers(HangingUpCarrier(dialers.outcomes, 0.02)) for _ in range(4)]
    campaigns = [await world.campaign(phones, concurrency=6) for _ in range(4)]

    async def keep_trying(dialer: TestDialer, campaign: Any) -> None:
        for _ in range(3):
            await dialers.execute(
                "UPDATE contacts SET next_attempt_at = now() WHERE campaign_id = :id AND status = 'waiting'",
                id=campaign,
            )
            await dialers.execute(
                "UPDATE campaigns SET next_due_at = now() WHERE id = :id AND status <> 'completed'", id=campaign
            )
            if await world.status(campaign) == "completed":
                return
            try:
                await dialer.run(campaign)
            except AssertionError:  # it could not be taken, because the end of its last call had completed it
                assert await world.status(campaign) == "completed"

    await asyncio.gather(*(keep_trying(*each) for each in zip(made, campaigns, strict=True)))
    per_number = await world.rows("SELECT phone, count(*) AS calls FROM attempts GROUP BY phone")
    assert {row.calls for row in per_number} == {2}


async def test_limits_are_replaced_as_a_whole(world: World) -> None:
    limits = CallLimits(7, 5, [CallerIdLimits(CALLER_ID, 2, None)], FrequencyCap(3, 60), None)
    async with world.engine.begin() as connection:
        await set_call_limits(connection, world.account, limits)
    async with world.engine.connect() as connection:
        assert await get_call_limits(connection, world.account) == limits
    await limit(world)
    async with world.engine.connect() as connection:
        assert await get_call_limits(connection, world.account) == CallLimits(None, None, [], None, None)


async def test_limits_hold_at_the_carrier_while_dialers_come_and_die(world: World) -> None:
    """Three processes call for five campaigns from one number; two are killed in the middle of it."""
    await world.behave(talk_seconds=[0.3, 0.6])
    await limit(world, CallerIdLimits(CALLER_ID, 4, 8))
    for service in ("api", "scheduler"):
        world.start(service)
    quick = {"BELLTOWER_RING_TIMEOUT": "5", "BELLTOWER_CALL_TIME_LIMIT": "10"}
    first = world.start("dialer", **quick)
    second = world.start("dialer", BELLTOWER_FAULT="carrier.placed:kill", **quick)
    campaigns = [await world.campaign(numbers(6, start=10 * each), concurrency=6) for each in range(5)]

    async def calls_began() -> bool:
        return len(await world.truth()) >= 3

    await eventually(calls_began)
    first.kill9()
    eventually_sync(lambda: not second.is_running)
    world.start("dialer", **quick)
    for campaign in campaigns:
        await world.reaches(campaign, "completed", timeout=90)
    real = await world.truth()
    edges = sorted(
        edge for call in real for edge in ((call["requested_at"], 1), (call["ended_at"], -1)) if call["ended_at"]
    )
    live = most = 0
    for _, change in edges:
        live += change
        most = max(most, live)
    assert len(real) == 30
    assert most <= 4
    at = [call.gated_at for call in await calls_of(world) if call.status != "not_placed"]
    assert most_in_a_second(at) <= 8
    await world.check()
