"""Campaigns whose time is over: nobody new is called, and whoever waited is told so in the end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.support.calling_hours import closed_now, set_hours
from tests.support.dialers import Dialers, RecordingCarrier, TestDialer, ended
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db import upkeep
from belltower.domain.call import CallStatus
from belltower.domain.campaign import CampaignStatus
from belltower.telephony.provider import CallUpdate
from belltower_dialer.gate import Verdict
from belltower_dialer.process_campaign import Ending, process_campaign


def requests(dialer: TestDialer) -> list[str]:
    """The numbers that a dialer asked its carrier to ring."""
    assert isinstance(dialer.carrier, RecordingCarrier)
    return [request.to for request in dialer.carrier.requests]


async def expire(dialers: Dialers) -> None:
    """Bring the end of all campaigns to this moment."""
    await dialers.execute("UPDATE campaigns SET expires_at = clock_timestamp()")


async def counts(world: World) -> dict[str, int]:
    """Contacts by status."""
    rows = await world.rows("SELECT status, count(*) AS number FROM contacts GROUP BY status")
    return {row.status: row.number for row in rows}


async def report(dialers: Dialers, call: Any, status: CallStatus, key: str = "1") -> None:
    """The carrier says something of a call."""
    await dialers.outcomes.apply(CallUpdate(call, f"CA{call.hex}", status, dedupe_key=key), source="callback")


async def test_a_campaign_that_was_over_before_it_began_calls_nobody_and_completes(
    world: World, dialers: Dialers
) -> None:
    dialer = await dialers()
    campaign = await world.campaign(numbers(5), expires_in=-1)
    assert await dialer.run(campaign) == [Ending.RELEASED]
    assert requests(dialer) == []
    assert await counts(world) == {"expired": 5}
    assert await world.status(campaign) == "completed"
    assert await world.one("SELECT DISTINCT reason FROM contacts") == upkeep.EXPIRED
    await world.check_records()


async def test_at_its_end_nobody_new_is_called_and_a_call_under_way_goes_on(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    campaign = await world.campaign(numbers(5), concurrency=2, expires_in=600, max_attempts=2)
    (owned,) = await dialer.read(campaign)
    assert await dialer.gate.admit(owned) is Verdict.GO_ON
    await dialer.placer.drained()
    await expire(dialers)
    assert await dialer.gate.admit(owned) is Verdict.UPKEEP
    assert await process_campaign(owned, dialer.board) is Ending.RELEASED
    assert await counts(world) == {"calling": 2, "expired": 3}
    one, other = [row.id for row in await world.rows("SELECT id FROM attempts ORDER BY gated_at, id")]
    await dialers.outcomes.apply(ended(one), source="callback")
    await report(dialers, other, CallStatus.BUSY)
    assert await counts(world) == {"reached": 1, "waiting": 1, "expired": 3}, "it would be called once more"
    assert await world.one("SELECT next_due_at <= clock_timestamp() FROM campaigns"), "and is over at once"
    await dialer.run(campaign)
    assert await counts(world) == {"reached": 1, "expired": 4}
    assert await world.status(campaign) == "completed"
    assert len(requests(dialer)) == 2
    await world.check_records()


async def test_a_campaign_that_sleeps_is_due_at_its_end(world: World, dialers: Dialers) -> None:
    """Whether somebody waits for a window, or to be called again."""
    await set_hours(dialers.engine, world.account, closed_now())
    dialer = await dialers()
    waiting = await world.campaign(numbers(2), expires_in=600)
    await dialer.run(waiting)
    await set_hours(dialers.engine, world.account, None)
    retrying = await world.campaign(numbers(1, start=5), expires_in=600, max_attempts=2, retry_delay=3600)
    await dialer.run(retrying)
    await report(
        dialers, await world.one("SELECT id FROM attempts WHERE campaign_id = :id", id=retrying), CallStatus.BUSY
    )
    await dialers.execute("UPDATE campaigns SET hours_changed_at = NULL")
    for campaign in (waiting, retrying):
        row = (await world.rows("SELECT next_due_at, expires_at FROM campaigns WHERE id = :id", id=campaign))[0]
        assert row.next_due_at <= row.expires_at
    assert await world.one("SELECT window_zone FROM campaigns WHERE id = :id", id=waiting) is None, (
        "it will not open in time"
    )


async def test_the_end_comes_while_all_lines_are_busy(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    campaign = await world.campaign(numbers(4), concurrency=1, expires_in=1.0)
    (owned,) = await dialer.take(campaign)
    assert await asyncio.wait_for(process_campaign(owned, dialer.board), 10) is Ending.RELEASED
    assert await counts(world) == {"calling": 1, "expired": 3}
    await world.check_records()


async def test_no_gate_lets_anybody_through_once_the_time_is_over(world: World, dialers: Dialers) -> None:
    """It waits for the account's lock while the time runs out: by the clock after the lock it is over."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5), expires_in=1.0))
    async with dialers.engine.connect() as clerk:
        async with clerk.begin():
            await clerk.exec_driver_sql("SELECT id FROM accounts FOR NO KEY UPDATE")
            verdict = asyncio.ensure_future(dialer.gate.admit(campaign))

            async def over() -> bool:
                return bool(await world.one("SELECT expires_at < clock_timestamp() FROM campaigns"))

            await eventually(over)
        assert await verdict is Verdict.UPKEEP
    assert requests(dialer) == []


async def test_whoever_waits_expires_in_batches(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    campaign = await world.campaign(numbers(100), expires_in=-1)
    (owned,) = await dialer.take(campaign)
    owner = upkeep.Owner(world.account, campaign, dialer.id, owned.taken.epoch)
    await upkeep.see_to(dialers.engine, owner, batch=8)
    assert await counts(world) == {"expired": 100}
    assert await world.one("SELECT count(*) FROM unfolded WHERE contact_expired > 0") == 13
    await world.check_records()


async def test_a_dialer_that_lost_the_campaign_lets_nobody_expire(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    campaign = await world.campaign(numbers(3), expires_in=-1)
    (owned,) = await dialer.take(campaign)
    await world.stop(campaign, CampaignStatus.PAUSED)
    await dialer.board.upkeep.see_to(owned)
    assert await counts(world) == {"waiting": 3}


@pytest.mark.parametrize("expires_in", [-5, 600])
async def test_a_campaign_that_is_resumed_is_due_by_its_end(world: World, dialers: Dialers, expires_in: float) -> None:
    dialer = await dialers()
    campaign = await world.campaign(numbers(1), max_attempts=2, retry_delay=3600, expires_in=600)
    await dialer.run(campaign)
    await report(dialers, await world.one("SELECT id FROM attempts"), CallStatus.BUSY)
    await world.stop(campaign, CampaignStatus.PAUSED)
    ends = await world.now() + timedelta(seconds=expires_in)
    await dialers.execute("UPDATE campaigns SET expires_at = :ends", ends=ends)
    await world.go_on(campaign)
    assert await world.one("SELECT next_due_at FROM campaigns") <= max(ends, await world.now())
