"""Reading who can be rung next, for many campaigns in one statement."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.engine import sql
from belltower_dialer.batching import Batcher
from belltower_dialer.owned import Dialable, OwnedCampaign

AHEAD = 200
"""Contacts of one campaign that are read at once, at most."""
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
            "limits": [min(2 * campaign.taken.concurrency, AHEAD) for campaign in campaigns],
        }
        async with self._engine.connect() as connection:
            for row in await connection.execute(sql("dialable"), parameters):
                found[row.campaign_id].append(Dialable(row.id, row.phone, row.name, row.fields))
        return [found[campaign.taken.id] for campaign in campaigns]
