"""Dead letters in the database: recorded by the scheduler, which empties the queue where they wait; read by operators."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from belltower.db.engine import in_transaction, sql, transaction
from belltower.db.page import Page, cut
from belltower.db.tables import Instant, dead_letters
from belltower.domain.dead_letter import DeadMessage, Reason, Status
from belltower.domain.errors import IllegalTransition, NotFound

LARGEST_BODY = 64 * 1024
"""Bytes of a body that are kept; a larger one cannot be sent again. An event of ours has 4 kB at most."""
KEPT_FOR = 30 * 86_400.0
MOST = 10_000
"""Dead letters that are kept; as many as the broker keeps in its queue."""
SENDING = 15.0
"""Seconds after which a replay that has not ended is begun anew: its scheduler died."""
_FORGOTTEN_AT_ONCE = 5_000
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as an operator sees it: never its body."""

    id: UUID
    reason: Reason
    detail: str | None
    status: Status
    times: int
    publisher: str | None
    reported_by: str | None
    published_at: datetime | None
    size: int
    campaign_ids: Sequence[UUID]
    first_at: datetime
    last_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    can_be_replayed: bool


@dataclass(frozen=True, slots=True)
class Position:
    """The last dead letter of a page, the latest first."""

    last_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Replay:
    """A dead letter to be sent again."""

    id: UUID
    body: bytes
    sent_at: datetime


_OPEN = (Status.WAITING, Status.REPLAYING)
_SHOWN = [
    *(dead_letters.c[field.name] for field in fields(DeadLetter) if field.name != "can_be_replayed"),
    dead_letters.c.body.is_not(None).label("can_be_replayed"),
]


async def record(engine: AsyncEngine, message: DeadMessage) -> int | None:
    """Record a dead letter; how often the same one came by now, None when this message is recorded already."""

    async def work(connection: AsyncConnection) -> int | None:
        recorded = await connection.execute(
            sql("record_dead_letter"),
            {
                "id": uuid7(),
                "fingerprint": hashlib.sha256(f"{message.reason}\n".encode() + message.body).digest(),
                "reason": message.reason.value,
                "detail": _text(message.detail),
                "message_ids": [_text(message.message_id)],
                "publisher": _text(message.publisher),
                "reported_by": _text(message.reported_by),
                "published_at": message.published_at,
                "body": message.body if len(message.body) <= LARGEST_BODY else None,
                "size": len(message.body),
                "campaign_ids": list(message.campaign_ids),
            },
        )
        times: int | None = recorded.scalar_one_or_none()
        return times

    return await in_transaction(engine, work)


async def get_dead_letters(
    connection: AsyncConnection, *, status: Status | None = None, after: Position | None = None, limit: int
) -> Page[DeadLetter]:
    """A page of them, the latest first: those that wait or are about to be sent again, or those of one status."""
    wanted = dead_letters.c.status.in_(_OPEN) if status is None else dead_letters.c.status == status
    total = (await connection.execute(select(func.count()).select_from(dead_letters).where(wanted))).scalar_one()
    key = dead_letters.c.last_at, dead_letters.c.id
    page = select(*_SHOWN).where(wanted)
    if after is not None:
        page = page.where(tuple_(*key) < tuple_(after.last_at, after.id))
    rows = await connection.execute(page.order_by(*(column.desc() for column in key)).limit(limit + 1))
    return cut([_read(row) for row in rows], limit=limit, total=total)


async def count_waiting(connection: AsyncConnection) -> int:
    """How many wait for an operator."""
    counted = await connection.execute(
        select(func.count()).select_from(dead_letters).where(dead_letters.c.status == Status.WAITING)
    )
    count: int = counted.scalar_one()
    return count


async def replay(connection: AsyncConnection, letter_id: UUID, *, actor: str) -> DeadLetter:
    """Have a dead letter sent again by the scheduler. Raises `NotFound` and `IllegalTransition`."""
    letter = await _lock(connection, letter_id)
    if letter.status is Status.REPLAYING:
        return letter
    if letter.status is Status.DISCARDED:
        raise IllegalTransition("This dead letter was discarded. Only one that waits can be sent again.")
    if letter.status is Status.REPLAYED:
        raise IllegalTransition("This dead letter was sent again already. Should that fail, it waits here once more.")
    if not letter.can_be_replayed:
        raise IllegalTransition(
            f"This dead letter has {letter.size} bytes, more than are kept of one: it cannot be sent again. Discard it."
        )
    return await _decide(connection, letter_id, Status.REPLAYING, actor)


async def discard(connection: AsyncConnection, letter_id: UUID, *, actor: str) -> DeadLetter:
    """Be done with a dead letter. Raises `NotFound` and `IllegalTransition`."""
    letter = await _lock(connection, letter_id)
    if letter.status is Status.DISCARDED:
        return letter
    if letter.status is not Status.WAITING:
        raise IllegalTransition("This dead letter is sent again. Should that fail, it waits here once more.")
    return await _decide(connection, letter_id, Status.DISCARDED, actor)


async def claim_replays(engine: AsyncEngine, batch: int) -> list[Replay]:
    """Dead letters that are to be sent again, each claimed by one scheduler at a time."""
    async with transaction(engine) as connection:
        rows = await connection.execute(sql("claim_replays"), {"batch": batch, "again": SENDING})
        return [Replay(row.id, row.body, row.sent_at) for row in rows]


async def replayed(engine: AsyncEngine, replay: Replay) -> None:
    """Note that the broker has a dead letter again."""
    async with transaction(engine) as connection:
        await connection.execute(sql("replayed"), {"id": replay.id, "sent_at": replay.sent_at})


async def forget_dead_letters(connection: AsyncConnection) -> int:
    """Delete those that are too old, or too many; how many."""
    gone = await connection.execute(
        sql("forget_dead_letters"), {"kept_for": KEPT_FOR, "most": MOST, "batch": _FORGOTTEN_AT_ONCE}
    )
    return gone.rowcount


async def _lock(connection: AsyncConnection, letter_id: UUID) -> DeadLetter:
    row = (
        await connection.execute(select(*_SHOWN).where(dead_letters.c.id == letter_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("There is no dead letter with this id.")
    return _read(row)


async def _decide(connection: AsyncConnection, letter_id: UUID, status: Status, actor: str) -> DeadLetter:
    decided = await connection.execute(
        update(dead_letters)
        .where(dead_letters.c.id == letter_id)
        .values(
            status=status,
            decided_at=func.clock_timestamp(type_=Instant),
            decided_by=actor,
            sent_at=None,
            **({"body": None} if status is Status.DISCARDED else {}),
        )
        .returning(*_SHOWN)
    )
    return _read(decided.one())


def _read(row: Row[Any]) -> DeadLetter:
    return DeadLetter(**{**row._mapping, "reason": Reason(row.reason), "status": Status(row.status)})


def _text(given: str | None) -> str | None:
    """What Postgres can hold of a text from outside: no NUL, nothing that UTF-8 cannot write, and not too much of it."""
    if given is None:
        return None
    return given.encode(errors="replace").decode().replace("\0", "�")[:_LONGEST_TEXT]
