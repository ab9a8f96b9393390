"""The use case behind a duplicate: the database copies the list, however long it is, and nobody waits for it."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns
from belltower.db.contacts import CopiedContacts, ListChanged, count_listed
from belltower.domain.errors import IllegalTransition
from belltower.domain.principal import Principal
from belltower_api.create_campaign import create, location, untouched
from belltower_api.dependencies import Resources
from belltower_api.idempotency import Once
from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.campaign_fields import CampaignDuplicate, StartFields

_LONGEST_START = 190
_TRIES = 3
"""How often a copy begins anew because the campaign was edited meanwhile."""


async def duplicate(
    resources: Resources, principal: Principal, campaign_id: UUID, wanted: CampaignDuplicate, once: Once
) -> tuple[campaigns.Campaign, Campaign]:
    """Make a campaign that is like another and rings the same list; it, and how it is shown.

    Raises `NotFound`, `Invalid`, `InsufficientFunds`, and `IllegalTransition` when there is nobody on the list, or it is being
    edited all the time.
    """
    for _ in range(_TRIES):
        async with resources.reader.connect() as connection:
            source = await campaigns.get_campaign(connection, principal.account_id, campaign_id)
        try:
            return await _copy(resources, principal, source, wanted, once)
        except ListChanged:
            continue
    raise IllegalTransition("The campaign is being edited. Duplicate it when that is done.")


async def _copy(
    resources: Resources, principal: Principal, source: campaigns.Campaign, wanted: CampaignDuplicate, once: Once
) -> tuple[campaigns.Campaign, Campaign]:
    definition = replace(source.definition, name=wanted.name or f"{source.name[:_LONGEST_START]} (copy)")
    start = StartFields(
        is_scheduled=wanted.is_scheduled,
        scheduled_time=wanted.scheduled_time,
        timezone=wanted.timezone or source.timezone,
        expires_at=wanted.expires_at,
    )

    async def listed(connection: AsyncConnection) -> CopiedContacts:
        count = await count_listed(connection, source.id)
        if not count:
            raise IllegalTransition("Nobody is on the list of the campaign any more. Create a new one with a list.")
        return CopiedContacts(source.id, count, source.contact_fields)

    def shown(campaign: campaigns.Campaign) -> Campaign:
        return Campaign.of(campaign, untouched(campaign.contacts))

    async def keep(connection: AsyncConnection, campaign: campaigns.Campaign) -> None:
        # The list was copied as it is now. What the campaign is was read before: it has to be so still.
        now = await campaigns.get_campaign(connection, principal.account_id, source.id)
        if (now.definition, now.contact_fields) != (source.definition, source.contact_fields):
            raise ListChanged
        await once.keep(connection, shown(campaign), headers=location(campaign.id))

    campaign = await create(resources, principal, lambda _: definition, start, listed, keep)
    return campaign, shown(campaign)
