"""The statuses of a call: it moves forward only, whatever the order in which the carrier's reports arrive."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from belltower.domain.call import FINAL, LIVE, REPORTED_FINAL, REPORTED_LIVE, TRANSITIONS, Advance, CallStatus, advance

statuses = st.sampled_from(CallStatus)
LIFE = (CallStatus.DIALLING, CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS)
reports = st.sampled_from(sorted(REPORTED_LIVE | REPORTED_FINAL))


@st.composite
def a_call_as_the_carrier_tells_it(draw: st.DrawFn) -> tuple[list[CallStatus], CallStatus]:
    """The reports about one call, its end among them, in any order, some lost, some twice; and how it ended."""
    end = draw(st.sampled_from(sorted(REPORTED_FINAL)))
    told = [*draw(st.lists(st.sampled_from(LIFE[1:]), max_size=6)), *[end] * draw(st.integers(1, 3))]
    return draw(st.permutations(told)), end


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(CallStatus)


def test_a_status_is_live_or_final() -> None:
    assert set(CallStatus) == LIVE | FINAL
    assert not LIVE & FINAL
    assert set(LIFE) == LIVE


@pytest.mark.parametrize("status", sorted(FINAL - {CallStatus.UNKNOWN}))
def test_nothing_leads_out_of_a_final_status(status: CallStatus) -> None:
    assert not TRANSITIONS[status]


def test_what_was_unknown_yields_to_how_the_call_ended_and_to_nothing_else() -> None:
    assert TRANSITIONS[CallStatus.UNKNOWN] == REPORTED_FINAL


@pytest.mark.parametrize("status", LIFE)
def test_a_live_call_can_end_in_every_way_that_a_carrier_reports(status: CallStatus) -> None:
    assert TRANSITIONS[status] >= REPORTED_FINAL | {CallStatus.UNKNOWN}


def test_only_a_call_that_no_carrier_confirmed_was_not_placed() -> None:
    assert [status for status, to in TRANSITIONS.items() if CallStatus.NOT_PLACED in to] == [CallStatus.DIALLING]


@given(statuses, statuses)
def test_a_live_call_moves_along_its_life_and_never_back(now: CallStatus, then: CallStatus) -> None:
    if now in LIVE and then in LIVE:
        assert (then in TRANSITIONS[now]) == (LIFE.index(then) > LIFE.index(now))


@given(statuses, statuses)
def test_a_report_moves_a_call_exactly_where_the_table_leads(now: CallStatus, reported: CallStatus) -> None:
    assert (advance(now, reported) is Advance.MOVE) == (reported in TRANSITIONS[now])


@given(statuses)
def test_the_same_again_is_nothing_new(status: CallStatus) -> None:
    assert advance(status, status) is Advance.STALE


@given(statuses, st.sampled_from([CallStatus.DIALLING, CallStatus.NOT_PLACED, CallStatus.UNKNOWN]))
def test_only_a_carrier_contradicts(now: CallStatus, ours: CallStatus) -> None:
    assert advance(now, ours) is not Advance.CONTRADICTION


@given(reports)
def test_whatever_a_carrier_says_contradicts_that_the_call_was_not_placed(reported: CallStatus) -> None:
    assert advance(CallStatus.NOT_PLACED, reported) is Advance.CONTRADICTION


@given(st.sampled_from(sorted(REPORTED_FINAL)), st.sampled_from(sorted(REPORTED_FINAL)))
def test_two_different_ends_contradict_each_other(now: CallStatus, reported: CallStatus) -> None:
    assert (advance(now, reported) is Advance.CONTRADICTION) == (now is not reported)


@given(st.sampled_from(sorted(REPORTED_FINAL | {CallStatus.UNKNOWN})), st.sampled_from(LIFE[1:]))
def test_a_late_report_of_a_live_call_changes_no_end(now: CallStatus, reported: CallStatus) -> None:
    assert advance(now, reported) is Advance.STALE


@given(st.lists(statuses))
def test_no_sequence_of_reports_moves_a_call_backward(reported: list[CallStatus]) -> None:
    seen = _states(reported)
    ranks = [_rank(status) for status in seen]
    assert ranks == sorted(set(ranks)), seen


@given(st.lists(statuses))
def test_no_sequence_of_reports_leaves_a_final_status(reported: list[CallStatus]) -> None:
    seen = _states(reported)
    assert all(status in LIVE or status is CallStatus.UNKNOWN for status in seen[:-1])


@given(a_call_as_the_carrier_tells_it())
@example(([CallStatus.COMPLETED, CallStatus.QUEUED], CallStatus.COMPLETED))
def test_a_call_ends_in_the_same_way_whatever_the_order_of_its_reports(
    call: tuple[list[CallStatus], CallStatus],
) -> None:
    told, end = call
    assert _states(told)[-1] is end
    assert not _contradictions(told)


@given(a_call_as_the_carrier_tells_it(), st.data())
def test_that_we_could_not_find_out_changes_nothing_in_the_end(
    call: tuple[list[CallStatus], CallStatus], data: st.DataObject
) -> None:
    told, end = call
    position = data.draw(st.integers(0, len(told)))
    assert _states([*told[:position], CallStatus.UNKNOWN, *told[position:]])[-1] is end


def _states(reported: Iterable[CallStatus]) -> list[CallStatus]:
    """Every status that a call has had, the latest last."""
    seen = [CallStatus.DIALLING]
    for status in reported:
        if advance(seen[-1], status) is Advance.MOVE:
            seen.append(status)
    return seen


def _contradictions(reported: Iterable[CallStatus]) -> int:
    now, count = CallStatus.DIALLING, 0
    for status in reported:
        meaning = advance(now, status)
        now = status if meaning is Advance.MOVE else now
        count += meaning is Advance.CONTRADICTION
    return count


def _rank(status: CallStatus) -> int:
    """How far a call is: along its life, then unknown, then closed for good."""
    if status in LIVE:
        return LIFE.index(status)
    return len(LIFE) + (status is not CallStatus.UNKNOWN)
