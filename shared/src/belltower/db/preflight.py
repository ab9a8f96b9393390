"""What bounds a campaign that is not written yet, and what to expect of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.calling_hours import hours_of
from belltower.db.engine import sql
from belltower.domain.calling_hours import CallingHours
from belltower.domain.errors import NotFound
from belltower.domain.forecast import Experience

_ASKED_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds an account's calls; None: nothing does."""

    max_concurrent_calls: int | None
    calls_per_second: int | None
    hours: CallingHours


async def get_limits(connection: AsyncConnection, account_id: UUID) -> Limits:
    """An account's limits. Raises `NotFound`."""
    row = (await connection.execute(sql("account_limits"), {"account": account_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return Limits(row.max_concurrent_calls, row.calls_per_second, hours_of(row))


async def count_do_not_call(connection: AsyncConnection, account_id: UUID, phones: Iterator[str]) -> int:
    """How many of these numbers (E.164) the account must not call."""
    counted = 0
    while asked := list(islice(phones, _ASKED_AT_ONCE)):
        found = await connection.execute(sql("count_do_not_call"), {"account": account_id, "phones": asked})
        counted += found.scalar_one()
    return counted


async def get_experience(connection: AsyncConnection, account_id: UUID) -> Experience:
    """What an account's latest thousand calls were like."""
    row = (await connection.execute(sql("experience"), {"account": account_id})).one()
    return Experience(row.calls, row.cost, float(row.line_seconds))
