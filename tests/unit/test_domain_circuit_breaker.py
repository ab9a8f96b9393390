"""When a campaign whose calls fail is paused, and what is said of it."""

from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.circuit_breaker import CircuitBreaker

endings = st.lists(st.booleans(), max_size=60)
"""Whether each call failed, the latest first."""


@given(endings, st.integers(1, 40), st.integers(1, 100))
def test_it_trips_when_the_share_of_a_full_window_failed(calls: list[bool], window: int, percent: int) -> None:
    latest = calls[:window]
    breaker = CircuitBreaker(window, 120, percent / 100)
    expected = len(latest) == window and 100 * sum(latest) >= percent * window
    assert breaker.trips(ended=len(latest), failed=sum(latest)) is expected


def test_half_of_twenty_is_enough_and_fewer_calls_say_nothing() -> None:
    breaker = CircuitBreaker()
    assert breaker.trips(ended=20, failed=10)
    assert not breaker.trips(ended=20, failed=9)
    assert not breaker.trips(ended=19, failed=19)


def test_people_are_told_how_many_failed_in_what_time_and_why() -> None:
    assert CircuitBreaker().reason(ended=20, failed=11, last_error="sip:503") == (
        "Paused: 11 of the last 20 calls failed within 2 minutes; last error: sip:503. Look into it, then resume the"
        " campaign."
    )
    said = CircuitBreaker(within=45).reason(ended=20, failed=20, last_error=None)
    assert "within 45 seconds; last error: the carrier gave no reason." in said
    assert len(CircuitBreaker().reason(ended=20, failed=20, last_error="x" * 5_000)) < 400
