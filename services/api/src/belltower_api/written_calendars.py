"""Calendars that were written lately: whoever reads one soon after another costs nothing."""

from collections import OrderedDict
from uuid import UUID

from belltower.runtime.clock import boot_time

FRESH = 60
"""Seconds for which a calendar that was written is given again: a bound on what readers cost."""
_MOST_KEPT = 200


class WrittenCalendars:
    """Calendars that were written lately, by account. Bounded; the oldest is forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, tuple[float, bytes]] = OrderedDict()

    def get(self, account_id: UUID) -> bytes | None:
        """One that is still fresh."""
        until, body = self._kept.get(account_id, (0.0, b""))
        return body if boot_time() < until else None

    def keep(self, account_id: UUID, body: bytes) -> None:
        """Have it given again for a while."""
        self._kept[account_id] = (boot_time() + FRESH, body)
        self._kept.move_to_end(account_id)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
