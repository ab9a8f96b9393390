"""Recurring campaigns, as their account sees and changes them. Lock order: account, series, campaign.

The next occurrence is an ordinary campaign that is made ahead (`ahead`). While a change makes it wrong it is hidden
(`deleted_at`), and the scheduler places it anew; its contacts are copied once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.campaigns import DEFINITION_COLUMNS
from belltower.db.contacts import NewContacts
from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import accounts, campaigns, series, series_events
from belltower.domain.definition import Definition
from belltower.domain.errors import LimitReached, NotFound
from belltower.domain.recurrence.occurrences import Recurrence
from belltower.domain.recurrence.reading import read_rule
from belltower.domain.series import SeriesEventKind, SeriesStatus

MOST_SERIES = 500
"""Of an account, without those that ended."""
ALL_COPIED = 2**63 - 1
"""Behind the last contact: a campaign that has them all waits to be placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(Definition):
    """A series' row, without what only schedulers need."""

    id: UUID
    account_id: UUID
    rrule: str
    starts: datetime
    timezone: str
    exdates: list[date]
    ends: datetime | None
    skip_if_running: bool
    contacts: int
    contact_fields: list[str]
    status: str
    decided_until: datetime
    ahead: UUID | None
    copied_to: int | None
    next_due_at: datetime | None
    split_from: UUID | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The series in a row of `series`."""
        return cls(**{name: row[name] for name in SERIES_COLUMNS})

    @property
    def definition(self) -> Definition:
        """What each occurrence says, and how it calls."""
        return Definition(**{name: getattr(self, name) for name in DEFINITION_COLUMNS})

    @property
    def recurrence(self) -> Recurrence:
        """When it calls."""
        return Recurrence(
            read_rule(self.rrule, self.timezone), self.starts, self.timezone, frozenset(self.exdates), self.ends
        )


@dataclass(frozen=True, slots=True)
class Made:
    """An occurrence for which there is a campaign."""

    id: UUID
    occurrence: datetime
    status: str
    scheduled_time: datetime
    is_exception: bool


@dataclass(frozen=True, slots=True)
class SeriesEvent:
    """What became of a series."""

    id: int
    at: datetime
    kind: str
    actor: str
    reason: str | None
    occurrence: datetime | None
    occurrences: int


SERIES_COLUMNS = [field.name for field in fields(Series)]
_COLUMNS = [series.c[name] for name in SERIES_COLUMNS]
_EVENT_COLUMNS = [series_events.c[field.name] for field in fields(SeriesEvent)]


def _visible(account_id: UUID) -> ColumnElement[bool]:
    return and_(series.c.account_id == account_id, series.c.deleted_at.is_(None))


def rule_columns(recurrence: Recurrence) -> dict[str, Any]:
    """A recurrence as columns of `series`."""
    return {
        "rrule": str(recurrence.rule),
        "starts": recurrence.starts,
        "timezone": recurrence.timezone,
        "exdates": sorted(recurrence.exdates),
        "ends": recurrence.ends,
    }


async def create_series(
    connection: AsyncConnection,
    account_id: UUID,
    definition: Definition,
    recurrence: Recurrence,
    contacts: NewContacts | UUID,
    *,
    skip_if_running: bool,
    actor: str,
    now: datetime,
    split_from: UUID | None = None,
) -> Series:
    """Write a series, in the caller's transaction, whose first occurrence the scheduler then makes.

    `contacts` is its list, or the series from which it is copied. Raises `LimitReached`.
    """
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
    going_on = and_(_visible(account_id), series.c.status != SeriesStatus.ENDED)
    count = await connection.execute(select(func.count()).select_from(series).where(going_on))
    if count.scalar_one() >= MOST_SERIES:
        raise LimitReached(f"An account has at most {MOST_SERIES} series that go on. Delete one that is not needed.")
    row = await connection.execute(
        insert(series)
        .values(
            **asdict(definition),
            **rule_columns(recurrence),
            id=uuid7(),
            account_id=account_id,
            skip_if_running=skip_if_running,
            contacts=0,
            status=SeriesStatus.ACTIVE,
            decided_until=now,
            next_due_at=now,
            split_from=split_from,
        )
        .returning(*_COLUMNS)
    )
    created = Series.of(row.mappings().one())
    if isinstance(contacts, UUID):
        await _raise_timeout(connection)
        await connection.execute(sql("copy_series_contacts"), {"from": contacts, "to": created.id})
    else:
        await replace_contacts(connection, created.id, contacts)
    await add_event(connection, created.id, SeriesEventKind.CREATED, actor=actor)
    return await get_series(connection, account_id, created.id)


async def get_series(connection: AsyncConnection, account_id: UUID, series_id: UUID) -> Series:
    """One series. Raises `NotFound`."""
    return await _one(connection, select(*_COLUMNS).where(_visible(account_id), series.c.id == series_id))


async def lock_series(connection: AsyncConnection, account_id: UUID, series_id: UUID) -> Series:
    """The same, locked: no scheduler makes, decides on or copies an occurrence of it meanwhile. Raises `NotFound`."""
    wanted = select(*_COLUMNS).where(_visible(account_id), series.c.id == series_id)
    return await _one(connection, wanted.with_for_update(key_share=True))


async def _one(connection: AsyncConnection, wanted: Any) -> Series:
    row = (await connection.execute(wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no series with this id.")
    return Series.of(row)


async def get_all_series(
    connection: AsyncConnection, account_id: UUID, *, after: UUID | None = None, limit: int
) -> Page[Series]:
    """A page of the account's series, the newest first; those that follow the series `after`, where given."""
    wanted = _visible(account_id)
    total = (await connection.execute(select(func.count()).select_from(series).where(wanted))).scalar_one()
    if after is not None:
        wanted = and_(wanted, series.c.id < after)
    rows = await connection.execute(select(*_COLUMNS).where(wanted).order_by(series.c.id.desc()).limit(limit + 1))
    return cut([Series.of(row) for row in rows.mappings()], limit=limit, total=total)


