"""When an account, and a campaign, may call: read by every gate under the account's lock, so that a change holds from its
commit on."""

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.tables import accounts
from belltower.domain.calling_hours import CallingHours
from belltower.domain.calling_window import CallingWindow
from belltower.domain.errors import NotFound


@lru_cache(maxsize=1_000)
def read_window(document: str | None) -> CallingWindow | None:
    """A window as a statement reads it, with its document cast to text."""
    return None if document is None else CallingWindow.of(json.loads(document))


def hours_of(row: Any) -> CallingHours:
    """The hours in an account's row, whose window was cast to text."""
    return CallingHours(read_window(row.calling_window), row.unknown_zone)


async def get_calling_hours(connection: AsyncConnection, account_id: UUID) -> CallingHours:
    """An account's calling hours. Raises `NotFound`."""
    found = await connection.execute(
        select(accounts.c.calling_window, accounts.c.unknown_zone).where(accounts.c.id == account_id)
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return CallingHours.of(row.calling_window, row.unknown_zone)


async def set_calling_hours(connection: AsyncConnection, account_id: UUID, hours: CallingHours) -> None:
    """Replace an account's calling hours. From the commit on no gate goes by the former ones."""
    await connection.execute(  # which locks the account, as the gate does
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(calling_window=hours.window and hours.window.document(), unknown_zone=hours.unknown_zone)
    )
    await look_again(connection, account_id)


async def look_again(connection: AsyncConnection, account_id: UUID, campaign_id: UUID | None = None) -> None:
    """After the hours of an account, whose row is locked, or those of one of its campaigns have changed: whoever waits for a
    window is judged anew, and calls that have not rung and would be outside it are called off.

    After the commit the caller wakes the schedulers.
    """
    changed = {"account": account_id, "campaign": campaign_id}
    await connection.execute(sql("hours_changed"), changed)
    hours = await get_calling_hours(connection, account_id)
    outside = [
        call.id
        for call in await connection.execute(sql("unrung_calls"), changed)
        if not hours.decide(call.phone, call.timezone, read_window(call.calling_window), now=call.now).allowed
    ]
    if outside:
        await connection.execute(sql("call_off_calls"), {"ids": outside})
