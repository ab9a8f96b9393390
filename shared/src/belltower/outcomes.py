"""What a report about a call means: for the call, its contact, the money, the campaign. The one place for it.

The API hands over what the carrier posts, the dialer's reconciler what the carrier answers when asked, the dialer what
became of its own requests. A report is recorded once, moves the call forward only, and has its side effects in the
transaction that moved it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.due import complete_if_done, lower_due
from belltower.db.engine import in_transaction, sql, to_json
from belltower.db.notify import wake_scheduler
from belltower.db.progress import add_change
from belltower.db.tables import accounts, attempts, ledger_entries
from belltower.db.wallet import add_entry, get_wallet
from belltower.domain.call import FINAL, LIVE, Advance, CallStatus, advance
from belltower.domain.campaign import OPEN_CONTACT, ContactStatus
from belltower.domain.money import Settlement, Tariff, settle
from belltower.domain.retry_policy import NextStep, RetryPolicy, is_counted
from belltower.runtime import fault
from belltower.telephony.provider import CallUpdate

log = structlog.get_logger(__name__)

QUEUE_LIMIT = 60
"""Seconds after the gate at which a call that still waits at the carrier is cancelled: the moment has passed."""
GRACE = 10
"""Seconds beyond a call's ring time-out or time limit after which a silent carrier is asked."""

calls_ended = Counter("belltower_calls_total", "Calls that ended, by their final status.", ["status"])
reports = Counter("belltower_call_reports_total", "Reports about calls, by source and effect.", ["source", "effect"])


class Effect(StrEnum):
    """What a report did."""

    MOVED = "move"
    STALE = "stale"
    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    """It is about no call that Belltower knows."""


class _NeedsAccountLock(Exception):
    """The wallet itself has to be looked at: do it again with the account locked first (the lock order)."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What a report changed, and what has to follow its commit."""

    effect: Effect
    campaign_id: UUID | None = None
    contact: NextStep | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Applies reports about calls."""

    engine: AsyncEngine
    tariff: Tariff
    check_interval: float
    """Seconds between the scheduler's own looks: nearer work wakes it."""

    async def apply(self, update: CallUpdate, *, source: str) -> Effect:
        """Record a report and let it have its effect, once however often it arrives.

        `source` is callback, poll, response or reconciler. Every error of the database is the caller's to see: what was
        not committed was not applied, and the carrier or the reconciler brings it again.
        """
        try:
            change = await in_transaction(
                self.engine, lambda connection: self._apply(connection, update, source, locked=False)
            )
        except _NeedsAccountLock:
            change = await in_transaction(
                self.engine, lambda connection: self._apply(connection, update, source, locked=True)
            )
        reports.labels(source, change.effect).inc()
        if change.effect is Effect.MOVED and update.status in FINAL:
            calls_ended.labels(update.status).inc()
        if change.contact is not None and change.campaign_id is not None:
            await self._follow(change.campaign_id, change.contact)
        return change.effect

    async def _follow(self, campaign_id: UUID, contact: NextStep) -> None:
        """After the commit. If this process dies here, the campaign's `next_due_at` brings a dialer that does the same."""
        if contact.status not in OPEN_CONTACT:
            await complete_if_done(self.engine, campaign_id, actor="outcome")
        elif contact.next_attempt_at is not None:
            due_in = await lower_due(self.engine, campaign_id, contact.next_attempt_at)
            if due_in is not None and due_in < self.check_interval:
                await wake_scheduler(self.engine)

    async def _apply(self, connection: AsyncConnection, update: CallUpdate, source: str, *, locked: bool) -> _Change:
        change = await self._decide(connection, update, source, locked=locked)
        fault.point("outcome.before_commit")
        return change

    async def _decide(self, connection: AsyncConnection, update: CallUpdate, source: str, *, locked: bool) -> _Change:
        attempt_id = update.attempt_id or await _attempt_of(connection, update.carrier_call_id)
        if attempt_id is None:
            return _Change(Effect.UNMATCHED)
        if locked:
            await _lock_account_of(connection, attempt_id)
        call = (await connection.execute(sql("lock_call"), {"attempt": attempt_id})).mappings().one_or_none()
        if call is None:
            return _Change(Effect.UNMATCHED)
        effect = _effect(call, update)
        if not await _record(connection, attempt_id, update, source, effect):
            return _Change(Effect.DUPLICATE)
        if effect is Effect.MOVED:
            return await self._move(connection, call, update, locked=locked)
        if effect is Effect.CONTRADICTION:
            return await self._correct(connection, call, update, locked=locked)
        if call["carrier_call_id"] is None and update.carrier_call_id is not None:
            await _write_call(
                connection, call, update, status=CallStatus(call["status"]), hold=call["hold"], cost=call["cost"]
            )
        return _Change(effect)

    async def _move(
        self, connection: AsyncConnection, call: Mapping[Any, Any], update: CallUpdate, *, locked: bool
    ) -> _Change:
        status, now = update.status, call["now"]
        if status in LIVE:
            await _write_call(connection, call, update, status=status, hold=call["hold"], cost=call["cost"])
            return _Change(Effect.MOVED)
        cost = self.tariff.cost(update.duration or 0) if status is CallStatus.COMPLETED else Decimal(0)
        paid = await _settle(connection, call, cost, hold=call["hold"], locked=locked)
        step, attempts = _next_step(call, status, permanent=update.permanent, now=now)
        hold = call["hold"] if status is CallStatus.UNKNOWN else Decimal(0)
        await _write_call(connection, call, update, status=status, hold=hold, cost=cost)
        if paid.charge or paid.write_off:
            await add_entry(
                connection,
                call["account_id"],
                "call",
                -paid.charge,
                written_off=paid.write_off,
                attempt_id=call["id"],
            )
        await _write_contact(connection, call, step, attempts)
        calls = {status.value: 1}
        if call["status"] == CallStatus.UNKNOWN:
            calls[CallStatus.UNKNOWN.value] = -1
        await add_change(
            connection,
            call["account_id"],
            call["campaign_id"],
            amount=-paid.charge,
            contacts=_moved(call["contact_status"], step.status),
            calls=calls,
        )
        return _Change(Effect.MOVED, call["campaign_id"], step)

    async def _correct(
        self, connection: AsyncConnection, call: Mapping[Any, Any], update: CallUpdate, *, locked: bool
    ) -> _Change:
        """Evidence against a final state: the state stays, a pending retry is reconsidered, the ledger is corrected once."""
        log.warning("call_contradicted", attempt_id=str(call["id"]), was=call["status"], reported=update.status)
        cost = self.tariff.cost(update.duration or 0) if update.status is CallStatus.COMPLETED else call["cost"]
        owed = max(cost - call["cost"], Decimal(0))
        if owed and await _was_corrected(connection, call["id"]):
            owed = Decimal(0)
        paid = await _settle(connection, call, owed, hold=Decimal(0), locked=locked)
        if owed:
            await add_entry(
                connection,
                call["account_id"],
                "correction",
                -paid.charge,
                written_off=paid.write_off,
                attempt_id=call["id"],
                note=f"The call was taken for {call['status']}; the carrier reported {update.status}.",
            )
        await _write_call(
            connection, call, update, status=CallStatus(call["status"]), hold=call["hold"], cost=call["cost"] + owed
        )
        step = None
        if call["contact_status"] == ContactStatus.WAITING or (
            call["contact_status"] == ContactStatus.UNREACHED and update.status is CallStatus.COMPLETED
        ):
            step, attempts = _reconsider(call, update.status)
            await _write_contact(connection, call, step, attempts)
        await add_change(
            connection,
            call["account_id"],
            call["campaign_id"],
            amount=-paid.charge,
            contacts=_moved(call["contact_status"], step.status) if step else {},
            calls={},
        )
        return _Change(Effect.CONTRADICTION, call["campaign_id"], step)


