"""Trying campaigns by themselves whose owners were lost, so that the one that ends dialers is told from those beside it.

When a dialer is lost nobody knows which of its campaigns did it: all that had no call placed are suspected. They are taken over
again a few at a time, those that were suspected before one at a time, while their names stand in the dialer's row: if it is lost
then, only these are suspected further (evict.sql). So a poison campaign is paused by itself, and the others go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.engine import is_outage
from belltower.db.ownership import NotAlive, try_campaigns
from belltower_dialer import metrics
from belltower_dialer.heartbeat import Heartbeat

log = structlog.get_logger(__name__)

TOGETHER = 20
"""Campaigns that lost one owner are tried so many at a time at first, then twice as many each time that all went well: most
dialers are not lost through a campaign, and then thousands wait."""
MOST_TOGETHER = 320
"""At most: should one of them be poison, the others are tried one at a time."""
LASTS = (1.0, 5.0)
"""Seconds that a trial lasts at most: of several, of one."""
SETTLES = 0.5
"""Seconds until one is over whose campaigns call, or have ended."""
LOOKS = 0.05
MOST = 10_000
"""Campaigns that may wait for their trial here. Whoever does not is announced again, as they all are."""


class Trials:
    """Takes suspects over, one trial after another."""

    def __init__(
        self,
        engine: AsyncEngine,
        heartbeat: Heartbeat,
        *,
        take: Callable[[Sequence[UUID]], Awaitable[Collection[UUID]]],
        is_past: Callable[[UUID], bool],
    ) -> None:
        """`take` takes suspects over and runs them; `is_past` tells whether one has called, or is not run here any more."""
        self._engine = engine
        self._heartbeat = heartbeat
        self._take = take
        self._is_past = is_past
        self._waiting: dict[UUID, int] = {}
        self._anybody = asyncio.Event()
        self._taking = asyncio.Lock()
        self._together = TOGETHER
        self._closed = False

    def add(self, suspects: Mapping[UUID, int]) -> None:
        """Have campaigns tried that lost so many owners in a row."""
        for campaign_id, losses in suspects.items():
            if campaign_id in self._waiting or len(self._waiting) < MOST:
                self._waiting[campaign_id] = losses
        if self._waiting:
            self._anybody.set()

    async def close(self) -> None:
        """Take nothing over any more; when this returns nothing is being taken over."""
        self._closed = True
        async with self._taking:
            self._waiting.clear()

    async def run(self) -> None:
        """Try what is suspected, for ever."""
        while True:
            await self._anybody.wait()
            if not self._waiting:
                self._anybody.clear()
                continue
            try:
                await self._try(self._next())
            except Exception as error:  # around a tick: what was not taken is announced again
                if not isinstance(error, NotAlive) and not is_outage(error):
                    log.exception("trial_failed")
                metrics.errors.labels("trials").inc()
                await asyncio.sleep(1)

    def _next(self) -> list[UUID]:
        once = [campaign_id for campaign_id, losses in self._waiting.items() if losses == 1][: self._together]
        chosen = once or list(self._waiting)[:1]
        for campaign_id in chosen:
            del self._waiting[campaign_id]
        return chosen

    async def _try(self, campaigns: Sequence[UUID]) -> None:
        dialer = self._heartbeat.dialer_id
        async with self._taking:
            if self._closed:
                return
            await try_campaigns(self._engine, dialer, campaigns)
            taken = await self._take(campaigns)
        if taken:
            log.warning("campaigns_tried", campaigns=[str(each) for each in taken])
            await self._last(taken)
            if len(taken) > 1:
                self._together = min(2 * self._together, MOST_TOGETHER)
        if not self._waiting:
            await try_campaigns(self._engine, dialer, [])

    async def _last(self, campaigns: Collection[UUID]) -> None:
        for _ in range(round(LASTS[len(campaigns) == 1] / LOOKS)):
            if all(map(self._is_past, campaigns)):
                break
            await asyncio.sleep(LOOKS)
        await asyncio.sleep(SETTLES)
