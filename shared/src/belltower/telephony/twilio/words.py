"""Twilio's words for how a call stands, and its way to write an instant."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from belltower.domain.call import CallStatus

STATUSES = {
    "queued": CallStatus.QUEUED,
    "initiated": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "no-answer": CallStatus.NO_ANSWER,
    "failed": CallStatus.FAILED,
    "canceled": CallStatus.CANCELLED,
}


def instant(text: object) -> datetime | None:
    """An instant in RFC 2822's form, as Twilio writes all of them; None for anything else."""
    try:
        at = parsedate_to_datetime(text) if isinstance(text, str) else None
        if at is None:
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
