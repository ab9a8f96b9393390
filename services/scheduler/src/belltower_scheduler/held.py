"""What was claimed a moment ahead, held in memory and announced just in time for its instant.

So neither the claim nor the way through the broker makes a start late, and of a hundred thousand campaigns that are due at
one instant all are claimed before. What is changed meanwhile makes the claim void (`claim_due.sql`): its announcement then
finds it not due. Should this process die, the announcements that it held are made again like any that were lost (`sweep.py`).
"""

import asyncio
import contextlib
import heapq
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

import structlog

from belltower.db.due import Due
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

AHEAD = 3.0
"""Seconds before its instant from which on a campaign may be claimed: in so long two schedulers claim 100,000.

Less than `occurrences.LEAD`, by when it is decided which occurrences take place, and than `sweep.TAKE_TIME`, after which the
mark that is held runs out."""
EARLY = 0.9
"""Seconds before its instant from which on a campaign is announced because this process ends: less than a dialer waits for
it (`ownership.MAX_EARLY`)."""
GATHERING = 0.2
"""Seconds for which one that may be claimed ahead waits for others, so that they are claimed together."""
DELIVERY = 0.025
"""Seconds by which an announcement is sent before the instant: so long it may take to a dialer, who waits for the rest."""
MOST = 50_000
"""Campaigns that are held at most: a bound on memory. Beyond that they are claimed when they are due."""


class Held:
    """Holds announcements, and hands those whose moment has come to `publish`, many at a time."""

    def __init__(self, publish: Callable[[Sequence[Due]], Awaitable[None]]) -> None:
        self._publish = publish
        self._waiting: list[tuple[float, int, Due]] = []
        self._numbers = count()
        self._nearer = asyncio.Event()
        self._publishing: set[asyncio.Task[None]] = set()

    @property
    def ahead(self) -> float:
        """By how many seconds campaigns may be claimed ahead now."""
        return AHEAD if len(self._waiting) < MOST else 0

    @property
    def wakes_ahead(self) -> float:
        """By how many seconds ahead one looks for what is to be claimed."""
        return max(self.ahead - GATHERING, 0)

    def add(self, claimed: Sequence[Due], asked_at: float) -> None:
        """Hold campaigns that were claimed by a statement that was sent at `asked_at`, by the event loop's clock."""
        for due in claimed:
            heapq.heappush(self._waiting, (asked_at + due.due_in - DELIVERY, next(self._numbers), due))
        self._nearer.set()

    async def run(self) -> None:
        """Announce each in time, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            self._nearer.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._waiting[0][0] if self._waiting else None):
                    await self._nearer.wait()
            self._announce(loop.time())

    async def let_go(self) -> list[Due]:
        """The process ends: announce what is due so soon that dialers wait for it. Returns the others, which are held no more."""
        self._announce(asyncio.get_running_loop().time() + EARLY - DELIVERY)
        others = [due for _, _, due in self._waiting]
        self._waiting.clear()
        await asyncio.gather(*self._publishing)
        return others

    def _announce(self, until: float) -> None:
        """Have those announced whose moment has come by then. None waits until the broker has confirmed those before it."""
        now = asyncio.get_running_loop().time()
        ripe = []
        while self._waiting and self._waiting[0][0] <= until:
            moment, _, due = heapq.heappop(self._waiting)
            metrics.lateness.observe(max(now - DELIVERY - moment, 0))
            ripe.append(due)
        if ripe:
            task = asyncio.create_task(self._publish_safely(ripe))
            self._publishing.add(task)
            task.add_done_callback(self._publishing.discard)

    async def _publish_safely(self, batch: Sequence[Due]) -> None:
        try:
            await self._publish(batch)
        except Exception:
            # What could not be withdrawn is swept up like a message that was lost.
            log.exception("held_not_announced", campaigns=len(batch))
            metrics.tick_errors.labels("held").inc()
