"""Who calls for an account: the number that people see, and who speaks with them."""

from fastapi import APIRouter

from belltower.db.caller import get_caller, set_caller
from belltower.db.engine import in_transaction
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Administrator, Asker, Res
from belltower_api.problems import problems
from belltower_api.schemas.caller import Caller

router = APIRouter(prefix="/api/caller", tags=["Calls"], route_class=AccountRoute, dependencies=AUTHENTICATED)


@router.get("", summary="Look at who calls", responses=problems(401))
async def show_caller(res: Res, asker: Asker) -> Caller:
    """The number that people see when a campaign names none, and the voice agent that speaks with them, where there is one."""
    async with res.reader.connect() as connection:
        return Caller.of(await get_caller(connection, asker.account_id))


@router.put("", summary="Replace who calls", responses=problems(400, 401, 403, 413, 415))
async def replace_caller(caller: Caller, res: Res, asker: Administrator) -> Caller:
    """Replace both. A campaign that was created before keeps its caller id; one that calls already goes on with the voice agent,
    or the message, that it began with.

    For administrators and API keys.
    """
    await in_transaction(res.engine, lambda connection: set_caller(connection, asker.account_id, caller.meant))
    return caller
