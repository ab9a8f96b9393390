"""The circuit breaker at work: it looks at how a campaign's latest calls ended, and pauses it when too many failed."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db import moves
from belltower.db.engine import in_transaction, sql
from belltower.domain.campaign import RUNNABLE, CampaignStatus
from belltower.domain.circuit_breaker import CircuitBreaker

ACTOR = "circuit breaker"


async def break_circuit(engine: AsyncEngine, campaign_id: UUID) -> str | None:
    """Pause a campaign whose calls keep failing, with the reason, which is returned; None when it goes on.

    Called after the commit of a failed call: of two such commits, the later one sees the other's. Looked at once without a
    lock, and again under that of the campaign.
    """
    async with engine.connect() as connection:
        seen = await _look(connection, campaign_id)
    if seen is None:
        return None
    account_id, _ = seen

    async def work(connection: AsyncConnection) -> str | None:
        locked = await moves.lock(connection, account_id, [campaign_id])
        seen = await _look(connection, campaign_id)
        if seen is None or not locked or locked[0].status not in RUNNABLE:
            return None
        _, reason = seen
        await moves.stop(connection, [campaign_id], CampaignStatus.PAUSED, actor=ACTOR, reason=reason)
        return reason

    return await in_transaction(engine, work)


async def _look(connection: AsyncConnection, campaign_id: UUID) -> tuple[UUID, str] | None:
    """The campaign's account, and why to pause it; None when there is no reason."""
    row: Any = (await connection.execute(sql("latest_ends"), {"campaign": campaign_id})).one_or_none()
    if row is None:
        return None
    breaker = CircuitBreaker(row.breaker_calls, row.breaker_within, row.breaker_share)
    if not breaker.trips(ended=row.ended, failed=row.failed):
        return None
    return row.account_id, breaker.reason(ended=row.ended, failed=row.failed, last_error=row.last_error)
