"""What carriers report, applied on real Postgres: in any order, twice, incomplete, at once, and against what we believed."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.books import HOLD, RING_TIMEOUT, TARIFF, TIME_LIMIT, Attempt, Books
from tests.support.eventually import eventually

from belltower.db.due import lower_due
from belltower.db.engine import sql
from belltower.db.moves import stop
from belltower.domain.call import LIVE, REPORTED_FINAL, TRANSITIONS, CallStatus
from belltower.domain.campaign import CONTACT_TRANSITIONS, CampaignStatus, ContactStatus
from belltower.outcomes import GRACE, Effect, Outcomes
from belltower.telephony.provider import CallUpdate

in_one_database = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Each example makes a campaign of its own; a fresh database for each would take a hundred times as long."""

Applying = Callable[[], Outcomes]


@pytest.fixture(params=["together", "apart"])
def applying(request: pytest.FixtureRequest, books: Books) -> Applying:
    """Who applies the next report: one process all of them, or each another one."""
    return books.elsewhere if request.param == "apart" else lambda: books.outcomes


TALKED = 42
ANSWERED = (CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.COMPLETED)
SILENT = (CallStatus.QUEUED, CallStatus.RINGING)


def life(end: CallStatus) -> list[tuple[str, CallStatus]]:
    """What a carrier reports by itself of a call that ends so: key and status."""
    statuses = ANSWERED if end is CallStatus.COMPLETED else (*SILENT, end)
    return [(str(number), status) for number, status in enumerate(statuses)]


@st.composite
def stories(draw: st.DrawFn) -> tuple[CallStatus, list[tuple[str, CallStatus | None]]]:
    """How a call ended, and what Belltower hears of it and does: callbacks and polls, some lost, some twice, in any order.

    `None` for a status is the answer to our own request; it came (`placed`) or not (`in_doubt`).
    """
    end = draw(st.sampled_from(sorted(REPORTED_FINAL)))
    reports = life(end)
    polls = [(f"fetched:{status}", status) for _, status in reports]
    heard: list[tuple[str, CallStatus | None]] = [
        *draw(st.lists(st.sampled_from(reports + polls), max_size=6)),
        *draw(st.sampled_from([[("placed", None)], [("in_doubt", None)], []])),
        *draw(st.sampled_from([[], [], [("unknown", CallStatus.UNKNOWN)]])),
    ]
    if draw(st.booleans()):
        heard.append(reports[-1])
    return end, draw(st.permutations(heard))


async def hear(
    books: Books, attempt: Attempt, key: str, status: CallStatus | None, outcomes: Outcomes | None = None
) -> Effect | None:
    if status is None:
        await (books.placed(attempt) if key == "placed" else books.in_doubt(attempt))
        return None
    return await (outcomes or books.outcomes).apply(told(attempt, key, status), source="callback")


def told(attempt: Attempt, key: str, status: CallStatus) -> CallUpdate:
    if status is CallStatus.UNKNOWN:
        return attempt.ours(status)
    return attempt.report(status, key, duration=TALKED if status is CallStatus.COMPLETED else None)


def contact_after(end: CallStatus, *, rang: bool, was_unknown: bool, max_attempts: int) -> ContactStatus:
    """What must have become of the contact, by the issue's words and not by the code's."""
    if end is CallStatus.COMPLETED:
        return ContactStatus.REACHED
    if was_unknown:
        return ContactStatus.UNREACHED
    if end is CallStatus.CANCELLED and not rang:
        return ContactStatus.WAITING
    return ContactStatus.WAITING if max_attempts > 1 else ContactStatus.UNREACHED


# ---- any order


