"""The statuses of a call (an *attempt* to reach a contact) and the ways from one to the next.

A carrier's reports arrive late, twice and out of order, so a call only moves forward: `advance` says what a report means
for a call as it stands now.
"""

from enum import StrEnum

from belltower.domain.answering_machine import is_machine


class CallStatus(StrEnum):
    """Where an attempt stands. `dialling`: bytes may have left for the carrier, who has not confirmed the call."""

    DIALLING = "dialling"
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOT_PLACED = "not_placed"
    UNKNOWN = "unknown"


LIVE = frozenset({CallStatus.DIALLING, CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS})
"""A call that holds a slot and money."""

REPORTED_LIVE = LIVE - {CallStatus.DIALLING}
"""What only the carrier can say of a call that it has."""

REPORTED_FINAL = frozenset(
    {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELLED}
)
"""What only the carrier can say of a call that it took."""

FINAL = REPORTED_FINAL | {CallStatus.NOT_PLACED, CallStatus.UNKNOWN}


class Disposition(StrEnum):
    """How a call ended: its final status, of which `completed` is a call that a person answered, as far as is known."""

    COMPLETED = "completed"
    VOICEMAIL = "voicemail"
    """Completed, and a machine answered."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOT_PLACED = "not_placed"
    UNKNOWN = "unknown"


def disposition(ended: CallStatus, answered_by: str | None) -> Disposition:
    """How a call ended that has this final status, and was answered by this as far as its carrier said."""
    if ended is CallStatus.COMPLETED and is_machine(answered_by):
        return Disposition.VOICEMAIL
    return Disposition(ended)


TRANSITIONS: dict[CallStatus, frozenset[CallStatus]] = {
    CallStatus.DIALLING: frozenset(
        {CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.NOT_PLACED, CallStatus.UNKNOWN}
    )
    | REPORTED_FINAL,
    CallStatus.QUEUED: frozenset({CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.UNKNOWN}) | REPORTED_FINAL,
    CallStatus.RINGING: frozenset({CallStatus.IN_PROGRESS, CallStatus.UNKNOWN}) | REPORTED_FINAL,
    CallStatus.IN_PROGRESS: frozenset({CallStatus.UNKNOWN}) | REPORTED_FINAL,
    # What we could not find out yields to whatever the carrier reports in the end. (Not to ringing: the number may be on
    # another call of ours by now, and only one live call to a number is allowed.)
    CallStatus.UNKNOWN: REPORTED_FINAL,
    CallStatus.COMPLETED: frozenset(),
    CallStatus.BUSY: frozenset(),
    CallStatus.NO_ANSWER: frozenset(),
    CallStatus.FAILED: frozenset(),
    CallStatus.CANCELLED: frozenset(),
    CallStatus.NOT_PLACED: frozenset(),
}


class Advance(StrEnum):
    """What a report means for a call."""

    MOVE = "move"
    STALE = "stale"
    """An older report, or the same again: nothing to do."""
    CONTRADICTION = "contradiction"
    """The carrier says that a call which was already closed ended, or goes on, in another way: evidence to correct by."""


def advance(now: CallStatus, reported: CallStatus) -> Advance:
    """Say what a report of `reported` means for a call that stands at `now`."""
    if reported in TRANSITIONS[now]:
        return Advance.MOVE
    # That we did not place a call, or could not find out, is our own word and no evidence against anything.
    evidence = REPORTED_LIVE | REPORTED_FINAL if now is CallStatus.NOT_PLACED else REPORTED_FINAL
    contradicts = now in REPORTED_FINAL | {CallStatus.NOT_PLACED} and reported in evidence and reported is not now
    return Advance.CONTRADICTION if contradicts else Advance.STALE
