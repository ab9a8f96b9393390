"""May this number ring now? An account's calling hours, in the zone of whoever is called.

A number whose zone is not known may not ring unless the account says otherwise: in many countries a call at night is an
offence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

import phonenumbers
from phonenumbers import timezone as phone_timezones

from belltower.domain.calling_window import CallingWindow, Stretch, next_stretch
from belltower.domain.zones import city_of, find_zone

CLOSED, OPEN = "closed", "open"
"""What an account may say of numbers whose zone nobody knows, beside the name of a zone to assume."""
OUTSIDE = "outside the calling window"
NOBODY_KNOWS = "nobody knows in which time zone this number is"
NEVER_OPENS = "its calling window does not open within a year"

_UNKNOWN = "Etc/Unknown"
_NO_TIME = timedelta(0)
_REMEMBERED = 5_000


class Source(StrEnum):
    """How it is known in which zone somebody is."""

    CONTACT = "contact"
    """The list says it."""
    NUMBER = "number"
    """The number's prefix does; of several zones all count."""
    ACCOUNT = "account"
    """Nobody knows; it is what the account assumes."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody may be called; if not, why, and from when on they may."""

    allowed: bool
    reason: str | None = None
    opens_at: datetime | None = None
    """None: never."""
    zone: str | None = None
    """Whose clocks it waits for: of several zones, the one that opens last."""
    zones: Sequence[str] = ()
    source: Source | None = None
    closes_at: datetime | None = None
    """When the window closes that is open; None: not within eight days, or there is no window."""
    windows: Sequence[str] = ()
    """Whose windows counted: `account`, `campaign`."""

    def record(self, now: datetime) -> dict[str, Any] | None:
        """What is kept with a call that was let through; None: there was no window that it had to be in."""
        if not self.windows:
            return None
        clocks = [(name, find_zone(name)) for name in self.zones]
        return {
            "windows": list(self.windows),
            "timezone_source": self.source,
            "local_times": [
                {"timezone": name, "at": now.astimezone(place).isoformat(timespec="seconds")}
                for name, place in clocks
                if place is not None
            ],
            "closes_at": None if self.closes_at is None else self.closes_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class CallingHours:
    """What an account says about when people may be called."""

    window: CallingWindow | None
    """None: at any time."""
    unknown_zone: str = CLOSED
    """Numbers whose zone nobody knows: `closed`, they are not called; `open`, at any time; or the zone to assume."""

    @classmethod
    def of(cls, window: Mapping[str, Any] | None, unknown_zone: str) -> Self:
        """Read them from what is stored."""
        return cls(None if window is None else CallingWindow.of(window), unknown_zone)

    def decide(
        self,
        number: str,
        timezone: str | None,
        campaign: CallingWindow | None = None,
        *,
        now: datetime,
        lasts: timedelta = _NO_TIME,
    ) -> Decision:
        """Decide about a call to an E.164 number that may begin to ring at any time from `now` on for as long as it `lasts`.

        `timezone` is what the list says of it. A campaign's own window narrows the account's: both have to be open.
        """
        if self.window is None and campaign is None:
            return Decision(allowed=True)
        return self.decide_in(*self.zones(number, timezone), campaign, now=now, lasts=lasts)

    def decide_in(
        self,
        zones: Sequence[str],
        source: Source,
        campaign: CallingWindow | None = None,
        *,
        now: datetime,
        lasts: timedelta = _NO_TIME,
    ) -> Decision:
        """The same for somebody in some zones, as `zones()` says them."""
        named = {"account": self.window, "campaign": campaign}
        windows = tuple(window for window in named.values() if window is not None)
        counted = tuple(name for name, window in named.items() if window is not None)
        if not windows:
            return Decision(allowed=True)
        if not zones and self.unknown_zone == OPEN:
            return Decision(allowed=True, source=source, windows=counted)
        if not zones or any(find_zone(name) is None for name in zones):
            return Decision(allowed=False, reason=NOBODY_KNOWS)
        stretch = _remembered(windows, tuple(zones), now, lasts)
        if stretch is None:
            return Decision(allowed=False, reason=NEVER_OPENS)
        if stretch.opens <= now:
            return Decision(allowed=True, zones=zones, source=source, closes_at=stretch.closes, windows=counted)
        return _wait(windows, zones, stretch.opens, now)

    def zones(self, number: str, timezone: str | None) -> tuple[tuple[str, ...], Source]:
        """The zones in which somebody may be, all of which count, and how they are known; none: nobody knows."""
        if timezone is not None:
            return (timezone,), Source.CONTACT
        if found := zones_of(number):
            return found, Source.NUMBER
        return () if self.unknown_zone in (CLOSED, OPEN) else (self.unknown_zone,), Source.ACCOUNT


@lru_cache(maxsize=100_000)
def zones_of(number: str) -> tuple[str, ...]:
    """The IANA zones in which the owner of an E.164 number may be; empty when nothing is known."""
    try:
        names = phone_timezones.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:  # a country code that nobody has
        return ()
    return tuple(name for name in names if name != _UNKNOWN)


def _wait(windows: Sequence[CallingWindow], zones: Sequence[str], opens_at: datetime, now: datetime) -> Decision:
    zone = next((name for name in zones if not _is_open_before(windows, name, opens_at)), zones[0])
    return Decision(
        allowed=False, reason=f"{OUTSIDE}: {said_opening(opens_at, zone, now)}", opens_at=opens_at, zone=zone
    )


def said_opening(opens_at: datetime, zone: str, now: datetime) -> str:
    """When a window opens, for a person: "opens at 08:00 in Berlin (CET)", with the day unless it is that of `now` there."""
    there = opens_at.astimezone(find_zone(zone))
    day = "" if there.date() == now.astimezone(find_zone(zone)).date() else f" on {there:%A}, {there.day} {there:%B},"
    name = there.tzname() or zone
    place = city_of(zone)
    return f"opens{day} at {there:%H:%M} in {place}" + ("" if name == place else f" ({name})")


def _is_open_before(windows: Sequence[CallingWindow], zone: str, at: datetime) -> bool:
    moment = at - timedelta(microseconds=1)
    place = find_zone(zone)
    assert place is not None
    stretch = next_stretch(windows, [place], now=moment, lasts=_NO_TIME)
    return stretch is not None and stretch.opens <= moment


@dataclass(frozen=True, slots=True)
class _Found:
    asked_at: datetime
    stretch: Stretch | None


_found: dict[tuple[tuple[CallingWindow, ...], tuple[str, ...], timedelta], _Found] = {}


def _remembered(
    windows: tuple[CallingWindow, ...], zones: tuple[str, ...], now: datetime, lasts: timedelta
) -> Stretch | None:
    """The next stretch, from memory while the one that was found for an earlier `now` is still it. To find it takes some
    milliseconds where a number may be in forty zones, and a gate decides about the same few sets of zones again and again."""
    key = (windows, zones, lasts)
    known = _found.get(key)
    if known is not None and _is_still(known, now, lasts):
        return known.stretch
    if len(_found) >= _REMEMBERED:
        _found.clear()
    places = [place for name in zones if (place := find_zone(name)) is not None]
    stretch = next_stretch(windows, places, now=now, lasts=lasts)
    _found[key] = _Found(now, stretch)
    return stretch


def _is_still(known: _Found, now: datetime, lasts: timedelta) -> bool:
    if not known.asked_at <= now < known.asked_at + timedelta(days=1):
        return False
    stretch = known.stretch
    return stretch is None or stretch.closes is None or stretch.closes - max(stretch.opens, now) > lasts
