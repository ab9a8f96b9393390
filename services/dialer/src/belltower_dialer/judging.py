"""Whether the clocks of those who are about to be called allow it: one judge a round of the gate, by one clock."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from belltower.domain.calling_hours import CallingHours, Decision, Source
from belltower.domain.calling_window import CallingWindow
from belltower.outcomes import WINDOW_NEEDED
from belltower_dialer.owned import Dialable, OwnedCampaign


@dataclass(frozen=True, slots=True)
class Chosen:
    """Contacts of a campaign that were looked at, and those of them that may ring, with what is kept of why."""

    looked_at: list[Dialable]
    let_through: list[tuple[Dialable, str | None]]


@dataclass(slots=True)
class Judge:
    """Judges contacts by their calling hours, and collects those who have to wait."""

    hours: CallingHours
    now: datetime
    refused: list[tuple[Dialable, Decision]] = field(default_factory=list)

    def choose(self, campaign: OwnedCampaign, window: CallingWindow | None, at_most: int) -> Chosen:
        """The next contacts of a campaign with a window of its own, up to the last of `at_most` who may ring now."""
        chosen = Chosen([], [])
        if self.hours.window is None and window is None:
            chosen.looked_at.extend(contact for _, contact in zip(range(at_most), campaign.contacts, strict=False))
            chosen.let_through.extend((contact, None) for contact in chosen.looked_at)
            return chosen
        known: dict[object, tuple[Decision, str | None]] = {}
        for contact in campaign.contacts:
            if len(chosen.let_through) == at_most:
                break
            chosen.looked_at.append(contact)
            place = self.hours.zones(contact.phone, contact.timezone)
            if place not in known:
                known[place] = self._judge(*place, window)
            decision, record = known[place]
            if decision.allowed:
                chosen.let_through.append((contact, record))
            else:
                self.refused.append((contact, decision))
        return chosen

    def _judge(
        self, zones: tuple[str, ...], source: Source, window: CallingWindow | None
    ) -> tuple[Decision, str | None]:
        decision = self.hours.decide_in(zones, source, window, now=self.now, lasts=WINDOW_NEEDED)
        record = decision.record(self.now) if decision.allowed else None
        return decision, None if record is None else json.dumps(record)