async def get_going_on(connection: AsyncConnection, account_id: UUID) -> list[Series]:
    """All series of the account that have not ended."""
    rows = await connection.execute(
        select(*_COLUMNS).where(_visible(account_id), series.c.status != SeriesStatus.ENDED).order_by(series.c.id)
    )
    return [Series.of(row) for row in rows.mappings()]


async def get_made(
    connection: AsyncConnection, series_id: UUID, *, start: datetime, end: datetime | None = None
) -> dict[datetime, Made]:
    """The occurrences from one wall time to another for which there are campaigns, deleted ones among them, by wall time."""
    wanted = select(*(campaigns.c[field.name] for field in fields(Made))).where(
        campaigns.c.series_id == series_id, campaigns.c.occurrence >= start
    )
    if end is not None:
        wanted = wanted.where(campaigns.c.occurrence <= end)
    return {made.occurrence: made for made in (Made(*row) for row in await connection.execute(wanted))}


async def get_made_walls(
    connection: AsyncConnection, series_ids: Sequence[UUID], *, start: datetime, end: datetime
) -> set[tuple[UUID, datetime]]:
    """Of which series which occurrences between two wall times there are campaigns for, deleted ones among them."""
    found = select(campaigns.c.series_id, campaigns.c.occurrence).where(
        campaigns.c.series_id.in_(series_ids),
        campaigns.c.occurrence >= start,
        campaigns.c.occurrence <= end,
    )
    return {(row.series_id, row.occurrence) for row in await connection.execute(found)}


async def replace_contacts(connection: AsyncConnection, series_id: UUID, contacts: NewContacts) -> None:
    """Give a series that is locked, or new, another list."""
    await _raise_timeout(connection)
    await connection.execute(sql("forget_series_contacts"), {"series": series_id})
    await contacts.copy(connection, "series_contacts", "phone", "name", "fields", "timezone", series_id=str(series_id))
    await connection.execute(
        update(series)
        .where(series.c.id == series_id)
        .values(contacts=len(contacts), contact_fields=list(contacts.fields))
    )


async def _raise_timeout(connection: AsyncConnection) -> None:
    """A list may have a million entries."""
    await connection.execute(sql("allow_long_statements"))


async def change(connection: AsyncConnection, found: Series, changed: Mapping[str, Any], *, now: datetime) -> None:
    """Change a series that is locked, and with it the occurrence that is made ahead, unless somebody edited that by itself.

    A change of the definition alone reaches it where it is. With any other it is hidden, and placed anew by the scheduler.
    """
    said = {name: value for name, value in changed.items() if name in DEFINITION_COLUMNS}
    if found.ahead is not None and said:
        await connection.execute(update(campaigns).where(_follows(found.ahead)).values(**said))
    is_planned_anew = changed.keys() & {"rrule", "starts", "timezone", "exdates", "ends"}
    values: dict[str, Any] = {**changed, "version": series.c.version + 1}
    if is_planned_anew:
        values |= await _planned_anew(connection, found, now)
    await connection.execute(update(series).where(series.c.id == found.id).values(**values))


async def contacts_changed(connection: AsyncConnection, found: Series, *, now: datetime) -> None:
    """After a locked series got another list: the occurrence that is made ahead is made again."""
    values: dict[str, Any] = {"version": series.c.version + 1}
    if found.status == SeriesStatus.ACTIVE:
        values |= {"decided_until": now, "next_due_at": now}
    if found.ahead is not None:
        await connection.execute(sql("withdraw_occurrence"), {"campaign": found.ahead})
        await connection.execute(sql("forget_copies"), {"campaign": found.ahead})
    await connection.execute(update(series).where(series.c.id == found.id).values(**values, ahead=None, copied_to=None))


async def pause(connection: AsyncConnection, found: Series, *, actor: str, reason: str | None = None) -> None:
    """Pause a locked series: nothing of it starts. What somebody edited by itself is paused by itself; what runs goes on."""
    await _hold(connection, found, SeriesStatus.PAUSED, actor)
    await add_event(connection, found.id, SeriesEventKind.PAUSED, actor=actor, reason=reason)