@settings(in_one_database, max_examples=80)
@given(story=stories(), max_attempts=st.integers(1, 2))
async def test_reports_in_any_order_lead_to_one_end(
    books: Books, story: tuple[CallStatus, list[tuple[str, CallStatus | None]]], max_attempts: int
) -> None:
    end, heard = story
    attempt = await books.call(max_attempts=max_attempts)
    before = await books.state(attempt)
    was_unknown = False
    for position, (key, status) in enumerate(heard):
        again = status is not None and (key, status) in heard[:position]
        known = await books.everything(attempt.campaign) if again else None
        effect = await hear(books, attempt, key, status)
        after = await books.state(attempt)
        assert (effect is Effect.DUPLICATE) == again
        if again:
            assert await books.everything(attempt.campaign) == known
        else:
            await books.check([attempt.campaign])
        assert after.status == before.status or after.status in TRANSITIONS[before.status]
        assert after.contact == before.contact or after.contact in CONTACT_TRANSITIONS[before.contact]
        assert before.carrier_call_id in (None, after.carrier_call_id)
        was_unknown = was_unknown or after.status == CallStatus.UNKNOWN
        before = after
    await books.check_due([attempt.campaign])
    if any(status is end for _, status in heard):
        rang = before.ringing_at is not None
        assert before.status == end
        assert before.contact == contact_after(end, rang=rang, was_unknown=was_unknown, max_attempts=max_attempts)
        assert before.cost == (TARIFF.cost(TALKED) if end is CallStatus.COMPLETED else 0)
        assert before.carrier_call_id == attempt.sid
    else:
        assert before.status in LIVE | {CallStatus.UNKNOWN}


@settings(in_one_database, max_examples=40)
@given(story=stories(), max_attempts=st.integers(1, 2))
async def test_reports_that_arrive_at_once_lead_to_the_same_end(
    books: Books, applying: Applying, story: tuple[CallStatus, list[tuple[str, CallStatus | None]]], max_attempts: int
) -> None:
    end, heard = story
    attempt = await books.call(max_attempts=max_attempts)
    effects = await asyncio.gather(*(hear(books, attempt, key, status, applying()) for key, status in heard))
    for report, times in Counter(heard).items():
        if report[1] is not None:
            same = [effect for each, effect in zip(heard, effects, strict=True) if each == report]
            assert same.count(Effect.DUPLICATE) == times - 1
    await books.check([attempt.campaign])
    await books.check_due([attempt.campaign])
    if any(status is end for _, status in heard):
        assert (await books.state(attempt)).status == end


@settings(in_one_database, max_examples=40)
@given(
    first=st.sampled_from(sorted(REPORTED_FINAL | {CallStatus.NOT_PLACED})),
    later=st.lists(
        st.sampled_from(sorted((REPORTED_FINAL | LIVE | {CallStatus.UNKNOWN}) - {CallStatus.DIALLING})), max_size=5
    ),
    max_attempts=st.integers(1, 3),
)
async def test_no_contradiction_unbalances_the_books(
    books: Books, first: CallStatus, later: list[CallStatus], max_attempts: int
) -> None:
    """Reports that no sane carrier sends: the call ended in several ways."""
    attempt = await books.call(max_attempts=max_attempts)
    ended = attempt.ours(first) if first is CallStatus.NOT_PLACED else told(attempt, "end", first)
    await books.outcomes.apply(ended, source="callback")
    contact = (await books.state(attempt)).contact
    for number, status in enumerate(later):
        await books.outcomes.apply(told(attempt, str(number), status), source="callback")
        await books.check([attempt.campaign])
        now = await books.state(attempt)
        assert now.status == first
        assert now.contact == contact or now.contact in CONTACT_TRANSITIONS[ContactStatus(contact)]
        contact = now.contact
    await books.check_due([attempt.campaign])
    assert len(await books.booked(attempt)) <= 1
    if CallStatus.COMPLETED in (first, *later):
        assert contact == ContactStatus.REACHED
        assert await books.booked(attempt) == [
            ("call" if first is CallStatus.COMPLETED else "correction", -TARIFF.cost(TALKED), Decimal(0))
        ]


# ---- at once


async def test_one_report_applied_by_twenty_at_once_has_one_effect(books: Books, applying: Applying) -> None:
    attempt = await books.call(max_attempts=2)
    report = attempt.report(CallStatus.NO_ANSWER, "3")
    effects = await asyncio.gather(*(applying().apply(report, source="callback") for _ in range(20)))
    assert Counter(effects) == {Effect.MOVED: 1, Effect.DUPLICATE: 19}
    state = await books.state(attempt)
    assert (state.contact, state.attempts) == ("waiting", 1)
    await books.check([attempt.campaign])


