"""Files of contacts that were uploaded and start nothing by themselves. Every query is scoped to the account."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import import_parts, imports
from belltower.domain.errors import NotFound

KEPT_FOR = timedelta(days=1)
KEPT = 10
"""Imports of an account; with one more the oldest is forgotten, whatever its age."""

_PART = 2**20
_FORGOTTEN_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Import:
    """A file, and what was found in it when it came."""

    id: UUID
    filename: str
    size: int
    created_at: datetime
    reading: Mapping[str, Any]
    """How it was read then."""
    analysis: Mapping[str, Any]

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten."""
        return self.created_at + KEPT_FOR


_COLUMNS = (
    imports.c.id,
    imports.c.filename,
    imports.c.size,
    imports.c.created_at,
    imports.c.reading,
    imports.c.analysis,
)


def _is_kept(account_id: UUID) -> ColumnElement[bool]:
    return and_(imports.c.account_id == account_id, imports.c.created_at > func.now() - KEPT_FOR)


async def create_import(
    connection: AsyncConnection,
    account_id: UUID,
    filename: str,
    file: BinaryIO,
    *,
    reading: Mapping[str, Any],
    analysis: Mapping[str, Any],
) -> Import:
    """Keep a file, in the caller's transaction. Of an account's imports the latest `KEPT` stay."""
    import_id = uuid7()
    size = file.seek(0, 2)
    created = await connection.execute(
        insert(imports)
        .values(id=import_id, account_id=account_id, filename=filename, size=size, reading=reading, analysis=analysis)
        .returning(*_COLUMNS)
    )
    file.seek(0)
    number = 0
    while content := file.read(_PART):
        await connection.execute(insert(import_parts).values(import_id=import_id, number=number, content=content))
        number += 1
    latest = select(imports.c.id).where(imports.c.account_id == account_id).order_by(imports.c.id.desc()).limit(KEPT)
    await connection.execute(
        delete(imports).where(imports.c.account_id == account_id, imports.c.id.not_in(latest.scalar_subquery()))
    )
    return Import(*created.one())


async def get_import(connection: AsyncConnection, account_id: UUID, import_id: UUID) -> Import:
    """One import. Raises `NotFound`."""
    found = await connection.execute(select(*_COLUMNS).where(_is_kept(account_id), imports.c.id == import_id))
    row = found.one_or_none()
    if row is None:
        raise missing()
    return Import(*row)


async def get_imports(
    connection: AsyncConnection, account_id: UUID, *, after: UUID | None = None, limit: int
) -> Page[Import]:
    """A page of the account's imports, the newest first; those that follow the import `after`, where given."""
    kept = _is_kept(account_id)
    total = (await connection.execute(select(func.count()).select_from(imports).where(kept))).scalar_one()
    wanted = kept if after is None else and_(kept, imports.c.id < after)
    rows = await connection.execute(select(*_COLUMNS).where(wanted).order_by(imports.c.id.desc()).limit(limit + 1))
    return cut([Import(*row) for row in rows], limit=limit, total=total)


async def read_parts(connection: AsyncConnection, import_id: UUID) -> AsyncIterator[bytes]:
    """The file of an import that the caller found by `get_import`, piece by piece."""
    number = 0
    while True:
        found = await connection.execute(
            select(import_parts.c.content).where(import_parts.c.import_id == import_id, import_parts.c.number == number)
        )
        content = found.scalar_one_or_none()
        if content is None:
            return
        yield content
        number += 1


async def delete_import(connection: AsyncConnection, account_id: UUID, import_id: UUID) -> None:
    """Forget a file at once. Raises `NotFound`."""
    found = await connection.execute(
        delete(imports).where(_is_kept(account_id), imports.c.id == import_id).returning(imports.c.id)
    )
    if found.scalar_one_or_none() is None:
        raise missing()


async def forget_imports(connection: AsyncConnection) -> int:
    """Delete files whose time is over, of every account; how many."""
    gone = await connection.execute(
        sql("forget_imports"), {"kept_for": KEPT_FOR.total_seconds(), "batch": _FORGOTTEN_AT_ONCE}
    )
    return gone.rowcount


def missing() -> NotFound:
    """The answer to the id of an import that is not there."""
    return NotFound("There is no import with this id. Files are kept for a day; upload it again.")
