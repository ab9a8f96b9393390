"""Which days a series calls on: a rule of RFC 5545, 3.3.10, from a first wall time in an IANA zone on.

Occurrences are wall times first, at most one a day and all at the same time of day, and instants then. Where clocks skip a
wall time its occurrence comes at the moment of the change, the next time that exists; of a doubled one the first is meant.
Both are `instant_of`. Where clocks skip a whole day two wall times may be one instant, and then are one occurrence.

The days are counted here and not by dateutil, which goes on counting until the year 9999 for a rule that matches no more
day; here nothing looks further ahead than ten years (docs/adr/0007). The tests hold it against dateutil.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import islice, takewhile

from belltower.domain.errors import Invalid
from belltower.domain.schedule import LATEST, instant_of, wall_at, zone

MOST_EXDATES = 500
LONGEST_RULE = 500
"""Characters."""
HORIZON = LATEST
"""How far ahead the next occurrence is looked for; where there is none, there is none any more."""
_MOST_TIMES = 1_000
_MOST_INTERVAL = 366
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Frequency(StrEnum):
    """How long the periods of a rule are. Shorter ones than a day are refused: people are not rung every hour."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule that was read. Its parts are sorted; those that were not given are empty."""

    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    """1 to 31; from the month's end -1 to -31."""
    week_days: tuple[tuple[int, int], ...] = ()
    """(which one in its month or year, 0: each; day of the week, 0: Monday)."""
    positions: tuple[int, ...] = ()
    """Which days of a period's; from its end negative."""
    week_start: int = 0
    count: int | None = None
    until: datetime | None = None
    """A wall time, the last that may be."""

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it; `until` stays a wall time."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        for name, values in (("BYMONTH", self.months), ("BYMONTHDAY", self.month_days)):
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
        if self.week_days:
            parts.append(f"BYDAY={','.join(f'{nth or str()}{DAYS[day]}' for nth, day in self.week_days)}")
        if self.positions:
            parts.append(f"BYSETPOS={','.join(map(str, self.positions))}")
        if self.week_start:
            parts.append(f"WKST={DAYS[self.week_start]}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%dT%H%M%S}")
        return ";".join(parts)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a series calls."""

    wall: datetime
    """The wall time by the rule: what the occurrence is known by, whatever becomes of the zone's clocks."""
    instant: datetime
    """Aware, UTC."""
    actual_wall: datetime
    """What clocks show then: another time than `wall` where they skip that."""

    @property
    def is_moved(self) -> bool:
        """Whether clocks skip the rule's own time."""
        return self.actual_wall != self.wall


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When a series calls."""

    rule: Rule
    starts: datetime
    """The wall time from which the rule counts. It is an occurrence if the rule matches it."""
    timezone: str
    exdates: frozenset[date] = frozenset()
    """Days on which the rule does not hold."""
    ends: datetime | None = None
    """A wall time, the last that may be; None: as the rule says."""
    where: tzinfo = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", zone(self.timezone))

    def occurrences(self, *, after: datetime | None = None) -> Iterator[Occurrence]:
        """The occurrences whose wall times follow `after`, as long as one follows another within ten years."""
        held: Occurrence | None = None
        # From a few days before on, so that an occurrence that another one swallows is the same wherever one begins.
        begin = None if after is None else after - timedelta(days=3)
        for wall in self._walls(begin):
            found = self._at(wall)
            if held is not None and held.instant < found.instant and (after is None or held.wall > after):
                yield held
            held = found
        if held is not None and (after is None or held.wall > after):
            yield held

    def onwards_from(self, instant: datetime) -> Iterator[Occurrence]:
        """The occurrences at an instant or later."""
        day_before = wall_at(instant, self.where) - timedelta(days=2)
        return (each for each in self.occurrences(after=day_before) if each.instant >= instant)

    def next_after(self, instant: datetime) -> Occurrence | None:
        """The first occurrence after an instant."""
        return next((each for each in self.onwards_from(instant) if each.instant > instant), None)

    def between(self, start: datetime, end: datetime) -> Iterator[Occurrence]:
        """The occurrences from an instant on and before another."""
        return takewhile(lambda each: each.instant < end, self.onwards_from(start))

    def find(self, instant: datetime) -> Occurrence | None:
        """The occurrence at an instant."""
        return next(self.between(instant, instant + timedelta(microseconds=1)), None)

    def before(self, wall: datetime) -> "Recurrence":
        """The same until a wall time, which is no part of it."""
        return replace(self, ends=wall - timedelta(seconds=1))

    def onwards(self, wall: datetime) -> "Recurrence":
        """The same from the occurrence at a wall time on: what COUNT has left for it."""
        rule = self.rule
        if rule.count is not None:
            gone = sum(1 for each in self._days(None) if each < wall.date())
            rule = replace(rule, count=rule.count - gone)
        return replace(self, rule=rule, starts=wall, exdates=frozenset(d for d in self.exdates if d >= wall.date()))

    def _at(self, wall: datetime) -> Occurrence:
        instant = instant_of(wall, self.where)
        return Occurrence(wall, instant, wall_at(instant, self.where))

    def _walls(self, begin: datetime | None) -> Iterator[datetime]:
        last = min((end for end in (self.rule.until, self.ends) if end is not None), default=datetime.max)  # noqa: DTZ901 - a wall time
        for day in self._days(None if begin is None else begin.date()):
            wall = datetime.combine(day, self.starts.time())
            if wall > last:
                return
            if day not in self.exdates and (begin is None or wall >= begin):
                yield wall

    def _days(self, begin: date | None) -> Iterator[date]:
        """The days of the rule from `begin` on, without regard to what ends or excludes them but for COUNT."""
        first = self.starts.date()
        if self.rule.count is not None:
            begin = None  # it is counted from the first
        elif begin is not None and begin <= first:
            begin = None
        seek = first if begin is None else begin
        found = (day for day in _days_of(self.rule, first, seek) if day >= seek)
        yield from islice(found, self.rule.count)


def _days_of(rule: Rule, first: date, seek: date) -> Iterator[date]:
    """The days of a rule that counts from `first`, some before `seek` perhaps, until none comes for the horizon."""
    periods, days = _PERIODS[rule.frequency], _EXPANSIONS[rule.frequency]
    passed = max(periods.between(first, seek, rule.week_start) // rule.interval, 0) * rule.interval
    last = seek
    while True:
        try:
            begin = periods.start(first, passed, rule.week_start)
        except OverflowError:
            return
        if begin - last > HORIZON or begin.year > _LAST_YEAR:
            return
        candidates = [day for day in days(rule, first, begin) if not rule.months or day.month in rule.months]
        for day in _at_positions(candidates, rule.positions):
            if day >= first:
                yield day
                last = max(last, day)
        passed += rule.interval


_LAST_YEAR = 9990


def _at_positions(days: list[date], positions: tuple[int, ...]) -> list[date]:
    if not positions:
        return days
    wanted = {position - 1 if position > 0 else len(days) + position for position in positions}
    return [day for index, day in enumerate(days) if index in wanted]


@dataclass(frozen=True, slots=True)
class _Periods:
    start: Callable[[date, int, int], date]
    """The first day of the period so many after that of a day."""
    between: Callable[[date, date, int], int]
    """How many periods after that of one day another lies."""


def _week(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _year(number: int) -> date:
    if number > _LAST_YEAR:
        raise OverflowError
    return date(number, 1, 1)


_PERIODS = {
    Frequency.DAILY: _Periods(
        lambda first, passed, _: first + timedelta(days=passed), lambda first, day, _: (day - first).days
    ),
    Frequency.WEEKLY: _Periods(
        lambda first, passed, start: _week(first, start) + timedelta(weeks=passed),
        lambda first, day, start: (_week(day, start) - _week(first, start)).days // 7,
    ),
    Frequency.MONTHLY: _Periods(
        lambda first, passed, _: _month(min(_number(first) + passed, _LAST_YEAR * 12 + 12)),
        lambda first, day, _: _number(day) - _number(first),
    ),
    Frequency.YEARLY: _Periods(
        lambda first, passed, _: _year(first.year + passed), lambda first, day, _: day.year - first.year
    ),
}


def _day(rule: Rule, first: date, begin: date) -> list[date]:
    matches = _is_month_day(rule, begin) if rule.month_days else True
    return [begin] if matches and (not rule.week_days or (0, begin.weekday()) in rule.week_days) else []


def _days_of_week(rule: Rule, first: date, begin: date) -> list[date]:
    wanted = rule.week_days or ((0, first.weekday()),)
    days = (begin + timedelta(days=index) for index in range(7))
    return [day for day in days if (0, day.weekday()) in wanted]


def _days_of_month(rule: Rule, first: date, begin: date) -> list[date]:
    if rule.months and begin.month not in rule.months:
        return []
    number = calendar.monthrange(begin.year, begin.month)[1]
    days = [begin.replace(day=day) for day in range(1, number + 1)]
    if rule.month_days:
        days = [day for day in days if _is_month_day(rule, day)]
    if rule.week_days:
        return _by_week_day(rule, days, begin, begin.replace(day=number))
    return days if rule.month_days else [day for day in days if day.day == first.day]


def _days_of_year(rule: Rule, first: date, begin: date) -> list[date]:
    if not rule.months and not rule.month_days and rule.week_days:
        days = [begin + timedelta(days=index) for index in range(366 if calendar.isleap(begin.year) else 365)]
        return _by_week_day(rule, days, begin, begin.replace(month=12, day=31))
    months = rule.months or (range(1, 13) if rule.month_days else (first.month,))
    found = [day for month in months for day in _days_of_month(rule, first, begin.replace(month=month))]
    if rule.month_days and not rule.months and any(nth for nth, _ in rule.week_days):
        # Without BYMONTH "the first Monday" is that of the year, whatever BYMONTHDAY leaves of it.
        whole = replace(rule, month_days=())
        of_year = set(_days_of_year(whole, first, begin))
        return [day for day in _days_of_year(replace(rule, week_days=()), first, begin) if day in of_year]
    return found


def _is_month_day(rule: Rule, day: date) -> bool:
    if day.day in rule.month_days:
        return True
    from_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
    return from_end in rule.month_days


def _by_week_day(rule: Rule, days: list[date], begin: date, end: date) -> list[date]:
    """Those of some days of a period that are a day of the week, or the nth of the whole period."""

    def matches(day: date) -> bool:
        return any(
            day.weekday() == wanted
            and (nth == 0 or (day - begin).days // 7 + 1 == nth or -((end - day).days // 7) - 1 == nth)
            for nth, wanted in rule.week_days
        )

    return [day for day in days if matches(day)]


_EXPANSIONS: dict[Frequency, Callable[[Rule, date, date], list[date]]] = {
    Frequency.DAILY: _day,
    Frequency.WEEKLY: _days_of_week,
    Frequency.MONTHLY: _days_of_month,
    Frequency.YEARLY: _days_of_year,
}


# ---- reading

_PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
    "WKST",
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}", re.ASCII)
_BYDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?", re.ASCII)


def read_rule(text: str, timezone: str) -> Rule:
    """Understand a rule such as FREQ=WEEKLY;BYDAY=MO,FR. Raises `Invalid` with a sentence that says what to send."""
    parts = _parts(text)
    try:
        frequency = Frequency(parts["FREQ"])
    except ValueError:
        raise _wrong("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY: a series calls once a day at most.") from None
    count, until = parts.get("COUNT"), parts.get("UNTIL")
    if count is not None and until is not None:
        raise _wrong("COUNT and UNTIL exclude each other. Send one of them.")
    rule = Rule(
        frequency,
        interval=_one(parts, "INTERVAL", 1, _MOST_INTERVAL) or 1,
        months=_numbers(parts, "BYMONTH", 1, 12),
        month_days=_numbers(parts, "BYMONTHDAY", 1, 31, negative=True),
        week_days=_week_days(parts, frequency),
        positions=_numbers(parts, "BYSETPOS", 1, 366, negative=True),
        week_start=_week_start(parts),
        count=_one(parts, "COUNT", 1, _MOST_TIMES),
        until=None if until is None else _until(until, timezone),
    )
    if rule.month_days and frequency is Frequency.WEEKLY:
        raise _wrong("BYMONTHDAY has no meaning with FREQ=WEEKLY. Leave it out, or send FREQ=MONTHLY.")
    if rule.positions and not (rule.months or rule.month_days or rule.week_days):
        raise _wrong("BYSETPOS chooses among the days that BYDAY or BYMONTHDAY name. Send one of them, too.")
    return rule


def _parts(text: str) -> dict[str, str]:
    if len(text) > LONGEST_RULE:
        raise _wrong(f"A rule has at most {LONGEST_RULE} characters.")
    found: dict[str, str] = {}
    for part in text.upper().strip().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise _wrong(f"{_shown(part)} is no part of a rule. Write FREQ=WEEKLY;BYDAY=MO,FR, for example.")
        if name not in _PARTS:
            raise _wrong(f"{_shown(name)} is not taken here. A rule has {', '.join(_PARTS[:-1])} and {_PARTS[-1]}.")
        if name in found:
            raise _wrong(f"{name} stands in the rule twice. Write it once.")
        found[name] = value
    if "FREQ" not in found:
        raise _wrong("FREQ is missing. Write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    return found


def _one(parts: dict[str, str], name: str, least: int, most: int) -> int | None:
    found = _numbers(parts, name, least, most)
    if len(found) > 1:
        raise _wrong(f"{name} is one number.")
    return found[0] if found else None


def _numbers(parts: dict[str, str], name: str, least: int, most: int, *, negative: bool = False) -> tuple[int, ...]:
    if name not in parts:
        return ()
    found = set()
    for text in parts[name].split(","):
        number = int(text) if _NUMBER.fullmatch(text) else 0
        if not least <= (abs(number) if negative else number) <= most:
            also = f" or -{most} to -{least}" if negative else ""
            raise _wrong(f"{name} is {least} to {most:,}{also}, and not {_shown(text)}.")
        found.add(number)
    return tuple(sorted(found))


def _week_days(parts: dict[str, str], frequency: Frequency) -> tuple[tuple[int, int], ...]:
    found = set()
    for text in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        match = _BYDAY.fullmatch(text)
        if match is None:
            raise _wrong(f"BYDAY is days such as MO,FR, or 1MO and -1FR in a month, and not {_shown(text)}.")
        nth = int(match[1] or 0)
        if match[1] is not None:
            most = {Frequency.MONTHLY: 5, Frequency.YEARLY: 53}.get(frequency, 0)
            if most == 0:
                raise _wrong(f"BYDAY={_shown(text)} needs FREQ=MONTHLY or YEARLY: which one is counted in those.")
            if not 1 <= abs(nth) <= most:
                raise _wrong(f"BYDAY={_shown(text)}: the number is 1 to {most} or -{most} to -1.")
        found.add((nth, DAYS.index(match[2])))
    return tuple(sorted(found))


def _week_start(parts: dict[str, str]) -> int:
    text = parts.get("WKST", "MO")
    if text not in DAYS:
        raise _wrong(f"WKST is one of {', '.join(DAYS)}, and not {_shown(text)}.")
    return DAYS.index(text)


def _until(text: str, timezone: str) -> datetime:
    """The last wall time that UNTIL allows; a date means all of its day."""
    try:
        match = _UNTIL.fullmatch(text)
        if match is None:
            raise ValueError(text)
        day = datetime.strptime(match[1], "%Y%m%d")  # noqa: DTZ007 - a wall time
        if match[2] is None:
            return datetime.combine(day, time(23, 59, 59))
        wall = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        return wall_at(wall.replace(tzinfo=UTC), zone(timezone)) if match[3] else wall
    except (ValueError, OverflowError):
        raise _wrong(f"UNTIL is a date or a date and time such as 20301231 or 20301231T235959, not {text}.") from None


def _wrong(sentence: str) -> Invalid:
    return Invalid("rule/rrule", "invalid_rrule", sentence)


def _shown(text: str) -> str:
    return repr(text[:40])


def read_wall(text: str, name: str) -> datetime:
    """Understand a wall time to the second. Raises `Invalid`."""
    try:
        wall = datetime.fromisoformat(text)
        if wall.tzinfo is not None or "T" not in text.upper().replace(" ", "T") or not 1970 <= wall.year <= 2200:
            raise ValueError(text)
    except ValueError:
        raise Invalid(
            f"rule/{name}",
            "invalid_wall_time",
            f"rule.{name} is not a date and time without an offset, such as 2030-05-17T09:30.",
        ) from None
    return wall.replace(microsecond=0)


def read_exdate(text: str, starts: datetime) -> date:
    """The day that an exception excludes: a date, or a date with the series' time of day. Raises `Invalid`."""
    try:
        if len(text) == len("2030-05-17"):
            return date.fromisoformat(text)
        wall = datetime.fromisoformat(text)
        if wall.tzinfo is None and wall.time() == starts.time():
            return wall.date()
    except ValueError:
        pass
    raise Invalid(
        "rule/exdates",
        "invalid_exdate",
        f"rule.exdates: {_shown(text)} is not a date such as 2030-05-17, or one with the series' own time,"
        f" {starts:%H:%M}.",
    )


