"""A campaign in this dialer's memory."""

import json
from collections import deque
from dataclasses import dataclass, field

from belltower.db.ownership import Taken
from belltower.domain.message import read_message, values_of
from belltower.runtime.clock import boot_time

_AHEAD, _FAR_AHEAD = 250, 2_000


@dataclass(frozen=True, slots=True)
class Dialable:
    """A contact that was waiting and due when it was read; the gate looks again."""

    contact_id: int
    phone: str
    name: str | None
    fields: str | None
    """A JSON object of texts."""
    timezone: str | None = None
    """IANA, as the list says it; None: the number tells."""

    def message(self, template: str) -> str:
        """What is said to this contact."""
        if "{{" not in template:
            return template
        return read_message(template).render(values_of(self.phone, self.name, json.loads(self.fields or "{}")))


@dataclass(slots=True, eq=False)
class OwnedCampaign:
    """A campaign that this dialer took over. `contacts` are those that were read and not yet admitted."""

    taken: Taken
    contacts: deque[Dialable] = field(default_factory=deque)
    since: float = field(default_factory=boot_time)
    """Reading of `boot_time()` when it came into memory."""
    ahead: int = 0
    """How many contacts are to be read at once, where more than usual."""
    served: int = 0
    """The gate's round that last let a call of it through; 0: none has."""

    def saw(self, *, only_waiting: bool) -> None:
        """Read further ahead while everybody whom the gate looks at has to wait for a window: there may be a million of
        them, and nobody is rung meanwhile."""
        self.ahead = min(max(2 * self.ahead, _AHEAD), _FAR_AHEAD) if only_waiting else 0

    @property
    def expires_in(self) -> float | None:
        """Seconds until its time is over; None: it never is."""
        if self.taken.expires_at is None:
            return None
        left = (self.taken.expires_at - self.taken.taken_at).total_seconds() - (boot_time() - self.since)
        return max(left, 0.1)
