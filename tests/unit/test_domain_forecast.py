"""What a campaign will take."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.forecast import ENOUGH_CALLS, Experience, experience_or_assumption, forecast
from belltower.domain.money import Tariff

TARIFF = Tariff(Decimal("0.02"), 60)
SOME = Experience(500, Decimal("0.0325"), 30.0)


def test_few_calls_are_no_experience() -> None:
    few = Experience(ENOUGH_CALLS - 1, Decimal("9"), 1.0)
    assert experience_or_assumption(few, TARIFF) == Experience(0, Decimal("0.02"), 60.0)
    enough = Experience(ENOUGH_CALLS, Decimal("9"), 1.0)
    assert experience_or_assumption(enough, TARIFF) is enough


@pytest.mark.parametrize(
    ("calls", "concurrency", "rate", "cost", "duration"),
    [
        (0, 10, None, "0.00", 0),
        (1, 10, None, "0.03", 30),
        (1000, 10, None, "32.50", 3000),
        (1000, 1000, 1, "32.50", 1030),
        (1000, 10, 100, "32.50", 3000),
    ],
)
def test_lines_or_the_rate_decide_how_long_it_takes(
    calls: int, concurrency: int, rate: int | None, cost: str, duration: int
) -> None:
    expected = forecast(calls, SOME, concurrency=concurrency, calls_per_second=rate)
    assert (expected.cost, expected.duration, expected.based_on_calls) == (Decimal(cost), duration, 500)


@given(st.integers(1, 10**6), st.integers(1, 10**4), st.none() | st.integers(1, 1000))
def test_more_calls_never_take_less(calls: int, concurrency: int, rate: int | None) -> None:
    less = forecast(calls, SOME, concurrency=concurrency, calls_per_second=rate)
    more = forecast(calls + 1, SOME, concurrency=concurrency, calls_per_second=rate)
    assert more.cost >= less.cost
    assert more.duration >= less.duration >= SOME.line_seconds
