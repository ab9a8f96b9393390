"""What a campaign will take: time and money, before its first call."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from belltower.domain.money import Tariff

ENOUGH_CALLS = 20
"""Fewer calls say nothing of those to come."""
ASSUMED_SECONDS = 60
"""Without experience every call is taken to be answered and to last this long."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Experience:
    """What an account's latest calls were like, on average."""

    calls: int
    cost: Decimal
    line_seconds: float
    """From the gate to the end of the call."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What so many calls will take, each contact being rung once."""

    cost: Decimal
    duration: int
    """Seconds from the first call to the end of the last, if all may be rung at any time."""
    based_on_calls: int
    """Calls of the account that this was reckoned from; 0: assumed."""


def experience_or_assumption(found: Experience, tariff: Tariff) -> Experience:
    """The account's own experience where it has enough of it."""
    if found.calls >= ENOUGH_CALLS:
        return found
    return Experience(0, tariff.cost(ASSUMED_SECONDS), float(ASSUMED_SECONDS))


def forecast(calls: int, experience: Experience, *, concurrency: int, calls_per_second: int | None) -> Forecast:
    """What `calls` will take with so many at once and, where limited, so many a second."""
    in_line = max(calls / concurrency, 1) * experience.line_seconds
    by_rate = calls / calls_per_second + experience.line_seconds if calls_per_second else 0.0
    return Forecast(
        cost=(calls * experience.cost).quantize(_CENT, ROUND_HALF_UP),
        duration=round(max(in_line, by_rate)) if calls else 0,
        based_on_calls=experience.calls,
    )
