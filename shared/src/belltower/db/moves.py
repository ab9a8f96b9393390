"""What people have campaigns do: pause, cancel, resume, start. Each move locks the campaign's row first.

A gate holds the row, too (FOR SHARE) while it lets calls through. So a move sees every call that passed before it, and no
gate lets one through after its commit: the status is another one then, and so is the epoch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import in_transaction, sql
from belltower.domain.campaign import RUNNABLE, CampaignStatus
from belltower.domain.errors import NotFound
from belltower.domain.schedule import ScheduledTime


@dataclass(frozen=True, slots=True)
class Locked:
    """A campaign's row that is locked, and what decides about a move. `now` is the database's clock."""

    id: UUID
    status: CampaignStatus
    timezone: str
    version: int
    """Counts the changes of the row."""
    now: datetime
    is_ahead: bool
    """It has never run, and its scheduled time is still to come."""


async def lock(connection: AsyncConnection, account_id: UUID, ids: Sequence[UUID]) -> list[Locked]:
    """Lock those of these campaigns that are the account's."""
    rows = await connection.execute(sql("lock_to_move"), {"account": account_id, "ids": list(ids)})
    return [
        Locked(row.id, CampaignStatus(row.status), row.timezone, row.version, row.now, row.is_ahead) for row in rows
    ]


async def lock_one(connection: AsyncConnection, account_id: UUID, campaign_id: UUID) -> Locked:
    """Lock a campaign. Raises `NotFound`."""
    locked = await lock(connection, account_id, [campaign_id])
    if not locked:
        raise NotFound("There is no campaign with this id.")
    return locked[0]


async def stop(
    connection: AsyncConnection, ids: Sequence[UUID], status: CampaignStatus, *, actor: str, reason: str | None = None
) -> None:
    """Pause or cancel campaigns that are locked, and call off those of their calls that have not rung."""
    stopped = {"ids": list(ids)}
    await connection.execute(sql("stop"), stopped | {"status": status, "actor": actor, "reason": reason})
    await connection.execute(sql("call_off"), stopped)


async def go_on(
    connection: AsyncConnection,
    campaign_id: UUID,
    status: CampaignStatus,
    *,
    actor: str,
    scheduled: ScheduledTime | None = None,
) -> None:
    """Have a locked campaign go on as pending, or wait for its time as scheduled. `scheduled` replaces that time."""
    await connection.execute(
        sql("go_on"),
        {
            "campaign": campaign_id,
            "status": status,
            "actor": actor,
            "scheduled_time": scheduled and scheduled.instant,
            "scheduled_wall": scheduled and scheduled.wall,
        },
    )


async def pause_all(engine: AsyncEngine, account_id: UUID, *, actor: str, batch: int = 100) -> int:
    """Pause all campaigns of an account that call or will, those that may call at this moment first; how many.

    A transaction for each `batch` of them: none of them waits, and makes others wait, for the last one.
    """
    async with engine.connect() as connection:
        ids = list((await connection.execute(sql("runnable"), {"account": account_id})).scalars())
    paused = 0
    for start in range(0, len(ids), batch):

        async def work(connection: AsyncConnection, ids: Sequence[UUID] = ids[start : start + batch]) -> int:
            locked = await lock(connection, account_id, ids)
            running = [campaign.id for campaign in locked if campaign.status in RUNNABLE]
            if running:
                await stop(connection, running, CampaignStatus.PAUSED, actor=actor)
            return len(running)

        paused += await in_transaction(engine, work)
    return paused


async def count_dialling(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many calls of campaigns are being placed: their requests may still reach the carrier. Those without are left out."""
    rows = await connection.execute(sql("count_dialling"), {"ids": list(ids)})
    return {row.campaign_id: row.dialling for row in rows}


async def count_all_dialling(connection: AsyncConnection, account_id: UUID) -> int:
    """The same for all campaigns of an account."""
    return int((await connection.execute(sql("count_all_dialling"), {"account": account_id})).scalar_one())
