"""What a report about a call means: for the call, its contact, the money, the campaign. The one place for it.

The API hands over what the carrier posts, the dialer's reconciler what the carrier answers when asked, the dialer what
became of its own requests. A report is recorded once, moves the call forward only, and has its side effects in the
transaction that moved it: one statement locks and reads, `decide` says what follows, one statement writes all of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.circuit_breaker import break_circuit
from belltower.db.due import complete_if_done, lower_due
from belltower.db.engine import in_transaction, sql, to_json
from belltower.db.notify import wake_scheduler
from belltower.db.tables import COUNTERS, accounts, attempts
from belltower.db.wallet import get_wallet
from belltower.domain.answering_machine import AnsweringMachine, is_machine
from belltower.domain.call import FINAL, LIVE, Advance, CallStatus, advance, disposition
from belltower.domain.campaign import OPEN_CONTACT, ContactStatus
from belltower.domain.money import UNPAID, Settlement, Tariff, settle
from belltower.domain.retry_policy import NextStep, RetryPolicy, is_counted
from belltower.runtime import fault
from belltower.telephony.provider import CallUpdate

log = structlog.get_logger(__name__)

QUEUE_LIMIT = 60
"""Seconds after the gate at which a call that still waits at the carrier is cancelled: the moment has passed."""
GRACE = 10
"""Seconds beyond a call's ring time-out or time limit after which a silent carrier is asked."""
WINDOW_NEEDED = timedelta(seconds=QUEUE_LIMIT + GRACE)
"""For so long a calling window has to be open yet where a call is let through: as the carrier may keep it in its queue, and a
moment to take it back from there. So no call begins to ring after its window has closed."""

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


class _NeedsWallet(Exception):
    """A call cost more than its hold: do it again with the account locked first (the lock order) and its wallet read."""


@dataclass(frozen=True, slots=True)
class _Applied:
    """What a report did, and what is to be seen to after its commit."""

    effect: Effect
    campaign_id: UUID | None = None
    contact: NextStep | None = None
    relieved: UUID | None = None
    """The campaign that would have rung the contact again, and does not have to any more."""


Row = Mapping[Any, Any]
"""A call with its contact, as `lock_call.sql` reads them."""


@dataclass(slots=True)
class Decision:
    """What follows from a report, for one statement to write."""

    effect: Effect
    status: CallStatus
    """Of the call, afterwards."""
    hold: Decimal
    cost: Decimal
    writes_call: bool = True
    asks_carrier: bool = False
    """The carrier is asked about the call at once."""
    contact: NextStep | None = None
    """None: the contact stays as it is."""
    attempts: int = 0
    """How many of the contact's attempts are used up, afterwards."""
    entry: str | None = None
    """The kind of the ledger's entry; None: nothing is booked."""
    paid: Settlement = UNPAID
    note: str | None = None
    counters: dict[str, int] = field(default_factory=dict)
    """What changes in the campaign's progress."""


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

        async def work(connection: AsyncConnection, *, locked: bool = False) -> _Applied:
            return await self._apply(connection, update, source, locked=locked)

        try:
            applied = await in_transaction(self.engine, work)
        except _NeedsWallet:
            applied = await in_transaction(self.engine, lambda connection: work(connection, locked=True))
        effect, campaign_id, contact = applied.effect, applied.campaign_id, applied.contact
        reports.labels(source, effect).inc()
        if effect is Effect.MOVED and update.status in FINAL:
            calls_ended.labels(update.status).inc()
        if campaign_id is not None and contact is not None:
            await self._follow(campaign_id, contact)
        if applied.relieved is not None:
            await complete_if_done(self.engine, applied.relieved, actor="outcome")
        if campaign_id is not None and effect is Effect.MOVED and update.status is CallStatus.FAILED:
            reason = await break_circuit(self.engine, campaign_id)
            if reason is not None:
                log.warning("circuit_broken", campaign_id=str(campaign_id), reason=reason)
        return effect

    async def _follow(self, campaign_id: UUID, contact: NextStep) -> None:
        """After the commit. If this process dies here, the campaign's `next_due_at` brings a dialer that does the same."""
        if contact.status not in OPEN_CONTACT:
            await complete_if_done(self.engine, campaign_id, actor="outcome")
        elif contact.next_attempt_at is not None:
            due_in = await lower_due(self.engine, campaign_id, contact.next_attempt_at)
            if due_in is not None and due_in < self.check_interval:
                await wake_scheduler(self.engine)

    async def _apply(self, connection: AsyncConnection, update: CallUpdate, source: str, *, locked: bool) -> _Applied:
        attempt_id = update.attempt_id or await _attempt_of(connection, update.carrier_call_id)
        if attempt_id is None:
            return _Applied(Effect.UNMATCHED)
        if locked:
            await _lock_account_of(connection, attempt_id)
        found = await connection.execute(
            sql("lock_call"), {"attempt": attempt_id, "carrier_call_id": update.carrier_call_id}
        )
        call = found.mappings().one_or_none()
        if call is None:
            return _Applied(Effect.UNMATCHED)
        available = (await get_wallet(connection, call["account_id"])).available if locked else None
        decision = decide(call, update, self.tariff, available, source=source)
        if not await _write(connection, call, update, source, decision):
            return _Applied(Effect.DUPLICATE)
        relieved = await _skip_redialled(connection, call, decision)
        fault.point("outcome.before_commit")
        return _Applied(decision.effect, call["campaign_id"], decision.contact, relieved)


