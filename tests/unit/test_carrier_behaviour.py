"""The simulated network: how calls end, and what goes wrong."""

from collections import Counter

import pytest
from pydantic import ValidationError

from belltower_carrier.behaviour import (
    Behaviour,
    CallbackFault,
    Faults,
    Outcome,
    Outcomes,
    RequestFault,
    callback_faults,
    plan,
)

MAGIC = "+12025559900"[:-2]


def test_the_same_seed_gives_the_same_network() -> None:
    mixed = Behaviour(seed=7, outcomes=Outcomes(answered=1, busy=1, no_answer=1, failed=1))
    again = Behaviour(seed=7, outcomes=Outcomes(answered=1, busy=1, no_answer=1, failed=1))
    numbers = [f"+1415{i:07d}" for i in range(200)]
    assert [plan(mixed, n, 0) for n in numbers] == [plan(again, n, 0) for n in reversed(numbers)][::-1]
    assert [plan(mixed, n, 0) for n in numbers] != [plan(mixed, n, 1) for n in numbers]


def test_outcomes_follow_their_weights() -> None:
    behaviour = Behaviour(seed=1, outcomes=Outcomes(answered=6, busy=3, no_answer=1))
    found = Counter(plan(behaviour, f"+1415{i:07d}", 0).outcome for i in range(2_000))
    assert found[Outcome.FAILED] == 0
    assert abs(found[Outcome.ANSWERED] - 1200) < 100
    assert abs(found[Outcome.BUSY] - 600) < 100


def test_times_stay_within_their_span() -> None:
    behaviour = Behaviour(seed=1, ring_seconds=(1, 2), talk_seconds=(3, 3))
    plans = [plan(behaviour, f"+1415{i:07d}", 0) for i in range(200)]
    assert all(1 <= p.ring <= 2 for p in plans)
    assert {p.talk for p in plans} == {3}


@pytest.mark.parametrize(
    ("suffix", "outcome"),
    [("00", Outcome.ANSWERED), ("01", Outcome.BUSY), ("02", Outcome.NO_ANSWER), ("03", Outcome.FAILED)],
)
def test_a_magic_number_has_its_own_fate(suffix: str, outcome: Outcome) -> None:
    behaviour = Behaviour(outcomes=Outcomes(answered=0, busy=0, no_answer=0, failed=1), faults=Faults(held_answer=1))
    made = plan(behaviour, MAGIC + suffix, 0)
    assert (made.outcome, made.request_fault) == (outcome, None)


def test_the_magic_of_the_first_time_is_gone_the_second_time() -> None:
    assert plan(Behaviour(), MAGIC + "05", 0).request_fault is RequestFault.TOO_MANY_REQUESTS
    assert plan(Behaviour(), MAGIC + "05", 1).request_fault is None
    assert plan(Behaviour(), MAGIC + "16", 0).outcome is Outcome.BUSY
    assert plan(Behaviour(), MAGIC + "16", 1).outcome is Outcome.ANSWERED


def test_one_magic_number_presses_9() -> None:
    assert [plan(Behaviour(), f"{MAGIC}{fate:02d}", 0).key for fate in (0, 17, 18, 19)] == [None, None, "9", None]


def test_ordinary_numbers_have_no_magic() -> None:
    behaviour = Behaviour(outcomes=Outcomes(answered=1))
    assert all(plan(behaviour, f"+1415556{i:04d}", 0).outcome is Outcome.ANSWERED for i in range(9_900, 10_000))


@pytest.mark.parametrize(
    ("suffix", "faults"),
    [
        ("00", [set(), set()]),
        ("09", [{CallbackFault.LOST}, {CallbackFault.LOST}]),
        ("10", [{CallbackFault.DOUBLED}, {CallbackFault.DOUBLED}]),
        ("11", [{CallbackFault.REORDERED}, set()]),
        ("12", [{CallbackFault.LATE}, {CallbackFault.LATE}]),
        ("17", [set(), {CallbackFault.LOST}]),
    ],
)
def test_callbacks_of_magic_numbers(suffix: str, faults: list[set[CallbackFault]]) -> None:
    behaviour, to = Behaviour(), MAGIC + suffix
    made = plan(behaviour, to, 0)
    assert [callback_faults(behaviour, to, made, i, last=i == 1) for i in range(2)] == faults


def test_a_lost_callback_has_no_other_fault() -> None:
    behaviour = Behaviour(faults=Faults(callback_lost=1, callback_doubled=1, callback_late=1))
    made = plan(behaviour, "+14155550123", 0)
    assert callback_faults(behaviour, "+14155550123", made, 0, last=False) == {CallbackFault.LOST}


@pytest.mark.parametrize(
    "settings",
    [
        {"ring_seconds": [3, 1]},
        {"ring_seconds": [-1, 1]},
        {"outcomes": {"answered": 0}},
        {"faults": {"held_answer": 0.6, "garbled_answer": 0.6}},
        {"faults": {"callback_lost": 2}},
        {"calls_per_second": 0},
        {"colour": "blue"},
    ],
)
def test_a_network_that_cannot_be_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Behaviour.model_validate(settings)
