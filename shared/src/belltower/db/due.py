"""What is due, what was announced, whose owner is gone: the scheduler's side of a campaign's row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import in_transaction, sql, transaction
from belltower.domain.campaign import CampaignStatus, sources

POISON = 3
"""A campaign that loses this many owners in a row, or fails so often, without a call that was placed in between is paused."""


@dataclass(frozen=True, slots=True)
class Due:
    """A campaign that was claimed: to be announced, or because its start was missed."""

    id: UUID
    due_at: datetime
    announced_at: datetime | None
    """None: its start was missed by more than its grace, and it is paused instead."""
    due_in: float
    """Seconds until then, as it was claimed; 0: that is now, or was."""


@dataclass(frozen=True, slots=True)
class Wake:
    """When the scheduler has to look again. Instants are the database's, `now` among them."""

    now: datetime
    next_due_at: datetime | None
    announced_at: datetime | None
    """The oldest announcement that nobody has taken up."""
    lapses_at: datetime | None
    """When the first dialer that owns campaigns lapses, unless it renews its heartbeat."""
    decision_at: datetime | None = None
    """When the next occurrence of a series is to be decided on."""
    unmade_since: datetime | None = None
    """Since when a series has lacked its next occurrence."""


async def get_scheduled_campaigns_to_run(engine: AsyncEngine, batch: int, *, ahead: float = 0) -> list[Due]:
    """Claim up to `batch` campaigns that are due within `ahead` seconds, oldest first; each is claimed by one scheduler only.

    Of one that is not due yet the status stays as it is, and whatever changes its instant makes the claim void.

    Those whose first start was missed by more than their `misfire_grace` are paused, with the reason.
    """

    async def work(connection: AsyncConnection) -> list[Due]:
        rows = await connection.execute(sql("claim_due"), {"batch": batch, "ahead": ahead})
        return sorted((Due(*row) for row in rows), key=lambda due: due.due_at)

    return await in_transaction(engine, work)


async def withdraw_announcements(engine: AsyncEngine, ids: Sequence[UUID]) -> None:
    """Make campaigns due again whose announcement did not reach the broker."""
    async with transaction(engine) as connection:
        await connection.execute(sql("withdraw_announcements"), {"ids": list(ids)})


async def expire_announcements(engine: AsyncEngine, *, age: float, batch: int) -> int:
    """Make campaigns due again that were announced `age` seconds ago or longer and not taken; how many."""

    async def work(connection: AsyncConnection) -> int:
        return (await connection.execute(sql("expire_announcements"), {"age": age, "batch": batch})).rowcount

    return await in_transaction(engine, work)


async def start_announced(engine: AsyncEngine, *, age: float, batch: int) -> int:
    """Have campaigns be `pending` that were announced ahead and have waited `age` seconds for a dialer; how many."""

    async def work(connection: AsyncConnection) -> int:
        return (await connection.execute(sql("start_announced"), {"age": age, "batch": batch})).rowcount

    return await in_transaction(engine, work)


async def next_wake(engine: AsyncEngine) -> Wake:
    """When the scheduler has to look again."""
    async with engine.connect() as connection:
        row = (await connection.execute(sql("next_wake"))).one()
        return Wake(*row)


async def count_backlog(engine: AsyncEngine) -> int:
    """How many campaigns wait for a dialer, up to 1,000."""
    async with engine.connect() as connection:
        return int((await connection.execute(sql("backlog"))).scalar_one())


async def evict_lapsed(engine: AsyncEngine) -> list[tuple[UUID, str]]:
    """Take the campaigns of lapsed dialers away from them; each campaign's id and status.

    Whatever transaction such a dialer stands still in is ended first, so that nobody waits for its locks.
    """

    async def work(connection: AsyncConnection) -> list[tuple[UUID, str]]:
        lapsed = (await connection.execute(sql("lapsed_dialers"))).all()
        if not lapsed:
            return []
        await connection.execute(sql("end_transactions"), {"names": [dialer.name for dialer in lapsed]})
        dialers = [dialer.id for dialer in lapsed]
        rows = await connection.execute(sql("evict"), {"dialers": dialers, "poison": POISON})
        return [(row.id, row.status) for row in rows]

    return await in_transaction(engine, work)


async def forget_dialers(engine: AsyncEngine) -> None:
    """Drop the rows of dialers that are long dead."""
    async with transaction(engine) as connection:
        await connection.execute(sql("forget_dialers"))


async def lower_due(engine: AsyncEngine, campaign_id: UUID, at: datetime) -> float | None:
    """Have a campaign that nobody owns announced at `at` at the latest; in how many seconds it is due, None if unchanged."""
    async with transaction(engine) as connection:
        return (await connection.execute(sql("lower_due"), {"campaign": campaign_id, "at": at})).scalar_one_or_none()


async def complete_if_done(engine: AsyncEngine, campaign_id: UUID, *, actor: str) -> bool:
    """Complete a campaign whose last contact has become final; whether this call did it.

    Called after the commit that made a contact final: of two such commits, the later one sees the other's. The row is
    locked first, and looked at again in a second statement.
    """
    async with engine.connect() as connection:
        if (await connection.execute(sql("is_open"), {"campaign": campaign_id})).scalar_one():
            return False

    async def work(connection: AsyncConnection) -> bool:
        await connection.execute(sql("lock_campaign"), {"campaign": campaign_id})
        done = await connection.execute(
            sql("complete"), {"campaign": campaign_id, "actor": actor, "sources": sources(CampaignStatus.COMPLETED)}
        )
        return done.scalar_one_or_none() is not None

    return await in_transaction(engine, work)
