"""A call that nobody can account for, and what a person decides about it."""

from datetime import datetime
from enum import StrEnum

from belltower.domain.call import CallStatus
from belltower.domain.errors import AlreadyDecided, IllegalTransition


class Decision(StrEnum):
    """What follows from a call that stays unknown. `redial`: a new campaign, linked to the call's own, rings the contact.

    Either frees what the call had set aside: nobody waits any more for the carrier to say what it cost. Should the carrier
    do so after all, the call is charged from what the wallet has then, and what that cannot bear is written off.
    """

    REDIAL = "redial"
    GIVE_UP = "give_up"


_DECIDED = {Decision.REDIAL: "redial it", Decision.GIVE_UP: "give it up"}


def require_undecided(
    status: CallStatus, decision: Decision | None, *, by: str | None = None, at: datetime | None = None
) -> None:
    """Raise unless a call is unknown and nobody has decided about it.

    `AlreadyDecided` names who did. `IllegalTransition` is for a call that the carrier has accounted for meanwhile, or that was
    never in doubt.
    """
    if decision is not None:
        who = f" by {by}" if by else ""
        when = f" at {at:%Y-%m-%d %H:%M:%S} UTC" if at else ""
        raise AlreadyDecided(f"It was decided{who}{when} to {_DECIDED[decision]}. A decision is made once, and stays.")
    if status is not CallStatus.UNKNOWN:
        raise IllegalTransition(f"The call is {status}: what became of it is known, and there is nothing to decide.")
