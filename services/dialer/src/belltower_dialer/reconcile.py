"""Looking after live calls that stay silent, whatever their campaign's status, and resolving those left in doubt.

The carrier is asked; nothing is guessed. A call that may have rung and that nobody can account for ends as `unknown`
and is never redialled blindly: a person decides, by what was seen of it, which is kept with the call.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import in_transaction, sql
from belltower.db.unknown_calls import NewLook, record_looks
from belltower.domain.answering_machine import AnsweringMachine, is_machine
from belltower.domain.call import CallStatus
from belltower.outcomes import QUEUE_LIMIT, Outcomes
from belltower.telephony.provider import CallUpdate, Carrier, CarrierCall, CarrierUnavailable
from belltower_dialer import metrics
from belltower_dialer.heartbeat import Heartbeat
from belltower_dialer.placing import Placer

log = structlog.get_logger(__name__)

BATCH = 50
LEASE = 10.0
"""Seconds for which a call is one reconciler's; then it is looked after again."""
LONGEST_SLEEP = 2.0
ABSENT_FOR = 60.0
"""Seconds after its `send_by` at which a call that the carrier does not have was not placed."""
FINDING_OUT = 40.0
"""Seconds beyond that in which it is still asked whether a call was placed: until a dead dialer has lapsed for long enough, and
the reconcilers have come by again."""
CREATED_SLACK = timedelta(seconds=60)
"""The carrier writes when a call was created in whole seconds, by its own clock, which may be behind ours."""
SHOWN = 10
"""Calls of the carrier that are kept of one look, at most."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of looking after a call, and what of it has to be kept, should somebody have to decide about the call."""

    result: str
    evidence: NewLook | None = None


