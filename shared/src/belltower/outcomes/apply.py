"""Applies reports about calls: many at once, and those that somebody keeps waiting each by itself."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.batching import LATER, Batcher, Later
from belltower.db.circuit_breaker import break_circuit
from belltower.db.due import complete_if_done, lower_due
from belltower.db.engine import in_transaction
from belltower.db.notify import wake_scheduler
from belltower.db.wallet import get_wallet
from belltower.domain.call import FINAL, CallStatus
from belltower.domain.campaign import OPEN_CONTACT, ContactStatus
from belltower.domain.money import Tariff
from belltower.domain.retry_policy import NextStep
from belltower.outcomes.decide import Decision, Effect, NeedsWallet, Row, decide
from belltower.outcomes.record import Report, attempt_of, lock_account_of, lock_calls, skip_redialled, write
from belltower.runtime import fault
from belltower.telephony.provider import CallUpdate

log = structlog.get_logger(__name__)

MOST = 100
"""Reports that one transaction applies at most."""
TRIES = 3
"""Times that a report about a call that somebody else has locked comes along before it is applied by itself, and waits."""

calls_ended = Counter("belltower_calls_total", "Calls that ended, by their final status.", ["status"])
reports = Counter("belltower_call_reports_total", "Reports about calls, by source and effect.", ["source", "effect"])


@dataclass(slots=True)
class _Asked:
    """A report that somebody waits to have applied."""

    report: Report
    tries: int = 0


@dataclass(frozen=True, slots=True)
class _Applied:
    """What a report did, and what is to be seen to after its commit."""

    report: Report
    effect: Effect
    campaign_id: UUID
    contact: NextStep | None = None
    relieved: UUID | None = None
    """The campaign that would have rung the contact again, and does not have to any more."""


class Outcomes:
    """Applies reports about calls, in batches that grow under load by themselves."""

    def __init__(self, engine: AsyncEngine, tariff: Tariff, check_interval: float) -> None:
        """`check_interval` are the seconds between the scheduler's own looks: nearer work wakes it."""
        self.engine = engine
        self._tariff = tariff
        self._check_interval = check_interval
        self._together = Batcher(self._apply_together, limit=MOST)

    async def apply(self, update: CallUpdate, *, source: str) -> Effect:
        """Record a report and let it have its effect, once however often it arrives.

        `source` is callback, poll, response or reconciler. Every error of the database is the caller's to see: what was
        not committed was not applied, and the carrier or the reconciler brings it again.
        """
        effect = None
        if update.attempt_id is not None:
            effect = await self._together(_Asked(Report(update.attempt_id, update, source)))
        if effect is None:
            effect = await self._apply_alone(update, source)
        reports.labels(source, effect).inc()
        if effect is Effect.MOVED and update.status in FINAL:
            calls_ended.labels(update.status).inc()
        return effect

    async def _apply_together(self, batch: Sequence[_Asked]) -> list[Effect | Later | None]:
        """Apply reports in one transaction, which waits for nobody: None for each that has to be applied by itself.

        Of several about one call the first is applied. The others, and those about a call that somebody has locked (the
        dialer, most of the time, who writes down that it was placed), come along with the next.
        """
        first: dict[UUID, Report] = {}
        for asked in batch:
            first.setdefault(asked.report.attempt_id, asked.report)
        locked: set[UUID] = set()

        async def work(connection: AsyncConnection) -> list[_Applied]:
            calls = await lock_calls(connection, list(first.values()), waits=False)
            locked.clear()
            locked.update(first.keys() - calls.keys())
            decided = []
            for attempt_id, report in first.items():
                if attempt_id in calls:
                    try:
                        decision = decide(calls[attempt_id], report.update, self._tariff, None, source=report.source)
                    except NeedsWallet:
                        continue
                    decided.append((report, calls[attempt_id], decision))
            return await _write(connection, decided)

        applied = await in_transaction(self.engine, work)
        await self._follow(applied)
        effects = {id(each.report): each.effect for each in applied}
        return [LATER if self._comes_again(asked, first, locked) else effects.get(id(asked.report)) for asked in batch]

    def _comes_again(self, asked: _Asked, first: Mapping[UUID, Report], locked: Collection[UUID]) -> bool:
        if first[asked.report.attempt_id] is asked.report and asked.report.attempt_id not in locked:
            return False
        asked.tries += 1
        return asked.tries < TRIES

    async def _apply_alone(self, update: CallUpdate, source: str) -> Effect:
        """Apply one report, whoever has to be waited for."""

        async def work(connection: AsyncConnection, *, with_wallet: bool = False) -> list[_Applied]:
            attempt_id = update.attempt_id or await attempt_of(connection, update.carrier_call_id)
            if attempt_id is None:
                return []
            if with_wallet:
                await lock_account_of(connection, attempt_id)
            report = Report(attempt_id, update, source)
            call = (await lock_calls(connection, [report], waits=True)).get(attempt_id)
            if call is None:
                return []
            available = (await get_wallet(connection, call["account_id"])).available if with_wallet else None
            return await _write(
                connection, [(report, call, decide(call, update, self._tariff, available, source=source))]
            )

        try:
            applied = await in_transaction(self.engine, work)
        except NeedsWallet:
            applied = await in_transaction(self.engine, lambda connection: work(connection, with_wallet=True))
        await self._follow(applied)
        return applied[0].effect if applied else Effect.UNMATCHED

    async def _follow(self, applied: Sequence[_Applied]) -> None:
        """After the commit. If this process dies here, a campaign's `next_due_at` brings a dialer that does the same."""
        done = {each.relieved for each in applied if each.relieved is not None}
        due: dict[UUID, datetime] = {}
        for each in applied:
            if each.contact is None:
                continue
            if each.contact.status not in OPEN_CONTACT:
                done.add(each.campaign_id)
            elif (at := each.contact.next_attempt_at) is not None:
                due[each.campaign_id] = min(at, due.get(each.campaign_id, at))
        for campaign_id in done:
            await complete_if_done(self.engine, campaign_id, actor="outcome")
        await self._make_due(due.items())
        for campaign_id in {each.campaign_id for each in applied if _has_failed(each)}:
            reason = await break_circuit(self.engine, campaign_id)
            if reason is not None:
                log.warning("circuit_broken", campaign_id=str(campaign_id), reason=reason)

    async def _make_due(self, instants: Iterable[tuple[UUID, datetime]]) -> None:
        """Have campaigns announced in time for contacts that wait."""
        soonest = math.inf
        for campaign_id, at in instants:
            due_in = await lower_due(self.engine, campaign_id, at)
            if due_in is not None:
                soonest = min(soonest, due_in)
        if soonest < self._check_interval:
            await wake_scheduler(self.engine, soonest)


def _has_failed(applied: _Applied) -> bool:
    return applied.effect is Effect.MOVED and applied.report.update.status is CallStatus.FAILED


async def _write(connection: AsyncConnection, decided: Sequence[tuple[Report, Row, Decision]]) -> list[_Applied]:
    if not decided:
        return []
    written = await write(connection, decided)
    applied = []
    for report, call, decision in decided:
        campaign_id = call["campaign_id"]
        if report.attempt_id not in written:
            applied.append(_Applied(report, Effect.DUPLICATE, campaign_id))
            continue
        relieved = None
        if call["decided_at"] is not None and decision.contact and decision.contact.status is ContactStatus.REACHED:
            relieved = await skip_redialled(connection, call)
        fault.point("outcome.before_commit")
        applied.append(_Applied(report, decision.effect, campaign_id, decision.contact, relieved))
    return applied
