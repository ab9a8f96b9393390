"""Reading who can be rung next, for many campaigns in one statement."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.batching import Batcher
from belltower.db.engine import sql
from belltower.domain.calling_hours import zones_of
from belltower_dialer.owned import Dialable, OwnedCampaign

AHEAD = 200
"""Contacts of one campaign that are read at once, at most, unless it reads further ahead."""
CAMPAIGNS = 1_000


class ContactReader:
    """Reads the next dialable contacts of campaigns."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.read = Batcher(self._read, limit=CAMPAIGNS)
        """The next contacts of one campaign that can be rung now."""

    async def warm_up(self) -> None:
        """Read nothing, once."""
        await self._read([])

    async def _read(self, campaigns: Sequence[OwnedCampaign]) -> list[list[Dialable]]:
        found: dict[object, list[Dialable]] = {campaign.taken.id: [] for campaign in campaigns}
        parameters = {
            "ids": [campaign.taken.id for campaign in campaigns],
            "limits": [max(campaign.ahead, min(2 * campaign.taken.concurrency, AHEAD)) for campaign in campaigns],
        }
        async with self._engine.connect() as connection:
            for row in await connection.execute(sql("dialable"), parameters):
                found[row.campaign_id].append(Dialable(row.id, row.phone, row.name, row.fields, row.timezone))
        far = [contact.phone for campaign in campaigns if campaign.ahead for contact in found[campaign.taken.id]]
        if far:
            await asyncio.to_thread(_look_up_zones, far)
        return [found[campaign.taken.id] for campaign in campaigns]


def _look_up_zones(phones: Sequence[str]) -> None:
    """So that the gate need not, while it holds the account's lock."""
    for phone in phones:
        zones_of(phone)
