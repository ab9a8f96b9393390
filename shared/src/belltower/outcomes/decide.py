"""What follows from a report about a call as it stands: for the call, its contact, the money. It reads and writes nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import structlog

from belltower.domain.answering_machine import AnsweringMachine, is_machine
from belltower.domain.call import FINAL, LIVE, Advance, CallStatus, advance, disposition
from belltower.domain.campaign import ContactStatus
from belltower.domain.money import UNPAID, Settlement, Tariff, settle
from belltower.domain.retry_policy import NextStep, RetryPolicy, is_counted
from belltower.telephony.provider import CallUpdate

log = structlog.get_logger(__name__)

QUEUE_LIMIT = 60
"""Seconds after the gate at which a call that still waits at the carrier is cancelled: the moment has passed."""
GRACE = 10
"""Seconds beyond a call's ring time-out or time limit after which a silent carrier is asked."""
WINDOW_NEEDED = timedelta(seconds=QUEUE_LIMIT + GRACE)
"""For so long a calling window has to be open yet where a call is let through: as the carrier may keep it in its queue, and a
moment to take it back from there. So no call begins to ring after its window has closed."""


class Effect(StrEnum):
    """What a report did."""

    MOVED = "move"
    STALE = "stale"
    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    """It is about no call that Belltower knows."""


class NeedsWallet(Exception):
    """A call cost more than its hold: do it again with the account locked first (the lock order) and its wallet read."""


Row = Mapping[Any, Any]
"""A call with its contact, as `lock_calls.sql` reads them."""


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


def decide(call: Row, update: CallUpdate, tariff: Tariff, available: Decimal | None, *, source: str) -> Decision:
    """Say what follows from a report for a call as it stands. `available` is what the wallet can bear beyond the hold.

    Raises `NeedsWallet` when that has to be known and is None.
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
        raise NeedsWallet
    return settle(cost, hold=hold, available=available)


def _moved(before: str, after: ContactStatus) -> dict[str, int]:
    return {} if before == after else {f"contact_{before}": -1, f"contact_{after}": 1}


def check_at(call: Row, update: CallUpdate, decision: Decision) -> datetime | None:
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
