"""The use case behind one action for many campaigns: each in a transaction of its own, whatever becomes of the others.

Stops come first, all of them, and only then the answer waits for calls that are being placed: for a moment in all.
"""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from uuid import UUID

from belltower.db import campaigns
from belltower.domain.campaign import Move
from belltower.domain.principal import Principal
from belltower_api import archive_campaign, move_campaign
from belltower_api.dependencies import Resources
from belltower_api.idempotency import Once
from belltower_api.problems import problem_of
from belltower_api.schemas.bulk import BulkAction, BulkResult
from belltower_api.schemas.campaign import Campaign

_NO_KEY = Once()
"""The request as a whole has one, if any."""
_STOPS = {BulkAction.PAUSE: Move.PAUSE, BulkAction.CANCEL: Move.CANCEL}


async def do_all(
    resources: Resources, principal: Principal, action: BulkAction, ids: Sequence[UUID], *, request_id: str
) -> list[BulkResult]:
    """Do something with campaigns; what came of each, in their order."""
    do = _deed(resources, principal, action)
    results = [await _result(campaign_id, do, request_id) for campaign_id in dict.fromkeys(ids)]
    if action not in _STOPS:
        return results
    dialling = [result.id for result in results if result.dialling]
    if dialling:
        await move_campaign.settled(resources, dialling)

    async def look(campaign_id: UUID) -> Campaign:
        shown, _ = await move_campaign.stopped(resources, principal, campaign_id)
        return shown

    return [await _result(result.id, look, request_id) if result.dialling else result for result in results]


def _deed(
    resources: Resources, principal: Principal, action: BulkAction
) -> Callable[[UUID], Awaitable[Campaign | None]]:
    async def do(campaign_id: UUID) -> Campaign | None:
        match action:
            case BulkAction.PAUSE | BulkAction.CANCEL:
                shown, _ = await move_campaign.stop_now(resources, principal, campaign_id, _STOPS[action], _NO_KEY)
                return shown
            case BulkAction.RESUME:
                return await move_campaign.go_on(resources, principal, campaign_id, Move.RESUME, _NO_KEY)
            case BulkAction.START:
                return await move_campaign.go_on(resources, principal, campaign_id, Move.START, _NO_KEY)
            case BulkAction.ARCHIVE | BulkAction.UNARCHIVE:
                archived = action is BulkAction.ARCHIVE
                return await archive_campaign.archive(resources, principal, campaign_id, _NO_KEY, archived=archived)
            case BulkAction.DELETE:
                await campaigns.delete_campaign(resources.engine, principal.account_id, campaign_id)
                return None

    return do


async def _result(campaign_id: UUID, do: Callable[[UUID], Awaitable[Campaign | None]], request_id: str) -> BulkResult:
    try:
        shown = await do(campaign_id)
    except Exception as error:  # noqa: BLE001 - one campaign's trouble is not the others'; it is told, and logged
        problem, _ = problem_of(request_id, error)
        return BulkResult(id=campaign_id, status=problem.status, campaign=None, dialling=0, problem=problem)
    dialling = getattr(shown, "dialling", 0)
    status = HTTPStatus.NO_CONTENT if shown is None else HTTPStatus.ACCEPTED if dialling else HTTPStatus.OK
    return BulkResult(id=campaign_id, status=status, campaign=shown, dialling=dialling, problem=None)
