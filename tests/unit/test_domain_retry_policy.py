"""Whether a contact is rung again: never beyond its budget, never when the carrier refuses the number for good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import FINAL, CallStatus
from belltower.domain.campaign import CONTACT_TRANSITIONS, OPEN_CONTACT, ContactStatus
from belltower.domain.retry_policy import (
    MACHINE_ANSWERED,
    MESSAGE_LEFT,
    NOT_RUNG_DELAY,
    NextStep,
    RetryPolicy,
    is_counted,
)

NOW = datetime(2030, 5, 17, 9, 30, tzinfo=UTC)
delays = st.dictionaries(
    st.sampled_from(["busy", "no_answer", "voicemail", "failed"]), st.none() | st.integers(0, 30 * 86_400)
)
policies = st.builds(
    RetryPolicy,
    st.integers(1, 20),
    st.integers(0, 30 * 86_400),
    delays,
    st.floats(1, 10),
    st.sampled_from(AnsweringMachine),
)
answerers = st.sampled_from(
    [None, "human", "unknown", "machine_start", "machine_end_beep", "machine_end_silence", "fax"]
)
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


@given(st.builds(RetryPolicy, st.integers(1, 20), st.integers(0, 86_400), backoff=st.floats(1, 10)))
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


def expected(
    policy: RetryPolicy, ended: CallStatus, answered_by: str | None, attempts: int
) -> tuple[ContactStatus, int | None]:
    """What follows a call that rang, told the long way: its status and the seconds until it is rung again."""
    machine = answered_by in ("machine_start", "machine_end_beep", "machine_end_silence", "fax")
    if ended is CallStatus.COMPLETED:
        if not machine or policy.answering_machine is AnsweringMachine.TREAT_AS_ANSWERED:
            return ContactStatus.REACHED, None
        if policy.answering_machine is AnsweringMachine.LEAVE_MESSAGE and answered_by != "fax":
            return ContactStatus.REACHED, None
    name = {"busy": "busy", "no_answer": "no_answer", "failed": "failed", "completed": "voicemail"}.get(ended, "")
    delay = policy.delays.get(name, policy.delay)
    if attempts >= policy.max_attempts or delay is None:
        return ContactStatus.UNREACHED, None
    ceiling = 604_800 if delay < 604_800 else delay
    grown = float(delay)
    for _ in range(attempts - 1):
        grown = min(grown * policy.backoff, ceiling)
    return ContactStatus.WAITING, round(grown)


@given(
    policies,
    st.sampled_from(
        [CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELLED]
    ),
    answerers,
    st.integers(1, 25),
)
def test_every_call_that_rang_is_followed_by_what_its_ending_asks_for(
    policy: RetryPolicy, ended: CallStatus, answered_by: str | None, attempts: int
) -> None:
    step = policy.after(ended, attempts=attempts, rang=True, permanent=False, now=NOW, answered_by=answered_by)
    status, seconds = expected(policy, ended, answered_by, attempts)
    assert step.status is status
    waits = None if step.next_attempt_at is None else (step.next_attempt_at - NOW).total_seconds()
    assert waits == (None if seconds is None else pytest.approx(seconds, abs=1))


@given(policies, st.lists(st.tuples(endings, answerers), max_size=60))
def test_whatever_the_mix_of_endings_all_attempts_share_one_budget(
    policy: RetryPolicy, calls: list[tuple[tuple[CallStatus, bool, bool], str | None]]
) -> None:
    used = rang_times = 0
    for (ended, rang, permanent), answered_by in calls:
        used += is_counted(ended, rang=rang)
        rang_times += rang and ended is not CallStatus.NOT_PLACED
        step = policy.after(ended, attempts=used, rang=rang, permanent=permanent, now=NOW, answered_by=answered_by)
        if step.status is not ContactStatus.WAITING:
            break
    assert rang_times <= used <= policy.max_attempts


def test_a_delay_grows_with_each_attempt_and_not_beyond_a_week() -> None:
    policy = RetryPolicy(20, 600, {"busy": 60}, backoff=10)
    waits = [
        policy.after(CallStatus.BUSY, attempts=attempt, rang=True, permanent=False, now=NOW).next_attempt_at
        for attempt in range(1, 8)
    ]
    assert [(at - NOW).total_seconds() for at in waits if at] == [60, 600, 6_000, 60_000, 600_000, 604_800, 604_800]


def test_where_machines_are_hung_up_on_their_contact_waits_for_the_delay_of_voicemail() -> None:
    policy = RetryPolicy(2, 600, {"voicemail": 14_400}, answering_machine=AnsweringMachine.HANG_UP)

    def after(attempts: int, answered_by: str) -> NextStep:
        return policy.after(
            CallStatus.COMPLETED, attempts=attempts, rang=True, permanent=False, now=NOW, answered_by=answered_by
        )

    assert after(1, "machine_start") == NextStep(
        ContactStatus.WAITING, NOW + timedelta(seconds=14_400), MACHINE_ANSWERED
    )
    assert after(2, "fax") == NextStep(ContactStatus.UNREACHED, None, MACHINE_ANSWERED)
    assert after(1, "human") == after(2, "unknown") == NextStep(ContactStatus.REACHED)


def test_who_was_left_a_message_was_reached_and_a_fax_takes_none() -> None:
    policy = RetryPolicy(2, 600, answering_machine=AnsweringMachine.LEAVE_MESSAGE)
    left, faxed = (
        policy.after(CallStatus.COMPLETED, attempts=2, rang=True, permanent=False, now=NOW, answered_by=answered_by)
        for answered_by in ("machine_end_beep", "fax")
    )
    assert left == NextStep(ContactStatus.REACHED, None, MESSAGE_LEFT)
    assert faxed.status is ContactStatus.UNREACHED


def test_null_ends_the_attempts_and_says_after_what() -> None:
    step = RetryPolicy(5, 60, {"no_answer": None}).after(
        CallStatus.NO_ANSWER, attempts=1, rang=True, permanent=False, now=NOW
    )
    assert step == NextStep(ContactStatus.UNREACHED, None, "not rung again after no answer")
