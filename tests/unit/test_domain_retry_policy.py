"""Whether a contact is rung again: never beyond its budget, never when the carrier refuses the number for good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.call import FINAL, CallStatus
from belltower.domain.campaign import CONTACT_TRANSITIONS, OPEN_CONTACT, ContactStatus
from belltower.domain.retry_policy import NOT_RUNG_DELAY, NextStep, RetryPolicy, is_counted

NOW = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)
policies = st.builds(RetryPolicy, st.integers(1, 20), st.integers(0, 86_400))
endings = st.tuples(st.sampled_from(sorted(FINAL)), st.booleans(), st.booleans())
"""How a call ended, whether it rang, whether the number is refused for good."""


def follow(policy: RetryPolicy, calls: list[tuple[CallStatus, bool, bool]]) -> tuple[list[NextStep], int]:
    """The steps of a contact through calls that end like this, until it is final; and how many of them counted."""
    steps: list[NextStep] = []
    used = 0
    for ended, rang, permanent in calls:
        used += is_counted(ended, rang=rang)
        steps.append(policy.after(ended, attempts=used, rang=rang, permanent=permanent, now=NOW))
        if steps[-1].status is not ContactStatus.WAITING:
            break
    return steps, used


@given(policies, st.lists(endings, max_size=60))
def test_no_sequence_of_calls_exceeds_the_budget(
    policy: RetryPolicy, calls: list[tuple[CallStatus, bool, bool]]
) -> None:
    _, used = follow(policy, calls)
    assert used <= policy.max_attempts


@given(policies)
def test_a_contact_that_never_answers_is_rung_exactly_as_often_as_allowed(policy: RetryPolicy) -> None:
    steps, used = follow(policy, [(CallStatus.NO_ANSWER, True, False)] * 30)
    assert used == len(steps) == policy.max_attempts
    assert steps[-1] == NextStep(ContactStatus.UNREACHED)


@given(policies, endings, st.integers(0, 30))
def test_what_is_refused_for_good_is_never_rung_again(
    policy: RetryPolicy, ending: tuple[CallStatus, bool, bool], attempts: int
) -> None:
    ended, rang, _ = ending
    step = policy.after(ended, attempts=attempts, rang=rang, permanent=True, now=NOW)
    if is_counted(ended, rang=rang):
        assert step.status not in OPEN_CONTACT


@given(policies, endings, st.integers(0, 30))
def test_every_step_is_one_that_the_contacts_table_allows(
    policy: RetryPolicy, ending: tuple[CallStatus, bool, bool], attempts: int
) -> None:
    ended, rang, permanent = ending
    step = policy.after(ended, attempts=attempts, rang=rang, permanent=permanent, now=NOW)
    assert step.status in CONTACT_TRANSITIONS[ContactStatus.CALLING]
    assert (step.next_attempt_at is not None) == (step.status is ContactStatus.WAITING)
    assert step.next_attempt_at is None or step.next_attempt_at >= NOW


@given(policies, st.integers(0, 30), st.booleans())
def test_a_call_that_was_not_placed_uses_nothing_up_and_is_made_at_once(
    policy: RetryPolicy, attempts: int, rang: bool
) -> None:
    assert not is_counted(CallStatus.NOT_PLACED, rang=rang)
    step = policy.after(CallStatus.NOT_PLACED, attempts=attempts, rang=rang, permanent=False, now=NOW)
    assert step == NextStep(ContactStatus.WAITING, NOW)


@given(policies, st.integers(0, 30))
def test_a_call_taken_back_before_it_rang_uses_nothing_up(policy: RetryPolicy, attempts: int) -> None:
    assert not is_counted(CallStatus.CANCELLED, rang=False)
    step = policy.after(CallStatus.CANCELLED, attempts=attempts, rang=False, permanent=False, now=NOW)
    assert step == NextStep(ContactStatus.WAITING, NOW + NOT_RUNG_DELAY)


@pytest.mark.parametrize("ended", sorted(FINAL - {CallStatus.NOT_PLACED, CallStatus.CANCELLED}))
def test_every_other_call_counts(ended: CallStatus) -> None:
    assert is_counted(ended, rang=True)
    assert is_counted(ended, rang=False)


def test_a_call_cancelled_while_it_rang_counts() -> None:
    assert is_counted(CallStatus.CANCELLED, rang=True)
    step = RetryPolicy(1, 60).after(CallStatus.CANCELLED, attempts=1, rang=True, permanent=False, now=NOW)
    assert step.status is ContactStatus.UNREACHED


@given(policies, st.integers(0, 30), st.booleans(), st.booleans())
def test_what_is_unknown_is_never_redialled(policy: RetryPolicy, attempts: int, rang: bool, permanent: bool) -> None:
    step = policy.after(CallStatus.UNKNOWN, attempts=attempts, rang=rang, permanent=permanent, now=NOW)
    assert step.status is ContactStatus.UNKNOWN
    assert step.reason


@given(policies, st.integers(0, 30), st.booleans(), st.booleans())
def test_who_answered_was_reached(policy: RetryPolicy, attempts: int, rang: bool, permanent: bool) -> None:
    step = policy.after(CallStatus.COMPLETED, attempts=attempts, rang=rang, permanent=permanent, now=NOW)
    assert step == NextStep(ContactStatus.REACHED)


@given(st.integers(2, 20), st.integers(0, 86_400), st.sampled_from([CallStatus.BUSY, CallStatus.FAILED]))
def test_the_next_attempt_waits_for_the_delay(most: int, delay: int, ended: CallStatus) -> None:
    step = RetryPolicy(most, delay).after(ended, attempts=most - 1, rang=True, permanent=False, now=NOW)
    assert step == NextStep(ContactStatus.WAITING, NOW + timedelta(seconds=delay))
