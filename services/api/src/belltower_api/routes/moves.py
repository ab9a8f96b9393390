"""Having campaigns do something: pause, cancel, resume, start; and stopping all calling."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from belltower.domain.campaign import Move
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.links import TO_CAMPAIGN
from belltower_api.move_campaign import go_on, stop, stop_all
from belltower_api.problems import problems
from belltower_api.schemas.campaign import CallingStopped, Campaign, CampaignStopping

router = APIRouter(prefix="/api", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)

_STILL = "It is stopped, and calls that passed the gate before are still being placed: `dialling` says how many."
_GOES_ON: dict[int | str, dict[str, Any]] = {
    200: {"description": "It goes on, or did so before.", "links": TO_CAMPAIGN},
    **problems(400, 401, 402, 403, 404, 409, 422),
}
_STOPS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "It is stopped, and no request to create a call of it reaches the carrier any more.",
        "links": TO_CAMPAIGN,
    },
    202: {"model": CampaignStopping, "description": _STILL, "links": TO_CAMPAIGN},
    **problems(400, 401, 403, 404, 409, 422),
}


@router.post("/campaigns/{campaign_id}/pause", summary="Pause a campaign", response_model=Campaign, responses=_STOPS)
async def pause_campaign(campaign_id: UUID, res: Res, asker: Asker, once: Kept) -> Response:
    """Let no further call of a campaign through, until it is resumed. A scheduled one keeps its time and does not start.

    Calls that ring or are answered go on; those that the carrier still queues are cancelled, and their contacts are called
    after the campaign is resumed. The answer waits up to 2 s for calls that are being placed.
    """
    return _answer(*await stop(res, asker, campaign_id, Move.PAUSE, once))


@router.post("/campaigns/{campaign_id}/cancel", summary="Cancel a campaign", response_model=Campaign, responses=_STOPS)
async def cancel_campaign(campaign_id: UUID, res: Res, asker: Asker, once: Kept) -> Response:
    """Let no further call of a campaign through, for good. Contacts that were not reached stay `waiting`.

    Calls that ring or are answered go on; those that the carrier still queues are cancelled. The answer waits up to 2 s for
    calls that are being placed.
    """
    return _answer(*await stop(res, asker, campaign_id, Move.CANCEL, once))


@router.post("/campaigns/{campaign_id}/resume", summary="Resume a campaign", responses=_GOES_ON)
async def resume_campaign(campaign_id: UUID, res: Res, asker: Asker, once: Kept) -> Campaign:
    """Have a paused campaign go on with those whom it has not reached yet.

    One that has never run and whose `scheduled_time` is still to come is `scheduled` again; if that has passed it starts now.
    """
    return await go_on(res, asker, campaign_id, Move.RESUME, once)


@router.post("/campaigns/{campaign_id}/start", summary="Start a campaign now", responses=_GOES_ON)
async def start_campaign(campaign_id: UUID, res: Res, asker: Asker, once: Kept) -> Campaign:
    """Have a scheduled campaign start now instead of at its time, which becomes this moment; or a paused one go on now."""
    return await go_on(res, asker, campaign_id, Move.START, once)


@router.post(
    "/pause-all",
    summary="Stop all calling",
    response_model=CallingStopped,
    responses={
        202: {"model": CallingStopped, "description": _STILL.replace("It is", "All are")},
        **problems(400, 401, 403, 409, 422),
    },
)
async def pause_all_campaigns(res: Res, asker: Asker, once: Kept) -> Response:
    """Pause every campaign that is scheduled, pending or processing, test calls included: nothing calls, and nothing will.

    Those that may call at this moment are paused first. Each is resumed by itself.
    """
    return _answer(*await stop_all(res, asker, once))


def _answer(body: BaseModel, status: HTTPStatus) -> Response:
    return Response(body.model_dump_json(), status, media_type="application/json")
