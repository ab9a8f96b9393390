"""What a campaign is, whomever it rings and whenever: edits change it, duplicates and retries copy it, series repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from belltower.domain.answering_machine import AnsweringMachine


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a campaign says, and how it calls. Each of these is a column of `campaigns` with the same name."""

    name: str
    welcome_message: str
    language: str
    voice: str
    caller_id: str
    """The number that callees see, E.164."""
    concurrency: int
    """Simultaneous calls."""
    max_attempts: int
    retry_delay: int
    """Seconds between two calls to a contact."""
    retry_delays: Mapping[str, int | None] = field(default_factory=dict)
    """The same by how the first of them ended, where it is another; None: no other call then."""
    retry_backoff: float = 1.0
    """What the delay is multiplied by for each attempt after the first."""
    answering_machine: str = AnsweringMachine.TREAT_AS_ANSWERED
    """An `AnsweringMachine`."""
    calls_per_second: int | None = None
    """New calls in any second at most; None: no limit of its own."""
    misfire_grace: int | None = None
    """Seconds after its scheduled time within which it may still start by itself; None: however late."""
    calling_window: Mapping[str, Any] | None = None
    """The document of the campaign's own calling window (`domain.calling_window`), which narrows the account's; None: the
    account's alone counts."""
