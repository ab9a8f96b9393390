"""Campaigns that are meant for a wall time, when the rules of its zone change: an update of the zone database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import in_transaction, sql
from belltower.domain.errors import Invalid
from belltower.domain.schedule import instant_of

log = structlog.get_logger(__name__)

SPARED = timedelta(minutes=1)
"""A campaign that is due within this time stays where it is: it may be on its way already."""

Zones = Callable[[str], tzinfo]
"""The rules of a zone, by its name."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A campaign that waits for a wall time. Both instants are aware, UTC."""

    id: UUID
    wall: datetime
    timezone: str
    scheduled_time: datetime


async def get_meant(engine: AsyncEngine, *, after: UUID | None, limit: int) -> list[Meant]:
    """Campaigns that wait for a wall time; those that follow the campaign `after`, where given."""
    async with engine.connect() as connection:
        rows = await connection.execute(sql("meant_wall_times"), {"after": after or UUID(int=0), "limit": limit})
        return [Meant(*row) for row in rows]


def misplaced(meant: Sequence[Meant], zones: Zones) -> list[tuple[Meant, datetime]]:
    """Those of them whose zone has them at another instant than they wait for, and that instant."""
    found, known = [], dict[str, tzinfo | None]()
    for each in meant:
        if each.timezone not in known:
            known[each.timezone] = _zone(each.timezone, zones)
        where = known[each.timezone]
        if where is None:
            continue
        instant = instant_of(each.wall, where)
        if instant != each.scheduled_time:
            found.append((each, instant))
    return found


def _zone(name: str, zones: Zones) -> tzinfo | None:
    try:
        return zones(name)
    except Invalid:
        log.warning("zone_not_known", timezone=name)  # this zone database lacks it
        return None


async def move(engine: AsyncEngine, each: Meant, instant: datetime) -> bool:
    """Move a campaign that still waits for that instant to another, and tell its history; whether it was moved.

    A series whose next occurrence it is decides on it as much earlier or later.
    """

    async def work(connection: AsyncConnection) -> bool:
        await connection.execute(sql("lock_series_of"), {"campaign": each.id})
        await connection.execute(sql("lock_campaign"), {"campaign": each.id})
        reason = (
            f"The clocks of {each.timezone} follow other rules now: {each.wall:%Y-%m-%d %H:%M} there is"
            f" {instant:%Y-%m-%d %H:%M} UTC, and was {each.scheduled_time:%Y-%m-%d %H:%M} UTC."
        )
        moved = await connection.execute(
            sql("move_wall_time"),
            {
                "campaign": each.id,
                "wall": each.wall,
                "timezone": each.timezone,
                "former": each.scheduled_time,
                "instant": instant,
                "spared": SPARED.total_seconds(),
                "reason": reason,
            },
        )
        return moved.scalar_one_or_none() is not None

    return await in_transaction(engine, work)
