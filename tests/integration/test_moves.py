"""Stopping a campaign and having it go on, against whoever works on it at that moment: by real transactions and processes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.support.dialers import Dialers, RecordingCarrier, TestDialer, ended
from tests.support.eventually import eventually, eventually_sync
from tests.support.world import World, numbers

from belltower.db import moves
from belltower.db.due import complete_if_done, get_scheduled_campaigns_to_run
from belltower.db.engine import sql
from belltower.db.ownership import release, take_over
from belltower.domain.call import LIVE, CallStatus
from belltower.domain.campaign import CampaignStatus
from belltower.outcomes import QUEUE_LIMIT
from belltower.telephony.provider import CallUpdate
from belltower_dialer.gate import Verdict

PAUSED, CANCELLED, PENDING = CampaignStatus.PAUSED, CampaignStatus.CANCELLED, CampaignStatus.PENDING
QUEUED = "+12025559913"  # queued at the carrier for ever
STOPS = pytest.mark.parametrize("status", [PAUSED, CANCELLED])
QUICK_CALLS = {"BELLTOWER_RING_TIMEOUT": "5", "BELLTOWER_CALL_TIME_LIMIT": "10"}


@asynccontextmanager
async def stopping(world: World, campaign: UUID, status: CampaignStatus) -> AsyncIterator[AsyncConnection]:
    """A stop that commits at the end of the block."""
    async with world.engine.begin() as connection:
        await moves.lock_one(connection, world.account, campaign)
        await moves.stop(connection, [campaign], status, actor="test")
        yield connection


async def waits_for_a_lock(world: World) -> bool:
    return bool(await world.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


async def meanwhile(world: World, work: Awaitable[Any]) -> "asyncio.Future[Any]":
    """Begin something that has to wait for a lock."""
    task = asyncio.ensure_future(work)
    await eventually(lambda: waits_for_a_lock(world))
    assert not task.done()
    return task


async def stopped_as(world: World, campaign: UUID, status: CampaignStatus) -> None:
    """What holds of a stopped campaign."""
    (row,) = await world.rows("SELECT * FROM campaigns WHERE id = :id", id=campaign)
    assert (row.status, row.owner, row.announced_at, row.next_due_at) == (status, None, None, None)
    await world.check_records()


async def history(world: World, campaign: UUID) -> list[str]:
    rows = await world.rows("SELECT to_status FROM campaign_events WHERE campaign_id = :id ORDER BY id", id=campaign)
    return [row.to_status for row in rows]


# ---- the gate


@STOPS
async def test_a_gate_that_comes_after_a_stop_lets_nobody_through(
    world: World, dialers: Dialers, status: CampaignStatus
) -> None:
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    async with stopping(world, campaign.taken.id, status):
        verdict = await meanwhile(world, dialer.gate.admit(campaign))
    assert await verdict is Verdict.LOST
    assert await world.one("SELECT count(*) FROM attempts") == 0
    await stopped_as(world, campaign.taken.id, status)


@STOPS
async def test_a_stop_that_comes_after_a_gate_knows_all_that_it_let_through(
    world: World, dialers: Dialers, status: CampaignStatus
) -> None:
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    async with world.engine.begin() as hindering:
        await hindering.execute(text("LOCK TABLE unfolded IN EXCLUSIVE MODE"))
        gate = await meanwhile(world, dialer.gate.admit(campaign))  # in its last statement
        stop = asyncio.ensure_future(world.stop(campaign.taken.id, status))
        await eventually(lambda: two_wait(world))
    assert await gate is Verdict.GO_ON
    await stop
    assert await world.one("SELECT count(*) FROM attempts") == 5
    assert await world.one("SELECT bool_and(called_off) FROM attempts")
    await stopped_as(world, campaign.taken.id, status)


async def two_wait(world: World) -> bool:
    return bool(await world.one("SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


async def test_a_campaign_that_was_stopped_and_resumed_is_not_its_former_owners(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    await world.stop(campaign.taken.id, PAUSED)
    await world.go_on(campaign.taken.id)
    (again,) = await dialer.take(campaign.taken.id)
    assert again.taken.epoch > campaign.taken.epoch
    assert await dialer.gate.admit(campaign) is Verdict.LOST
    assert await world.one("SELECT count(*) FROM attempts") == 0


# ---- scheduler, takeover, release


@STOPS
async def test_a_stop_and_an_announcement_cannot_both_win(
    world: World, dialers: Dialers, status: CampaignStatus
) -> None:
    first, second = [await world.campaign([number]) for number in numbers(2)]
    async with stopping(world, first, status):
        claimed = await get_scheduled_campaigns_to_run(dialers.engine, 10)
    assert [due.id for due in claimed] == [second], "what is being stopped is passed over"
    async with world.engine.begin() as scheduler:
        await scheduler.execute(text("UPDATE campaigns SET announced_at = NULL"))
        await scheduler.execute(sql("claim_due"), {"batch": 10, "ahead": 0})
        stop = await meanwhile(world, world.stop(second, status))
    await stop
    for campaign in (first, second):
        await stopped_as(world, campaign, status)
    dialer = await dialers()
    assert await take_over(dialers.engine, dialer.id, [first, second], actor="test") == [], "messages are under way"


@STOPS
async def test_a_stop_and_a_takeover_cannot_both_win(world: World, dialers: Dialers, status: CampaignStatus) -> None:
    dialer = await dialers()
    first, second = [await world.campaign([number]) for number in numbers(2)]
    async with stopping(world, first, status):
        takeover = asyncio.ensure_future(take_over(dialers.engine, dialer.id, [first, second], actor="test"))
        await eventually(lambda: owned(world, second))
    assert [taken.id for taken in await takeover] == [second]
    async with world.engine.begin() as late:
        await late.execute(text("UPDATE campaigns SET owner = NULL WHERE id = :id"), {"id": second})
        await late.execute(sql("take_over"), {"ids": [second], "dialer": dialer.id, "actor": "test", "suspected": None})
        stop = await meanwhile(world, world.stop(second, status))
    await stop
    await stopped_as(world, first, status)
    await stopped_as(world, second, status)
    assert (await history(world, second))[-2:] == ["processing", status]


async def owned(world: World, campaign: UUID) -> bool:
    return bool(await world.one("SELECT owner IS NOT NULL FROM campaigns WHERE id = :id", id=campaign))


async def test_an_owner_cannot_give_back_or_pause_what_was_cancelled(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(1)))
    await world.stop(campaign.taken.id, CANCELLED)
    assert await release(dialers.engine, dialer.id, {campaign.taken.id: campaign.taken.epoch}, actor="test") == (
        {},
        set(),
    )
    await dialer.board.giving_back.pause(campaign, "No money.")
    await dialer.board.giving_back.try_later(campaign)
    await stopped_as(world, campaign.taken.id, CANCELLED)


# ---- outcomes


async def one_call(world: World, dialers: Dialers, **options: Any) -> tuple[UUID, UUID, TestDialer]:
    """A campaign, its only call, which the carrier took, and their dialer, which owns it."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(1), **options))
    await dialer.gate.admit(campaign)
    await dialer.placer.drained()
    return campaign.taken.id, await world.one("SELECT id FROM attempts"), dialer