def decide(call: Row, update: CallUpdate, tariff: Tariff, available: Decimal | None, *, source: str) -> Decision:
    """Say what follows from a report for a call as it stands. `available` is what the wallet can bear beyond the hold.

    Raises `_NeedsWallet` when that has to be known and is None.
    """
    status = CallStatus(call["status"])
    bound = call["carrier_call_id"]
    is_another = None not in (bound, update.carrier_call_id) and bound != update.carrier_call_id
    if is_another or call["names_another"]:
        # A second call at the carrier for one attempt, or one call for two: nothing of it may be taken for this one's.
        log.error("call_bound_to_another", attempt_id=str(call["id"]), bound=bound, reported=update.carrier_call_id)
        return Decision(Effect.STALE, status, call["hold"], call["cost"], writes_call=False)
    match advance(status, update.status):
        case Advance.STALE:
            binds = bound is None and update.carrier_call_id is not None
            learns = status in LIVE and call["answered_by"] is None and update.answered_by is not None
            return Decision(Effect.STALE, status, call["hold"], call["cost"], writes_call=binds or learns)
        case Advance.CONTRADICTION:
            return _correct(call, update, tariff, available)
        case Advance.MOVE if update.status in LIVE:
            return Decision(Effect.MOVED, update.status, call["hold"], call["cost"])
        case Advance.MOVE if source == "callback" and status in LIVE and _is_unclear_who_answered(call, update):
            # Its report does not say so, or overtook the one that does; the carrier's answer does.
            return Decision(Effect.STALE, status, call["hold"], call["cost"], asks_carrier=True)
        case Advance.MOVE:
            return _end(call, update, tariff, available)


def _end(call: Row, update: CallUpdate, tariff: Tariff, available: Decimal | None) -> Decision:
    """The call has ended: it is paid for, and its contact goes on."""
    ended = update.status
    cost = tariff.cost(update.duration or 0) if ended is CallStatus.COMPLETED else Decimal(0)
    step, used = _next_step(call, update)
    counters = _moved(call["contact_status"], step.status) | {
        f"call_{disposition(ended, _answered_by(call, update))}": 1
    }
    if call["status"] == CallStatus.UNKNOWN:
        counters[f"call_{CallStatus.UNKNOWN}"] = -1
    return Decision(
        Effect.MOVED,
        ended,
        hold=call["hold"] if ended is CallStatus.UNKNOWN else Decimal(0),
        cost=cost,
        contact=step,
        attempts=used,
        entry="call" if cost else None,
        paid=_settle(cost, call["hold"], available),
        counters=counters,
    )