def require_occurrence(recurrence: Recurrence, *, now: datetime) -> Occurrence:
    """The next occurrence. Raises `Invalid` where there is none."""
    found = recurrence.next_after(now)
    if found is None:
        raise Invalid(
            "rule/rrule",
            "no_occurrence",
            "The rule has no occurrence in the ten years to come. Change the rule, its start or its end.",
        )
    return found


# ---- in words

_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second to last"}
_UNITS = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.YEARLY: "year",
}


def in_words(recurrence: Recurrence) -> str:
    """The rule as a person would say it: `every weekday at 09:30, Europe/Berlin`."""
    rule, starts = recurrence.rule, recurrence.starts
    at = f"{starts:%H:%M:%S}" if starts.second else f"{starts:%H:%M}"
    said = f"{_days_in_words(rule, starts)} at {at}, {recurrence.timezone}"
    if rule.count is not None:
        said += f", {rule.count:,} times" if rule.count > 1 else ", once"
    ends = [end for end in (rule.until, recurrence.ends) if end is not None]
    if ends:
        said += f", until {min(ends):%Y-%m-%d}"
    if recurrence.exdates:
        said += f", except on {len(recurrence.exdates)} day{'s' if len(recurrence.exdates) > 1 else ''}"
    return said


def _days_in_words(rule: Rule, starts: datetime) -> str:
    unit = _UNITS[rule.frequency]
    every = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    days = [day for nth, day in rule.week_days if not nth]
    months = _listed([calendar.month_name[month] for month in rule.months])
    in_months = f" in {months}" if months else ""
    if rule.frequency in (Frequency.DAILY, Frequency.WEEKLY):
        named = days or ([starts.weekday()] if rule.frequency is Frequency.WEEKLY else [])
        on = _week_days_in_words(named)
        if rule.month_days:
            on = f"{on} that is {_month_days_in_words(rule)}" if on else f"{_month_days_in_words(rule)} of the month"
        if rule.interval == 1 and on and not rule.month_days:
            return f"every {on}{in_months}"
        said = f"{every}{in_months}{f' on {on}' if on else ''}"
        return said + _positions_in_words(rule)
    on = _days_of_period_in_words(rule, starts)
    if rule.frequency is Frequency.YEARLY:
        whole_year = rule.week_days and not rule.months
        month = months or ("" if rule.month_days or whole_year else calendar.month_name[starts.month])
        return f"{every} on {on}{f' of {month}' if month else ' of each month' if rule.month_days else ''}" + (
            _positions_in_words(rule)
        )
    return f"{every} on {on}{in_months}{_positions_in_words(rule)}"


