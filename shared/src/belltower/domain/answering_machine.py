"""Answering machines: what a campaign does with them, and how a carrier's word for who answered is read."""

from enum import StrEnum

FAX = "fax"


class AnsweringMachine(StrEnum):
    """What a campaign does when a machine answers.

    `treat_as_answered`: nobody looks, and whoever answers hears the message. `leave_message`: a person hears it at once, a
    machine after its beep, and its contact is reached. `hang_up`: the call ends as soon as the carrier finds a machine, and
    its contact is rung again.
    """

    TREAT_AS_ANSWERED = "treat_as_answered"
    LEAVE_MESSAGE = "leave_message"
    HANG_UP = "hang_up"

    @property
    def detects(self) -> bool:
        """Whether the carrier is asked to find out who answered."""
        return self is not AnsweringMachine.TREAT_AS_ANSWERED


def is_machine(answered_by: str | None) -> bool:
    """Whether no person answered. What the carrier could not tell (`unknown`) is taken for a person."""
    return answered_by is not None and (answered_by.startswith("machine") or answered_by == FAX)
