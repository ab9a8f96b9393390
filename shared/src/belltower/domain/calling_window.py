"""When people may be called: hours of the week and holidays, on the clocks of the person called.

A window is open at an instant when the clock on the wall there shows a time that it holds. Where clocks go forward over its
start it opens with the change; where they go back into it, it opens again. This follows from how it is computed: while the
offset of a place stays the same its wall times are instants, merely shifted, and so are the window's hours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from typing import Any, Self
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 24 * 60
_ONE_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

HORIZON = timedelta(days=370)
"""How far ahead an opening is looked for: a window that opens on some holidays' eves only is one, too."""
LONGEST = timedelta(days=8)
"""A stretch that is longer is not followed to its end: a window that never closes has none."""

Pieces = Iterator[tuple[datetime, datetime]]
"""From when to when, in order, none overlapping another."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when on some days of the week, in minutes since the day's midnight on the wall."""

    days: frozenset[int]
    """As `date.weekday()` counts."""
    start: int
    """Below 1,440; it belongs to the hours, their end does not."""
    end: int
    """Above `start`; beyond 1,440 on the following day. All of it belongs to the day on which it starts."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read them from their document; an end that is not after the start is on the following day."""
        start, end = _minutes(document["start"]), _minutes(document["end"])
        return cls(frozenset(map(DAYS.index, document["days"])), start, end if end > start else end + _DAY)

    def document(self) -> dict[str, Any]:
        """What `of` reads."""
        end = self.end if self.end <= _DAY else self.end - _DAY
        return {"days": [DAYS[day] for day in sorted(self.days)], "start": _shown(self.start), "end": _shown(end)}


@dataclass(frozen=True, slots=True)
class CallingWindow:
    """Hours in which people may be called, but never on holidays: an evening that runs past midnight into one ends there."""

    hours: tuple[Hours, ...] | None
    """None: at every hour of every day that is no holiday."""
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read it from its document, which is valid."""
        hours = document.get("hours")
        return cls(
            None if hours is None else tuple(map(Hours.of, hours)),
            frozenset(map(date.fromisoformat, document.get("holidays") or ())),
        )

    def document(self) -> dict[str, Any]:
        """What `of` reads, in one form only."""
        return {
            "hours": None if self.hours is None else [each.document() for each in self.hours],
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
        }

    def on(self, day: date) -> Sequence[tuple[int, int]]:
        """The minutes of a date on which it is open, in their order; what touches or overlaps may come in pieces."""
        if day in self.holidays:
            return ()
        if self.hours is None:
            return ((0, _DAY),)
        of_today = [(each.start, min(each.end, _DAY)) for each in self.hours if day.weekday() in each.days]
        eve = day - _ONE_DAY
        if eve not in self.holidays:
            of_today += [(0, each.end - _DAY) for each in self.hours if each.end > _DAY and eve.weekday() in each.days]
        return sorted(of_today)


USUAL = CallingWindow((Hours(frozenset(range(7)), 8 * 60, 21 * 60),))
"""What many laws allow (in the United States 47 CFR 64.1200(c)(1), at the called party's location)."""


def first_window(*, is_simulated: bool) -> CallingWindow | None:
    """That of a new account: it may call people at any time only where nobody is called in truth."""
    return None if is_simulated else USUAL


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when people may be called. UTC."""

    opens: datetime
    closes: datetime | None
    """None: not within eight days."""


def next_stretch(
    windows: Iterable[CallingWindow], places: Iterable[ZoneInfo], *, now: datetime, lasts: timedelta
) -> Stretch | None:
    """The first stretch, that of `now` included, in which all windows are open in all places for longer than `lasts`, from
    now or from its start on. None: there is none within about a year."""
    places = list(places)
    everywhere = reduce(_common, (_pieces(window, place, now) for window in windows for place in places))
    for stretch in _joined(everywhere, now):
        if stretch.closes is None or stretch.closes - max(stretch.opens, now) > lasts:
            return stretch
    return None


def _pieces(window: CallingWindow, place: ZoneInfo, now: datetime) -> Pieces:
    """When a window is open in a place, in order, from shortly before `now` on; a stretch may come in several pieces."""
    since = now.astimezone(UTC).replace(second=0, microsecond=0) - _ONE_DAY
    for low, high, offset in _offsets(place, since, since + HORIZON):
        day = (low + offset).date()
        while day <= (high + offset).date():
            midnight = datetime.combine(day, time(), tzinfo=UTC) - offset
            reached = low
            for start, end in window.on(day):
                opens, closes = max(midnight + start * _MINUTE, reached), min(midnight + end * _MINUTE, high)
                if opens < closes:
                    yield opens, closes
                    reached = closes
            day += _ONE_DAY


def _offsets(place: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time between two instants in pieces of a day at most, during each of which a place's clocks have one offset."""
    low = since
    while low < until:
        high, offset = min(low + _ONE_DAY, until), _offset(low, place)
        if _offset(high, place) != offset:
            high = _change(place, low, high)
        yield low, high, offset
        low = high


def _change(place: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The instant between two, in whole seconds, at which a place's clocks change."""
    before = _offset(low, place)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if _offset(middle, place) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return offset


def _common(some: Pieces, others: Pieces) -> Pieces:
    """What lies in both of two ordered sequences of pieces."""
    one, other = next(some, None), next(others, None)
    while one is not None and other is not None:
        opens, closes = max(one[0], other[0]), min(one[1], other[1])
        if opens < closes:
            yield opens, closes
        if one[1] <= other[1]:
            one = next(some, None)
        else:
            other = next(others, None)


def _joined(pieces: Pieces, now: datetime) -> Iterator[Stretch]:
    """The stretches that pieces make which touch one another, those that end after `now`."""
    opens: datetime | None = None
    closes = now
    for start, end in pieces:
        if opens is not None and start > closes:
            yield Stretch(opens, closes)
            opens = None
        if end > now:
            opens, closes = start if opens is None else opens, end
            if closes - max(opens, now) > LONGEST:
                yield Stretch(opens, None)
                return
    if opens is not None:
        yield Stretch(opens, closes)


def _minutes(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def _shown(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
