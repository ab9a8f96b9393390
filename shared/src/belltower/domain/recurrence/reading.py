"""Understands rules, wall times and exceptions that somebody wrote, or says what is wrong with them."""

import re
from datetime import UTC, date, datetime, time

from belltower.domain.errors import Invalid
from belltower.domain.recurrence.rule import DAYS, Frequency, Rule
from belltower.domain.schedule import wall_at, zone

MOST_EXDATES = 500
LONGEST_RULE = 500
"""Characters."""
_MOST_TIMES = 1_000
_MOST_INTERVAL = 366
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
