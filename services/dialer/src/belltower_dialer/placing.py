"""Placing admitted calls, and recording what became of each request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.batching import Batcher
from belltower.db.engine import in_transaction, is_outage, sql, transaction
from belltower.db.ownership import fail_campaign
from belltower.domain.call import CallStatus
from belltower.outcomes import QUEUE_LIMIT, Outcomes
from belltower.runtime import fault
from belltower.runtime.clock import boot_time
from belltower.telephony.provider import CallRequest, CallUpdate, Carrier, NotSent, Placed, Placement, Rejected, Unknown
from belltower_dialer import metrics

log = structlog.get_logger(__name__)

RECORD_PAUSE = 1.0
LONGEST_BACKOFF = 60.0
COMMIT_DOUBT = 12.0
"""Seconds after which a transaction whose commit was cut off has either happened or never will: Postgres ends a session
that is idle in its transaction for longer than 10 s (`idle_in_transaction_timeout`)."""


class Placer:
    """Places calls, `limit` requests at a time. Admitted calls are placed whatever becomes of their campaign's task."""

    def __init__(self, engine: AsyncEngine, carrier: Carrier, outcomes: Outcomes, *, limit: int) -> None:
        self._engine = engine
        self._carrier = carrier
        self._outcomes = outcomes
        self._limit = limit
        self._at_work: set[asyncio.Task[None]] = set()
        self._under_way: set[UUID] = set()
        self._reserved = 0
        self._closed = False
        self._room = asyncio.Event()
        self._room.set()
        self._quiet_until = 0.0
        self._failures = 0
        self._record_placed = Batcher(self._write_placed, limit=500)

    @asynccontextmanager
    async def room(self, wanted: int) -> AsyncIterator[int]:
        """Wait until calls can be placed, and keep room for `wanted` of them at most; 0: none is placed any more."""
        reserved = await self._reserve(wanted)
        try:
            yield reserved
        finally:
            self._reserved -= reserved
            self._measure()

    async def _reserve(self, wanted: int) -> int:
        while not self._closed:
            await self._room.wait()
            quiet = self._quiet_until - boot_time()
            if quiet > 0:
                await asyncio.sleep(min(quiet, 1.0))
            elif self._free > 0 and not self._closed:
                reserved = min(wanted, self._free)
                self._reserved += reserved
                self._measure()
                return reserved
        return 0

    @property
    def _free(self) -> int:
        return self._limit - len(self._at_work) - self._reserved

    def is_under_way(self, attempt_id: UUID) -> bool:
        """Whether the request for a call may still be sent, or its answer is awaited or being recorded."""
        return attempt_id in self._under_way

    def place(self, request: CallRequest) -> None:
        """Place a call that the gate has committed."""
        self._start(self._place(request), [request.attempt_id])

    def not_sent(self, attempt_ids: Sequence[UUID], reason: str) -> None:
        """Calls that the gate may have committed and that nobody will place."""

        async def record() -> None:
            await asyncio.sleep(COMMIT_DOUBT)
            for attempt_id in attempt_ids:
                await self._persistently(partial(self._not_placed, attempt_id, reason))

        self._start(record(), attempt_ids)

    def close(self) -> None:
        """Place nothing beyond what the gate has committed: nobody is given room any more."""
        self._closed = True
        self._measure()

    async def drained(self) -> None:
        """Wait for the requests under way, and for what is recorded of them."""
        while self._at_work:
            await asyncio.wait(set(self._at_work))

    def _start(self, work: Coroutine[None, None, None], attempt_ids: Sequence[UUID]) -> None:
        task = asyncio.create_task(work)
        self._at_work.add(task)
        self._under_way.update(attempt_ids)
        task.add_done_callback(lambda task: self._ended(task, attempt_ids))
        self._measure()

    def _ended(self, task: asyncio.Task[None], attempt_ids: Sequence[UUID]) -> None:
        self._at_work.discard(task)
        self._under_way.difference_update(attempt_ids)
        self._measure()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("placing_failed", exc_info=error)
            metrics.errors.labels("placing").inc()

    def _measure(self) -> None:
        metrics.placing.set(len(self._at_work))
        if self._closed or self._free > 0:
            self._room.set()
        else:
            self._room.clear()

    async def _place(self, request: CallRequest) -> None:
        try:
            placement = await self._carrier.place(request)
        except Exception as error:  # one call's trouble, and nobody can say how far it got
            log.exception("request_failed", attempt_id=str(request.attempt_id))
            placement = Unknown(f"the request failed unexpectedly ({type(error).__name__})")
        fault.point("carrier.placed")
        metrics.placements.labels(type(placement).__name__.lower()).inc()
        self._back_off(placement)
        await self._persistently(lambda: self._record(request, placement))

    def _back_off(self, placement: Placement) -> None:
        """Place nothing for a while when the carrier cannot be reached or asks for it: haste does not help it."""
        if not isinstance(placement, NotSent):
            self._failures = 0
            return
        log.warning("call_not_sent", reason=placement.reason, retry_after=placement.retry_after)
        now = boot_time()
        if now >= self._quiet_until:  # requests that were under way together fail together: that is one failure
            self._failures = min(self._failures + 1, 10)
        pause = min(placement.retry_after * 1.5 ** (self._failures - 1), max(LONGEST_BACKOFF, placement.retry_after))
        self._quiet_until = max(self._quiet_until, now + pause)

    async def _record(self, request: CallRequest, placement: Placement) -> None:
        attempt_id = request.attempt_id
        match placement:
            case Placed(carrier_call_id):
                await self._record_placed((attempt_id, carrier_call_id))
            case Rejected(code, reason, of_caller_id=True):
                # Every contact would meet the same: the campaign fails, and none of them is burnt for it.
                log.error("caller_id_refused", campaign_id=str(request.campaign_id), code=code)
                await fail_campaign(
                    self._engine,
                    request.campaign_id,
                    reason=f"The carrier refuses the caller id {request.caller_id} ({code}: {reason}). Use another number.",
                    actor="dialer",
                )
                await self._not_placed(attempt_id, reason)
            case Rejected(code, reason):
                await self._outcomes.apply(
                    CallUpdate(
                        attempt_id,
                        None,
                        CallStatus.FAILED,
                        dedupe_key="response:rejected",
                        error_code=code,
                        reason=reason,
                        permanent=True,
                    ),
                    source="response",
                )
            case NotSent(reason):
                await self._not_placed(attempt_id, reason)
            case Unknown(reason):
                log.warning("call_in_doubt", attempt_id=str(attempt_id), reason=reason)
                async with transaction(self._engine) as connection:
                    await connection.execute(sql("record_unknown_request"), {"attempt": attempt_id, "reason": reason})

    async def _not_placed(self, attempt_id: UUID, reason: str) -> None:
        await self._outcomes.apply(
            CallUpdate(attempt_id, None, CallStatus.NOT_PLACED, dedupe_key="response:not_sent", reason=reason),
            source="response",
        )

    async def _write_placed(self, placed: Sequence[tuple[UUID, str]]) -> Sequence[None]:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                sql("record_placements"),
                {
                    "attempts": [attempt_id for attempt_id, _ in placed],
                    "carrier_call_ids": [carrier_call_id for _, carrier_call_id in placed],
                    "queue_limit": QUEUE_LIMIT,
                },
            )

        await in_transaction(self._engine, work)
        return [None] * len(placed)

    async def _persistently(self, record: Callable[[], Awaitable[None]]) -> None:
        """Record, however long the database is away: room is limited, so what waits here is, too."""
        while True:
            try:
                return await record()
            except Exception as error:  # only an outage stays here
                if not is_outage(error):
                    raise
                log.warning("recording_postponed", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(RECORD_PAUSE)
