"""The statuses of a campaign and of its contacts, and the one table of the ways between them."""

from enum import StrEnum

from belltower.domain.errors import IllegalTransition


class CampaignStatus(StrEnum):
    """Where a campaign stands. `failed`: it could not start or go on; a campaign whose calls all failed is `completed`."""

    SCHEDULED = "scheduled"
    PENDING = "pending"
    PROCESSING = "processing"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TRANSITIONS: dict[CampaignStatus, frozenset[CampaignStatus]] = {
    # announced to the dialers; or an answer to a pause, a cancel, a fault that no dialer can mend
    CampaignStatus.SCHEDULED: frozenset(
        {CampaignStatus.PENDING, CampaignStatus.PAUSED, CampaignStatus.CANCELLED, CampaignStatus.FAILED}
    ),
    # taken over by a dialer; or, once resumed, its last call ended before that
    CampaignStatus.PENDING: frozenset(
        {
            CampaignStatus.PROCESSING,
            CampaignStatus.COMPLETED,
            CampaignStatus.PAUSED,
            CampaignStatus.CANCELLED,
            CampaignStatus.FAILED,
        }
    ),
    CampaignStatus.PROCESSING: frozenset(
        {CampaignStatus.COMPLETED, CampaignStatus.PAUSED, CampaignStatus.CANCELLED, CampaignStatus.FAILED}
    ),
    # resumed; or its last call, which went on, has ended
    CampaignStatus.PAUSED: frozenset(
        {CampaignStatus.SCHEDULED, CampaignStatus.PENDING, CampaignStatus.COMPLETED, CampaignStatus.CANCELLED}
    ),
    CampaignStatus.COMPLETED: frozenset(),
    CampaignStatus.FAILED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}

RUNNABLE = frozenset({CampaignStatus.SCHEDULED, CampaignStatus.PENDING, CampaignStatus.PROCESSING})
"""While a contact of it is not final, a campaign in one of these has a `next_due_at`; in all others it has none."""

FINAL = frozenset({CampaignStatus.COMPLETED, CampaignStatus.FAILED, CampaignStatus.CANCELLED})


def sources(target: CampaignStatus) -> list[CampaignStatus]:
    """From which statuses a campaign may move to `target`, sorted: what a guarded UPDATE allows."""
    return sorted(status for status, targets in TRANSITIONS.items() if target in targets)


class Move(StrEnum):
    """What a person has a campaign do."""

    PAUSE = "pause"
    CANCEL = "cancel"
    RESUME = "resume"
    START = "start"


_DONE: dict[Move, frozenset[CampaignStatus]] = {
    Move.PAUSE: frozenset({CampaignStatus.PAUSED}),
    Move.CANCEL: frozenset({CampaignStatus.CANCELLED}),
    Move.RESUME: RUNNABLE,
    Move.START: RUNNABLE - {CampaignStatus.SCHEDULED},
}
"""Where a move has nothing to do: what it asks for is so."""
_PARTICIPLES = {Move.PAUSE: "paused", Move.CANCEL: "cancelled", Move.RESUME: "resumed", Move.START: "started"}


def destination(move: Move, status: CampaignStatus, *, is_ahead: bool) -> CampaignStatus | None:
    """Where a move takes a campaign; None when it has nothing to do.

    `is_ahead`: it has never run, and its scheduled time is still to come. Raises `IllegalTransition`.
    """
    if status in _DONE[move]:
        return None
    if status in FINAL:
        instead = (
            "Create a new campaign to call its contacts."
            if status is CampaignStatus.CANCELLED
            else "Its retry rings those again whom it did not reach."
        )
        raise IllegalTransition(
            f"The campaign is {status}, and that is final: it cannot be {_PARTICIPLES[move]}. {instead}"
        )
    match move:
        case Move.PAUSE:
            return CampaignStatus.PAUSED
        case Move.CANCEL:
            return CampaignStatus.CANCELLED
        case Move.RESUME if is_ahead:
            return CampaignStatus.SCHEDULED
        case Move.RESUME | Move.START:
            return CampaignStatus.PENDING


EDITABLE = frozenset({CampaignStatus.SCHEDULED, CampaignStatus.PAUSED})
"""In these nobody works on a campaign, and what it is can change."""


def require_editable(status: CampaignStatus) -> None:
    """Raise `IllegalTransition` unless a campaign with this status may be edited."""
    if status in EDITABLE:
        return
    if status in FINAL:
        raise IllegalTransition(
            f"The campaign is {status}, and that is final: it cannot be edited. Duplicate it instead."
        )
    raise IllegalTransition(
        f"The campaign is {status}: it calls, or will at any moment. Pause it first, edit it, then resume it."
    )


def require_archivable(status: CampaignStatus) -> None:
    """Raise `IllegalTransition` unless a campaign with this status may be archived."""
    if status not in FINAL:
        raise IllegalTransition(
            f"The campaign is {status}. Only one that has ended can be archived; cancel it first, or wait for its end."
        )


class ContactStatus(StrEnum):
    """Where a contact of a campaign stands.

    `reached` and `unreached` end the attempts, `skipped` has a reason (such as do-not-call), `expired` ran out of time,
    `unknown` may have been rung, which only a person can decide to do again.
    """

    WAITING = "waiting"
    CALLING = "calling"
    REACHED = "reached"
    UNREACHED = "unreached"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


OPEN_CONTACT = frozenset({ContactStatus.WAITING, ContactStatus.CALLING})
"""Not final: a campaign with such a contact is not completed."""

CONTACT_TRANSITIONS: dict[ContactStatus, frozenset[ContactStatus]] = {
    # rung (the gate), refused for good (the gate), out of time; or late evidence that an earlier call did get through, of this
    # campaign, or of the one that it rings somebody again for (skipped)
    ContactStatus.WAITING: frozenset(
        {
            ContactStatus.CALLING,
            ContactStatus.SKIPPED,
            ContactStatus.EXPIRED,
            ContactStatus.REACHED,
            ContactStatus.UNREACHED,
        }
    ),
    # an outcome; `waiting` when the retry policy grants another attempt, or the call was never placed
    ContactStatus.CALLING: frozenset(
        {
            ContactStatus.WAITING,
            ContactStatus.REACHED,
            ContactStatus.UNREACHED,
            ContactStatus.SKIPPED,
            ContactStatus.UNKNOWN,
        }
    ),
    # evidence that arrives after the fact
    ContactStatus.UNKNOWN: frozenset({ContactStatus.REACHED, ContactStatus.UNREACHED}),
    ContactStatus.UNREACHED: frozenset({ContactStatus.REACHED}),
    ContactStatus.REACHED: frozenset(),
    ContactStatus.SKIPPED: frozenset(),
    ContactStatus.EXPIRED: frozenset(),
}