@STOPS
async def test_the_last_call_of_a_stopped_campaign_ends(world: World, dialers: Dialers, status: CampaignStatus) -> None:
    """It went on. A paused campaign is completed with it: nothing is left to resume."""
    campaign, call, _ = await one_call(world, dialers)
    await world.stop(campaign, status)
    await dialers.outcomes.apply(ended(call), source="callback")
    assert await world.one("SELECT status FROM contacts") == "reached"
    assert await world.status(campaign) == ("completed" if status is PAUSED else CANCELLED)
    await world.check_records()


@pytest.mark.parametrize("number", range(5))
@STOPS
async def test_a_stop_and_the_end_of_the_last_call_at_once(
    world: World, dialers: Dialers, status: CampaignStatus, number: int
) -> None:
    campaign, call, _ = await one_call(world, dialers)
    await asyncio.gather(dialers.outcomes.apply(ended(call), source="callback"), try_to_stop(world, campaign, status))
    assert await world.status(campaign) in ("completed", CANCELLED)
    assert await world.status(campaign) == "completed" or status is CANCELLED
    assert await world.one("SELECT next_due_at IS NULL AND owner IS NULL FROM campaigns")
    await world.check_records()


async def try_to_stop(world: World, campaign: UUID, status: CampaignStatus) -> None:
    async with world.engine.begin() as connection:
        locked = await moves.lock_one(connection, world.account, campaign)
        if locked.status is CampaignStatus.PROCESSING:
            await moves.stop(connection, [campaign], status, actor="test")


