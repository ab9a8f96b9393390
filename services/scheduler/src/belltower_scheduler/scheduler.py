"""The scheduler: sleeps until the next instant at which something is due, and announces it."""

import asyncio
import contextlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.due import Due, Wake, next_wake, withdraw_announcements
from belltower.db.engine import create_engine, database_problem
from belltower.db.notify import wake_scheduler
from belltower.messaging.dead_letters import DeadLetterConsumer
from belltower.messaging.publisher import CampaignPublisher
from belltower.runtime.clock import boot_time
from belltower.runtime.settings import DatabaseSettings
from belltower_scheduler import metrics
from belltower_scheduler.announce_due import announce, announce_due
from belltower_scheduler.dead_letters import keep_replaying, recorder
from belltower_scheduler.fold import keep_folding
from belltower_scheduler.held import AHEAD, Held
from belltower_scheduler.keep_verifying import keep_verifying
from belltower_scheduler.listener import listen
from belltower_scheduler.materialise_series import decide, keep_making
from belltower_scheduler.settings import SchedulerSettings
from belltower_scheduler.sweep import TAKE_TIME, sweep_announcements, sweep_dialers
from belltower_scheduler.wall_times import keep_wall_times

log = structlog.get_logger(__name__)

STEADY = 10.0
"""Seconds after its own (re)connection for which a scheduler evicts nobody: dialers had no database either."""
RETRY_PAUSE = 1.0
SHORTEST_SLEEP = 0.0005
SWEEP_PAUSE = 1.0
"""Seconds between two sweeps for announcements that nobody took: while dialers are busy there are thousands."""
CLAIMED_ELSEWHERE = 0.02
"""Seconds to look away when what is due is locked by another scheduler."""


