"""When the account's campaigns may call."""

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import calling_hours
from belltower.db.engine import in_transaction
from belltower.db.notify import wake_scheduler
from belltower.domain import calling_hours as domain
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Administrator, Asker, Res
from belltower_api.problems import problems
from belltower_api.schemas.calling_window import CallingHours

router = APIRouter(
    prefix="/api/calling-hours", tags=["Calling hours"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


@router.get("", summary="Look at the calling hours", responses=problems(401))
async def get_calling_hours(res: Res, asker: Asker) -> CallingHours:
    """When the people that the account calls may be called."""
    async with res.reader.connect() as connection:
        return _shown(await calling_hours.get_calling_hours(connection, asker.account_id))


@router.put("", summary="Replace the calling hours", responses=problems(400, 401, 403, 413, 415))
async def replace_calling_hours(fields: CallingHours, res: Res, asker: Administrator) -> CallingHours:
    """Say anew when people may be called. From the answer on no call passes that the new hours do not allow.

    Calls that still wait at the carrier outside them are cancelled there, and whoever waits for the former hours is looked at
    again. For administrators and API keys.
    """
    hours = domain.CallingHours.of(
        None if fields.calling_window is None else fields.calling_window.model_dump(), fields.unknown_zone
    )

    async def work(connection: AsyncConnection) -> None:
        await calling_hours.set_calling_hours(connection, asker.account_id, hours)

    await in_transaction(res.engine, work)
    await wake_scheduler(res.engine)
    return _shown(hours)


def _shown(hours: domain.CallingHours) -> CallingHours:
    return CallingHours.model_validate(
        {"calling_window": hours.window and hours.window.document(), "unknown_zone": hours.unknown_zone}
    )
