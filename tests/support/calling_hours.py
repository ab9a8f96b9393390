"""Calling hours for tests, by the clocks of this moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db import calling_hours
from belltower.domain.calling_hours import CallingHours
from belltower.domain.calling_window import DAYS

CALIFORNIA = "America/Los_Angeles"
"""Where the numbers of `world.numbers` are at home."""


def window(start: str, end: str, days: Sequence[str] = DAYS, holidays: Sequence[str] = ()) -> dict[str, Any]:
    """The document of a window with the same hours on some days."""
    return {"hours": [{"days": list(days), "start": start, "end": end}], "holidays": list(holidays)}


def around_now(opens: timedelta, closes: timedelta, zone: str = CALIFORNIA) -> dict[str, Any]:
    """A window that opens and closes so long from now by the clocks of a zone, to the minute."""
    there = datetime.now(ZoneInfo(zone))
    return window(f"{there + opens:%H:%M}", f"{there + closes:%H:%M}")


def open_now(zone: str = CALIFORNIA) -> dict[str, Any]:
    """A window that is open for an hour at least."""
    return around_now(timedelta(hours=-2), timedelta(hours=2), zone)


def closed_now(zone: str = CALIFORNIA) -> dict[str, Any]:
    """A window that opens in two hours."""
    return around_now(timedelta(hours=2), timedelta(hours=3), zone)


async def set_hours(
    engine: AsyncEngine, account: UUID, document: dict[str, Any] | None, unknown_zone: str = "closed"
) -> None:
    """Replace an account's calling hours, as the API does."""
    async with engine.begin() as connection:
        await calling_hours.set_calling_hours(connection, account, CallingHours.of(document, unknown_zone))
