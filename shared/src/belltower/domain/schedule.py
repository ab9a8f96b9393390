"""From what a person writes to the instant at which a campaign is due.

An instant is given with its offset, or as wall time in an IANA zone. Daylight saving skips some wall times and doubles
others: a skipped one is refused with the next that exists, of a doubled one the first is meant.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from belltower.domain.errors import Invalid
from belltower.domain.zones import find_zone

FIELD = "scheduled_time"
HOW_TO_WRITE = (
    "Send an ISO 8601 date and time, such as 2030-05-17T09:30:00+02:00, or without an offset but with timezone."
)
_LOOKS_ISO = re.compile("[0-9Ww-]{10}[Tt ][0-9:.,+Zz-]{4,29}")
"""What is left to the standard library to understand; it would take more, such as a date alone or a NUL."""
LATEST = timedelta(days=366 * 10)


@dataclass(frozen=True, slots=True)
class ScheduledTime:
    """When a campaign starts: the instant, and the wall time and zone in which a person meant it."""

    instant: datetime
    """Aware, UTC."""
    wall: datetime
    """Naive, in `timezone`."""
    timezone: str
    meant_as_wall: bool = False
    """Somebody wrote the wall time, not the instant: should the zone's rules change, the campaign keeps its wall time."""


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises `Invalid`."""
    found = find_zone(name)
    if found is None:
        raise Invalid(
            "timezone", "invalid_timezone", "timezone is not known. Send an IANA name such as Europe/Berlin or UTC."
        )
    return found


def read(text: str, timezone: str | None, *, now: datetime) -> ScheduledTime:
    """Understand a `scheduled_time`, and refuse one that has passed. Without a `timezone` wall time is UTC.

    Raises `Invalid` with a sentence that says what to send.
    """
    return still_to_come(understood(text, timezone), now=now)


def understood(text: str, timezone: str | None) -> ScheduledTime:
    """Understand a `scheduled_time`, whenever it is. Raises `Invalid`."""
    written = _parse(text)
    name = timezone or "UTC"
    where = zone(name)
    if written.tzinfo is None:
        instant = instant_of(written, where)
        wall = written
        if wall_at(instant, where) != written.replace(fold=0):
            raise Invalid(
                FIELD,
                "scheduled_time_skipped",
                f"{wall.isoformat()} does not exist in {name}: clocks go forward then. The next valid time is"
                f" {wall_at(instant, where).isoformat()}.",
            )
    else:
        instant = written.astimezone(UTC)
        wall = wall_at(instant, where)
        if timezone and instant.astimezone(where).utcoffset() != written.utcoffset():
            raise Invalid(
                FIELD,
                "timezone_disagrees",
                f"The offset of scheduled_time is not that of {name} at that moment"
                f" ({instant.astimezone(where).isoformat()}). Send the time without an offset, or leave timezone out.",
            )
    return ScheduledTime(instant, wall.replace(fold=0), name, meant_as_wall=written.tzinfo is None)


def understood_in(text: str, timezone: str | None) -> ScheduledTime:
    """Understand a `scheduled_time` that comes without a zone for a campaign that has one: wall time is that zone's, an
    instant with any offset is that instant. Raises `Invalid`."""
    if _parse(text).tzinfo is None:
        return understood(text, timezone)
    return at(understood(text, None).instant, timezone or "UTC")


def still_to_come(time: ScheduledTime, *, now: datetime) -> ScheduledTime:
    """The same, unless it has passed or is too far ahead. Raises `Invalid`."""
    if time.instant <= now:
        raise Invalid(
            FIELD,
            "scheduled_time_in_past",
            f"scheduled_time {_shown(time.instant)} is in the past (it is {_shown(now)}). Send a time in the future,"
            " or is_scheduled false to start now.",
        )
    if time.instant - now > LATEST:
        raise Invalid(
            FIELD, "scheduled_time_too_far", "scheduled_time is more than ten years ahead. Send an earlier one."
        )
    return time


def at(instant: datetime, timezone: str) -> ScheduledTime:
    """An instant as a scheduled time in a zone that is known."""
    return ScheduledTime(instant, wall_at(instant, zone(timezone)), timezone)


def read_expiry(
    text: str,
    timezone: str | None,
    *,
    after: datetime,
    understand: Callable[[str, str | None], ScheduledTime] = understood,
) -> datetime:
    """Understand an `expires_at`, UTC: written as a `scheduled_time` is, and later than the campaign starts.

    Raises `Invalid`.
    """
    try:
        expiry = still_to_come(understand(text, timezone), now=after).instant
    except Invalid as reason:
        if reason.field != FIELD:
            raise
        if reason.code == "scheduled_time_in_past":
            raise Invalid(
                "expires_at",
                "expires_before_start",
                f"expires_at is not after the start of the campaign ({_shown(after)}). Send a later time, or leave it out.",
            ) from None
        raise Invalid("expires_at", "invalid_expires_at", str(reason).replace(FIELD, "expires_at")) from None
    return expiry


def _parse(text: str) -> datetime:
    try:
        if not _LOOKS_ISO.fullmatch(text):
            raise ValueError(text)
        written = datetime.fromisoformat(text.upper())
        if not 2 <= written.year <= 9998:  # so that every zone's reading of it is a date, too
            raise ValueError(text)
    except ValueError:
        raise Invalid(
            FIELD, "invalid_scheduled_time", f"scheduled_time is not a date and time. {HOW_TO_WRITE}"
        ) from None
    return written


def instant_of(wall: datetime, where: tzinfo) -> datetime:
    """The first instant at which clocks in a zone show a wall time, or, where they skip it, one that is later."""
    wall = wall.replace(tzinfo=None, fold=0)
    instant = wall.replace(tzinfo=where).astimezone(UTC)
    # In a gap the reading with fold=0 uses the offset before the change, so it lands as far behind the gap's end as the
    # wall time lies behind its start. The first wall time that exists is the moment of the change itself.
    return instant if wall_at(instant, where) == wall else _first_moment_after_gap(wall, where)


def wall_at(instant: datetime, where: tzinfo) -> datetime:
    """What clocks in a zone show at an instant."""
    return instant.astimezone(where).replace(tzinfo=None, fold=0)


def _first_moment_after_gap(wall: datetime, where: tzinfo) -> datetime:
    low = wall.replace(tzinfo=where, fold=1).astimezone(UTC) - timedelta(hours=1)
    high = wall.replace(tzinfo=where, fold=0).astimezone(UTC) + timedelta(hours=1)
    before = low.astimezone(where).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(where).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _shown(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
