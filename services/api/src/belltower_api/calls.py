"""Single calls."""

from uuid import UUID

from fastapi import APIRouter

from belltower.db import calls, do_not_call
from belltower.db.wallet import get_wallet
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.errors import problems
from belltower_api.schemas.call import CallDetail

router = APIRouter(prefix="/api/calls", tags=["Calls"], route_class=AccountRoute, dependencies=AUTHENTICATED)


@router.get("/{call_id}", summary="Look at a call", responses=problems(401, 404))
async def get_call(call_id: UUID, res: Res, asker: Asker) -> CallDetail:
    """A call, and every report about it: what the carrier said when, and what came of it."""
    async with res.reader.connect() as connection:
        call = await calls.get_call(connection, asker.account_id, call_id)
        reports = await calls.get_reports(connection, call_id)
        opted_out_at = await do_not_call.opted_out_at(connection, call_id)
        currency = (await get_wallet(connection, asker.account_id)).currency
    return CallDetail.of(call, currency, opted_out_at=opted_out_at, reports=reports)