async def test_a_stop_waits_for_a_completion_and_sees_it(world: World, dialers: Dialers) -> None:
    campaign, _, _ = await one_call(world, dialers)
    await dialers.execute("UPDATE contacts SET status = 'reached', next_attempt_at = NULL")
    async with world.engine.begin() as connection:
        await connection.execute(sql("lock_campaign"), {"campaign": campaign})
        completing = {"campaign": campaign, "actor": "outcome", "sources": ["processing"]}
        await connection.execute(sql("complete"), completing)
        stop = await meanwhile(world, try_to_stop(world, campaign, CANCELLED))
    await stop
    assert await world.status(campaign) == "completed"


async def test_a_campaign_that_is_resumed_is_completed_by_the_end_of_its_last_call(
    world: World, dialers: Dialers
) -> None:
    """No dialer has taken it over again yet: it is due when that call is looked after."""
    campaign, call, _ = await one_call(world, dialers)
    await world.stop(campaign, PAUSED)
    await world.go_on(campaign)
    await dialers.outcomes.apply(ended(call), source="callback")
    assert await world.status(campaign) == "completed"
    assert not await complete_if_done(dialers.engine, campaign, actor="test")


async def test_a_retry_of_a_resumed_campaign_makes_it_due_then(world: World, dialers: Dialers) -> None:
    campaign, call, _ = await one_call(world, dialers, max_attempts=2, retry_delay=20)
    await world.stop(campaign, PAUSED)
    await dialers.outcomes.apply(CallUpdate(call, None, CallStatus.BUSY, dedupe_key="busy"), source="callback")
    assert await world.one("SELECT next_due_at FROM campaigns") is None
    await world.go_on(campaign)
    assert await world.one("SELECT campaigns.next_due_at = contacts.next_attempt_at FROM campaigns, contacts")


# ---- calls that are being placed, or wait at the carrier


@pytest.mark.parametrize("reported_by", ["our request", "a callback"])
@pytest.mark.parametrize("first", ["stop", "report"])
async def test_a_call_that_is_queued_as_its_campaign_is_stopped_is_looked_after_at_once(
    world: World, dialers: Dialers, first: str, reported_by: str
) -> None:
    """Whichever of both commits first, the other waits for the call's row and sees what it did."""
    carrier = LateCarrier()
    dialer = await dialers(carrier)
    (campaign,) = await dialer.read(await world.campaign(numbers(1)))
    await dialer.gate.admit(campaign)
    call = await world.one("SELECT id FROM attempts")
    placed = {"attempts": [call], "carrier_call_ids": ["CA1"], "queue_limit": QUEUE_LIMIT}

    async def report() -> None:
        if reported_by == "our request":
            async with world.engine.begin() as connection:
                await connection.execute(sql("record_placements"), placed)
        else:
            update = CallUpdate(call, "CA1", CallStatus.QUEUED, dedupe_key="CA1:0")
            await dialers.outcomes.apply(update, source="callback")

    if first == "stop":
        async with stopping(world, campaign.taken.id, PAUSED):
            later = await meanwhile(world, report())
        await later
    else:
        async with world.engine.begin() as connection:
            await connection.execute(sql("record_placements"), placed)
            later = await meanwhile(world, world.stop(campaign.taken.id, PAUSED))
        await later
    (row,) = await world.rows("SELECT status, called_off, check_at <= clock_timestamp() AS is_due FROM attempts")
    carrier.answer.set()
    assert tuple(row) == ("queued", True, True)


