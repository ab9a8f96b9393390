"""What bounds a campaign that is not written yet, and what to expect of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.domain.calling_window import CallingWindow
from belltower.domain.errors import NotFound
from belltower.domain.forecast import Experience


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds an account's calls; None: nothing does."""

    max_concurrent_calls: int | None
    calls_per_second: int | None
    window: CallingWindow | None
    do_not_call: int
    """How many of the numbers asked about must not be called."""


async def get_limits(connection: AsyncConnection, account_id: UUID, phones: Sequence[str]) -> Limits:
    """An account's limits, and how many of `phones` (E.164) are on its do-not-call list. Raises `NotFound`."""
    row = (
        await connection.execute(sql("account_limits"), {"account": account_id, "phones": list(phones)})
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    window = None if row.window_start is None else CallingWindow(row.window_start, row.window_end)
    return Limits(row.max_concurrent_calls, row.calls_per_second, window, row.do_not_call)


async def get_experience(connection: AsyncConnection, account_id: UUID) -> Experience:
    """What an account's latest thousand calls were like."""
    row = (await connection.execute(sql("experience"), {"account": account_id})).one()
    return Experience(row.calls, row.cost, float(row.line_seconds))
