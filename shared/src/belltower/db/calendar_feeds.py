"""Calendar feeds: addresses with a secret in them, at which calendars read an account's campaigns. Only hashes are stored."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import accounts, calendar_feeds
from belltower.domain.credentials import api_key_hash
from belltower.domain.errors import LimitReached, NotFound

MOST_FEEDS = 50
"""Of an account, without those that were revoked."""


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """A feed that is valid, as far as it is known here."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    """To the minute."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """Whose feed a token is of."""

    account_id: UUID
    is_revoked: bool


_COLUMNS = [calendar_feeds.c[field.name] for field in fields(CalendarFeed)]


async def find_feed(connection: AsyncConnection, token: str) -> FoundFeed | None:
    """The feed of a token; None for one that never was. Notes that it was used; `connection` is in autocommit."""
    row = (await connection.execute(sql("find_feed"), {"hash": api_key_hash(token)})).one_or_none()
    if row is None:
        return None
    if row.is_stale:
        await connection.execute(sql("touch_feed"), {"id": row.id})
    return FoundFeed(row.account_id, row.is_revoked)


async def create_feed(connection: AsyncConnection, account_id: UUID, token: str, *, name: str) -> CalendarFeed:
    """Store a token's hash. Raises `LimitReached`."""
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
    count = await connection.execute(select(func.count()).select_from(calendar_feeds).where(_valid(account_id)))
    if count.scalar_one() >= MOST_FEEDS:
        raise LimitReached(f"An account has at most {MOST_FEEDS} calendar feeds. Revoke one that is not used any more.")
    created = await connection.execute(
        insert(calendar_feeds)
        .values(id=uuid7(), account_id=account_id, name=name, token_hash=api_key_hash(token))
        .returning(*_COLUMNS)
    )
    return CalendarFeed(*created.one())


async def get_feeds(
    connection: AsyncConnection, account_id: UUID, *, after: UUID | None = None, limit: int
) -> Page[CalendarFeed]:
    """A page of an account's valid feeds, the newest first; those that follow the feed `after`, where given."""
    wanted = _valid(account_id)
    total = (await connection.execute(select(func.count()).select_from(calendar_feeds).where(wanted))).scalar_one()
    if after is not None:
        wanted = and_(wanted, calendar_feeds.c.id < after)
    rows = await connection.execute(
        select(*_COLUMNS).where(wanted).order_by(calendar_feeds.c.id.desc()).limit(limit + 1)
    )
    return cut([CalendarFeed(*row) for row in rows], limit=limit, total=total)


async def revoke_feed(connection: AsyncConnection, account_id: UUID, feed_id: UUID) -> None:
    """Make a feed's address invalid, from this moment on and for good. Raises `NotFound`."""
    revoked = await connection.execute(
        update(calendar_feeds)
        .where(_valid(account_id), calendar_feeds.c.id == feed_id)
        .values(revoked_at=func.clock_timestamp())
    )
    if not revoked.rowcount:
        raise NotFound("There is no calendar feed with this id.")


def _valid(account_id: UUID) -> ColumnElement[bool]:
    return and_(calendar_feeds.c.account_id == account_id, calendar_feeds.c.revoked_at.is_(None))
