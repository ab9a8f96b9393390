"""Limits as people type them in a terminal."""

from typing import Any

import pytest
import typer

from belltower_cli.call_limits import changed_number, duration, read_breaker, read_cap


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3/7d", {"calls": 3, "period": 604_800}),
        ("1/90s", {"calls": 1, "period": 90}),
        ("20/1h", {"calls": 20, "period": 3_600}),
        ("none", None),
    ],
)
def test_a_cap_is_read(typed: str, read: dict[str, int] | None) -> None:
    assert read_cap(typed) == read


def test_a_breaker_is_read() -> None:
    assert read_breaker("50%/20/120s") == {"failed_share": 0.5, "window_calls": 20, "within": 120}
    assert read_breaker("none") is None


@pytest.mark.parametrize("typed", ["3", "3/7", "three/7d", "-1/7d", "3/7w", "", "٣/7d"])
def test_what_is_no_rule_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(typer.BadParameter, match="3/7d"):
        read_cap(typed)
    with pytest.raises(typer.BadParameter, match="50%/20/120s"):
        read_breaker(typed)


def test_a_number_keeps_its_other_limit_and_goes_with_its_last() -> None:
    held: list[dict[str, Any]] = [
        {"caller_id": "+14155550100", "max_concurrent_calls": 5, "calls_per_second": 1},
        {"caller_id": "+14155550101", "max_concurrent_calls": None, "calls_per_second": 2},
    ]
    changed = changed_number(held, "+1 415 555 0100", {"calls_per_second": 3})
    assert changed == [held[1], {"caller_id": "+14155550100", "max_concurrent_calls": 5, "calls_per_second": 3}]
    assert changed_number(held, "+14155550101", {"calls_per_second": None}) == [held[0]]
    assert changed_number([], "+14155550102", {"max_concurrent_calls": 1}) == [
        {"caller_id": "+14155550102", "max_concurrent_calls": 1}
    ]


def test_periods_are_said_in_their_largest_whole_unit() -> None:
    assert [duration(seconds) for seconds in (604_800, 5_400, 3_600, 90, 1)] == ["7 d", "90 m", "1 h", "90 s", "1 s"]
