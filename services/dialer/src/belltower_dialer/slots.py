"""Learning of freed slots: one query for all campaigns that wait for one."""

import asyncio
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.engine import sql
from belltower_dialer import metrics
from belltower_dialer.owned import OwnedCampaign

log = structlog.get_logger(__name__)

INTERVAL = 0.075


class Slots:
    """Tells campaigns whose simultaneous calls were exhausted when one of them has ended."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: dict[UUID, tuple[int, asyncio.Future[None]]] = {}
        self._anybody = asyncio.Event()

    async def freed(self, campaign: OwnedCampaign) -> None:
        """Wait until a campaign has fewer live calls than it may have."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = (campaign.taken.concurrency, future)
        self._waiting[campaign.taken.id] = waiter
        self._anybody.set()
        try:
            await future
        finally:
            if self._waiting.get(campaign.taken.id) is waiter:  # and not a successor's
                del self._waiting[campaign.taken.id]

    async def run(self) -> None:
        """Look every few milliseconds while somebody waits, for ever."""
        while True:
            await self._anybody.wait()
            await asyncio.sleep(INTERVAL)
            if not self._waiting:
                self._anybody.clear()
                continue
            try:
                await self._look()
            except Exception:  # around a tick
                log.exception("slots_failed")
                metrics.errors.labels("slots").inc()
                await asyncio.sleep(1)

    async def _look(self) -> None:
        async with self._engine.connect() as connection:
            rows = await connection.execute(sql("live_calls"), {"ids": list(self._waiting)})
            live = {row.campaign_id: row.live for row in rows}
        for campaign_id, (concurrency, future) in list(self._waiting.items()):
            if live.get(campaign_id, 0) < concurrency and not future.done():
                future.set_result(None)
