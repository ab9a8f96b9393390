"""The use case behind archive and unarchive."""

from http import HTTPStatus
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, edits, moves
from belltower.db.engine import in_transaction
from belltower.db.progress import get_progress
from belltower.domain.campaign import require_archivable
from belltower.domain.principal import Principal
from belltower_api.dependencies import Resources
from belltower_api.idempotency import Once
from belltower_api.schemas.campaign import Campaign


async def archive(
    resources: Resources, principal: Principal, campaign_id: UUID, once: Once, *, archived: bool
) -> Campaign:
    """Have lists leave a campaign out that has ended, or have it again. What is so already is no error.

    Raises `NotFound` and `IllegalTransition`.
    """

    async def work(connection: AsyncConnection) -> Campaign:
        locked = await moves.lock_one(connection, principal.account_id, campaign_id)
        campaign = await campaigns.get_campaign(connection, principal.account_id, campaign_id)
        if archived:
            require_archivable(locked.status)
        if archived != (campaign.archived_at is not None):
            await edits.archive(connection, campaign_id, locked.status, archived=archived, actor=principal.actor)
            campaign = await campaigns.get_campaign(connection, principal.account_id, campaign_id)
        progress = await get_progress(connection, [campaign_id])
        shown = Campaign.of(campaign, progress[campaign_id])
        await once.keep(connection, shown, status=HTTPStatus.OK)
        return shown

    return await in_transaction(resources.engine, work)
