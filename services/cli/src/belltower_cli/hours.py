"""Hours of the week as people type them, such as "mon-fri 09:00-18:00"."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from belltower.domain.calling_window import DAYS
from belltower_cli.api import Json

_HOURS = re.compile(r"\s*(?P<days>[a-z,\s-]*?)\s*(?P<start>\d\d:\d\d)\s*-\s*(?P<end>\d\d:\d\d)\s*", re.IGNORECASE)
_EVERY_DAY = ("", "daily")

Hours = Annotated[
    list[str] | None,
    typer.Option(
        metavar="HOURS",
        help='When people may be called, on their own clocks, such as "mon-fri 09:00-18:00", "sat 10:00-14:00" or 08:00-21:00 for'
        " every day; may be given again.",
    ),
]
Holidays = Annotated[
    list[str] | None,
    typer.Option(
        "--holiday", metavar="DATE", help="A day on which nobody is called, such as 2030-12-25; may be given again."
    ),
]


def window(hours: Sequence[str] | None, holidays: Sequence[str] | None) -> Json | None:
    """A calling window as the API takes it; None: nothing was said. Raises `typer.BadParameter`."""
    if not hours and not holidays:
        return None
    return {"hours": [_read(each) for each in hours] if hours else None, "holidays": list(holidays or ())}


def shown(calling_window: Json | None) -> str:
    """A window for a person."""
    if calling_window is None:
        return "at any time"
    lines = [f"{_days(each['days'])} {each['start']}-{each['end']}" for each in calling_window["hours"] or ()]
    said = ", ".join(lines or ["at any time"])
    holidays = calling_window["holidays"]
    return said + (f"; not on {', '.join(holidays)}" if holidays else "")


def _read(text: str) -> Json:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f'{text!r} is not like "mon-fri 09:00-18:00".', param_hint="--hours")
    return {"days": _read_days(found["days"].lower()), "start": found["start"], "end": found["end"]}


def _read_days(text: str) -> list[str]:
    if text in _EVERY_DAY:
        return list(DAYS)
    wanted: set[int] = set()
    for part in text.split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        start = _day(first)
        end = _day(last) if dash else start
        wanted.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return [DAYS[day] for day in sorted(wanted)]


def _day(text: str) -> int:
    found = [index for index, day in enumerate(DAYS) if len(text) >= 2 and day.startswith(text)]
    if len(found) != 1:
        raise typer.BadParameter(f"{text!r} is no day of the week, such as mon or monday.", param_hint="--hours")
    return found[0]


def _days(days: Sequence[str]) -> str:
    if len(days) == len(DAYS):
        return "daily"
    first, last = DAYS.index(days[0]), DAYS.index(days[-1])
    if last - first == len(days) - 1 and len(days) > 2:
        return f"{days[0][:3]}-{days[-1][:3]}"
    return ",".join(day[:3] for day in days)