async def test_a_call_is_charged_once_though_twenty_reports_of_its_end_arrive_at_once(
    books: Books, applying: Applying
) -> None:
    attempt = await books.call()
    reports = [attempt.report(CallStatus.COMPLETED, str(number), duration=TALKED) for number in range(20)]
    effects = await asyncio.gather(*(applying().apply(report, source="poll") for report in reports))
    assert Counter(effects) == {Effect.MOVED: 1, Effect.STALE: 19}
    assert await books.booked(attempt) == [("call", -TARIFF.cost(TALKED), Decimal(0))]
    await books.check([attempt.campaign])


async def test_a_correction_is_booked_once_though_twenty_pieces_of_evidence_arrive_at_once(
    books: Books, applying: Applying
) -> None:
    attempt = await books.call(max_attempts=2)
    await books.outcomes.apply(attempt.report(CallStatus.NO_ANSWER, "3"), source="callback")
    late = [attempt.report(CallStatus.COMPLETED, f"late{number}", duration=60 * number) for number in range(1, 21)]
    effects = await asyncio.gather(*(applying().apply(report, source="poll") for report in late))
    assert set(effects) == {Effect.CONTRADICTION}
    ((kind, _, _),) = await books.booked(attempt)
    assert kind == "correction"
    await books.check([attempt.campaign])


async def test_reports_of_many_calls_are_applied_in_one_transaction(books: Books) -> None:
    campaigns = [await books.campaign(10, max_attempts=2) for _ in range(3)]
    attempts = [attempt for campaign in campaigns for attempt in await books.gate(campaign)]
    ends = [CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.RINGING, CallStatus.FAILED]
    reports = [told(attempt, "end", ends[index % len(ends)]) for index, attempt in enumerate(attempts)]
    effects = await asyncio.gather(*(books.outcomes.apply(report, source="callback") for report in reports))
    assert set(effects) == {Effect.MOVED}
    for attempt, report in zip(attempts, reports, strict=True):
        assert (await books.state(attempt)).status == report.status
    transactions = await books.row("SELECT count(DISTINCT xmin::text) AS number FROM call_events")
    assert transactions.number == 1
    appended = await books.rows("SELECT campaign_id FROM unfolded WHERE contact_calling < 0 AND contact_waiting <> 10")
    assert sorted(row.campaign_id for row in appended) == sorted(campaigns)
    await books.check(campaigns)
    await books.check_due(campaigns)


async def test_a_call_that_somebody_holds_keeps_no_other_waiting(books: Books) -> None:
    campaign = await books.campaign(3)
    held, *others = await books.gate(campaign)
    async with books.engine.begin() as holding:
        await holding.execute(sql("lock_calls"), {"attempts": [held.id], "carrier_call_ids": [None]})
        ending = [
            asyncio.create_task(books.outcomes.apply(told(attempt, "end", CallStatus.BUSY), source="callback"))
            for attempt in (held, *others)
        ]
        await asyncio.wait(ending[1:], timeout=20)
        assert [task.done() for task in ending] == [False, True, True]
    assert await asyncio.gather(*ending) == [Effect.MOVED] * 3
    await books.check([campaign])
    assert await completions(books, [campaign]) == {campaign: 1}


async def test_the_last_two_contacts_ending_at_once_complete_a_campaign_exactly_once(
    books: Books, applying: Applying
) -> None:
    campaigns = [await books.campaign(2) for _ in range(15)]
    pairs = [await books.gate(campaign) for campaign in campaigns]
    reports = [
        attempt.report(CallStatus.BUSY if position else CallStatus.COMPLETED, duration=TALKED)
        for pair in pairs
        for position, attempt in enumerate(pair)
    ]
    await asyncio.gather(*(applying().apply(report, source="callback") for report in reports))
    await books.check(campaigns)
    await books.check_due(campaigns)
    assert await completions(books, campaigns) == dict.fromkeys(campaigns, 1)


