"""Changing campaigns that there are."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response

from belltower_api import merge_patch
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.edit_campaign import edit
from belltower_api.if_match import IfMatch
from belltower_api.links import TO_CAMPAIGN
from belltower_api.problems import problems
from belltower_api.schemas.edit import CampaignEdit, CampaignEdited

router = APIRouter(prefix="/api/campaigns", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)

ETAG = {
    "ETag": {"description": "Of the campaign as it is now: what the next edit sends.", "schema": {"type": "string"}}
}
_BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/CampaignEdit"}}}}
_EDITED: dict[int | str, dict[str, Any]] = {
    200: {"description": "It is as it was sent.", "headers": ETAG, "links": TO_CAMPAIGN},
    **problems(400, 401, 403, 404, 409, 412, 413, 415, 428),
}


@router.patch("/{campaign_id}", summary="Edit a campaign", responses=_EDITED, openapi_extra={"requestBody": _BODY})
async def edit_campaign(
    campaign_id: UUID,
    patch: Annotated[CampaignEdit, Body(media_type=merge_patch.MEDIA_TYPE)],
    request: Request,
    res: Res,
    asker: Asker,
    response: Response,
    seen: IfMatch,
) -> CampaignEdited:
    """Change a campaign that is `scheduled` or `paused`: what it is, its time, its list. All of it happens, or nothing.

    Fields are as at creation. Of `scheduled_time` and `timezone` one may be sent alone: the hour stays in another zone, and an
    instant keeps the campaign's zone. A campaign that has begun keeps its time, and contacts that were called keep their result.
    A campaign that is paused stays so. The edit is in the campaign's history.
    """
    sent = {name: value for name, value in (await request.json()).items() if name != "contacts"}
    edited = await edit(res, asker, campaign_id, sent, patch.contacts, seen)
    response.headers["ETag"] = edited.etag
    return edited.answer
