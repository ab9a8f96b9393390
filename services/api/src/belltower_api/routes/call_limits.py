"""What bounds an account's calls: how many at once, how fast, how often to one number, and how many may fail."""

from fastapi import APIRouter

from belltower.db.call_limits import get_call_limits, set_call_limits
from belltower.db.engine import in_transaction
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Administrator, Asker, Res
from belltower_api.problems import problems
from belltower_api.schemas.pacing import CallLimits

router = APIRouter(prefix="/api/call-limits", tags=["Calls"], route_class=AccountRoute, dependencies=AUTHENTICATED)


@router.get("", summary="Look at the limits of calls", responses=problems(401))
async def show_call_limits(res: Res, asker: Asker) -> CallLimits:
    """What bounds the calls of all campaigns together. A campaign has its own `concurrency` and `calls_per_second` beside."""
    async with res.reader.connect() as connection:
        return CallLimits.of(await get_call_limits(connection, asker.account_id))


@router.put("", summary="Replace the limits of calls", responses=problems(400, 401, 403, 413, 415))
async def replace_call_limits(limits: CallLimits, res: Res, asker: Administrator) -> CallLimits:
    """Replace all of them; every call that is placed after the answer obeys the new ones. Calls under way go on.

    For administrators and API keys.
    """
    await in_transaction(res.engine, lambda connection: set_call_limits(connection, asker.account_id, limits.meant))
    async with res.reader.connect() as connection:
        return CallLimits.of(await get_call_limits(connection, asker.account_id))
