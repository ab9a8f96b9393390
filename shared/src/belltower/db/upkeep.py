"""What the contacts of a campaign need beside calls: they expire with it, and are judged anew when calling hours change.

Its owner does it, in batches: a transaction for each, so that nobody waits for a million contacts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import in_transaction, sql

BATCH = 5_000
EXPIRED = "the time of the campaign was over"
_LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Owner:
    """A dialer that owns a campaign, and proves it."""

    account_id: UUID
    campaign_id: UUID
    dialer: int
    epoch: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A contact's place in the order of those who wait."""

    next_attempt_at: datetime
    id: int


async def see_to(engine: AsyncEngine, owner: Owner, *, batch: int = BATCH) -> None:
    """Let the contacts of a campaign expire that is over, and have those judged anew whose calling hours have changed."""
    await _expire(engine, owner, batch)
    await _recall(engine, owner, batch)


async def _expire(engine: AsyncEngine, owner: Owner, batch: int) -> None:
    async def work(connection: AsyncConnection) -> int:
        due = (await connection.execute(sql("upkeep_due"), _mine(owner))).one_or_none()
        if due is None or not due.has_expired:
            return 0
        of_it = {"account": owner.account_id, "campaign": owner.campaign_id, "batch": batch, "reason": EXPIRED}
        return int((await connection.execute(sql("expire_contacts"), of_it)).scalar_one())

    while await in_transaction(engine, work) == batch:
        pass


async def _recall(engine: AsyncEngine, owner: Owner, batch: int) -> None:
    first: datetime | None = None
    place: _Place | None = None

    async def work(connection: AsyncConnection) -> tuple[_Place | None, datetime | None]:
        due = (await connection.execute(sql("upkeep_due"), _mine(owner))).one_or_none()
        if due is None or due.hours_changed_at is None:
            return None, None
        now = first or due.now
        after = place or _Place(now, _LAST)
        of_it = {
            "campaign": owner.campaign_id,
            "batch": batch,
            "now": now,
            "after_at": after.next_attempt_at,
            "after_id": after.id,
        }
        last = (await connection.execute(sql("recall_contacts"), of_it)).one_or_none()
        if last is not None:
            return _Place(*last), now
        await connection.execute(sql("recalled"), _mine(owner))
        return None, None

    while True:
        place, first = await in_transaction(engine, work)
        if place is None:
            return


def _mine(owner: Owner) -> dict[str, object]:
    return {"campaign": owner.campaign_id, "dialer": owner.dialer, "epoch": owner.epoch}