async def test_a_release_and_the_last_outcome_complete_a_campaign_exactly_once(
    books: Books, applying: Applying
) -> None:
    campaigns = [await books.campaign(owned=True) for _ in range(15)]
    attempts = [(await books.gate(campaign))[0] for campaign in campaigns]
    await asyncio.gather(
        *(applying().apply(attempt.report(CallStatus.BUSY), source="callback") for attempt in attempts),
        *(books.release(campaign) for campaign in campaigns),
    )
    await books.check(campaigns)
    await books.check_due(campaigns)
    assert await completions(books, campaigns) == dict.fromkeys(campaigns, 1)


async def test_an_outcome_racing_with_a_release_never_loses_the_campaign(books: Books, applying: Applying) -> None:
    campaigns = [await books.campaign(max_attempts=2, owned=True) for _ in range(30)]
    attempts = [(await books.gate(campaign))[0] for campaign in campaigns]
    await asyncio.gather(
        *(applying().apply(attempt.report(CallStatus.BUSY), source="callback") for attempt in attempts),
        *(books.release(campaign) for campaign in campaigns),
    )
    await books.check(campaigns)
    await books.check_due(campaigns)
    assert not await books.rows("SELECT id FROM campaigns WHERE owner IS NOT NULL")


async def test_work_that_arises_while_a_release_commits_is_due_at_its_own_time(books: Books) -> None:
    """The release has looked and not committed: it still sees a live call, which it would look after much later."""
    attempt = await books.call(max_attempts=2, retry_delay=2)
    await books.outcomes.apply(attempt.report(CallStatus.IN_PROGRESS), source="callback")
    await own(books, attempt.campaign)
    async with books.engine.begin() as releasing:
        mine = {"ids": [attempt.campaign], "epochs": [1], "dialer": books.dialer}
        await releasing.execute(sql("lock_owned"), mine)
        await releasing.execute(sql("release"), {"ids": [attempt.campaign], "actor": "test", "leaving": False})
        outcome = asyncio.create_task(
            books.outcomes.apply(attempt.report(CallStatus.NO_ANSWER, "end"), source="callback")
        )

        async def waits_or_is_done() -> bool:
            return outcome.done() or await books.somebody_waits()

        await eventually(waits_or_is_done)
    await outcome
    await books.check_due([attempt.campaign])


async def test_the_due_time_is_lowered_to_the_earliest_of_many_at_once(books: Books) -> None:
    campaign = await books.campaign()
    now = (await books.row("SELECT clock_timestamp() AS now")).now
    instants = [now + timedelta(minutes=minutes) for minutes in range(10, 90, 4)]
    await asyncio.gather(*(lower_due(books.engine, campaign, at) for at in instants))
    assert (await books.row("SELECT next_due_at FROM campaigns")).next_due_at == min(instants)


async def test_work_that_is_due_already_is_due_now(books: Books) -> None:
    campaign = await books.campaign()
    due_in = await lower_due(books.engine, campaign, datetime(2020, 1, 1, tzinfo=UTC))
    assert due_in == pytest.approx(0, abs=1)
    assert (await books.row("SELECT next_due_at > now() - interval '1 minute' AS ok FROM campaigns")).ok


async def test_a_paused_campaign_does_not_become_due(books: Books) -> None:
    attempt = await books.call(max_attempts=2)
    async with books.engine.begin() as connection:
        await stop(connection, [attempt.campaign], CampaignStatus.PAUSED, actor="test")
    await books.outcomes.apply(attempt.report(CallStatus.BUSY), source="callback")
    state = await books.state(attempt)
    assert (state.campaign, state.next_due_at, state.contact) == ("paused", None, "waiting")
    await books.check([attempt.campaign])


# ---- giving a campaign back


