"""Whether a contact is rung again, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from belltower.domain.call import CallStatus
from belltower.domain.campaign import ContactStatus

NOT_RUNG_DELAY = timedelta(seconds=30)
"""How long a contact waits whose call was taken back before it rang: the carrier's queue was too long just now."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of a contact after a call: its status and, when it is `waiting` again, from when."""

    status: ContactStatus
    next_attempt_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `max_attempts` calls to a contact, `delay` seconds between the end of one and the next."""

    max_attempts: int
    delay: int

    def after(self, ended: CallStatus, *, attempts: int, rang: bool, permanent: bool, now: datetime) -> NextStep:
        """What follows the final status of a contact's latest call.

        `attempts` counts that call unless `is_counted` says that it uses nothing up. `rang`: the telephone rang.
        `permanent`: the carrier said that this number can never be rung.
        """
        match ended:
            case CallStatus.COMPLETED:
                return NextStep(ContactStatus.REACHED)
            case CallStatus.UNKNOWN:
                return NextStep(ContactStatus.UNKNOWN, reason="the carrier could not say whether this call was placed")
            case CallStatus.NOT_PLACED:
                return NextStep(ContactStatus.WAITING, now)
            case CallStatus.CANCELLED if not rang:
                return NextStep(ContactStatus.WAITING, now + NOT_RUNG_DELAY)
            case _ if permanent:
                return NextStep(ContactStatus.UNREACHED, reason="the carrier refuses this number")
            case _ if attempts < self.max_attempts:
                return NextStep(ContactStatus.WAITING, now + timedelta(seconds=self.delay))
            case _:
                return NextStep(ContactStatus.UNREACHED)


def is_counted(ended: CallStatus, *, rang: bool) -> bool:
    """Whether a call uses up one of a contact's attempts: only when somebody may have been rung."""
    return ended is not CallStatus.NOT_PLACED and (ended is not CallStatus.CANCELLED or rang)