class Reconciler:
    """One dialer's share of looking after calls."""

    def __init__(
        self,
        engine: AsyncEngine,
        carrier: Carrier,
        outcomes: Outcomes,
        heartbeat: Heartbeat,
        placer: Placer,
        *,
        absent_for: float = ABSENT_FOR,
    ) -> None:
        self._engine = engine
        self._carrier = carrier
        self._outcomes = outcomes
        self._heartbeat = heartbeat
        self._placer = placer
        self._absent_for = absent_for

    async def run(self) -> None:
        """Look after calls whose time has come, for ever."""
        await self._heartbeat.registered.wait()
        while True:
            try:
                pause = await self.look_after_due()
            except Exception:  # around a tick
                log.exception("reconciling_failed")
                metrics.errors.labels("reconcile").inc()
                pause = LONGEST_SLEEP
            await asyncio.sleep(pause)

    async def look_after_due(self) -> float:
        """Look after one batch; in how many seconds to come again."""

        async def lease(connection: AsyncConnection) -> list[Any]:
            return list(await connection.execute(sql("lease_checks"), {"batch": BATCH, "lease": LEASE}))

        calls = await in_transaction(self._engine, lease)
        results = await asyncio.gather(*(self._look_after(call) for call in calls), return_exceptions=True)
        evidence: list[NewLook] = []
        for call, result in zip(calls, results, strict=True):
            if isinstance(result, CarrierUnavailable):
                metrics.reconciled.labels("carrier_unavailable").inc()
                log.warning("carrier_not_answering", attempt_id=str(call.id), error=str(result))
                asked = "list" if call.carrier_call_id is None else "call"
                evidence.append(NewLook(call.id, asked, "carrier_unavailable", error=str(result)))
            elif isinstance(result, BaseException):
                metrics.errors.labels("reconcile").inc()
                log.error("call_not_looked_after", attempt_id=str(call.id), exc_info=result)
            else:
                metrics.reconciled.labels(result.result).inc()
                log.info("call_looked_after", attempt_id=str(call.id), was=call.status, result=result.result)
                if result.evidence is not None:
                    evidence.append(result.evidence)
        if evidence:
            await in_transaction(self._engine, lambda connection: record_looks(connection, evidence))
        if len(calls) == BATCH:
            return 0
        async with self._engine.connect() as connection:
            due_in = (await connection.execute(sql("next_check"))).scalar_one()
        return LONGEST_SLEEP if due_in is None else min(max(due_in, 0.05), LONGEST_SLEEP)

    async def _look_after(self, call: Any) -> Seen:
        if call.carrier != self._carrier.name:
            return await self._not_known(call, "nothing")  # asking ours would prove nothing
        if call.carrier_call_id is None:
            return await self._resolve_unbound(call)
        found = await self._ask(call)
        if found is None:
            return await self._not_known(call, "call")
        in_time = call.now < call.gated_at + timedelta(seconds=QUEUE_LIMIT)
        if found.status is CallStatus.QUEUED and (call.called_off or not in_time):
            await self._carrier.cancel(call.carrier_call_id)
            found = await self._ask(call) or found
        if found.status is CallStatus.IN_PROGRESS and _must_not_talk(call, found):
            await self._carrier.hang_up(call.carrier_call_id)
            found = await self._ask(call) or found
        return Seen(found.status)

    async def _ask(self, call: Any) -> CallUpdate | None:
        found = await self._carrier.fetch(call.carrier_call_id)
        if found is not None:
            await self._outcomes.apply(found, source="poll")
        return found

    async def _not_known(self, call: Any, asked: str) -> Seen:
        """The carrier denies a call whose name it gave us itself, or is another one by now; after its longest possible life
        the call is unknown."""
        is_over = call.now >= _last_possible_end(call)
        if is_over:
            reason = (
                "The carrier does not know this call any more."
                if asked == "call"
                else "It was placed with another carrier, which cannot be asked any more."
            )
            await self._end(call, CallStatus.UNKNOWN, reason)
        result = CallStatus.UNKNOWN if is_over else "denied"
        return Seen(result, NewLook(call.id, asked, result, [] if asked == "call" else None))

    async def _resolve_unbound(self, call: Any) -> Seen:
        """A call of which we have no word from the carrier: the answer to our request was lost, or it was never sent."""
        listed = [found async for found in self._carrier.find(call.phone, call.caller_id)]
        candidates = [found for found in listed if found.created_at >= call.gated_at - CREATED_SLACK]
        bound, twins = await self._bindings(call, candidates)
        free = [found for found in candidates if found.carrier_call_id not in bound]
        if len(free) == 1 and twins == 1:
            return await self._bind(call, free[0])
        result = "in_doubt"
        if not free and await self._was_never_placed(call):
            await self._end(call, CallStatus.NOT_PLACED, "The carrier has no such call.")
            result = CallStatus.NOT_PLACED
        elif call.now >= max(
            _last_possible_end(call), call.send_by + timedelta(seconds=self._absent_for + FINDING_OUT)
        ):
            await self._end(call, CallStatus.UNKNOWN, _in_doubt(len(free), twins))
            result = CallStatus.UNKNOWN
        return Seen(result, NewLook(call.id, "list", result, _shown(candidates, bound), twins - 1))

    async def _bindings(self, call: Any, candidates: list[CarrierCall]) -> tuple[set[str], int]:
        async with self._engine.connect() as connection:
            # In this order: a twin that is bound in between is seen as such by the second statement.
            of_pair = {"phone": call.phone, "caller_id": call.caller_id}
            twins = (await connection.execute(sql("unbound_twins"), of_pair)).scalar_one()
            names = [found.carrier_call_id for found in candidates]
            rows = await connection.execute(sql("bound_calls"), {"carrier_call_ids": names})
            return set(rows.scalars()), twins

    async def _bind(self, call: Any, found: CarrierCall) -> Seen:
        await self._outcomes.apply(
            CallUpdate(
                call.id,
                found.carrier_call_id,
                found.status,
                dedupe_key=f"{found.carrier_call_id}:listed:{found.status}",
                duration=found.duration,
            ),
            source="reconciler",
        )
        return Seen("bound")

    async def _was_never_placed(self, call: Any) -> bool:
        if call.now < call.send_by + timedelta(seconds=self._absent_for):
            return False
        if call.request_ended_at is not None:
            return True
        if call.dialer == self._heartbeat.dialer_id:
            return not self._placer.is_under_way(call.id)
        return await self._heartbeat.is_gone(call.dialer, since=call.gated_at, lapsed_for=self._absent_for)

    async def _end(self, call: Any, status: CallStatus, reason: str) -> None:
        await self._outcomes.apply(
            CallUpdate(call.id, None, status, dedupe_key=f"reconciler:{status}", reason=reason), source="reconciler"
        )


def _must_not_talk(call: Any, found: CallUpdate) -> bool:
    """Whether a machine answered that shall hear nothing."""
    hangs_up = call.answering_machine == AnsweringMachine.HANG_UP
    return hangs_up and is_machine(found.answered_by or call.answered_by)


def _in_doubt(free: int, twins: int) -> str:
    """Why it cannot be said what became of a call: of so many calls at the carrier that are nobody's, one may be it."""
    if not free:
        return "The carrier lists no such call, and whoever asked for it cannot say whether it was placed."
    if twins > 1:
        return "Several calls to this number are in doubt, and it cannot be told which of the carrier's calls is whose."
    return f"The carrier lists {free} calls to this number that could be this one."


def _shown(candidates: Sequence[CarrierCall], bound: set[str]) -> list[Mapping[str, Any]]:
    """What is kept of the calls that could have been this one; `taken`: it is known to be another."""
    return [
        {
            "carrier_call_id": found.carrier_call_id,
            "status": found.status,
            "created_at": found.created_at.isoformat(),
            "duration": found.duration,
            "taken": found.carrier_call_id in bound,
        }
        for found in candidates[:SHOWN]
    ]


def _last_possible_end(call: Any) -> Any:
    return call.send_by + timedelta(seconds=call.ring_timeout + call.time_limit)
