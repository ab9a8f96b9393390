"""What a campaign is, whomever it rings and whenever: edits change it, duplicates and retries copy it, series repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    calling_window: Mapping[str, Any] | None = None
    """The document of the campaign's own calling window (`domain.calling_window`), which narrows the account's; None: the
    account's alone counts."""