async def resume(connection: AsyncConnection, found: Series, *, actor: str, now: datetime) -> None:
    """Have a locked, paused series go on with its next occurrence."""
    await connection.execute(
        update(series)
        .where(series.c.id == found.id)
        .values(status=SeriesStatus.ACTIVE, decided_until=now, next_due_at=now, version=series.c.version + 1)
    )
    await add_event(connection, found.id, SeriesEventKind.RESUMED, actor=actor)


async def delete(connection: AsyncConnection, found: Series, *, actor: str, now: datetime) -> None:
    """Hide a locked series for good: nothing of it starts any more. What runs, and what ran, stays."""
    await _hold(connection, found, SeriesStatus.ENDED, actor)
    await connection.execute(update(series).where(series.c.id == found.id).values(deleted_at=now))
    await add_event(connection, found.id, SeriesEventKind.ENDED, actor=actor, reason="It was deleted.")


async def pause_all(connection: AsyncConnection, account_id: UUID, *, actor: str) -> int:
    """Pause all series of an account; how many."""
    wanted = select(*_COLUMNS).where(_visible(account_id), series.c.status == SeriesStatus.ACTIVE)
    rows = await connection.execute(wanted.order_by(series.c.id).with_for_update(key_share=True))
    active = [Series.of(row) for row in rows.mappings()]
    for found in active:
        await pause(connection, found, actor=actor, reason="All calling was stopped.")
    return len(active)


async def skip(
    connection: AsyncConnection, found: Series, recurrence: Recurrence, wall: datetime, *, actor: str
) -> None:
    """Leave out the occurrence of a locked series at a wall time; its campaign is cancelled if it has not started."""
    await connection.execute(
        update(series)
        .where(series.c.id == found.id)
        .values(exdates=sorted({*recurrence.exdates, wall.date()}), version=series.c.version + 1)
    )
    await connection.execute(
        sql("skip_occurrence"),
        {
            "series": found.id,
            "occurrence": wall,
            "actor": actor,
            "reason": "This occurrence of the series is left out.",
        },
    )


async def add_event(
    connection: AsyncConnection,
    series_id: UUID,
    kind: SeriesEventKind,
    *,
    actor: str,
    reason: str | None = None,
    occurrence: datetime | None = None,
    occurrences: int = 0,
) -> None:
    """Write into a series' history."""
    await connection.execute(
        insert(series_events).values(
            series_id=series_id,
            kind=kind,
            actor=actor,
            reason=reason,
            occurrence=occurrence,
            occurrences=occurrences,
        )
    )


async def get_series_events(
    connection: AsyncConnection, series_id: UUID, *, after: int | None = None, limit: int
) -> Page[SeriesEvent]:
    """A page of a series' history, the oldest first. The caller has made sure that the series is its account's."""
    of_series = series_events.c.series_id == series_id
    total = (await connection.execute(select(func.count()).select_from(series_events).where(of_series))).scalar_one()
    wanted = select(*_EVENT_COLUMNS).where(of_series)
    if after is not None:
        wanted = wanted.where(series_events.c.id > after)
    rows = await connection.execute(wanted.order_by(series_events.c.id).limit(limit + 1))
    return cut([SeriesEvent(*row) for row in rows], limit=limit, total=total)


def _follows(campaign_id: UUID) -> ColumnElement[bool]:
    """Whether the occurrence that is made ahead still follows its series."""
    return and_(
        campaigns.c.id == campaign_id,
        campaigns.c.status == "scheduled",
        campaigns.c.is_exception.is_(False),
    )


async def _planned_anew(connection: AsyncConnection, found: Series, now: datetime) -> dict[str, Any]:
    """Hide the occurrence that is made ahead, and have the scheduler place it where it now belongs."""
    values: dict[str, Any] = {}
    if found.status == SeriesStatus.ACTIVE:
        values |= {"decided_until": now, "next_due_at": now}
    return values | await _hidden(connection, found)


async def _hidden(connection: AsyncConnection, found: Series) -> dict[str, Any]:
    if found.ahead is None or found.copied_to is not None:
        return {}
    hidden = await connection.execute(sql("hide_occurrence"), {"campaign": found.ahead})
    return {"copied_to": ALL_COPIED} if hidden.rowcount else {"ahead": None}


async def _hold(connection: AsyncConnection, found: Series, status: SeriesStatus, actor: str) -> None:
    """Have nothing of a series start any more."""
    values = await _hidden(connection, found)
    await connection.execute(
        update(series)
        .where(series.c.id == found.id)
        .values(**values, status=status, next_due_at=None, version=series.c.version + 1)
    )
    halted = "paused" if status is SeriesStatus.PAUSED else "cancelled"
    await connection.execute(
        sql("stop_exceptions"),
        {
            "series": found.id,
            "status": halted,
            "reason": f"Its series was {'paused' if halted == 'paused' else 'deleted'}.",
            "actor": actor,
        },
    )