async def test_a_retry_in_half_an_hour_makes_its_campaign_due_in_half_an_hour(books: Books) -> None:
    campaign = await books.campaign(max_attempts=2, retry_delay=1800, owned=True)
    (attempt,) = await books.gate(campaign)
    await books.outcomes.apply(attempt.report(CallStatus.BUSY), source="callback")
    released = await books.release(campaign)
    assert released is not None
    assert released.due_in == pytest.approx(1800, abs=5)
    await books.check_due([campaign])


async def test_a_live_call_makes_its_campaign_due_after_its_check(books: Books) -> None:
    campaign = await books.campaign(2, max_attempts=2, retry_delay=1800, owned=True)
    ended, live = await books.gate(campaign)
    await books.outcomes.apply(ended.report(CallStatus.BUSY), source="callback")
    await books.outcomes.apply(live.report(CallStatus.RINGING), source="callback")
    released = await books.release(campaign)
    assert released is not None
    assert released.due_in == pytest.approx(RING_TIMEOUT + GRACE + 1, abs=2)


async def test_a_campaign_whose_contact_can_be_rung_is_kept(books: Books) -> None:
    campaign = await books.campaign(owned=True)
    assert await books.release(campaign) is None


# ---- money


async def test_a_call_that_costs_more_than_its_hold_takes_the_rest_from_the_wallet(books: Books) -> None:
    attempt = await books.call(hold=TARIFF.cost(60))
    await books.outcomes.apply(attempt.report(CallStatus.COMPLETED, duration=600), source="callback")
    assert await books.booked(attempt) == [("call", -TARIFF.cost(600), Decimal(0))]
    await books.check([attempt.campaign])


async def test_a_call_that_costs_more_than_hold_and_balance_is_written_off(books: Books) -> None:
    attempt = await books.call(hold=TARIFF.cost(60))
    await books.leave(Decimal("0.01"))
    effect = await books.outcomes.apply(attempt.report(CallStatus.COMPLETED, duration=600), source="callback")
    assert effect is Effect.MOVED
    assert await books.booked(attempt) == [("call", Decimal("-0.03"), Decimal("0.17"))]
    assert (await books.wallet()).balance == 0
    await books.check([attempt.campaign])


async def test_what_other_calls_hold_is_not_taken_for_one_that_cost_too_much(books: Books) -> None:
    other = await books.call()
    attempt = await books.call(hold=TARIFF.cost(60))
    await books.leave(Decimal(0))
    await books.outcomes.apply(attempt.report(CallStatus.COMPLETED, duration=600), source="callback")
    assert await books.booked(attempt) == [("call", -TARIFF.cost(60), TARIFF.cost(540))]
    assert (await books.wallet()).balance == HOLD
    await books.outcomes.apply(other.report(CallStatus.COMPLETED, duration=600), source="callback")
    assert await books.booked(other) == [("call", -TARIFF.cost(600), Decimal(0))]
    await books.check([attempt.campaign, other.campaign])


async def test_calls_that_cost_too_much_at_once_empty_the_wallet_and_no_more(books: Books, applying: Applying) -> None:
    campaign = await books.campaign(20)
    attempts = await books.gate(campaign, hold=TARIFF.cost(60))
    await books.leave(Decimal("1.00"))
    reports = [attempt.report(CallStatus.COMPLETED, duration=600) for attempt in attempts]
    await asyncio.gather(*(applying().apply(report, source="callback") for report in reports))
    written_off = (await books.row("SELECT sum(written_off) AS amount FROM ledger_entries")).amount
    assert (await books.wallet()).balance == 0
    assert written_off == 20 * (TARIFF.cost(600) - TARIFF.cost(60)) - 1
    await books.check([campaign])


# ---- against what we believed


