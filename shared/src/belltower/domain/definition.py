"""What a campaign is, whomever it rings and whenever: edits change it, duplicates and retries copy it, series repeat it."""

from dataclasses import dataclass


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
    misfire_grace: int | None = None
    """Seconds after its scheduled time within which it may still start by itself; None: however late."""
