"""The use case behind every campaign that rings again whom another one rang: a retry, and the redial of unknown calls."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, unknown_calls
from belltower.db.contacts import NewContacts
from belltower.domain.principal import Principal
from belltower_api.create_campaign import create
from belltower_api.dependencies import Resources
from belltower_api.schemas.campaign_fields import CampaignRetry, StartFields

_LONGEST_START = 190


async def retry_contacts(
    resources: Resources,
    principal: Principal,
    source: campaigns.Campaign,
    retry: CampaignRetry,
    listed: Callable[[AsyncConnection], Awaitable[NewContacts]],
    keep: Callable[[AsyncConnection, campaigns.Campaign], Awaitable[None]],
    *,
    named: str = "retry",
    note: str | None = None,
) -> campaigns.Campaign:
    """Make a campaign like another, linked to it, of the contacts that `listed` finds and locks within the transaction.

    That their unknown calls are made again is kept as a decision about them, with the `note`; `keep` ends the transaction. Raises
    `Invalid`, `InsufficientFunds`, `TooLarge` and whatever `listed` raises.
    """
    definition = replace(
        source.definition,
        name=retry.name or f"{source.name[:_LONGEST_START]} ({named})",
        caller_id=retry.caller_id or source.caller_id,
    )
    start = StartFields(
        is_scheduled=retry.is_scheduled,
        scheduled_time=retry.scheduled_time,
        timezone=retry.timezone or source.timezone,
        expires_at=retry.expires_at,
    )

    async def whom(connection: AsyncConnection) -> NewContacts:
        return lists.enter_context(await listed(connection))

    async def keep_all(connection: AsyncConnection, campaign: campaigns.Campaign) -> None:
        await unknown_calls.keep_redial(connection, source.id, campaign.id, actor=principal.actor, note=note)
        await keep(connection, campaign)

    with ExitStack() as lists:
        return await create(
            resources,
            principal,
            lambda _: definition,
            start,
            whom,
            keep_all,
            retry_of=source.id,
            is_test=source.is_test,
        )