async def test_evidence_that_a_contact_was_reached_corrects_the_ledger_once_and_cancels_its_retry(books: Books) -> None:
    attempt = await books.call(max_attempts=3)
    await books.outcomes.apply(attempt.report(CallStatus.NO_ANSWER, "3"), source="callback")
    assert (await books.state(attempt)).contact == "waiting"
    answered = attempt.report(CallStatus.COMPLETED, "fetched", duration=TALKED)
    assert await books.outcomes.apply(answered, source="poll") is Effect.CONTRADICTION
    assert await books.outcomes.apply(answered, source="poll") is Effect.DUPLICATE
    longer = attempt.report(CallStatus.COMPLETED, "again", duration=600)
    assert await books.outcomes.apply(longer, source="poll") is Effect.CONTRADICTION
    state = await books.state(attempt)
    assert (state.status, state.contact, state.next_attempt_at) == ("no_answer", "reached", None)
    assert (state.campaign, state.next_due_at) == ("completed", None)
    assert await books.booked(attempt) == [("correction", -TARIFF.cost(TALKED), Decimal(0))]
    await books.check([attempt.campaign])


async def test_a_correction_that_the_wallet_cannot_bear_is_written_off(books: Books) -> None:
    attempt = await books.call()
    await books.outcomes.apply(attempt.report(CallStatus.NO_ANSWER), source="callback")
    await books.leave(Decimal(0))
    await books.outcomes.apply(attempt.report(CallStatus.COMPLETED, duration=TALKED), source="callback")
    assert await books.booked(attempt) == [("correction", Decimal(0), TARIFF.cost(TALKED))]
    assert (await books.state(attempt)).contact == "reached"
    await books.check([attempt.campaign])


async def test_a_call_taken_for_not_placed_that_rings_is_waited_for(books: Books) -> None:
    attempt = await books.call(max_attempts=2)
    await books.outcomes.apply(attempt.ours(CallStatus.NOT_PLACED), source="reconciler")
    assert await books.outcomes.apply(attempt.report(CallStatus.RINGING), source="callback") is Effect.CONTRADICTION
    state = await books.state(attempt)
    assert (state.status, state.contact, state.attempts) == ("not_placed", "waiting", 0)
    now = (await books.row("SELECT clock_timestamp() AS now")).now
    assert (state.next_attempt_at - now).total_seconds() > RING_TIMEOUT + TIME_LIMIT
    await books.check([attempt.campaign])
    await books.outcomes.apply(attempt.report(CallStatus.COMPLETED, duration=TALKED), source="callback")
    state = await books.state(attempt)
    assert (state.contact, state.attempts, state.campaign) == ("reached", 1, "completed")
    assert await books.booked(attempt) == [("correction", -TARIFF.cost(TALKED), Decimal(0))]
    await books.check([attempt.campaign])


@pytest.mark.parametrize(("max_attempts", "contact"), [(1, "unreached"), (2, "waiting")])
async def test_a_call_taken_for_not_placed_that_nobody_answered_uses_an_attempt_up(
    books: Books, max_attempts: int, contact: str
) -> None:
    attempt = await books.call(max_attempts=max_attempts)
    await books.outcomes.apply(attempt.ours(CallStatus.NOT_PLACED), source="reconciler")
    await books.outcomes.apply(attempt.report(CallStatus.NO_ANSWER), source="callback")
    state = await books.state(attempt)
    assert (state.contact, state.attempts) == (contact, 1)
    await books.check([attempt.campaign])
    await books.check_due([attempt.campaign])


async def test_that_a_call_was_not_placed_may_be_found_out_twice(books: Books) -> None:
    """By the dialer whose request was not sent, and by the reconciler that could not find the call."""
    attempt = await books.call()
    await books.outcomes.apply(attempt.ours(CallStatus.NOT_PLACED), source="response")
    again = CallUpdate(attempt.id, None, CallStatus.NOT_PLACED, dedupe_key="reconciler:not_placed")
    assert await books.outcomes.apply(again, source="reconciler") is Effect.STALE
    unknown = CallUpdate(attempt.id, None, CallStatus.UNKNOWN, dedupe_key="reconciler:unknown")
    assert await books.outcomes.apply(unknown, source="reconciler") is Effect.STALE
    state = await books.state(attempt)
    assert (state.contact, state.attempts) == ("waiting", 0)
    await books.check([attempt.campaign])


