"""What a call costs and who bears it, against arithmetic with exact fractions."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from belltower.domain.money import UNPAID, Tariff, settle

rates = st.decimals(0, 100, places=6)
increments = st.sampled_from([1, 6, 30, 60]) | st.integers(1, 3600)
tariffs = st.builds(Tariff, rates, increments)
durations = st.integers(0, 14_400)
amounts = st.decimals(0, 100_000, places=6)


def oracle(tariff: Tariff, seconds: int) -> Fraction:
    """The price in exact arithmetic: whole increments, then rounded half up to a millionth."""
    charged = ceil(Fraction(seconds, tariff.increment)) * tariff.increment
    price = Fraction(tariff.rate_per_minute) * charged / 60
    return Fraction(floor(price * 1_000_000 + Fraction(1, 2)), 1_000_000)


@given(tariffs, durations)
@example(Tariff(Decimal("0.000001"), 30), 1)  # exactly half a millionth
@example(Tariff(Decimal("0.000001"), 29), 1)
@example(Tariff(Decimal("0.013"), 7), 50)
def test_the_cost_is_what_exact_arithmetic_says(tariff: Tariff, seconds: int) -> None:
    assert Fraction(tariff.cost(seconds)) == oracle(tariff, seconds)


@pytest.mark.parametrize(("seconds", "cost"), [(0, "0"), (1, "0.02"), (60, "0.02"), (61, "0.04"), (600, "0.20")])
def test_a_minute_begun_is_a_minute_paid(seconds: int, cost: str) -> None:
    assert Tariff(Decimal("0.02"), 60).cost(seconds) == Decimal(cost)


@given(tariffs, durations, st.integers(0, 1000))
def test_a_longer_call_never_costs_less(tariff: Tariff, seconds: int, more: int) -> None:
    assert tariff.cost(seconds) <= tariff.cost(seconds + more)


@given(tariffs, st.integers(1, 1000), st.data())
def test_every_second_of_an_increment_costs_the_same(tariff: Tariff, which: int, data: st.DataObject) -> None:
    last = which * tariff.increment
    second = data.draw(st.integers(last - tariff.increment + 1, last))
    assert tariff.cost(second) == tariff.cost(last)


@given(tariffs, st.integers(-100, 0))
def test_nothing_is_owed_for_a_call_that_was_not_answered(tariff: Tariff, seconds: int) -> None:
    assert tariff.cost(seconds) == 0


@given(tariffs, durations)
def test_a_cost_has_no_more_places_than_the_ledger(tariff: Tariff, seconds: int) -> None:
    cost = tariff.cost(seconds)
    assert cost >= 0
    assert cost == round(cost, 6)


@given(tariffs, durations, st.data())
def test_what_is_held_covers_every_call_within_its_limit(tariff: Tariff, limit: int, data: st.DataObject) -> None:
    seconds = data.draw(st.integers(0, limit))
    paid = settle(tariff.cost(seconds), hold=tariff.hold(limit), available=Decimal(0))
    assert paid.charge == tariff.cost(seconds)
    assert paid.write_off == 0


@given(amounts, amounts, st.decimals(-100_000, 100_000, places=6))
def test_a_settlement_takes_no_more_than_there_is(cost: Decimal, hold: Decimal, available: Decimal) -> None:
    paid = settle(cost, hold=hold, available=available)
    assert 0 <= paid.charge <= hold + max(available, Decimal(0))
    assert paid.write_off >= 0
    assert paid.charge + paid.write_off == cost


@given(amounts, amounts, amounts)
def test_nothing_is_written_off_that_the_wallet_can_bear(cost: Decimal, hold: Decimal, available: Decimal) -> None:
    paid = settle(cost, hold=hold, available=available)
    assert (paid.write_off > 0) == (cost > hold + available)


@given(st.lists(st.tuples(amounts, st.integers(0, 150)), max_size=8), amounts)
def test_no_series_of_settlements_takes_a_balance_below_zero(calls: list[tuple[Decimal, int]], free: Decimal) -> None:
    """Each call holds an amount and costs a percentage of it, sometimes more than it holds."""
    held = sum((hold for hold, _ in calls), Decimal(0))
    assume(held + free < 10**9)
    balance = held + free
    for hold, percent in calls:
        balance -= settle(hold * percent / 100, hold=hold, available=balance - held).charge
        held -= hold
        assert balance >= held >= 0


def test_unpaid_is_nothing() -> None:
    assert not UNPAID.charge
    assert not UNPAID.write_off
