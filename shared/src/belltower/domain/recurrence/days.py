"""Which days a rule names.

They are counted here and not by dateutil, which goes on counting until the year 9999 for a rule that matches no more day;
here nothing looks further ahead than ten years (docs/adr/0007). The tests hold it against dateutil.
"""

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from belltower.domain.recurrence.rule import Frequency, Rule
from belltower.domain.schedule import LATEST

HORIZON = LATEST
"""How far ahead the next day is looked for; where there is none, there is none any more."""
_LAST_YEAR = 9990


def days_of(rule: Rule, first: date, seek: date) -> Iterator[date]:
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