class LateCarrier(RecordingCarrier):
    """A carrier that answers a request when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = asyncio.Event()

    async def place(self, request: Any) -> Any:
        """Wait."""
        await self.answer.wait()
        return await super().place(request)


async def test_contacts_of_calls_that_were_called_off_are_called_once_more_after_a_resume(
    world: World, dialers: Dialers
) -> None:
    """With one attempt each: what never rang used none up."""
    dialer = await dialers(dialers.simulated())
    campaign = await world.campaign([QUEUED, *numbers(3)])
    world.start("api")
    await dialer.run(campaign)
    await eventually(lambda: only_one_is_live(world))
    await world.stop(campaign, PAUSED)
    await dialer.reconciler.look_after_due()
    calls = await world.rows("SELECT phone, status FROM attempts WHERE status <> 'completed'")
    assert [tuple(call) for call in calls] == [(QUEUED, "cancelled")]
    await dialers.execute("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")  # not in a minute
    await world.go_on(campaign)
    await dialer.run(campaign)
    again = await world.rows(
        "SELECT phone, status, number FROM attempts WHERE phone = :phone ORDER BY gated_at", phone=QUEUED
    )
    assert [tuple(call) for call in again] == [(QUEUED, "cancelled", 1), (QUEUED, "queued", 2)]
    assert await world.one("SELECT count(*) FROM attempts WHERE phone <> :phone", phone=QUEUED) == 3
    await world.check()


async def only_one_is_live(world: World) -> bool:
    live = ", ".join(f"'{status}'" for status in sorted(LIVE))
    return bool(await world.one(f"SELECT count(*) = 1 FROM attempts WHERE status IN ({live})"))


# ---- all of Belltower


Post = Callable[[str], Awaitable[httpx.Response]]


@pytest.fixture
async def post(world: World) -> AsyncIterator[Post]:
    """POSTs to the API, which it starts."""
    api = world.start("api")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False, timeout=60) as client:
        yield client.post


async def stopped_for_good(post: Post, path: str) -> datetime:
    """Ask until the answer is 200; when it came."""

    async def is_stopped() -> bool:
        answer = await post(path)
        assert answer.status_code in (200, 202), answer.text
        return answer.status_code == 200

    await eventually(is_stopped, timeout=60)
    return datetime.now(UTC)


async def requested(world: World) -> list[datetime]:
    """When the carrier got its requests to create a call."""
    return [datetime.fromisoformat(call["requested_at"]) for call in await world.truth()]


async def nothing_is_live(world: World) -> bool:
    live = ", ".join(f"'{status}'" for status in sorted(LIVE))
    return bool(await world.one(f"SELECT count(*) = 0 FROM attempts WHERE status IN ({live})"))


@pytest.mark.parametrize("move", ["pause", "cancel"])
async def test_after_a_stop_was_answered_no_request_reaches_the_carrier(world: World, post: Post, move: str) -> None:
    world.start("scheduler")
    for _ in range(2):
        world.start("dialer")
    campaigns = [await world.campaign(numbers(400, start=1000 * number), concurrency=40) for number in range(3)]

    async def under_way() -> bool:
        return len(await world.truth()) > 60

    await eventually(under_way, timeout=30)
    stops = await asyncio.gather(*(stopped_for_good(post, f"/api/campaigns/{each}/{move}") for each in campaigns))
    await eventually(lambda: nothing_is_live(world), timeout=30, interval=0.1)
    calls = await world.truth()
    campaign_of = {str(row.id): row.campaign_id for row in await world.rows("SELECT id, campaign_id FROM attempts")}
    for campaign, stopped_at in zip(campaigns, stops, strict=True):
        mine = [call for call in calls if campaign_of[call["attempt_id"]] == campaign]
        assert 0 < len(mine) < 400
        assert max(datetime.fromisoformat(call["requested_at"]) for call in mine) <= stopped_at
        await stopped_as(world, campaign, PAUSED if move == "pause" else CANCELLED)
    await world.check()


async def test_a_campaign_that_is_paused_and_resumed_again_and_again_calls_everybody_once(
    world: World, post: Post
) -> None:
    await world.behave(ring_seconds=[0.02, 0.1], talk_seconds=[0.02, 0.1])
    world.start("scheduler")
    for _ in range(2):
        world.start("dialer")
    campaign = await world.campaign(numbers(150), concurrency=5)
    for _ in range(6):
        await world.reaches(campaign, "processing")
        before = len(await world.truth())

        async def goes_on(before: int = before) -> bool:
            return len(await world.truth()) > before + 5 or await world.status(campaign) == "completed"

        await eventually(goes_on, timeout=20)
        if (await post(f"/api/campaigns/{campaign}/pause")).status_code == 409:
            break
        assert (await post(f"/api/campaigns/{campaign}/resume")).status_code in (200, 409)
    await world.reaches(campaign, "completed", timeout=60)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 150
    rung = [call for call in await world.truth() if call["rang_at"] is not None]
    assert len(rung) == len({call["to"] for call in rung}) == 150
    await world.check()


async def test_a_dialer_that_stood_still_after_the_gate_sends_nothing_when_it_wakes(world: World, post: Post) -> None:
    world.start("scheduler")
    sleeper = world.start("dialer", BELLTOWER_FAULT="gate.committed:stop")
    campaign = await world.campaign(numbers(30), concurrency=20)

    async def gated() -> bool:
        return bool(await world.one("SELECT count(*) = 20 FROM attempts WHERE status = 'dialling'"))

    await eventually(gated)
    answer = await post(f"/api/campaigns/{campaign}/cancel")
    assert (answer.status_code, answer.json()["dialling"]) == (202, 20)
    sleeper.wake()
    await stopped_for_good(post, f"/api/campaigns/{campaign}/cancel")
    await eventually(lambda: nothing_is_live(world))
    assert await world.truth() == [], "the answer took longer than the two seconds in which a request may be sent"
    await stopped_as(world, campaign, CANCELLED)


async def test_a_dialer_that_stood_still_before_the_gates_commit_sends_nothing_when_it_wakes(
    world: World, post: Post
) -> None:
    """The answer waits until the gate's transaction is ended for it."""
    world.start("scheduler")
    sleeper = world.start("dialer", BELLTOWER_FAULT="gate.before_commit:stop")
    campaign = await world.campaign(numbers(30), concurrency=20)

    async def stands() -> bool:
        return bool(await world.one("SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'idle in transaction'"))

    await eventually(stands)
    answer = await post(f"/api/campaigns/{campaign}/pause")
    assert (answer.status_code, answer.json()["status"]) == (200, "paused")
    sleeper.wake()
    assert (await post(f"/api/campaigns/{campaign}/cancel")).status_code == 200
    assert await world.one("SELECT count(*) FROM attempts") == 0
    await eventually(lambda: registered_again(world), timeout=20)
    assert await world.truth() == []


