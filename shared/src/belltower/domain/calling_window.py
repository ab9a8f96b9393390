"""May this number ring now? Windows are wall times of the person called.

A number whose zone is not known may not ring: in many countries a call at night is an offence
(in the United States: 47 CFR 64.1200(c)(1), 08:00 to 21:00 at the called party's location).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as phone_timezones

UNKNOWN_ZONE = "Etc/Unknown"


@dataclass(frozen=True, slots=True)
class CallingWindow:
    """The hours of the day in which people may be called; `end` at or before `start` runs past midnight."""

    start: time
    end: time

    def is_open(self, wall: time) -> bool:
        """Whether the window holds a wall time; its start belongs to it, its end does not."""
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a number may ring; if not, why, and from when on it may (None: nobody knows its zone)."""

    allowed: bool
    reason: str | None = None
    opens_at: datetime | None = None


OPEN = Decision(allowed=True)


@lru_cache(maxsize=100_000)
def zones_of(number: str) -> tuple[str, ...]:
    """The IANA zones in which the owner of an E.164 number may be; empty when nothing is known."""
    try:
        names = phone_timezones.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:  # a country code that nobody has
        return ()
    return tuple(name for name in names if name != UNKNOWN_ZONE)


def decide(window: CallingWindow | None, zones: Sequence[str], *, now: datetime, until: datetime) -> Decision:
    """Decide for a call that starts ringing between `now` and `until`.

    In several possible zones the window must be open in all of them. No window: always open.
    """
    if window is None:
        return OPEN
    try:
        places = [ZoneInfo(name) for name in zones]
    except (ZoneInfoNotFoundError, ValueError, OSError):
        places = []
    if not places:
        return Decision(allowed=False, reason="nobody knows in which time zone this number is")
    if _open_everywhere(window, places, now) and _open_everywhere(window, places, until):
        return OPEN
    opens_at = _next_opening(window, places, now)
    return Decision(allowed=False, reason="outside the calling window", opens_at=opens_at)


def _open_everywhere(window: CallingWindow, places: Sequence[ZoneInfo], at: datetime) -> bool:
    return all(window.is_open(at.astimezone(place).time()) for place in places)


def _next_opening(window: CallingWindow, places: Sequence[ZoneInfo], now: datetime) -> datetime | None:
    """The first instant after `now`, within eight days, at which the window opens in every place."""
    openings = sorted({at for place in places for at in _possible_openings(window, place, now)})
    return next((at for at in openings if at > now and _open_everywhere(window, places, at)), None)


def _possible_openings(window: CallingWindow, place: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """When the window can open in one place: at its start, and when clocks skip the start or go back into the window."""
    today = now.astimezone(place).date()
    for day in range(-1, 9):
        start = datetime.combine(today + timedelta(days=day), window.start, tzinfo=place)
        yield start.astimezone(UTC)
        yield start.replace(fold=1).astimezone(UTC)
    midnight = datetime.combine(today, time(), tzinfo=place).astimezone(UTC)
    for day in range(9):
        change = _change_of_clocks(place, midnight + timedelta(days=day), midnight + timedelta(days=day + 1))
        if change is not None:
            yield change


def _change_of_clocks(place: ZoneInfo, low: datetime, high: datetime) -> datetime | None:
    """The instant between two at which a place's clocks change, to the second; None when they show the same offset."""
    before = low.astimezone(place).utcoffset()
    if high.astimezone(place).utcoffset() == before:
        return None
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
