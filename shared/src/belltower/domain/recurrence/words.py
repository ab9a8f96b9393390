"""Says when a series calls as a person would: `every weekday at 09:30, Europe/Berlin`."""

import calendar
from datetime import datetime

from belltower.domain.recurrence.occurrences import Recurrence
from belltower.domain.recurrence.rule import Frequency, Rule

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
