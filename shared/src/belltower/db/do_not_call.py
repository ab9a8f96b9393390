"""The do-not-call list of an account: numbers that none of its campaigns rings, and the record of every change of it.

The gate reads the list whenever it lets somebody through: a contact who waits in any campaign is skipped when its turn comes.
Changes lock the account first, as the gate does, so that from their commit on no gate goes by an older list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import accounts, attempts, campaigns, do_not_call, do_not_call_events
from belltower.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Entry:
    """A number that is not rung."""

    phone: str
    reason: str
    """`key_press`, `asked` or `imported`."""
    attempt_id: UUID | None
    """The call in which the key was pressed."""
    note: str | None
    created_at: datetime
    campaign_id: UUID | None = None
    """Of that call."""
    campaign_name: str | None = None
    """Where somebody can look at that campaign: it is no test call, and was not deleted."""


@dataclass(frozen=True, slots=True)
class Only:
    """Which entries of the list are wanted."""

    phone: str | None = None
    beginnings: Sequence[str] = ()
    """What their numbers begin with, one or the other: a + and digits."""


@dataclass(frozen=True, slots=True)
class Position:
    """The last entry of a page of the list, the newest first."""

    created_at: datetime
    phone: str


@dataclass(frozen=True, slots=True)
class Event:
    """A number was put on the list or taken off it."""

    id: int
    at: datetime
    change: str
    """`added` or `removed`."""
    actor: str
    attempt_id: UUID | None
    note: str | None


_ENTRY = [
    *(do_not_call.c[name] for name in ("phone", "reason", "attempt_id", "note", "created_at")),
    campaigns.c.id.label("campaign_id"),
    case((and_(campaigns.c.deleted_at.is_(None), ~campaigns.c.is_test), campaigns.c.name)).label("campaign_name"),
]
_ENTRIES = do_not_call.outerjoin(attempts, attempts.c.id == do_not_call.c.attempt_id).outerjoin(
    campaigns, campaigns.c.id == attempts.c.campaign_id
)
_EVENT = [do_not_call_events.c[field.name] for field in fields(Event)]


async def opt_out(connection: AsyncConnection, account_id: UUID, phone: str, *, call_id: UUID) -> bool:
    """Put a number on the list whose owner pressed the key in a call; whether it was not on it yet."""
    return await _add(connection, account_id, phone, "key_press", "the person called", call_id=call_id) is not None


async def add(
    connection: AsyncConnection, account_id: UUID, phone: str, *, actor: str, note: str | None
) -> tuple[Entry, bool]:
    """Put a number (E.164) on the list. Its entry, and whether it is new: one that was on it already stays as it is."""
    added = await _add(connection, account_id, phone, "asked", actor, note=note)
    if added is not None:
        return added, True
    found = await connection.execute(
        select(*_ENTRY)
        .select_from(_ENTRIES)
        .where(do_not_call.c.account_id == account_id, do_not_call.c.phone == phone)
    )
    return Entry(*found.one()), False


async def add_many(
    connection: AsyncConnection, account_id: UUID, phones: Sequence[str], *, reason: str, actor: str, note: str | None
) -> int:
    """Put numbers (E.164) on the list, all for one `reason`: how many were not on it yet. Calls of the account wait while it is
    done: a long list comes piece by piece, each in a transaction of its own."""
    await _lock(connection, account_id)
    added = await connection.execute(
        sql("do_not_call_add_many"),
        {"account": account_id, "phones": list(phones), "reason": reason, "actor": actor, "note": note},
    )
    count: int = added.scalar_one()
    return count


async def remove(connection: AsyncConnection, account_id: UUID, phone: str, *, actor: str) -> None:
    """Take a number off the list. Raises `NotFound`."""
    await _lock(connection, account_id)
    removed = await connection.execute(
        sql("do_not_call_remove"), {"account": account_id, "phone": phone, "actor": actor}
    )
    if removed.one_or_none() is None:
        raise NotFound("This number is not on the do-not-call list.")


async def get_entries(
    connection: AsyncConnection, account_id: UUID, *, only: Only = Only(), after: str | None = None, limit: int
) -> Page[Entry]:
    """A page of the list by its numbers; those that follow the number `after`, where given."""
    rows = await connection.execute(entries_by_number(account_id, only, after).limit(limit + 1))
    return cut([Entry(*row) for row in rows], limit=limit, total=await _count(connection, account_id, only))


async def read_entries(connection: AsyncConnection, account_id: UUID, *, after: str | None, limit: int) -> list[Entry]:
    """The next entries by their numbers, of those that follow the number `after`, where given; nothing is counted."""
    rows = await connection.execute(entries_by_number(account_id, Only(), after).limit(limit))
    return [Entry(*row) for row in rows]


async def get_newest_entries(
    connection: AsyncConnection, account_id: UUID, *, only: Only = Only(), after: Position | None = None, limit: int
) -> Page[Entry]:
    """A page of the list, the newest first; those that follow the position `after`, where given."""
    rows = await connection.execute(newest_entries(account_id, only, after).limit(limit + 1))
    return cut([Entry(*row) for row in rows], limit=limit, total=await _count(connection, account_id, only))


def entries_by_number(account_id: UUID, only: Only, after: str | None) -> Select[Any]:
    """The entries that are wanted, by their numbers."""
    wanted = select(*_ENTRY).select_from(_ENTRIES).where(*_conditions(account_id, only))
    if after is not None:
        wanted = wanted.where(do_not_call.c.phone > after)
    return wanted.order_by(do_not_call.c.phone)


def newest_entries(account_id: UUID, only: Only, after: Position | None) -> Select[Any]:
    """The entries that are wanted, the newest first."""
    key = do_not_call.c.created_at, do_not_call.c.phone
    wanted = select(*_ENTRY).select_from(_ENTRIES).where(*_conditions(account_id, only))
    if after is not None:
        wanted = wanted.where(tuple_(*key) < tuple_(after.created_at, after.phone))
    return wanted.order_by(*(column.desc() for column in key))


async def get_events(
    connection: AsyncConnection, account_id: UUID, phone: str, *, after: int | None = None, limit: int
) -> Page[Event]:
    """A page of a number's record, the oldest first; the changes that follow the change `after`, where given."""
    of_number = [do_not_call_events.c.account_id == account_id, do_not_call_events.c.phone == phone]
    total = (
        await connection.execute(select(func.count()).select_from(do_not_call_events).where(*of_number))
    ).scalar_one()
    wanted = select(*_EVENT).where(*of_number)
    if after is not None:
        wanted = wanted.where(do_not_call_events.c.id > after)
    rows = await connection.execute(wanted.order_by(do_not_call_events.c.id).limit(limit + 1))
    return cut([Event(*row) for row in rows], limit=limit, total=total)


