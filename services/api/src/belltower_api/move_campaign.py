"""The use case behind pause, cancel, resume and start.

A stop has committed when its answer is 200 or 202. It is 200 as soon as no call is being placed any more: from then on no
request to create a call of the campaign reaches the carrier.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, moves, series
from belltower.db.engine import in_transaction
from belltower.db.progress import get_progress
from belltower.domain import schedule
from belltower.domain.campaign import CampaignStatus, Move, destination
from belltower.domain.principal import Principal
from belltower.runtime.clock import boot_time
from belltower_api.create_campaign import require_funds, wake_schedulers
from belltower_api.dependencies import Resources
from belltower_api.idempotency import Once
from belltower_api.schemas.campaign import CallingStopped, Campaign, CampaignStopping

PATIENCE = 2.0
"""Seconds for which the answer to a stop waits for calls that are being placed."""
_LOOK = 0.025
"""Seconds between two looks at them."""

Answer = tuple[Campaign, HTTPStatus]


async def go_on(resources: Resources, principal: Principal, campaign_id: UUID, move: Move, once: Once) -> Campaign:
    """Resume or start a campaign, and wake the schedulers when it is due before they would look by themselves.

    Raises `NotFound`, `IllegalTransition` and `InsufficientFunds`.
    """

    async def work(connection: AsyncConnection) -> tuple[Campaign, campaigns.Campaign, datetime | None]:
        locked = await moves.lock_one(connection, principal.account_id, campaign_id)
        target = destination(move, locked.status, is_ahead=locked.is_ahead)
        if target is not None:
            terms = await campaigns.get_creation_terms(connection, principal.account_id)
            require_funds(resources, terms)
            brought_forward = locked.is_ahead and target is CampaignStatus.PENDING
            scheduled = schedule.at(locked.now, locked.timezone) if brought_forward else None
            await moves.go_on(connection, campaign_id, target, actor=principal.actor, scheduled=scheduled)
        campaign = await campaigns.get_campaign(connection, principal.account_id, campaign_id)
        shown = await _shown(connection, campaign)
        await once.keep(connection, shown, status=HTTPStatus.OK)
        return shown, campaign, locked.now if target is not None else None

    shown, campaign, moved_at = await in_transaction(resources.engine, work)
    if moved_at is not None:
        await wake_schedulers(resources, campaign, moved_at)
    return shown


async def stop(resources: Resources, principal: Principal, campaign_id: UUID, move: Move, once: Once) -> Answer:
    """Pause or cancel a campaign, and wait a moment for those of its calls that are being placed.

    Raises `NotFound` and `IllegalTransition`.
    """
    shown, status = await stop_now(resources, principal, campaign_id, move, once)
    if status is HTTPStatus.OK:
        return shown, status
    await settled(resources, [campaign_id])
    shown, status = await stopped(resources, principal, campaign_id)
    await once.amend(resources.reader, shown, status=status)
    return shown, status


async def stop_now(resources: Resources, principal: Principal, campaign_id: UUID, move: Move, once: Once) -> Answer:
    """Pause or cancel a campaign, whatever calls are being placed. Raises `NotFound` and `IllegalTransition`."""

    async def work(connection: AsyncConnection) -> Answer:
        locked = await moves.lock_one(connection, principal.account_id, campaign_id)
        target = destination(move, locked.status, is_ahead=locked.is_ahead)
        if target is not None:
            await moves.stop(connection, [campaign_id], target, actor=principal.actor)
        shown, status = await _stopped(connection, principal, campaign_id)
        await once.keep(connection, shown, status=status)
        return shown, status

    return await in_transaction(resources.engine, work)


async def stopped(resources: Resources, principal: Principal, campaign_id: UUID) -> Answer:
    """A campaign that was stopped, and whether a call of it is still being placed. Raises `NotFound`."""
    async with resources.reader.connect() as connection:
        return await _stopped(connection, principal, campaign_id)


async def _stopped(connection: AsyncConnection, principal: Principal, campaign_id: UUID) -> Answer:
    # Counted first: whatever else is read is later, and no less true.
    dialling = (await moves.count_dialling(connection, [campaign_id])).get(campaign_id, 0)
    campaign = await campaigns.get_campaign(connection, principal.account_id, campaign_id)
    shown = await _shown(connection, campaign)
    if not dialling:
        return shown, HTTPStatus.OK
    return CampaignStopping(**shown.model_dump(), dialling=dialling), HTTPStatus.ACCEPTED


async def stop_all(resources: Resources, principal: Principal, once: Once) -> tuple[CallingStopped, HTTPStatus]:
    """Pause all series and all campaigns of an account that call or will, and wait a moment for calls that are being placed."""
    account_id = principal.account_id
    # Series first: what is made of them meanwhile is paused with the campaigns.
    await in_transaction(
        resources.engine, lambda connection: series.pause_all(connection, account_id, actor=principal.actor)
    )
    paused = await moves.pause_all(resources.engine, account_id, actor=principal.actor)
    dialling = await _settled(resources, lambda connection: moves.count_all_dialling(connection, account_id))
    stopped = CallingStopped(paused=paused, dialling=dialling)
    status = HTTPStatus.ACCEPTED if dialling else HTTPStatus.OK
    async with resources.engine.begin() as connection:
        await once.keep(connection, stopped, status=status)
    return stopped, status


async def settled(resources: Resources, ids: Sequence[UUID]) -> None:
    """Wait until no call of these campaigns is being placed, for a moment at most."""

    async def count(connection: AsyncConnection) -> int:
        return sum((await moves.count_dialling(connection, ids)).values())

    await _settled(resources, count)


async def _settled(resources: Resources, count: Callable[[AsyncConnection], Awaitable[int]]) -> int:
    """Wait until no call is being placed, for a moment at most; how many still are."""
    deadline = boot_time() + PATIENCE
    while True:
        async with resources.reader.connect() as connection:
            dialling = await count(connection)
        if not dialling or boot_time() >= deadline:
            return dialling
        await asyncio.sleep(_LOOK)


async def _shown(connection: AsyncConnection, campaign: campaigns.Campaign) -> Campaign:
    progress = await get_progress(connection, [campaign.id])
    return Campaign.of(campaign, progress[campaign.id])