def _effect(call: Mapping[Any, Any], update: CallUpdate) -> Effect:
    bound = call["carrier_call_id"]
    if bound is not None and update.carrier_call_id is not None and bound != update.carrier_call_id:
        # A second call at the carrier for one attempt: nothing of it may be taken for the first one's.
        log.error("call_bound_to_another", attempt_id=str(call["id"]), bound=bound, reported=update.carrier_call_id)
        return Effect.STALE
    match advance(CallStatus(call["status"]), update.status):
        case Advance.MOVE:
            return Effect.MOVED
        case Advance.STALE:
            return Effect.STALE
        case Advance.CONTRADICTION:
            return Effect.CONTRADICTION


def _next_step(call: Mapping[Any, Any], ended: CallStatus, *, permanent: bool, now: datetime) -> tuple[NextStep, int]:
    """What follows for the contact, and how many of its attempts are used up then."""
    rang = call["ringing_at"] is not None
    attempts = call["contact_attempts"] + is_counted(ended, rang=rang)
    if call["contact_status"] == ContactStatus.UNKNOWN:
        # A person was told that this contact is unknown; a late report settles it and rings nobody again.
        attempts = call["contact_attempts"]
        reached = ended is CallStatus.COMPLETED
        return NextStep(ContactStatus.REACHED if reached else ContactStatus.UNREACHED), attempts
    policy = RetryPolicy(call["max_attempts"], call["retry_delay"])
    return policy.after(ended, attempts=attempts, rang=rang, permanent=permanent, now=now), attempts