async def test_evidence_about_an_earlier_call_does_not_disturb_the_one_under_way(books: Books) -> None:
    first = await books.call(max_attempts=2)
    await books.outcomes.apply(first.ours(CallStatus.NOT_PLACED), source="reconciler")
    (second,) = await books.gate(first.campaign)
    await books.outcomes.apply(first.report(CallStatus.COMPLETED, duration=TALKED), source="callback")
    state = await books.state(second)
    assert (state.status, state.contact) == ("dialling", "calling")
    assert await books.booked(first) == [("correction", -TARIFF.cost(TALKED), Decimal(0))]
    await books.check([first.campaign])


async def test_an_unknown_call_keeps_its_hold_until_the_carrier_says_how_it_ended(books: Books) -> None:
    attempt = await books.call(max_attempts=3)
    await books.outcomes.apply(attempt.ours(CallStatus.UNKNOWN), source="reconciler")
    state = await books.state(attempt)
    assert (state.hold, state.contact, state.campaign) == (HOLD, "unknown", "completed")
    assert (await books.wallet()).held == HOLD
    await books.check([attempt.campaign])
    await books.outcomes.apply(attempt.report(CallStatus.RINGING), source="callback")
    assert (await books.state(attempt)).status == "unknown"
    await books.outcomes.apply(attempt.report(CallStatus.COMPLETED, duration=TALKED), source="callback")
    state = await books.state(attempt)
    assert (state.status, state.hold, state.contact) == ("completed", 0, "reached")
    assert await books.booked(attempt) == [("call", -TARIFF.cost(TALKED), Decimal(0))]
    await books.check([attempt.campaign])


async def test_an_unknown_call_that_nobody_answered_is_not_made_again(books: Books) -> None:
    attempt = await books.call(max_attempts=3)
    await books.outcomes.apply(attempt.ours(CallStatus.UNKNOWN), source="reconciler")
    await books.outcomes.apply(attempt.report(CallStatus.NO_ANSWER), source="callback")
    state = await books.state(attempt)
    assert (state.status, state.contact, state.campaign) == ("no_answer", "unreached", "completed")
    await books.check([attempt.campaign])


async def test_a_number_that_the_carrier_refuses_is_never_rung_again(books: Books) -> None:
    attempt = await books.call(max_attempts=3)
    refused = CallUpdate(
        attempt.id, None, CallStatus.FAILED, dedupe_key="response:rejected", error_code="21214", permanent=True
    )
    await books.outcomes.apply(refused, source="response")
    assert (await books.state(attempt)).contact == "unreached"
    await books.check([attempt.campaign])


@pytest.mark.parametrize(
    ("ended", "numbers"), [(CallStatus.NOT_PLACED, [1, 1, 1, 1]), (CallStatus.CANCELLED, [1, 2, 3, 4])]
)
async def test_a_call_that_never_rang_is_made_again_and_uses_nothing_up(
    books: Books, ended: CallStatus, numbers: list[int]
) -> None:
    attempt = await books.call(max_attempts=1)
    for _ in range(3):
        update = attempt.ours(ended) if ended is CallStatus.NOT_PLACED else attempt.report(ended)
        await books.outcomes.apply(update, source="callback")
        await books.execute("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")
        (attempt,) = await books.gate(attempt.campaign)
        await books.check([attempt.campaign])
    assert (await books.state(attempt)).attempts == 0
    assert [row.number for row in await books.rows("SELECT number FROM attempts ORDER BY id")] == numbers


async def test_each_call_that_rang_has_a_number_of_its_own(books: Books) -> None:
    attempt = await books.call(max_attempts=3, retry_delay=0)
    for _ in range(2):
        await books.outcomes.apply(attempt.report(CallStatus.BUSY), source="callback")
        (attempt,) = await books.gate(attempt.campaign)
    assert [row.number for row in await books.rows("SELECT number FROM attempts ORDER BY id")] == [1, 2, 3]


# ---- whose call a report is about


