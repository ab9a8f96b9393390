"""The history of a campaign: every transition, as the database's trigger wrote it, and every edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.campaigns import require_campaign
from belltower.db.page import Page, cut
from belltower.db.tables import campaign_events


@dataclass(frozen=True, slots=True)
class CampaignEvent:
    """One move of a campaign, or an edit, which leaves it where it is. `from_status` is None for its creation."""

    id: int
    at: datetime
    from_status: str | None
    to_status: str
    actor: str
    reason: str | None
    changed: list[str] | None
    """What an edit changed; None: it was a move."""


async def record_edit(
    connection: AsyncConnection,
    campaign_id: UUID,
    status: str,
    changed: Sequence[str],
    *,
    actor: str,
    reason: str | None,
) -> None:
    """Write an edit into a campaign's history, in the transaction that does it."""
    await connection.execute(
        insert(campaign_events).values(
            campaign_id=campaign_id,
            from_status=status,
            to_status=status,
            actor=actor,
            reason=reason,
            changed=list(changed),
        )
    )


async def get_campaign_events(
    connection: AsyncConnection, account_id: UUID, campaign_id: UUID, *, after: int | None = None, limit: int
) -> Page[CampaignEvent]:
    """A page of a campaign's history, the oldest first; what follows the event `after`, where given. Raises `NotFound`."""
    await require_campaign(connection, account_id, campaign_id)
    of_campaign = campaign_events.c.campaign_id == campaign_id
    total = (
        await connection.execute(select(func.count()).select_from(campaign_events).where(of_campaign))
    ).scalar_one()
    wanted = select(
        campaign_events.c.id,
        campaign_events.c.at,
        campaign_events.c.from_status,
        campaign_events.c.to_status,
        campaign_events.c.actor,
        campaign_events.c.reason,
        campaign_events.c.changed,
    ).where(of_campaign)
    if after is not None:
        wanted = wanted.where(campaign_events.c.id > after)
    rows = await connection.execute(wanted.order_by(campaign_events.c.id).limit(limit + 1))
    return cut([CampaignEvent(*row) for row in rows], limit=limit, total=total)
