"""What happened, and is to happen, in some weeks: campaigns, and the occurrences of series that are still to be made."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.series import Series, get_going_on, get_made_walls
from belltower.db.tables import campaign_events, campaigns, series
from belltower.domain.recurrence.occurrences import Occurrence

_BETWEEN_ZONES = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Dated:
    """A campaign in the calendar."""

    id: UUID
    name: str
    status: str
    at: datetime
    """When it was to start, or was created if it started at once."""
    timezone: str
    contacts: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    series_id: UUID | None
    occurrence: datetime | None
    version: int
    series_version: int
    """0 without a series."""
    changed_at: datetime
    """Of its latest move."""


@dataclass(frozen=True, slots=True)
class ToCome:
    """An occurrence that is not made yet."""

    series: Series
    occurrence: Occurrence


def dated_campaigns(account_id: UUID, start: datetime, end: datetime) -> Select[Any]:
    """The campaigns of an account from an instant on and before another, the earliest first."""
    at = func.coalesce(campaigns.c.scheduled_time, campaigns.c.created_at)
    moved = (
        select(campaign_events.c.at)
        .where(campaign_events.c.campaign_id == campaigns.c.id)
        .order_by(campaign_events.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    made = {
        "at": at.label("at"),
        "changed_at": moved.label("changed_at"),
        "series_version": func.coalesce(series.c.version, 0).label("series_version"),
    }
    columns = [made[name] if name in made else campaigns.c[name] for name in (field.name for field in fields(Dated))]
    return (
        select(*columns)
        .outerjoin_from(campaigns, series, series.c.id == campaigns.c.series_id)
        .where(campaigns.c.account_id == account_id, campaigns.c.is_test.is_(False))
        .where(campaigns.c.deleted_at.is_(None), campaigns.c.archived_at.is_(None))
        .where(at >= start, at < end)
        .order_by(at)
    )


async def get_dated(
    connection: AsyncConnection, account_id: UUID, *, start: datetime, end: datetime, limit: int
) -> list[Dated]:
    """The account's campaigns from an instant on and before another, up to `limit`, the earliest first."""
    rows = await connection.execute(dated_campaigns(account_id, start, end).limit(limit))
    return [Dated(*row) for row in rows]


async def get_plans(
    connection: AsyncConnection, account_id: UUID, *, start: datetime, end: datetime
) -> tuple[list[Series], set[tuple[UUID, datetime]], datetime]:
    """The account's series that go on, which of their occurrences in that time are made, and what time it is."""
    going_on = await get_going_on(connection, account_id)
    made = await get_made_walls(
        connection,
        [each.id for each in going_on],
        start=start.astimezone(UTC).replace(tzinfo=None) - _BETWEEN_ZONES,
        end=end.astimezone(UTC).replace(tzinfo=None) + _BETWEEN_ZONES,
    )
    now: datetime = (await connection.execute(sql("database_clock"))).scalar_one()
    return going_on, made, now


def to_come(
    going_on: list[Series],
    made: set[tuple[UUID, datetime]],
    *,
    start: datetime,
    end: datetime,
    limit: int,
) -> list[ToCome]:
    """The occurrences of series from an instant on and before another that are not made, up to `limit`, the earliest first.

    It counts through every series' days: for a thread.
    """
    found: list[ToCome] = []
    for planned in going_on:
        coming = (each for each in planned.recurrence.between(start, end) if (planned.id, each.wall) not in made)
        found += [ToCome(planned, each) for each in islice(coming, limit)]
    found.sort(key=lambda each: each.occurrence.instant)
    return found[:limit]
