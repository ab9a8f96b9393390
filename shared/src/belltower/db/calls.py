"""The calls of a campaign, as their account sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.campaigns import require_campaign
from belltower.db.page import Page, cut
from belltower.db.tables import attempts


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt to reach a contact. `duration` is seconds of talk; `cost` is in the account's currency."""

    id: UUID
    contact_id: int
    to: str
    caller_id: str
    status: str
    attempt: int
    placed_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    cost: Decimal
    answered_by: str | None
    carrier: str
    carrier_call_id: str | None
    error_code: str | None
    reason: str | None


_COLUMNS = (
    attempts.c.id,
    attempts.c.contact_id,
    attempts.c.phone.label("to"),
    attempts.c.caller_id,
    attempts.c.status,
    attempts.c.number.label("attempt"),
    attempts.c.gated_at.label("placed_at"),
    attempts.c.ringing_at,
    attempts.c.answered_at,
    attempts.c.ended_at,
    attempts.c.duration,
    attempts.c.cost,
    attempts.c.answered_by,
    attempts.c.carrier,
    attempts.c.carrier_call_id,
    attempts.c.error_code,
    attempts.c.reason,
)


def _call(row: Mapping[Any, Any]) -> Call:
    return Call(**{str(name): value for name, value in row.items()})


async def get_calls(
    connection: AsyncConnection, account_id: UUID, campaign_id: UUID, *, after: UUID | None = None, limit: int
) -> Page[Call]:
    """A page of a campaign's calls, the newest first; those that follow the call `after`, where given. Raises `NotFound`."""
    await require_campaign(connection, account_id, campaign_id)
    of_campaign = attempts.c.campaign_id == campaign_id
    total = (await connection.execute(select(func.count()).select_from(attempts).where(of_campaign))).scalar_one()
    wanted = select(*_COLUMNS).where(of_campaign)
    if after is not None:
        wanted = wanted.where(attempts.c.id < after)
    rows = await connection.execute(wanted.order_by(attempts.c.id.desc()).limit(limit + 1))
    return cut([_call(row) for row in rows.mappings()], limit=limit, total=total)