async def test_a_second_call_for_one_attempt_is_never_taken_for_the_first(books: Books) -> None:
    attempt = await books.call()
    await books.outcomes.apply(attempt.report(CallStatus.RINGING), source="callback")
    before = await books.state(attempt)
    stranger = CallUpdate(attempt.id, "CAother", CallStatus.COMPLETED, dedupe_key="CAother:3", duration=TALKED)
    assert await books.outcomes.apply(stranger, source="callback") is Effect.STALE
    after = await books.state(attempt)
    assert after == before
    assert await books.booked(attempt) == []


async def test_a_callback_binds_the_call_and_a_late_answer_to_our_request_changes_nothing(books: Books) -> None:
    attempt = await books.call()
    await books.outcomes.apply(attempt.report(CallStatus.RINGING), source="callback")
    before = await books.state(attempt)
    await books.placed(attempt, "CAother")
    after = await books.state(attempt)
    assert after == before
    assert after.carrier_call_id == attempt.sid


async def test_an_answer_to_our_request_binds_and_queues_a_call(books: Books) -> None:
    attempt = await books.call()
    await books.placed(attempt)
    state = await books.state(attempt)
    assert (state.status, state.carrier_call_id) == ("queued", attempt.sid)
    await books.placed(attempt, "CAother")
    assert (await books.state(attempt)).carrier_call_id == attempt.sid
    await books.check([attempt.campaign])


async def test_a_lost_answer_to_our_request_does_not_disturb_a_call_that_rings(books: Books) -> None:
    attempt = await books.call()
    await books.outcomes.apply(attempt.report(CallStatus.RINGING), source="callback")
    before = await books.state(attempt)
    await books.in_doubt(attempt)
    after = await books.state(attempt)
    assert after == before


async def test_a_report_that_is_too_old_to_move_a_call_still_binds_it(books: Books) -> None:
    attempt = await books.call()
    await books.outcomes.apply(attempt.ours(CallStatus.UNKNOWN), source="reconciler")
    assert await books.outcomes.apply(attempt.report(CallStatus.QUEUED), source="callback") is Effect.STALE
    state = await books.state(attempt)
    assert (state.status, state.carrier_call_id) == ("unknown", attempt.sid)
    await books.check([attempt.campaign])


async def test_a_poll_finds_its_call_by_the_carriers_name(books: Books) -> None:
    attempt = await books.call()
    await books.placed(attempt)
    polled = CallUpdate(None, attempt.sid, CallStatus.BUSY, dedupe_key=f"{attempt.sid}:fetched:busy")
    assert await books.outcomes.apply(polled, source="poll") is Effect.MOVED
    assert (await books.state(attempt)).status == "busy"


async def test_a_report_about_nobodys_call_has_no_effect(books: Books) -> None:
    for nobody in (
        CallUpdate(None, "CAnobody", CallStatus.BUSY, dedupe_key="1"),
        CallUpdate(None, None, CallStatus.BUSY, dedupe_key="1"),
        CallUpdate(uuid4(), "CAnobody", CallStatus.BUSY, dedupe_key="1"),
    ):
        assert await books.outcomes.apply(nobody, source="callback") is Effect.UNMATCHED


async def test_a_report_under_the_name_of_another_call_is_recorded_and_not_taken(books: Books) -> None:
    bound, other = await books.call(), await books.call()
    await books.placed(bound)
    confused = CallUpdate(other.id, bound.sid, CallStatus.COMPLETED, dedupe_key=f"{bound.sid}:3", duration=TALKED)
    assert await books.outcomes.apply(confused, source="callback") is Effect.STALE
    state = await books.state(other)
    assert (state.status, state.carrier_call_id) == ("dialling", None)
    await books.check([bound.campaign, other.campaign])


# ---- how


async def own(books: Books, campaign: UUID) -> None:
    await books.execute("UPDATE campaigns SET owner = :me WHERE id = :id", me=books.dialer, id=campaign)


async def completions(books: Books, campaigns: list[UUID]) -> dict[UUID, int]:
    """How often each of these campaigns was completed."""
    rows = await books.rows(
        "SELECT campaign_id, count(*) AS times FROM campaign_events WHERE to_status = 'completed' GROUP BY campaign_id"
    )
    return {row.campaign_id: row.times for row in rows if row.campaign_id in campaigns}
