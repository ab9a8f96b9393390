"""The do-not-call list of an account: numbers that none of its campaigns rings, and the record of every change of it.

The gate reads the list whenever it lets somebody through: a contact who waits in any campaign is skipped when its turn comes.
Changes lock the account first, as the gate does, so that from their commit on no gate goes by an older list.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import accounts, do_not_call, do_not_call_events
from belltower.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Entry:
    """A number that is not rung."""

    phone: str
    reason: str
    """`key_press` or `asked`."""
    attempt_id: UUID | None
    """The call in which the key was pressed."""
    note: str | None
    created_at: datetime


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


_ENTRY = [do_not_call.c[field.name] for field in fields(Entry)]
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
        select(*_ENTRY).where(do_not_call.c.account_id == account_id, do_not_call.c.phone == phone)
    )
    return Entry(*found.one()), False


async def remove(connection: AsyncConnection, account_id: UUID, phone: str, *, actor: str) -> None:
    """Take a number off the list. Raises `NotFound`."""
    await _lock(connection, account_id)
    removed = await connection.execute(
        sql("do_not_call_remove"), {"account": account_id, "phone": phone, "actor": actor}
    )
    if removed.one_or_none() is None:
        raise NotFound("This number is not on the do-not-call list.")


async def get_entries(
    connection: AsyncConnection, account_id: UUID, *, phone: str | None = None, after: str | None = None, limit: int
) -> Page[Entry]:
    """A page of the list by its numbers; those that follow the number `after`, where given. Only `phone`, where given."""
    conditions = [do_not_call.c.account_id == account_id]
    if phone is not None:
        conditions.append(do_not_call.c.phone == phone)
    total = (await connection.execute(select(func.count()).select_from(do_not_call).where(*conditions))).scalar_one()
    wanted = select(*_ENTRY).where(*conditions)
    if after is not None:
        wanted = wanted.where(do_not_call.c.phone > after)
    rows = await connection.execute(wanted.order_by(do_not_call.c.phone).limit(limit + 1))
    return cut([Entry(*row) for row in rows], limit=limit, total=total)


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


async def _lock(connection: AsyncConnection, account_id: UUID) -> None:
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
