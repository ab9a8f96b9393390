"""What was left out of the lists of campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.copying import Rows
from belltower.db.page import Page, cut
from belltower.db.tables import rejected_entries


@dataclass(frozen=True, slots=True)
class RejectedEntry:
    """An entry of a list that is no contact."""

    id: int
    source: str
    line: int
    value: str
    code: str
    reason: str


class NewRejected(Rows):
    """What was left out of the list of a campaign to create."""

    def add_entry(self, source: str, line: int, value: str, code: str, reason: str) -> None:
        """Add an entry, with its stable code and the reason for a person."""
        self.add(source, line, _storable(value), code, _storable(reason))

    async def copy_to(self, connection: AsyncConnection, campaign_id: UUID) -> None:
        """Write them in the caller's transaction."""
        if len(self):
            columns = ("source", "line", "value", "code", "reason")
            await self.copy(connection, "rejected_entries", *columns, campaign_id=str(campaign_id))


_COLUMNS = (
    rejected_entries.c.id,
    rejected_entries.c.source,
    rejected_entries.c.line,
    rejected_entries.c.value,
    rejected_entries.c.code,
    rejected_entries.c.reason,
)


async def get_rejected(
    connection: AsyncConnection, campaign_id: UUID, *, after: int | None = None, limit: int
) -> Page[RejectedEntry]:
    """A page of what was left out of a campaign's list. The caller has made sure that the campaign is its account's."""
    of_campaign = rejected_entries.c.campaign_id == campaign_id
    counted = await connection.execute(select(func.count()).select_from(rejected_entries).where(of_campaign))
    entries = await read_rejected(connection, campaign_id, after=after or 0, limit=limit + 1)
    return cut(entries, limit=limit, total=counted.scalar_one())


async def read_rejected(
    connection: AsyncConnection, campaign_id: UUID, *, after: int, limit: int
) -> Sequence[RejectedEntry]:
    """The `limit` entries that follow the one with the id `after`, by their place in the lists."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(rejected_entries.c.campaign_id == campaign_id, rejected_entries.c.id > after)
        .order_by(rejected_entries.c.id)
        .limit(limit)
    )
    return [RejectedEntry(*row) for row in rows]


def _storable(text: str) -> str:
    """Postgres cannot hold the character zero, nor UTF-8 half of a surrogate pair."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
