"""Reads the calls that reports are about, and writes what follows from them: a statement each for many calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql, to_json
from belltower.db.tables import COUNTERS, accounts, attempts
from belltower.domain.call import FINAL, CallStatus
from belltower.outcomes.decide import Decision, Effect, Row, check_at
from belltower.telephony.provider import CallUpdate

_UNRUNG = {
    CallStatus.QUEUED,
    CallStatus.NOT_PLACED,
    CallStatus.FAILED,
    CallStatus.CANCELLED,
    CallStatus.UNKNOWN,
}
"""Of a call that is one of these, nobody can say that it rang."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of a call of ours."""

    attempt_id: UUID
    update: CallUpdate
    source: str
    """callback, poll, response or reconciler."""


async def attempt_of(connection: AsyncConnection, carrier_call_id: str | None) -> UUID | None:
    """The call that the carrier has this name for."""
    if carrier_call_id is None:
        return None
    found = await connection.execute(sql("attempt_of_call"), {"carrier_call_id": carrier_call_id})
    return found.scalar_one_or_none()


async def lock_account_of(connection: AsyncConnection, attempt_id: UUID) -> None:
    """Lock the account of a call, which comes before the call in the order of locks."""
    await connection.execute(
        select(accounts.c.id)
        .where(accounts.c.id == select(attempts.c.account_id).where(attempts.c.id == attempt_id).scalar_subquery())
        .with_for_update(key_share=True)
    )


async def lock_calls(connection: AsyncConnection, reports: Sequence[Report], *, waits: bool) -> Mapping[UUID, Row]:
    """The calls of some reports, and their contacts, locked. Without those that somebody else has locked, unless it `waits`."""
    found = await connection.execute(
        sql("lock_calls") if waits else _lock_free_sql(),
        {
            "attempts": [report.attempt_id for report in reports],
            "carrier_call_ids": [report.update.carrier_call_id for report in reports],
        },
    )
    return {row["id"]: row for row in found.mappings()}


@cache
def _lock_free_sql() -> TextClause:
    return text(sql("lock_calls").text + " SKIP LOCKED")


async def write(connection: AsyncConnection, decided: Sequence[tuple[Report, Row, Decision]]) -> set[UUID]:
    """Record reports about locked calls, one of each, and write what follows. The calls whose report is a new one; for the others
    nothing is written."""
    written = await connection.execute(
        write_sql(),
        {
            "reports": to_json([_as_object(*each) for each in decided]),
            "attempts": [report.attempt_id for report, _, _ in decided],
            "contacts": [call["contact_id"] for _, call, _ in decided],
        },
    )
    return set(written.scalars())


@cache
def write_sql() -> TextClause:
    """The statement, with all counters of a campaign's progress in it."""
    return text(
        sql("record_reports")
        .text.replace("{counters}", ", ".join(f"{name} int" for name in COUNTERS))
        .replace("{names}", ", ".join(COUNTERS))
        .replace("{sums}", ", ".join(f"coalesce(sum({name}), 0)" for name in COUNTERS))
    )


def _as_object(report: Report, call: Row, decision: Decision) -> dict[str, Any]:
    update, now, status, contact = report.update, call["now"], decision.status, decision.contact
    moved = decision.effect is Effect.MOVED
    said = {
        "duration": update.duration,
        "answered_by": update.answered_by,
        "error_code": update.error_code,
        "reason": update.reason,
    }
    fields = {
        "attempt": report.attempt_id,
        "account": call["account_id"],
        "campaign": call["campaign_id"],
        "contact": call["contact_id"],
        "dedupe_key": update.dedupe_key,
        "occurred_at": update.occurred_at,
        "source": report.source,
        "reported": update.status,
        "effect": decision.effect,
        "carrier_call_id": update.carrier_call_id,
        "detail": {name: value for name, value in said.items() if value is not None} or None,
        "writes_call": decision.writes_call,
        "status": status,
        "ringing_at": now if moved and status not in _UNRUNG else None,
        "answered_at": now if moved and status in (CallStatus.IN_PROGRESS, CallStatus.COMPLETED) else None,
        "ended_at": now if moved and status in FINAL else None,
        **said,
        "hold": decision.hold,
        "cost": decision.cost,
        "check_at": check_at(call, update, decision),
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
        **decision.counters,
    }
    return {name: value for name, value in fields.items() if value is not None}


async def skip_redialled(connection: AsyncConnection, call: Row) -> UUID | None:
    """Where somebody had decided to ring a contact again that was reached after all, as is known now: nobody rings it again, if
    that has not been done yet. The campaign that would have."""
    skipped = await connection.execute(
        sql("skip_redialled"), {"attempt": call["id"], "account": call["account_id"], "phone": call["phone"]}
    )
    campaign_id: UUID | None = skipped.scalar_one_or_none()
    return campaign_id