def _correct(call: Row, update: CallUpdate, tariff: Tariff, available: Decimal | None) -> Decision:
    """Evidence against a final state: the state stays, a pending retry is reconsidered, the ledger is corrected once."""
    log.warning("call_contradicted", attempt_id=str(call["id"]), was=call["status"], reported=update.status)
    owed = Decimal(0)
    if update.status is CallStatus.COMPLETED and not call["corrected"]:
        owed = max(tariff.cost(update.duration or 0) - call["cost"], owed)
    decision = Decision(
        Effect.CONTRADICTION,
        CallStatus(call["status"]),
        hold=call["hold"],
        cost=call["cost"] + owed,
        entry="correction" if owed else None,
        paid=_settle(owed, Decimal(0), available),
        note=f"The call was taken for {call['status']}; the carrier reported {update.status}.",
    )
    reached_after_all = call["contact_status"] == ContactStatus.UNREACHED and _reached(call, update)
    if call["contact_status"] == ContactStatus.WAITING or reached_after_all:
        decision.contact, decision.attempts = _reconsider(call, update)
        decision.counters = _moved(call["contact_status"], decision.contact.status)
    return decision


def _next_step(call: Row, update: CallUpdate) -> tuple[NextStep, int]:
    """What follows for the contact, and how many of its attempts are used up then."""
    if call["contact_status"] == ContactStatus.UNKNOWN:
        # A person was told that this contact is unknown; a late report settles it and rings nobody again.
        reached = _reached(call, update)
        return NextStep(ContactStatus.REACHED if reached else ContactStatus.UNREACHED), call["contact_attempts"]
    rang = call["ringing_at"] is not None
    used = call["contact_attempts"] + is_counted(update.status, rang=rang)
    return _after(call, update, attempts=used, rang=rang), used


def _reconsider(call: Row, update: CallUpdate) -> tuple[NextStep, int]:
    """What evidence against a call's final state means for its contact, which may be waiting for another attempt."""
    reported = update.status
    was_counted = is_counted(CallStatus(call["status"]), rang=call["ringing_at"] is not None)
    used = call["contact_attempts"] + (not was_counted and reported in FINAL)
    if reported in LIVE:
        # It rings although we took it for not placed: nobody dials this contact before that call must be over.
        over = timedelta(seconds=call["ring_timeout"] + call["time_limit"] + 2 * GRACE)
        return NextStep(ContactStatus.WAITING, call["now"] + over, "an earlier call is still under way"), used
    return _after(call, update, attempts=used, rang=True), used


def _policy(call: Row) -> RetryPolicy:
    return RetryPolicy(
        call["max_attempts"],
        call["retry_delay"],
        json.loads(call["retry_delays"]),
        call["retry_backoff"],
        AnsweringMachine(call["answering_machine"]),
    )


def _after(call: Row, update: CallUpdate, *, attempts: int, rang: bool) -> NextStep:
    return _policy(call).after(
        update.status,
        attempts=attempts,
        rang=rang,
        permanent=update.permanent,
        now=call["now"],
        answered_by=_answered_by(call, update),
    )


def _reached(call: Row, update: CallUpdate) -> bool:
    return update.status is CallStatus.COMPLETED and _policy(call).reaches(_answered_by(call, update))


def _answered_by(call: Row, update: CallUpdate) -> str | None:
    """Who answered, in the carrier's words, as far as it is known now."""
    found: str | None = update.answered_by or call["answered_by"]
    return found


def _is_unclear_who_answered(call: Row, update: CallUpdate) -> bool:
    """Whether the call was answered, the carrier was to find out by whom, and that is not known."""
    detects = AnsweringMachine(call["answering_machine"]).detects
    return detects and update.status is CallStatus.COMPLETED and _answered_by(call, update) is None


def _settle(cost: Decimal, hold: Decimal, available: Decimal | None) -> Settlement:
    if cost <= hold:
        return Settlement(charge=cost, write_off=Decimal(0))
    if available is None:
        raise _NeedsWallet
    return settle(cost, hold=hold, available=available)


def _moved(before: str, after: ContactStatus) -> dict[str, int]:
    return {} if before == after else {f"contact_{before}": -1, f"contact_{after}": 1}


