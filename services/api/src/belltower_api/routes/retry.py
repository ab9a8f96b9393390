"""Ringing those again whom a campaign did not reach."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, retries
from belltower.db.contacts import NewContacts
from belltower.domain.campaign import ContactStatus
from belltower_api.create_campaign import location, untouched
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.problems import problems
from belltower_api.retry_campaign import retry_contacts
from belltower_api.routes.campaigns import CREATED
from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.campaign_fields import CampaignRetry

router = APIRouter(
    prefix="/api/campaigns/{campaign_id}", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


@router.post(
    "/retry",
    summary="Ring the failed contacts again",
    status_code=201,
    responses={**CREATED, **problems(400, 401, 402, 403, 404, 409, 413, 415, 422)},
)
async def retry_campaign(
    campaign_id: UUID,
    res: Res,
    asker: Asker,
    response: Response,
    once: Kept,
    retry: Annotated[CampaignRetry | None, Body()] = None,
) -> Campaign:
    """Make a new campaign, linked by `retry_of`, of the contacts that a campaign did not reach; now or at `scheduled_time`.

    The campaign has to be completed or failed. A contact is on the list of one retry only, however many are made of it. To retry
    contacts that are `unknown` is a decision about their calls, as `/api/unknown-calls` has it: it leaves out whose calls were
    decided about.
    """
    retry = retry or CampaignRetry()
    async with res.reader.connect() as connection:
        source = await campaigns.get_campaign(connection, asker.account_id, campaign_id)

    async def listed(connection: AsyncConnection) -> NewContacts:
        statuses = [ContactStatus(status) for status in dict.fromkeys(retry.statuses)]
        return await retries.get_contacts_to_retry(connection, asker.account_id, source, statuses)

    def shown(campaign: campaigns.Campaign) -> Campaign:
        return Campaign.of(campaign, untouched(campaign.contacts))

    async def keep(connection: AsyncConnection, campaign: campaigns.Campaign) -> None:
        await once.keep(connection, shown(campaign), headers=location(campaign.id))

    campaign = await retry_contacts(res, asker, source, retry, listed, keep)
    response.headers.update(location(campaign.id))
    return shown(campaign)
