"""Having lists leave out what is over."""

from uuid import UUID

from fastapi import APIRouter

from belltower_api.archive_campaign import archive
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.links import TO_CAMPAIGN
from belltower_api.problems import problems
from belltower_api.schemas.campaign import Campaign

router = APIRouter(
    prefix="/api/campaigns/{campaign_id}", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED
)

_FAILURES = problems(400, 401, 403, 404, 409, 422)


@router.post(
    "/archive",
    summary="Archive a campaign",
    responses={200: {"description": "It is archived.", "links": TO_CAMPAIGN}, **_FAILURES},
)
async def archive_campaign(campaign_id: UUID, res: Res, asker: Asker, once: Kept) -> Campaign:
    """Have lists leave out a campaign that is completed, failed or cancelled. It can be read as before, and is on no list but
    that of `archived=true`."""
    return await archive(res, asker, campaign_id, once, archived=True)


@router.post(
    "/unarchive",
    summary="Take a campaign out of the archive",
    responses={200: {"description": "It is not archived.", "links": TO_CAMPAIGN}, **_FAILURES},
)
async def unarchive_campaign(campaign_id: UUID, res: Res, asker: Asker, once: Kept) -> Campaign:
    """Have lists show a campaign again."""
    return await archive(res, asker, campaign_id, once, archived=False)