async def opted_out_at(connection: AsyncConnection, call_id: UUID) -> datetime | None:
    """When the key was first pressed in a call. The caller has made sure that the call is its account's."""
    in_call = do_not_call_events.c.attempt_id == call_id
    at: datetime | None = (
        await connection.execute(select(func.min(do_not_call_events.c.at)).where(in_call))
    ).scalar_one()
    return at


async def _add(
    connection: AsyncConnection,
    account_id: UUID,
    phone: str,
    reason: str,
    actor: str,
    *,
    call_id: UUID | None = None,
    note: str | None = None,
) -> Entry | None:
    await _lock(connection, account_id)
    added = await connection.execute(
        sql("do_not_call_add"),
        {"account": account_id, "phone": phone, "reason": reason, "actor": actor, "attempt": call_id, "note": note},
    )
    row = added.one_or_none()
    return None if row is None else Entry(*row)


async def _count(connection: AsyncConnection, account_id: UUID, only: Only) -> int:
    counted = await connection.execute(
        select(func.count()).select_from(do_not_call).where(*_conditions(account_id, only))
    )
    count: int = counted.scalar_one()
    return count


def _conditions(account_id: UUID, only: Only) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [do_not_call.c.account_id == account_id]
    if only.phone is not None:
        conditions.append(do_not_call.c.phone == only.phone)
    if only.beginnings:
        conditions.append(or_(*map(_begins_with, only.beginnings)))
    return conditions


def _begins_with(digits: str) -> ColumnElement[bool]:
    """As a range, which the index finds: +141 to below +142."""
    begins = do_not_call.c.phone >= digits
    kept = digits.rstrip("9")
    return begins if kept == "+" else and_(begins, do_not_call.c.phone < kept[:-1] + str(int(kept[-1]) + 1))


async def _lock(connection: AsyncConnection, account_id: UUID) -> None:
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
