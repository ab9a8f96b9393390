"""Dead letters: messages of the broker that came to nothing, and why. Of the installation, not of an account.

A dead letter is never a lost campaign: the campaign's row says that it is due, and it is announced again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    """Why a message came to nothing."""

    UNDECODABLE = "undecodable"
    """No dialer can read it: it is no event of ours, or of a version that nobody writes any more."""
    FAILED = "failed"
    """Taking over its campaigns failed unexpectedly."""
    REDELIVERED = "redelivered"
    """It was handed out again and again, and never confirmed."""
    REJECTED = "rejected"
    """It was refused, and what the dialer said of it is lost, or the broker dropped it for another reason."""


class Status(StrEnum):
    """What becomes of a dead letter."""

    WAITING = "waiting"
    """For an operator."""
    REPLAYING = "replaying"
    """An operator wants it sent again; the scheduler is about to."""
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A message that came to nothing, as it was found in the broker. Its texts may hold anything."""

    reason: Reason
    detail: str | None
    body: bytes
    message_id: str
    publisher: str | None = None
    """Who sent it, as it says."""
    reported_by: str | None = None
    """The dialer that gave it up; None: the broker did."""
    published_at: datetime | None = None
    campaign_ids: Sequence[UUID] = ()
    """Where they can be read."""