async def registered_again(world: World) -> bool:
    return bool(await world.one("SELECT count(*) > 0 FROM dialers WHERE lapses_at > clock_timestamp()"))


@pytest.mark.parametrize("point", ["takeover.before_ack", "carrier.placed"])
async def test_a_dialer_that_is_killed_around_a_stop_leaves_nothing_behind(
    world: World, post: Post, point: str
) -> None:
    world.start("scheduler")
    faulty = world.start("dialer", BELLTOWER_FAULT=f"{point}:kill", **QUICK_CALLS)
    campaign = await world.campaign(numbers(30), concurrency=20)
    eventually_sync(lambda: not faulty.is_running)
    stopped = await post(f"/api/campaigns/{campaign}/pause")
    assert stopped.status_code in (200, 202)
    world.start("dialer", **QUICK_CALLS)
    await stopped_for_good(post, f"/api/campaigns/{campaign}/pause")
    assert (await post(f"/api/campaigns/{campaign}/resume")).status_code == 200
    await world.reaches(campaign, "completed", timeout=60)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 30
    await world.check()


async def test_all_calling_stops(world: World, post: Post) -> None:
    world.start("scheduler")
    world.start("dialer")
    for number in range(3):
        await world.campaign(numbers(400, start=1000 * number), concurrency=10)

    async def under_way() -> bool:
        return len(await world.truth()) > 20

    await eventually(under_way, timeout=30)
    await world.campaign(numbers(1, start=5000), due_in=8)
    stopped_at = await stopped_for_good(post, "/api/pause-all")
    await eventually(lambda: nothing_is_live(world), timeout=30, interval=0.1)

    async def its_time_has_passed() -> bool:
        return bool(
            await world.one("SELECT bool_and(scheduled_time < clock_timestamp()) FROM campaigns WHERE is_scheduled")
        )

    await eventually(its_time_has_passed, timeout=20)
    assert max(await requested(world)) <= stopped_at
    assert {row.status for row in await world.rows("SELECT status FROM campaigns")} == {PAUSED}
    await world.check()


async def test_a_scheduled_campaign_starts_when_somebody_starts_it(world: World, post: Post) -> None:
    world.start("scheduler")
    world.start("dialer")
    campaign = await world.campaign(numbers(3), due_in=3600)
    asked_at = datetime.now(UTC)
    assert (await post(f"/api/campaigns/{campaign}/start")).json()["status"] in ("pending", "processing")
    await world.reaches(campaign, "completed")
    assert await world.one("SELECT started_at FROM campaigns") - asked_at < timedelta(seconds=2)
    assert await history(world, campaign) == ["scheduled", "pending", "processing", "completed"]
    await world.check()
