"""One action for many campaigns."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from belltower_api.bulk import do_all
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.problems import problems
from belltower_api.schemas.bulk import BulkResults, CampaignsBulk

router = APIRouter(prefix="/api/campaigns", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)


@router.post("/bulk", summary="Do something with many campaigns", responses=problems(400, 401, 403, 409, 413, 415, 422))
async def bulk_campaigns(bulk: CampaignsBulk, request: Request, res: Res, asker: Asker, once: Kept) -> BulkResults:
    """Pause, cancel, resume, start, archive, unarchive or delete up to 100 campaigns: each by itself, whatever becomes of others.

    The answer is 200 and has a result for each. After a stop it waits up to 2 s, for all of them together, until no call is being
    placed.
    """
    results = await do_all(res, asker, bulk.action, bulk.ids, request_id=str(request.scope["request_id"]))
    refused = sum(result.problem is not None for result in results)
    answer = BulkResults(results=results, succeeded=len(results) - refused, refused=refused)
    async with res.engine.begin() as connection:
        await once.keep(connection, answer, status=HTTPStatus.OK)
    return answer
