"""The gate: who may be rung at this moment. One place, one transaction, one lock.

What a dialer is about to place for an account goes through together. Under the account's lock the gate counts from the
rows themselves what is live, how many calls the last second saw, and what money is free; it checks that each campaign is
still this dialer's, each contact still waiting, its number free, not on the do-not-call list and inside its calling
window. It commits the calls as `dialling`, with their holds, before anything rings.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from belltower.db.batching import LATER, Batcher, Later
from belltower.db.calling_hours import hours_of, read_window
from belltower.db.engine import in_transaction, is_outage, sql, sqlstate
from belltower.domain.calling_hours import Decision
from belltower.domain.money import Tariff
from belltower.runtime import fault
from belltower.runtime.clock import boot_time
from belltower.telephony.provider import CallRequest
from belltower_dialer import metrics
from belltower_dialer.heartbeat import Heartbeat
from belltower_dialer.judging import Judge
from belltower_dialer.owned import Dialable, OwnedCampaign
from belltower_dialer.pace import Pace
from belltower_dialer.placing import Placer
from belltower_dialer.rush import Rush

log = structlog.get_logger(__name__)

SEND_WITHIN = 2.0
"""Seconds from before the gate's transaction to the last instant at which a call's request may be sent."""
FIRST_CHECK = 8.0
"""Seconds after the gate at which the reconciler first looks after a call whose request left no trace."""
NUMBER_BUSY_DELAY = 30.0
TURN = 50
"""Contacts of one campaign that go through at once: a small campaign never waits long behind a large one."""
CAMPAIGNS = 200


class Verdict(StrEnum):
    """What a campaign has to do next."""

    GO_ON = "go_on"
    NO_SLOT = "no_slot"
    """Its own simultaneous calls are exhausted."""
    ACCOUNT_BUSY = "account_busy"
    """The account's simultaneous calls, calls per second or free money are, or its caller id's, or its own calls per second."""
    OUT_OF_MONEY = "out_of_money"
    UPKEEP = "upkeep"
    """Its time is over, or its calling hours have changed: its contacts have to be seen to first."""
    LOST = "lost"
    """It is not this dialer's any more, or was paused or cancelled."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call is allowed: how long to ring and to last (seconds), and what is held for it."""

    carrier: str
    ring_timeout: int
    time_limit: int
    tariff: Tariff

    @property
    def hold(self) -> Any:
        """What a call sets aside: the price of one that lasts to its limit."""
        return self.tariff.hold(self.time_limit)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is let through, unless its number is busy or must not be called."""

    campaign: OwnedCampaign
    contact: Dialable
    message: str
    calling_window: str | None
    """What is kept of why it is inside its window, as JSON."""
    attempt_id: UUID = field(default_factory=uuid7)


@dataclass(slots=True)
class _Round:
    """What one transaction decided."""

    verdicts: list[Verdict] = field(default_factory=list)
    looked_at: list[list[Dialable]] = field(default_factory=list)
    only_waiting: list[bool] = field(default_factory=list)
    """Whether all who were looked at wait for a window."""
    admitted: list[_Call] = field(default_factory=list)

    def pass_over(self, verdict: Verdict) -> None:
        """Look at nobody of the next campaign."""
        self.verdicts.append(verdict)
        self.looked_at.append([])
        self.only_waiting.append(False)


class Gate:
    """Lets calls through, for all campaigns of this dialer."""

    def __init__(self, engine: AsyncEngine, heartbeat: Heartbeat, placer: Placer, terms: Terms, rush: Rush) -> None:
        self._engine = engine
        self._heartbeat = heartbeat
        self._placer = placer
        self._terms = terms
        self._rush = rush
        self._accounts: dict[UUID, Batcher[OwnedCampaign, Verdict]] = {}
        self._rounds = 0

    async def admit(self, campaign: OwnedCampaign) -> Verdict:
        """Let through who may be rung of a campaign's contacts, place their calls, and say what to do next."""
        account = campaign.taken.account_id
        batcher = self._accounts.get(account)
        if batcher is None:
            batcher = Batcher(lambda campaigns: self._pass(account, campaigns), limit=CAMPAIGNS)
            self._accounts[account] = batcher
        try:
            return await batcher(campaign)
        finally:
            if batcher.is_idle and self._accounts.get(account) is batcher:
                del self._accounts[account]

    async def drained(self) -> None:
        """Wait for the rounds at work; the placer is closed, so that they let nobody through any more."""
        await asyncio.gather(*(batcher.drained() for batcher in self._accounts.values()))

    async def _pass(self, account: UUID, campaigns: Sequence[OwnedCampaign]) -> list[Verdict | Later]:
        await self._rush.over()
        wanted = sum(min(campaign.taken.concurrency, len(campaign.contacts), TURN) for campaign in campaigns)
        async with self._placer.room(wanted) as room:
            if not room or not self._heartbeat.is_alive():
                return [Verdict.LOST] * len(campaigns)
            # Where there is not enough for all, those come first whose turn was longest ago, or has never been.
            in_turn = sorted(campaigns, key=lambda campaign: campaign.served)[:room]
            verdicts = dict(zip(in_turn, await self._let_through(account, in_turn, room), strict=True))
            return [verdicts.get(campaign, LATER) for campaign in campaigns]

    async def _let_through(self, account: UUID, campaigns: Sequence[OwnedCampaign], room: int) -> list[Verdict]:
        send_by = boot_time() + SEND_WITHIN
        offered: list[UUID] = []

        async def work(connection: AsyncConnection) -> _Round:
            decided = await self._decide(connection, account, campaigns, room, offered)
            fault.point("gate.before_commit")
            return decided

        fault.point("gate.begun")
        try:
            decided = await in_transaction(self._engine, work)
        except Exception as error:  # raised again below
            # Unless Postgres refused it, nobody knows whether it committed; what it may have committed is never placed.
            refused = isinstance(error, DBAPIError) and sqlstate(error) is not None and not is_outage(error)
            if offered and not refused:
                self._placer.not_sent(offered, "the gate's transaction was cut off")
            raise
        fault.point("gate.committed")
        self._rounds += 1
        for call in decided.admitted:
            call.campaign.served = self._rounds
            self._placer.place(self._request(call, send_by))
        for campaign, looked_at, only_waiting in zip(campaigns, decided.looked_at, decided.only_waiting, strict=True):
            for _ in looked_at:
                campaign.contacts.popleft()
            if looked_at:
                campaign.saw(only_waiting=only_waiting)
        return decided.verdicts

    def _request(self, call: _Call, send_by: float) -> CallRequest:
        taken = call.campaign.taken
        return CallRequest(
            attempt_id=call.attempt_id,
            campaign_id=taken.id,
            to=call.contact.phone,
            caller_id=taken.caller_id,
            message=call.message,
            language=taken.language,
            voice=taken.voice,
            stream_url=taken.stream_url,
            contact_id=call.contact.contact_id,
            ring_timeout=self._terms.ring_timeout,
            time_limit=self._terms.time_limit,
            send_by=send_by,
            answering_machine=taken.answering_machine,
        )

    async def _decide(
        self,
        connection: AsyncConnection,
        account_id: UUID,
        campaigns: Sequence[OwnedCampaign],
        room: int,
        offered: list[UUID],
    ) -> _Round:
        account = (await connection.execute(sql("gate_lock_account"), {"account": account_id})).one()
        mine = await self._lock_campaigns(connection, campaigns)
        counts = (
            await connection.execute(
                sql("gate_count"), {"account": account_id, "limited": account.calls_per_second is not None}
            )
        ).one()
        live = await _live_calls(connection, mine)
        pace = Pace(campaigns)
        if counts.limits_caller_ids or any(each.taken.calls_per_second is not None for each in campaigns):
            await pace.read(connection, account_id, campaigns)
        available = account.balance + counts.unfolded - counts.held
        hold = self._terms.hold
        affordable = room if not hold else max(int(available // hold), 0)
        account_may = min(
            affordable,
            _left(account.max_concurrent_calls, counts.live, room),
            _left(account.calls_per_second, counts.recent, room),
        )
        budget = min(room, account_may)
        decided = _Round()
        judge = Judge(hours_of(account), counts.now)
        for position, campaign in enumerate(campaigns):
            row = mine.get(campaign.taken.id)
            if row is None:
                decided.pass_over(Verdict.LOST)
                continue
            if row.hours_changed or (row.expires_at is not None and row.expires_at <= counts.now):
                decided.pass_over(Verdict.UPKEEP)
                continue
            slots = max(campaign.taken.concurrency - live[campaign.taken.id], 0)
            fair_share = -(-budget // (len(campaigns) - position))
            paced = pace.allows(campaign, TURN)
            chosen = judge.choose(campaign, read_window(row.calling_window), min(slots, fair_share, paced))
            budget -= len(chosen.let_through)
            pace.spend(campaign, len(chosen.let_through))
            decided.looked_at.append(chosen.looked_at)
            decided.only_waiting.append(not chosen.let_through)
            # What cannot be said of a message fails here, while nothing of it is committed.
            decided.admitted += [
                _Call(campaign, contact, contact.message(campaign.taken.welcome_message), record)
                for contact, record in chosen.let_through
            ]
            decided.verdicts.append(
                Verdict.GO_ON
                if chosen.looked_at or (slots and account_may and paced)
                else Verdict.NO_SLOT
                if not slots
                else Verdict.OUT_OF_MONEY
                if not affordable and not counts.live
                else Verdict.ACCOUNT_BUSY
            )
        offered[:] = [call.attempt_id for call in decided.admitted]
        if judge.refused:
            await self._refuse(connection, account_id, judge.refused)
        if decided.admitted:
            decided.admitted = await self._admit(connection, account_id, decided.admitted, account, counts.now)
        return decided

    async def _lock_campaigns(self, connection: AsyncConnection, campaigns: Sequence[OwnedCampaign]) -> dict[UUID, Any]:
        """The rows of those campaigns that are still this dialer's and run, by their ids."""
        rows = await connection.execute(
            sql("gate_lock_campaigns"),
            {
                "ids": [campaign.taken.id for campaign in campaigns],
                "epochs": [campaign.taken.epoch for campaign in campaigns],
                "dialer": self._heartbeat.dialer_id,
            },
        )
        return {row.id: row for row in rows}

    async def _refuse(
        self, connection: AsyncConnection, account_id: UUID, refused: Sequence[tuple[Dialable, Decision]]
    ) -> None:
        metrics.gated.labels("outside_window").inc(len(refused))
        await connection.execute(
            sql("gate_refuse"),
            {
                "account": account_id,
                "contacts": [contact.contact_id for contact, _ in refused],
                "opens_at": [decision.opens_at for _, decision in refused],
                "reasons": [decision.reason for _, decision in refused],
                "zones": [decision.zone for _, decision in refused],
            },
        )

    async def _admit(
        self,
        connection: AsyncConnection,
        account_id: UUID,
        calls: Sequence[_Call],
        account: Any,
        now: datetime,
    ) -> list[_Call]:
        rows = await connection.execute(
            sql("gate_admit"),
            {
                "account": account_id,
                "contacts": [call.contact.contact_id for call in calls],
                "attempts": [call.attempt_id for call in calls],
                "caller_ids": [call.campaign.taken.caller_id for call in calls],
                "windows": [call.calling_window for call in calls],
                "carrier": self._terms.carrier,
                "dialer": self._heartbeat.dialer_id,
                "time_limit": self._terms.time_limit,
                "ring_timeout": self._terms.ring_timeout,
                "send_by": now + timedelta(seconds=SEND_WITHIN),
                "check_at": now + timedelta(seconds=FIRST_CHECK),
                "hold": self._terms.hold,
                "busy_delay": NUMBER_BUSY_DELAY,
                "cap_calls": account.frequency_cap_calls,
                "cap_period": float(account.frequency_cap_period or 0),
            },
        )
        verdicts = {row.attempt_id: row.verdict for row in rows}
        for verdict in verdicts.values():
            metrics.gated.labels(verdict).inc()
        return [call for call in calls if verdicts.get(call.attempt_id) == "admitted"]


def _left(limit: int | None, used: int, otherwise: int) -> int:
    return otherwise if limit is None else max(limit - used, 0)


async def _live_calls(connection: AsyncConnection, campaign_ids: Collection[UUID]) -> defaultdict[UUID, int]:
    live: defaultdict[UUID, int] = defaultdict(int)
    if campaign_ids:
        for row in await connection.execute(sql("live_calls"), {"ids": list(campaign_ids)}):
            live[row.campaign_id] = row.live
    return live
