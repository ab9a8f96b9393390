"""A call as the carrier knows it. The words of its statuses are Twilio's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from belltower_carrier.behaviour import Plan
from belltower_carrier.twiml import Stream


class Status(StrEnum):
    """Where a call stands, in Twilio's spelling (twilio.com/docs/voice/api/call-resource)."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


LIVE = frozenset({Status.QUEUED, Status.RINGING, Status.IN_PROGRESS})


class Detection(StrEnum):
    """What MachineDetection asks for (twilio.com/docs/voice/answering-machine-detection)."""

    ENABLE = "Enable"
    """Who answered, as soon as it is known."""
    MESSAGE_END = "DetectMessageEnd"
    """The same, but of a machine not before its beep."""


class Timer(Protocol):
    """What a loop gives for something that will happen."""

    def cancel(self) -> None:
        """It shall not happen."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, checked. Durations are seconds."""

    to: str
    caller_id: str
    twiml: str
    ring_timeout: int = 60
    time_limit: int = 14_400
    callback: str | None = None
    """The StatusCallback URL, with its fragment."""
    callback_events: frozenset[str] = frozenset({"completed"})
    detection: Detection | None = None
    """How it is found out who answered; None: it is not."""
    waits_for_detection: bool = True
    """The TwiML waits for it; False: it goes on meanwhile (AsyncAmd)."""
    detection_callback: str | None = None
    """Where it is posted who answered, when the TwiML does not wait."""


@dataclass(slots=True, eq=False)
class Progress:
    """What only a live call needs; dropped when it ends, so that the log stays small."""

    order: Order
    plan: Plan
    timer: Timer | None = None
    sequence: int = 0
    """The next callback's SequenceNumber."""
    held_back: tuple[str, dict[str, str]] | None = None
    """A callback that waits to be overtaken by the next one (a fault)."""


@dataclass(slots=True, eq=False)
class Call:
    """One call, from the request until long after its end. Instants are seconds since the epoch, UTC."""

    number: int
    """Its place in the log."""
    sid: str
    to: str
    caller_id: str
    attempt_id: str | None
    requested_at: float
    status: Status = Status.QUEUED
    dialled_at: float | None = None
    rang_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    sip_response: int | None = None
    heard: str | None = None
    stream: Stream | None = None
    pressed: str | None = None
    """The key that the callee pressed."""
    answered_by: str | None = None
    """Who answered, where that was asked for and is known; in Twilio's words."""
    progress: Progress | None = None

    @property
    def talk_seconds(self) -> int:
        """Whole seconds of talk, rounded up as Twilio bills them; 0 for a call that was not answered or goes on."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(-int(-(self.ended_at - self.answered_at) // 1), 1)
