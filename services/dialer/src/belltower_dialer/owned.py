"""A campaign in this dialer's memory."""

import json
from collections import deque
from dataclasses import dataclass, field

from belltower.db.ownership import Taken
from belltower.domain.message import read_message, values_of
from belltower.runtime.clock import boot_time


@dataclass(frozen=True, slots=True)
class Dialable:
    """A contact that was waiting and due when it was read; the gate looks again."""

    contact_id: int
    phone: str
    name: str | None
    fields: str | None
    """A JSON object of texts."""

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
