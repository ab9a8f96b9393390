"""API keys: what programs prove themselves with. Only hashes are stored."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import accounts, api_keys
from belltower.domain.credentials import SHOWN_PREFIX, api_key_hash
from belltower.domain.errors import LimitReached, NotFound
from belltower.domain.principal import Principal

MOST_KEYS = 100
"""Of an account, without those that were revoked."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A valid key, as far as it is known here."""

    id: UUID
    name: str
    prefix: str
    """Its first characters, to tell one from another."""
    created_at: datetime
    last_used_at: datetime | None
    """To the minute."""


_COLUMNS = [api_keys.c[field.name] for field in fields(ApiKey)]


async def find_principal(connection: AsyncConnection, api_key: str) -> Principal | None:
    """Whose valid API key this is; None when nobody's. Notes that it was used; `connection` is in autocommit."""
    found = await connection.execute(_principal(), {"hash": api_key_hash(api_key)})
    row = found.one_or_none()
    if row is None:
        return None
    if row.stale:
        await connection.execute(sql("touch_api_key"), {"id": row.id})
    return Principal(row.account_id, f"api key {row.prefix}")


@cache
def _principal() -> Select[Any]:
    """The statement that every request begins with."""
    stale = or_(
        api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 1)
    )
    return select(api_keys.c.id, api_keys.c.account_id, api_keys.c.prefix, stale.label("stale")).where(
        api_keys.c.key_hash == bindparam("hash"), api_keys.c.revoked_at.is_(None)
    )


async def create_api_key(connection: AsyncConnection, account_id: UUID, api_key: str, *, name: str) -> ApiKey:
    """Store an API key's hash. Raises `LimitReached`."""
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
    count = await connection.execute(select(func.count()).select_from(api_keys).where(_valid(account_id)))
    if count.scalar_one() >= MOST_KEYS:
        raise LimitReached(f"An account has at most {MOST_KEYS} API keys. Revoke one that is not used any more.")
    created = await connection.execute(
        insert(api_keys)
        .values(
            id=uuid7(),
            account_id=account_id,
            name=name,
            prefix=api_key[:SHOWN_PREFIX],
            key_hash=api_key_hash(api_key),
        )
        .returning(*_COLUMNS)
    )
    return ApiKey(*created.one())


async def get_api_keys(
    connection: AsyncConnection, account_id: UUID, *, after: UUID | None = None, limit: int
) -> Page[ApiKey]:
    """A page of an account's valid keys, the newest first; those that follow the key `after`, where given."""
    wanted = _valid(account_id)
    total = (await connection.execute(select(func.count()).select_from(api_keys).where(wanted))).scalar_one()
    if after is not None:
        wanted = and_(wanted, api_keys.c.id < after)
    rows = await connection.execute(select(*_COLUMNS).where(wanted).order_by(api_keys.c.id.desc()).limit(limit + 1))
    return cut([ApiKey(*row) for row in rows], limit=limit, total=total)


async def revoke_api_key(connection: AsyncConnection, account_id: UUID, key_id: UUID) -> None:
    """Make a key invalid, from this moment on and for good. Raises `NotFound`."""
    revoked = await connection.execute(
        update(api_keys).where(_valid(account_id), api_keys.c.id == key_id).values(revoked_at=func.clock_timestamp())
    )
    if not revoked.rowcount:
        raise NotFound("There is no API key with this id.")


def _valid(account_id: UUID) -> ColumnElement[bool]:
    return and_(api_keys.c.account_id == account_id, api_keys.c.revoked_at.is_(None))
