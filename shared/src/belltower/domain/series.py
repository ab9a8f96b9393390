"""The statuses of a recurring campaign, and what its history tells."""

from enum import StrEnum

from belltower.domain.errors import IllegalTransition


class SeriesStatus(StrEnum):
    """Where a series stands. `ended`: no occurrence is to come any more."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class SeriesEventKind(StrEnum):
    """What became of a series, or of its occurrences."""

    CREATED = "created"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"
    SKIPPED = "skipped"
    """An occurrence was left out: by somebody, or because the one before it still ran."""
    MISSED = "missed"
    """Occurrences passed while nothing could make them."""
    HELD = "held"
    """An occurrence was paused as it fell due: the wallet held too little."""


def check_change(status: SeriesStatus, deed: str) -> None:
    """Whether a series may be changed. Raises `IllegalTransition`."""
    if status is SeriesStatus.ENDED:
        raise IllegalTransition(f"The series has ended, and cannot be {deed}. Create a new one.")
