"""Ending the ownership of campaigns: nothing to do now, no way to go on, or the dialer leaves."""

import math
from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.batching import Batcher
from belltower.db.notify import wake_scheduler
from belltower.db.ownership import give_back, give_up_takeover, pause_owned, release
from belltower_dialer.heartbeat import Heartbeat
from belltower_dialer.owned import OwnedCampaign

log = structlog.get_logger(__name__)

BATCH = 500
RETRY_DELAY = 30.0
"""Seconds after which a campaign that failed unexpectedly is tried again."""


class GivingBack:
    """Gives campaigns back, many in one transaction, and wakes the scheduler for those that are due again soon."""

    def __init__(self, engine: AsyncEngine, heartbeat: Heartbeat, *, actor: str, check_interval: float) -> None:
        self._engine = engine
        self._heartbeat = heartbeat
        self._actor = actor
        self._check_interval = check_interval
        self._release = Batcher(self._release_batch, limit=BATCH)

    async def release(self, campaign: OwnedCampaign) -> bool:
        """Give a campaign back until its earliest remaining work; False when somebody can be rung now after all."""
        return await self._release(campaign)

    async def release_all(self, campaigns: Sequence[OwnedCampaign]) -> None:
        """Give everything back because this dialer leaves."""
        for start in range(0, len(campaigns), BATCH):
            await self._release_batch(campaigns[start : start + BATCH], leaving=True)

    async def pause(self, campaign: OwnedCampaign, reason: str) -> None:
        """Pause a campaign with the reason."""
        log.warning("campaign_paused", campaign_id=str(campaign.taken.id), reason=reason)
        await pause_owned(
            self._engine,
            self._heartbeat.dialer_id,
            campaign.taken.id,
            campaign.taken.epoch,
            reason=reason,
            actor=self._actor,
        )

    async def try_later(self, campaign: OwnedCampaign) -> None:
        """Give a campaign back whose processing failed unexpectedly."""
        await self.give_back(campaign.taken.id, campaign.taken.epoch)

    async def give_back(self, campaign_id: UUID, epoch: int) -> None:
        """Give a campaign back that this dialer owns and cannot run, to be tried again later."""
        await give_back(
            self._engine, self._heartbeat.dialer_id, campaign_id, epoch, actor=self._actor, delay=RETRY_DELAY
        )
        await self._wake_for_retry()

    async def give_up_takeover(self, campaign_id: UUID) -> None:
        """Have a campaign tried again later that could not be taken over."""
        try:
            await give_up_takeover(self._engine, campaign_id, actor=self._actor, delay=RETRY_DELAY)
            await self._wake_for_retry()
        except Exception:
            # Its announcement runs out, and it is announced again.
            log.exception("failure_not_counted", campaign_id=str(campaign_id))

    async def _wake_for_retry(self) -> None:
        if self._check_interval > RETRY_DELAY:
            await wake_scheduler(self._engine, RETRY_DELAY)

    async def _release_batch(self, campaigns: Sequence[OwnedCampaign], *, leaving: bool = False) -> list[bool]:
        epochs = {campaign.taken.id: campaign.taken.epoch for campaign in campaigns}
        released, kept = await release(
            self._engine, self._heartbeat.dialer_id, epochs, actor=self._actor, leaving=leaving
        )
        due_in = min((each.due_in for each in released.values() if each.due_in is not None), default=math.inf)
        if due_in < self._check_interval:
            await wake_scheduler(self._engine, due_in)
        return [campaign.taken.id not in kept for campaign in campaigns]
