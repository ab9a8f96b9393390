"""Whether a contact is rung again, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from belltower.domain.answering_machine import FAX, AnsweringMachine, is_machine
from belltower.domain.call import CallStatus, Disposition, disposition
from belltower.domain.campaign import ContactStatus

NOT_RUNG_DELAY = timedelta(seconds=30)
"""How long a contact waits whose call was taken back before it rang: the carrier's queue was too long just now."""
LONGEST_GROWN_DELAY = 7 * 86_400
"""Seconds beyond which no delay grows; a longer one stays as it is."""
MACHINE_ANSWERED = "an answering machine answered"
MESSAGE_LEFT = "an answering machine took the message"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of a contact after a call: its status and, when it is `waiting` again, from when."""

    status: ContactStatus
    next_attempt_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `max_attempts` calls to a contact, however they end, and how long it waits from the end of one to the next."""

    max_attempts: int
    delay: int
    """Seconds, after a call whose disposition has no delay of its own."""
    delays: Mapping[str, int | None] = field(default_factory=dict)
    """Seconds by disposition (`busy`, `no_answer`, `voicemail`, `failed`); None: a contact is not rung again after it."""
    backoff: float = 1.0
    """What a delay is multiplied by for each attempt after the first."""
    answering_machine: AnsweringMachine = AnsweringMachine.TREAT_AS_ANSWERED

    def after(
        self,
        ended: CallStatus,
        *,
        attempts: int,
        rang: bool,
        permanent: bool,
        now: datetime,
        answered_by: str | None = None,
    ) -> NextStep:
        """What follows the final status of a contact's latest call.

        `attempts` counts that call unless `is_counted` says that it uses nothing up. `rang`: the telephone rang.
        `permanent`: the carrier said that this number can never be rung. `answered_by`: who answered, in its words.
        """
        match ended:
            case CallStatus.COMPLETED if self.reaches(answered_by):
                return NextStep(ContactStatus.REACHED, reason=MESSAGE_LEFT if self._left_message(answered_by) else None)
            case CallStatus.UNKNOWN:
                return NextStep(ContactStatus.UNKNOWN, reason="the carrier could not say whether this call was placed")
            case CallStatus.NOT_PLACED:
                return NextStep(ContactStatus.WAITING, now)
            case CallStatus.CANCELLED if not rang:
                return NextStep(ContactStatus.WAITING, now + NOT_RUNG_DELAY)
            case _ if permanent:
                return NextStep(ContactStatus.UNREACHED, reason="the carrier refuses this number")
            case _:
                return self._again(disposition(ended, answered_by), attempts, now)

    def reaches(self, answered_by: str | None) -> bool:
        """Whether a call that was answered by this has reached its contact."""
        if not is_machine(answered_by) or not self.answering_machine.detects:
            return True
        return self._left_message(answered_by)

    def _left_message(self, answered_by: str | None) -> bool:
        is_voicemail = is_machine(answered_by) and answered_by != FAX
        return is_voicemail and self.answering_machine is AnsweringMachine.LEAVE_MESSAGE

    def _again(self, ended: Disposition, attempts: int, now: datetime) -> NextStep:
        reason = MACHINE_ANSWERED if ended is Disposition.VOICEMAIL else None
        delay = self.delays.get(ended, self.delay)
        if delay is None and attempts < self.max_attempts:
            return NextStep(ContactStatus.UNREACHED, reason=f"not rung again after {ended.replace('_', ' ')}")
        if delay is None or attempts >= self.max_attempts:
            return NextStep(ContactStatus.UNREACHED, reason=reason)
        grown = min(delay * self.backoff ** max(attempts - 1, 0), max(delay, LONGEST_GROWN_DELAY))
        return NextStep(ContactStatus.WAITING, now + timedelta(seconds=round(grown)), reason)


def is_counted(ended: CallStatus, *, rang: bool) -> bool:
    """Whether a call uses up one of a contact's attempts: only when somebody may have been rung."""
    return ended is not CallStatus.NOT_PLACED and (ended is not CallStatus.CANCELLED or rang)