def _reconsider(call: Mapping[Any, Any], reported: CallStatus) -> tuple[NextStep, int]:
    """What evidence against a call's final state means for its contact, which may be waiting for another attempt."""
    was_counted = is_counted(CallStatus(call["status"]), rang=call["ringing_at"] is not None)
    attempts = call["contact_attempts"] + (not was_counted and reported in FINAL)
    if reported is CallStatus.COMPLETED:
        return NextStep(ContactStatus.REACHED), attempts
    if reported in LIVE:
        # It rings although we took it for not placed: nobody dials this contact before that call must be over.
        over = timedelta(seconds=call["ring_timeout"] + call["time_limit"] + 2 * GRACE)
        return NextStep(ContactStatus.WAITING, call["now"] + over, "an earlier call is still under way"), attempts
    policy = RetryPolicy(call["max_attempts"], call["retry_delay"])
    return policy.after(reported, attempts=attempts, rang=True, permanent=False, now=call["now"]), attempts


def _moved(before: str, after: ContactStatus) -> dict[ContactStatus, int]:
    return {} if before == after else {ContactStatus(before): -1, after: 1}


def _check_at(call: Mapping[Any, Any], status: CallStatus) -> datetime | None:
    """When the carrier is asked about a call that stays silent in `status`."""
    match status:
        case CallStatus.QUEUED | CallStatus.DIALLING:
            return call["gated_at"] + timedelta(seconds=QUEUE_LIMIT)  # type: ignore[no-any-return]
        case CallStatus.RINGING:
            return call["now"] + timedelta(seconds=call["ring_timeout"] + GRACE)  # type: ignore[no-any-return]
        case CallStatus.IN_PROGRESS:
            return call["now"] + timedelta(seconds=call["time_limit"] + GRACE)  # type: ignore[no-any-return]
        case _:
            return None


async def _attempt_of(connection: AsyncConnection, carrier_call_id: str | None) -> UUID | None:
    if carrier_call_id is None:
        return None
    found = await connection.execute(sql("attempt_of_call"), {"carrier_call_id": carrier_call_id})
    return found.scalar_one_or_none()


async def _lock_account_of(connection: AsyncConnection, attempt_id: UUID) -> None:
    await connection.execute(
        select(accounts.c.id)
        .where(accounts.c.id == select(attempts.c.account_id).where(attempts.c.id == attempt_id).scalar_subquery())
        .with_for_update(key_share=True)
    )


async def _record(
    connection: AsyncConnection, attempt_id: UUID, update: CallUpdate, source: str, effect: Effect
) -> bool:
    """Record a report; False when it was recorded before."""
    detail = {
        name: value
        for name, value in (
            ("duration", update.duration),
            ("answered_by", update.answered_by),
            ("error_code", update.error_code),
            ("reason", update.reason),
        )
        if value is not None
    }
    row = await connection.execute(
        sql("record_call_event"),
        {
            "attempt": attempt_id,
            "dedupe_key": update.dedupe_key,
            "occurred_at": update.occurred_at,
            "source": source,
            "status": update.status,
            "effect": effect,
            "carrier_call_id": update.carrier_call_id,
            "detail": to_json(detail) if detail else None,
        },
    )
    return row.scalar_one_or_none() is not None


async def _settle(
    connection: AsyncConnection, call: Mapping[Any, Any], cost: Decimal, *, hold: Decimal, locked: bool
) -> Settlement:
    if cost <= hold:
        return Settlement(charge=cost, write_off=Decimal(0))
    if not locked:
        raise _NeedsAccountLock
    wallet = await get_wallet(connection, call["account_id"])
    return settle(cost, hold=hold, available=wallet.available)


async def _was_corrected(connection: AsyncConnection, attempt_id: UUID) -> bool:
    found = await connection.execute(
        select(ledger_entries.c.id).where(
            ledger_entries.c.attempt_id == attempt_id, ledger_entries.c.kind == "correction"
        )
    )
    return found.scalar_one_or_none() is not None


async def _write_call(
    connection: AsyncConnection,
    call: Mapping[Any, Any],
    update: CallUpdate,
    *,
    status: CallStatus,
    hold: Decimal,
    cost: Decimal,
) -> None:
    now = call["now"]
    moved = status != call["status"]
    rang = status in (
        CallStatus.RINGING,
        CallStatus.IN_PROGRESS,
        CallStatus.COMPLETED,
        CallStatus.NO_ANSWER,
        CallStatus.BUSY,
    )
    talked = status in (CallStatus.IN_PROGRESS, CallStatus.COMPLETED)
    await connection.execute(
        sql("move_call"),
        {
            "attempt": call["id"],
            "status": status,
            "carrier_call_id": update.carrier_call_id,
            "ringing_at": now if moved and rang else None,
            "answered_at": now if moved and talked else None,
            "ended_at": now if status in FINAL else None,
            "duration": update.duration,
            "answered_by": update.answered_by,
            "error_code": update.error_code,
            "reason": update.reason,
            "hold": hold,
            "cost": cost,
            "check_at": _check_at(call, status),
        },
    )


async def _write_contact(connection: AsyncConnection, call: Mapping[Any, Any], step: NextStep, attempts: int) -> None:
    await connection.execute(
        sql("move_contact"),
        {
            "contact": call["contact_id"],
            "status": step.status,
            "next_attempt_at": step.next_attempt_at,
            "reason": step.reason,
            "attempts": attempts,
        },
    )