def _days_of_period_in_words(rule: Rule, starts: datetime) -> str:
    week_days = [(nth, day) for nth, day in rule.week_days if nth]
    said = [f"the {_nth(nth)} {_DAY_NAMES[day]}" for nth, day in week_days]
    if each := [day for nth, day in rule.week_days if not nth]:
        said.append(_week_days_in_words(each) if set(each) == set(range(7)) else f"every {_week_days_in_words(each)}")
    on = _listed(said)
    if rule.month_days:
        return f"{on} that is {_month_days_in_words(rule)}" if on else _month_days_in_words(rule)
    return on or f"day {starts.day}"


def _month_days_in_words(rule: Rule) -> str:
    positive = [f"day {day}" for day in rule.month_days if day > 0]
    negative = ["the last day" if day == -1 else f"the {_nth(day)} day" for day in sorted(rule.month_days) if day < 0]
    return _listed(positive + negative, "or" if rule.week_days else "and")


def _positions_in_words(rule: Rule) -> str:
    if not rule.positions:
        return ""
    chosen = _listed([f"the {_nth(position)}" for position in rule.positions])
    return f", only {chosen} of these in each {_UNITS[rule.frequency]}"


def _week_days_in_words(days: list[int]) -> str:
    if set(days) == set(range(5)):
        return "weekday"
    if set(days) == set(range(7)):
        return "day"
    return _listed([_DAY_NAMES[day] for day in sorted(days)])


def _nth(number: int) -> str:
    if number in _NTH:
        return _NTH[number]
    size = abs(number)
    ending = "th" if 10 <= size % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(size % 10, "th")
    return f"{size}{ending}" if number > 0 else f"{size}{ending} to last"


def _listed(names: list[str], word: str = "and") -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