class CampaignScheduler:
    """Announces campaigns when they are due. Any number of them run side by side.

    It sleeps until shortly before the earliest due instant, is woken by NOTIFY when nearer work arises, and looks every
    `check_interval` seconds in any case.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        publisher: CampaignPublisher,
        database: DatabaseSettings,
        *,
        check_interval: float = 60,
        minimum_balance: Decimal = Decimal(0),
        audit_interval: float = 0,
        dead_letters: DeadLetterConsumer | None = None,
    ) -> None:
        self._engine = engine
        self._publisher = publisher
        self._dead_letters = dead_letters
        self._database = database
        self.check_interval = check_interval
        self._minimum_balance = minimum_balance
        self._audit_interval = audit_interval
        self._held = Held(self._announce_held)
        self._woken = asyncio.Event()
        self._looks_at = -math.inf
        self._unmade = asyncio.Event()
        self._decision_at = 0.0
        self._at_rest = asyncio.Lock()
        self._steady_from = boot_time() + STEADY
        self._swept_at = -math.inf
        self._ticked_at = boot_time()

    async def run(self) -> None:
        """Announce, sweep, fold, make occurrences, audit and record dead letters, for ever; a loop that dies ends the process."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._publisher.run())
            group.create_task(listen(self._database, woken=self._wake, connected=self._reconnected))
            group.create_task(keep_folding(self._engine))
            group.create_task(keep_making(self._engine, self._minimum_balance, self._unmade, self._woken.set))
            group.create_task(keep_wall_times(self._engine))
            group.create_task(keep_verifying(self._database, self._audit_interval))
            group.create_task(keep_replaying(self._engine, self._publisher))
            if self._dead_letters is not None:
                group.create_task(self._dead_letters.run())
            group.create_task(self._held.run())
            group.create_task(self._keep_ticking())

    async def drain(self) -> None:
        """Wait for the end of the tick at work, and begin none: what was claimed is published, or another's to claim."""
        await self._at_rest.acquire()
        if later := await self._held.let_go():
            await withdraw_announcements(self._engine, [due.id for due in later])
            await wake_scheduler(self._engine)

    def _reconnected(self) -> None:
        self._steady_from = boot_time() + STEADY

    async def _announce_held(self, batch: Sequence[Due]) -> None:
        if not await announce(self._engine, self._publisher, batch):
            self._woken.set()  # they are due again

    def _wake(self, due_in: float) -> None:
        """Something is due in so many seconds: look now, unless that is soon enough by itself."""
        if boot_time() + due_in - AHEAD < self._looks_at:
            self._woken.set()

    async def _keep_ticking(self) -> None:
        while True:
            self._woken.clear()
            self._looks_at = math.inf  # what was written meanwhile may have been overlooked
            try:
                async with self._at_rest:
                    pause = await self.tick()
                self._ticked_at = boot_time()
            except Exception:
                log.exception("tick_failed")
                metrics.tick_errors.labels("announce").inc()
                self._reconnected()
                self._decision_at = 0
                pause = RETRY_PAUSE
            self._looks_at = boot_time() + pause
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def tick(self) -> float:
        """Announce what is due and sweep up what needs it; in how many seconds to look again."""
        if not self._publisher.connected.is_set():
            # What cannot be published is not claimed: its status would say more than is true.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_PAUSE):
                    await self._publisher.connected.wait()
            return 0 if self._publisher.connected.is_set() else SHORTEST_SLEEP
        if boot_time() >= self._decision_at:  # before those occurrences could be announced that do not take place
            await decide(self._engine, self._minimum_balance)
        confirmed = await announce_due(self._engine, self._publisher, self._held)
        wake = await next_wake(self._engine)
        if await self._sweep(wake):
            confirmed &= await announce_due(self._engine, self._publisher, self._held)
            wake = await next_wake(self._engine)
        if wake.unmade_since is not None and wake.unmade_since <= wake.now:
            self._unmade.set()
        self._decision_at = boot_time() + _seconds_to(wake.decision_at, wake.now)
        return self._pause(wake) if confirmed else RETRY_PAUSE

    async def _sweep(self, wake: Wake) -> int:
        swept = 0
        if _passed(wake.announced_at, TAKE_TIME, wake.now) and boot_time() >= self._swept_at + SWEEP_PAUSE:
            self._swept_at = boot_time()
            swept += await sweep_announcements(self._engine, self._publisher)
        if _passed(wake.lapses_at, 0, wake.now) and boot_time() >= self._steady_from:
            swept += await sweep_dialers(self._engine)
        return swept

    def _pause(self, wake: Wake) -> float:
        """Seconds until the first of: something due, an announcement or a heartbeat that runs out, the safety net."""
        pause = self.check_interval
        if wake.next_due_at is not None:
            claimed_in = (wake.next_due_at - wake.now).total_seconds() - self._held.wakes_ahead
            pause = min(pause, max(claimed_in, SHORTEST_SLEEP) if claimed_in > 0 else CLAIMED_ELSEWHERE)
        if wake.announced_at is not None:
            # Older ones wait behind messages that are still in the queue.
            expires_in = (wake.announced_at - wake.now).total_seconds() + TAKE_TIME
            swept_in = self._swept_at + SWEEP_PAUSE - boot_time()
            pause = min(pause, max(expires_in, swept_in, CLAIMED_ELSEWHERE))
        if wake.lapses_at is not None:
            lapses_in = (wake.lapses_at - wake.now).total_seconds()
            pause = min(pause, max(lapses_in, self._steady_from - boot_time(), CLAIMED_ELSEWHERE))
        return min(pause, max(_seconds_to(wake.decision_at, wake.now), CLAIMED_ELSEWHERE))

    async def live(self) -> str | None:
        """What is wrong with this process, if anything."""
        silent = boot_time() - self._ticked_at
        if silent > self.check_interval + 30:
            return f"The scheduler has not completed a tick for {silent:.0f} s."
        return None

    async def ready(self) -> str | None:
        """What keeps this process from announcing, if anything."""
        if not self._publisher.connected.is_set():
            return "There is no connection to RabbitMQ."
        return await database_problem(self._engine)


def _passed(instant: datetime | None, seconds: float, now: datetime) -> bool:
    return instant is not None and instant + timedelta(seconds=seconds) <= now


def _seconds_to(instant: datetime | None, now: datetime) -> float:
    return math.inf if instant is None else (instant - now).total_seconds()


_scheduler: CampaignScheduler | None = None


def initialize_scheduler(settings: SchedulerSettings) -> CampaignScheduler:
    """Build the process's scheduler, which `get_scheduler` then returns."""
    global _scheduler
    engine = create_engine(settings, name="scheduler")
    _scheduler = CampaignScheduler(
        engine,
        CampaignPublisher(settings, name="scheduler"),
        settings,
        check_interval=settings.check_interval,
        minimum_balance=settings.minimum_balance,
        audit_interval=settings.audit_interval,
        dead_letters=recorder(settings, engine),
    )
    return _scheduler


def get_scheduler() -> CampaignScheduler:
    """The process's scheduler, for the health routes."""
    if _scheduler is None:
        raise RuntimeError("initialize_scheduler() has not been called.")
    return _scheduler