def _check_at(call: Row, update: CallUpdate, decision: Decision) -> datetime | None:
    """When a call is looked after that stays silent: the carrier is asked, and hangs up on a machine that must not talk."""
    status = decision.status
    seconds: dict[CallStatus, tuple[str, int]] = {
        CallStatus.DIALLING: ("gated_at", QUEUE_LIMIT),
        CallStatus.QUEUED: ("gated_at", QUEUE_LIMIT),
        CallStatus.RINGING: ("now", call["ring_timeout"] + GRACE),
        CallStatus.IN_PROGRESS: ("now", call["time_limit"] + GRACE),
    }
    if status not in seconds:
        return None
    hangs_up = call["answering_machine"] == AnsweringMachine.HANG_UP and is_machine(_answered_by(call, update))
    is_machines = status is CallStatus.IN_PROGRESS and hangs_up
    if decision.asks_carrier or is_machines or (status is CallStatus.QUEUED and call["called_off"]):
        now: datetime = call["now"]
        return now
    since, after = seconds[status]
    instant: datetime = call[since]
    return instant + timedelta(seconds=after)


async def _skip_redialled(connection: AsyncConnection, call: Row, decision: Decision) -> UUID | None:
    """Where somebody had decided to ring a contact again that was reached after all, as is known now: nobody rings it again, if
    that has not been done yet. The campaign that would have."""
    reached = decision.contact is not None and decision.contact.status is ContactStatus.REACHED
    if not reached or call["decided_at"] is None:
        return None
    skipped = await connection.execute(
        sql("skip_redialled"), {"attempt": call["id"], "account": call["account_id"], "phone": call["phone"]}
    )
    campaign_id: UUID | None = skipped.scalar_one_or_none()
    return campaign_id


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


@cache
def _write_sql() -> TextClause:
    return text(
        sql("record_report")
        .text.replace("{counters}", ", ".join(COUNTERS))
        .replace("{changes}", ", ".join(f":{name}" for name in COUNTERS))
    )


async def _write(connection: AsyncConnection, call: Row, update: CallUpdate, source: str, decision: Decision) -> bool:
    """Record a report and write what follows from it; False, and nothing written, when it was recorded before."""
    now, status = call["now"], decision.status
    moved = decision.effect is Effect.MOVED
    rang = moved and status not in (
        CallStatus.QUEUED,
        CallStatus.NOT_PLACED,
        CallStatus.FAILED,
        CallStatus.CANCELLED,
        CallStatus.UNKNOWN,
    )
    talked = moved and status in (CallStatus.IN_PROGRESS, CallStatus.COMPLETED)
    said = {
        "duration": update.duration,
        "answered_by": update.answered_by,
        "error_code": update.error_code,
        "reason": update.reason,
    }
    detail = {name: value for name, value in said.items() if value is not None}
    contact = decision.contact
    written = await connection.execute(
        _write_sql(),
        {
            "attempt": call["id"],
            "account": call["account_id"],
            "campaign": call["campaign_id"],
            "contact": call["contact_id"],
            "dedupe_key": update.dedupe_key,
            "occurred_at": update.occurred_at,
            "source": source,
            "reported": update.status,
            "effect": decision.effect,
            "carrier_call_id": update.carrier_call_id,
            "detail": to_json(detail) if detail else None,
            "writes_call": decision.writes_call,
            "status": status,
            "ringing_at": now if rang else None,
            "answered_at": now if talked else None,
            "ended_at": now if moved and status in FINAL else None,
            **said,
            "hold": decision.hold,
            "cost": decision.cost,
            "check_at": _check_at(call, update, decision),
            "writes_contact": contact is not None,
            "contact_status": contact and contact.status,
            "next_attempt_at": contact and contact.next_attempt_at,
            "contact_reason": contact and contact.reason,
            "contact_attempts": decision.attempts,
            "entry": decision.entry,
            "charge": decision.paid.charge,
            "written_off": decision.paid.write_off,
            "note": decision.note,
            "appends": bool(decision.counters or decision.paid.charge),
            **{name: decision.counters.get(name, 0) for name in COUNTERS},
        },
    )
    return written.scalar_one_or_none() is not None
