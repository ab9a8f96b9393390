"""Calls, as their account sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.page import Order, Page, Position, Sort, cut
from belltower.db.tables import attempts, call_events
from belltower.domain.answering_machine import FAX
from belltower.domain.call import LIVE, CallStatus, Disposition, disposition
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
    calling_window: Mapping[str, Any] | None
    """Why it was inside its calling window, as `domain.calling_hours.Decision` records it; None: it had to be in none."""

    @property
    def disposition(self) -> Disposition | None:
        """How it ended; None while it goes on."""
        status = CallStatus(self.status)
        return None if status in LIVE else disposition(status, self.answered_by)


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
class Only:
    """Which calls are wanted; what is None does not matter."""

    campaign_id: UUID | None = None
    status: CallStatus | None = None
    disposition: Disposition | None = None
    phone: str | None = None
    """E.164."""
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    """Before this instant."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What an attempt's row has to fulfil."""
        found: list[ColumnElement[bool]] = []
        if self.status is not None:
            found.append(attempts.c.status == self.status)
        if self.disposition is not None:
            found += _ended(self.disposition)
        if self.campaign_id is not None:
            found.append(attempts.c.campaign_id == self.campaign_id)
        if self.phone is not None:
            found.append(attempts.c.phone == self.phone)
        if self.placed_from is not None:
            found.append(attempts.c.gated_at >= self.placed_from)
        if self.placed_to is not None:
            found.append(attempts.c.gated_at < self.placed_to)
        return found


def _ended(disposition: Disposition) -> list[ColumnElement[bool]]:
    """What an attempt's row has to fulfil: `domain.call.disposition`, in SQL."""
    by_machine = func.coalesce(or_(attempts.c.answered_by.startswith("machine"), attempts.c.answered_by == FAX), False)
    match disposition:
        case Disposition.VOICEMAIL:
            return [attempts.c.status == CallStatus.COMPLETED, by_machine]
        case Disposition.COMPLETED:
            return [attempts.c.status == CallStatus.COMPLETED, ~by_machine]
        case _:
            return [attempts.c.status == disposition]


NEWEST_FIRST = Sort("placed_at", descending=True)
"""The order of a list of calls that is asked for in none."""


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
    attempts.c.calling_window,
)


def _call(row: Mapping[Any, Any]) -> Call:
    return Call(**{str(name): value for name, value in row.items()})


async def get_calls(
    connection: AsyncConnection,
    account_id: UUID,
    *,
    only: Only = Only(),
    sort: Sort = NEWEST_FIRST,
    after: Position | None = None,
    limit: int,
) -> Page[Call]:
    """A page of an account's calls, sorted by placed_at; those that follow `after`, where given."""
    wanted = select_calls(account_id, only)
    total = (await connection.execute(wanted.with_only_columns(func.count()))).scalar_one()
    rows = await connection.execute(in_order(wanted, sort, after).limit(limit + 1))
    return cut([_call(row) for row in rows.mappings()], limit=limit, total=total)


def select_calls(account_id: UUID, only: Only) -> Select[Any]:
    """The calls of an account that are wanted."""
    return select(*_COLUMNS).where(attempts.c.account_id == account_id, *only.conditions())


def in_order(wanted: Select[Any], sort: Sort, after: Position | None) -> Select[Any]:
    """Some calls in an order; those that follow `after`, where given."""
    order = Order(attempts.c.gated_at, attempts.c.id, sort.descending)
    if after is not None:
        wanted = wanted.where(order.after(after.value, after.id))
    return wanted.order_by(*order.by())


async def get_call(connection: AsyncConnection, account_id: UUID, call_id: UUID) -> Call:
    """One call. Raises `NotFound`."""
    found = await connection.execute(
        select(*_COLUMNS).where(attempts.c.account_id == account_id, attempts.c.id == call_id)
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("There is no call with this id.")
    return _call(row)


async def get_campaigns_of(connection: AsyncConnection, account_id: UUID, call_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The campaign of each of these calls that is the account's."""
    rows = await connection.execute(
        select(attempts.c.id, attempts.c.campaign_id).where(
            attempts.c.account_id == account_id, attempts.c.id.in_(call_ids)
        )
    )
    return {row.id: row.campaign_id for row in rows}


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
