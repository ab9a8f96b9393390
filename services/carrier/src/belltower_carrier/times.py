"""Instants, written as Twilio and as JSON APIs write them. Seconds since the epoch in, text out."""

from datetime import UTC, datetime
from email.utils import format_datetime


def rfc2822(seconds: float) -> str:
    """`Tue, 31 Mar 2026 20:00:05 +0000`: Twilio's form, in whole seconds, rounded down."""
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC))


def rfc3339(seconds: float) -> str:
    """`2026-03-31T20:00:05.123456Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
