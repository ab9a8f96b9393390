"""The circuit breaker on a real database: it pauses a campaign whose calls keep failing, once, with the reason."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from tests.support.books import Attempt, Books
from tests.support.world import World, numbers

from belltower.db import moves
from belltower.db.circuit_breaker import ACTOR
from belltower.domain.call import CallStatus
from belltower.domain.campaign import CampaignStatus


async def end(books: Books, attempts: Sequence[Attempt], status: CallStatus, **said: Any) -> None:
    for attempt in attempts:
        await books.outcomes.apply(attempt.report(status, **said), source="callback")


async def state_of(books: Books, campaign: UUID) -> Any:
    return await books.row(
        "SELECT status, status_reason, owner, next_due_at FROM campaigns WHERE id = :id", id=campaign
    )


async def pauses(books: Books, campaign: UUID) -> list[Any]:
    return await books.rows(
        "SELECT actor, reason FROM campaign_events WHERE campaign_id = :id AND to_status = 'paused'", id=campaign
    )


async def resume(books: Books, campaign: UUID) -> None:
    async with books.engine.begin() as connection:
        await moves.lock_one(connection, books.account, campaign)
        await moves.go_on(connection, campaign, CampaignStatus.PENDING, actor="test")


async def test_a_campaign_half_of_whose_last_20_calls_failed_is_paused_with_the_reason(books: Books) -> None:
    campaign = await books.campaign(24, owned=True)
    calls = await books.gate(campaign)
    for call in calls[20:]:
        await books.placed(call)
    await end(books, calls[:6], CallStatus.COMPLETED)
    await end(books, calls[6:10], CallStatus.BUSY)
    await end(books, calls[10:19], CallStatus.FAILED, error_code="sip:503")
    assert (await state_of(books, campaign)).status == "processing"
    await end(books, calls[19:20], CallStatus.FAILED, error_code="sip:500")
    state = await state_of(books, campaign)
    assert (state.status, state.owner, state.next_due_at) == ("paused", None, None)
    assert state.status_reason == (
        "Paused: 10 of the last 20 calls failed within 2 minutes; last error: sip:500. Look into it, then resume the"
        " campaign."
    )
    assert [(event.actor, event.reason) for event in await pauses(books, campaign)] == [(ACTOR, state.status_reason)]
    called_off = await books.rows("SELECT called_off FROM attempts WHERE status = 'queued'")
    assert [call.called_off for call in called_off] == [True] * 4
    await books.check([campaign])


async def test_neither_busy_nor_unanswered_nor_cancelled_calls_break_it(books: Books) -> None:
    campaign = await books.campaign(60, owned=True)
    calls = await books.gate(campaign)
    await end(books, calls[:9], CallStatus.FAILED)
    await end(books, calls[9:25], CallStatus.BUSY)
    await end(books, calls[25:40], CallStatus.NO_ANSWER)
    await end(books, calls[40:59], CallStatus.CANCELLED)
    await end(books, calls[59:], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "processing"


async def test_what_was_called_off_or_not_placed_is_not_counted_at_all(books: Books) -> None:
    campaign = await books.campaign(45, owned=True)
    calls = await books.gate(campaign)
    await end(books, calls[:19], CallStatus.FAILED)
    await end(books, calls[19:30], CallStatus.CANCELLED)
    for call in calls[30:44]:
        await books.outcomes.apply(call.ours(CallStatus.NOT_PLACED), source="response")
    assert (await state_of(books, campaign)).status == "processing"
    await end(books, calls[44:], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "paused"


async def test_calls_that_failed_long_ago_are_forgotten(books: Books) -> None:
    campaign = await books.campaign(22, owned=True)
    calls = await books.gate(campaign)
    await end(books, calls[:19], CallStatus.FAILED)
    await books.execute("UPDATE attempts SET ended_at = ended_at - interval '121 seconds' WHERE ended_at IS NOT NULL")
    await end(books, calls[19:21], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "processing"


async def test_after_a_resume_only_calls_since_then_count(books: Books) -> None:
    campaign = await books.campaign(60)
    calls = await books.gate(campaign)
    await end(books, calls[:20], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "paused"
    await resume(books, campaign)
    await end(books, calls[20:25], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "pending", "these were placed before"
    other = await books.campaign(19)
    await books.execute("UPDATE contacts SET campaign_id = :id WHERE campaign_id = :other", id=campaign, other=other)
    fresh = await books.gate(campaign)
    await end(books, fresh[:18], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "pending"
    await end(books, fresh[18:], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "pending"
    one_more = await books.campaign(1)
    await books.execute("UPDATE contacts SET campaign_id = :id WHERE campaign_id = :other", id=campaign, other=one_more)
    await end(books, await books.gate(campaign), CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "paused"
    assert len(await pauses(books, campaign)) == 2


async def test_other_campaigns_go_on(books: Books) -> None:
    failing, other = [await books.campaign(21, owned=True) for _ in range(2)]
    others = await books.gate(other)
    await end(books, others[:5], CallStatus.FAILED)
    await end(books, (await books.gate(failing))[:20], CallStatus.FAILED)
    await end(books, others[5:6], CallStatus.FAILED)
    assert [(await state_of(books, each)).status for each in (failing, other)] == ["paused", "processing"]


@pytest.mark.parametrize(
    ("setting", "paused_after"),
    [("breaker_calls = 5", 5), ("breaker_share = 1", 20), ("breaker_calls = 8, breaker_share = 0.1", 8)],
)
async def test_the_account_says_what_is_too_much(books: Books, setting: str, paused_after: int) -> None:
    await books.execute(f"UPDATE accounts SET {setting}")
    campaign = await books.campaign(30, owned=True)
    calls = await books.gate(campaign)
    await end(books, calls[: paused_after - 1], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "processing"
    await end(books, calls[paused_after - 1 : paused_after], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "paused"


async def test_it_can_be_switched_off(books: Books) -> None:
    await books.execute("UPDATE accounts SET breaker_calls = NULL, breaker_within = NULL, breaker_share = NULL")
    campaign = await books.campaign(41, owned=True)
    await end(books, (await books.gate(campaign))[:40], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "processing"


async def test_of_many_calls_that_fail_at_once_one_pauses(books: Books) -> None:
    campaign = await books.campaign(41, owned=True)
    calls = await books.gate(campaign)
    await asyncio.gather(*(end(books, [call], CallStatus.FAILED) for call in calls[:40]))
    assert (await state_of(books, campaign)).status == "paused"
    assert len(await pauses(books, campaign)) == 1
    await books.check([campaign])


async def test_what_was_cancelled_stays_cancelled(books: Books) -> None:
    campaign = await books.campaign(21, owned=True)
    calls = await books.gate(campaign)
    async with books.engine.begin() as connection:
        await moves.lock_one(connection, books.account, campaign)
        await moves.stop(connection, [campaign], CampaignStatus.CANCELLED, actor="test")
    await end(books, calls[:20], CallStatus.FAILED)
    assert (await state_of(books, campaign)).status == "cancelled"


async def test_a_carrier_that_fails_every_call_does_not_burn_the_list(world: World) -> None:
    await world.behave(outcomes={"answered": 0, "failed": 1})
    for service in ("api", "scheduler", "dialer"):
        world.start(service)
    campaign = await world.campaign(numbers(200), concurrency=5)
    await world.reaches(campaign, "paused")
    assert 20 <= len(await world.truth()) <= 40
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'waiting'") >= 160
    await world.check()
