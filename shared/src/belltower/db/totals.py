"""How many campaigns an account's list has, without counting them anew each time.

A count stays right until a campaign of the account changes, whatever the list leaves out. Each row says which transaction
changed it last (`campaigns.changed`), and a snapshot of Postgres says which transactions it can have missed: those from its
`xmin` on. So while no row was changed by one of these, what was counted in that snapshot is the count (ADR 5 tells the same of
the live view).
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal_column
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql

MOST = 10_000
"""Counts that are kept: a bound on memory."""


@dataclass(frozen=True, slots=True)
class _Counted:
    total: int
    snapshot: int
    """The first transaction that the count may have missed."""
    server: int
    """When the server started (`changes.Moment`): another one may know other transactions by the same numbers."""


class Totals:
    """Counts that were made, in the order of their latest use."""

    def __init__(self) -> None:
        self._counted: OrderedDict[tuple[UUID, object], _Counted] = OrderedDict()

    async def count(self, connection: AsyncConnection, account_id: UUID, which: object, wanted: Select[Any]) -> int:
        """How many rows `wanted` has, a list of campaigns of one account. `which` they are tells this list from its others."""
        key = (account_id, which)
        counted = self._counted.get(key)
        if counted is not None and await _still_right(connection, account_id, counted):
            self._counted.move_to_end(key)
            return counted.total
        self._counted[key] = counted = await _count(connection, wanted)
        self._counted.move_to_end(key)
        if len(self._counted) > MOST:
            self._counted.popitem(last=False)
        return counted.total


async def _still_right(connection: AsyncConnection, account_id: UUID, counted: _Counted) -> bool:
    asked = {"account": account_id, "snapshot": str(counted.snapshot), "server": counted.server}
    return bool((await connection.execute(sql("count_is_right"), asked)).scalar_one())


async def _count(connection: AsyncConnection, wanted: Select[Any]) -> _Counted:
    found: Any = await connection.execute(
        wanted.with_only_columns(
            func.count(),
            literal_column("CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"),
            literal_column("CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint)"),
        )
    )
    total, snapshot, server = found.one()
    return _Counted(total, snapshot, server)
