"""Calls, as their account sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.campaigns import require_campaign
from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import attempts, call_events
from belltower.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt to reach a contact. `duration` is seconds of talk; `cost` is in the account's currency."""

    id: UUID
    campaign_id: UUID
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


@dataclass(frozen=True, slots=True)
class CallReport:
    """What somebody said about a call, and what came of it."""

    received_at: datetime
    occurred_at: datetime | None
    """By the carrier's clock."""
    source: str
    status: str
    effect: str


@dataclass(frozen=True, slots=True)
class Callee:
    """The person called in a call, and how the message is spoken to them."""

    call_id: UUID
    account_id: UUID
    phone: str
    language: str
    voice: str


_COLUMNS = (
    attempts.c.id,
    attempts.c.campaign_id,
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
    connection: AsyncConnection,
    account_id: UUID,
    campaign_id: UUID,
    *,
    statuses: Sequence[str] = (),
    phone: str | None = None,
    after: UUID | None = None,
    limit: int,
) -> Page[Call]:
    """A page of a campaign's calls, the newest first; those that follow the call `after`, where given.

    Only those with all of the `statuses` (a call has one) and to a `phone` (E.164), where given. Raises `NotFound`.
    """
    await require_campaign(connection, account_id, campaign_id)
    conditions = [attempts.c.campaign_id == campaign_id, *(attempts.c.status == status for status in statuses)]
    if phone is not None:
        conditions.append(attempts.c.phone == phone)
    total = (await connection.execute(select(func.count()).select_from(attempts).where(*conditions))).scalar_one()
    wanted = select(*_COLUMNS).where(*conditions)
    if after is not None:
        wanted = wanted.where(attempts.c.id < after)
    rows = await connection.execute(wanted.order_by(attempts.c.id.desc()).limit(limit + 1))
    return cut([_call(row) for row in rows.mappings()], limit=limit, total=total)


async def get_call(connection: AsyncConnection, account_id: UUID, call_id: UUID) -> Call:
    """One call. Raises `NotFound`."""
    found = await connection.execute(
        select(*_COLUMNS).where(attempts.c.account_id == account_id, attempts.c.id == call_id)
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("There is no call with this id.")
    return _call(row)


async def find_callee(connection: AsyncConnection, call_id: UUID | None, carrier_call_id: str) -> Callee | None:
    """Who is called in a call of any account, by our id of the call or, without one, by the carrier's; None: no such call."""
    found = await connection.execute(sql("callee"), {"attempt": call_id, "carrier_call_id": carrier_call_id})
    row = found.one_or_none()
    return None if row is None else Callee(*row)


async def get_reports(connection: AsyncConnection, call_id: UUID) -> list[CallReport]:
    """Every report about a call, in the order in which they came. The caller has made sure that it is its account's."""
    rows = await connection.execute(
        select(
            call_events.c.received_at,
            call_events.c.occurred_at,
            call_events.c.source,
            call_events.c.status,
            call_events.c.effect,
        )
        .where(call_events.c.attempt_id == call_id)
        .order_by(call_events.c.id)
    )
    return [CallReport(*row) for row in rows]
