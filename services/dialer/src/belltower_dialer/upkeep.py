"""Seeing to the contacts of a campaign whose time is over, or whose calling hours have changed."""

from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db import upkeep
from belltower_dialer.heartbeat import Heartbeat
from belltower_dialer.owned import OwnedCampaign


class Upkeep:
    """Does what the contacts of campaigns need beside calls."""

    def __init__(self, engine: AsyncEngine, heartbeat: Heartbeat) -> None:
        self._engine = engine
        self._heartbeat = heartbeat

    async def see_to(self, campaign: OwnedCampaign) -> None:
        """Let the contacts of a campaign expire, or be judged anew, if they have to."""
        taken = campaign.taken
        owner = upkeep.Owner(taken.account_id, taken.id, self._heartbeat.dialer_id, taken.epoch)
        await upkeep.see_to(self._engine, owner)
