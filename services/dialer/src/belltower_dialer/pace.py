"""The gate's limits beside those of the account as a whole: of a caller id's calls, and of a campaign's rate."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower_dialer.owned import OwnedCampaign


class Pace:
    """How many more calls the campaigns of one round may have by these limits. It shrinks as they are let through.

    Of one caller id's campaigns each may have its share of what is left, so that the first of them does not take all.
    """

    def __init__(self, campaigns: Sequence[OwnedCampaign]) -> None:
        self._asking = Counter(campaign.taken.caller_id for campaign in campaigns)
        self._caller_ids: dict[str, int] = {}
        self._campaigns: dict[UUID, int] = {}

    async def read(self, connection: AsyncConnection, account_id: UUID, campaigns: Sequence[OwnedCampaign]) -> None:
        """Count, under the account's lock, what is limited. What has no limit is not counted."""
        paced = [each.taken for each in campaigns if each.taken.calls_per_second is not None]
        rows = await connection.execute(
            sql("gate_limits"),
            {
                "account": account_id,
                "caller_ids": list(self._asking),
                "campaigns": [taken.id for taken in paced],
                "rates": [taken.calls_per_second for taken in paced],
            },
        )
        for row in rows:
            if row.may is None:
                continue
            if row.campaign_id is None:
                self._caller_ids[row.caller_id] = max(row.may, 0)
            else:
                self._campaigns[row.campaign_id] = max(row.may, 0)

    def allows(self, campaign: OwnedCampaign, otherwise: int) -> int:
        """How many calls a campaign may have now, at most `otherwise`. Asked once for each campaign of the round."""
        taken = campaign.taken
        may = min(self._campaigns.get(taken.id, otherwise), otherwise)
        if (left := self._caller_ids.get(taken.caller_id)) is not None:
            may = min(may, -(-left // self._asking[taken.caller_id]))
            self._asking[taken.caller_id] -= 1
        return may

    def spend(self, campaign: OwnedCampaign, calls: int) -> None:
        """Count calls that are let through."""
        if campaign.taken.caller_id in self._caller_ids:
            self._caller_ids[campaign.taken.caller_id] -= calls
