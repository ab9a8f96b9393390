"""What changed in accounts' campaigns since a moment, for those who look on.

A moment is a snapshot of Postgres: it knows which transactions it saw, and so nothing is missed although transactions commit
in another order than they began.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self
from uuid import UUID

from sqlalchemy import TextualSelect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.campaigns import CAMPAIGN_COLUMNS, Campaign
from belltower.db.engine import sql
from belltower.db.progress import Progress
from belltower.db.tables import COUNTERS, campaigns

_POSITION = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Moment:
    """When one looked: which server, and its snapshot then."""

    server: int
    """When the server started, in microseconds since 1970. It may have been restored or failed over to then, and what it
    knew of earlier transactions be lost."""
    snapshot: str
    """`xmin:xmax:ids` (PostgreSQL, 9.27.10)."""

    @property
    def position(self) -> str:
        """A short text for it. What `at` makes of it is a moment that saw the same, or somewhat less."""
        return f"{self.server}-{self.snapshot.partition(':')[0]}"

    @classmethod
    def at(cls, position: str) -> Self | None:
        """The moment at a position; None for a text that is none."""
        parts = _POSITION.fullmatch(position)
        return cls(int(parts[1]), f"{parts[2]}:{parts[2]}:") if parts else None

    def follows(self, earlier: "Moment") -> bool:
        """Whether it is later than another one, or the same: only then can be told what changed between them."""
        return self.server == earlier.server and self._end >= earlier._end

    @property
    def _end(self) -> int:
        return int(self.snapshot.split(":")[1])


_BEGINNING = Moment(0, "3:3:")


@dataclass(frozen=True, slots=True)
class Change:
    """A campaign that changed, as it is now."""

    account_id: UUID
    campaign: Campaign
    progress: Progress
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed until `moment`."""

    moment: Moment
    items: Sequence[Change]


@cache
def _changes_sql() -> TextualSelect:
    # The names are those of this package's own tables.
    statement = text(
        sql("changes")
        .text.replace("{sums}", ", ".join(f"sum({name}) AS {name}" for name in COUNTERS))
        .replace("{columns}", ", ".join(f"campaigns.{name}" for name in CAMPAIGN_COLUMNS))
        .replace(
            "{counters}",
            ", ".join(f"campaign_progress.{name} + coalesce(appended.{name}, 0) AS {name}" for name in COUNTERS),
        )
    )
    return statement.columns(calling_window=campaigns.c.calling_window.type)


async def get_moment(connection: AsyncConnection) -> Moment:
    """This moment."""
    return (await get_changes(connection, (), _BEGINNING, most=0)).moment


async def get_changes(
    connection: AsyncConnection, account_ids: Collection[UUID], since: Moment, *, most: int
) -> Changes:
    """The campaigns of accounts that changed since a moment, at most `most` of each account, in one snapshot.

    Whoever finds `most` of an account has to suppose that there are more.
    """
    rows = await connection.execute(
        _changes_sql(), {"accounts": list(account_ids), "seen": since.snapshot, "most": most}
    )
    found = rows.mappings().all()
    return Changes(
        Moment(found[0]["server"], found[0]["seen"]),
        [
            Change(row["account_id"], Campaign.of(row), Progress.of(row), row["deleted_at"] is not None)
            for row in found
            if row["id"] is not None
        ],
    )
