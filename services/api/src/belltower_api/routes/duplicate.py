"""The same campaign once more."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response

from belltower_api.create_campaign import location
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.duplicate_campaign import duplicate
from belltower_api.idempotency import Kept
from belltower_api.problems import problems
from belltower_api.routes.campaigns import CREATED
from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.campaign_fields import CampaignDuplicate

router = APIRouter(
    prefix="/api/campaigns/{campaign_id}", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


@router.post(
    "/duplicate",
    summary="Duplicate a campaign",
    status_code=201,
    responses={**CREATED, **problems(400, 401, 402, 403, 404, 409, 413, 415, 422)},
)
async def duplicate_campaign(
    campaign_id: UUID,
    res: Res,
    asker: Asker,
    response: Response,
    once: Kept,
    wanted: Annotated[CampaignDuplicate | None, Body()] = None,
) -> Campaign:
    """Make a new campaign that is like another, in any status, and rings the same list; now or at `scheduled_time`.

    Everybody on the list is rung, whatever became of them there; only who was taken off it by an edit is not.
    """
    campaign, shown = await duplicate(res, asker, campaign_id, wanted or CampaignDuplicate(), once)
    response.headers.update(location(campaign.id))
    return shown
