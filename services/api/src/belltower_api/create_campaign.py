"""The use case behind both ways to create a campaign: the rules are the same whether the numbers come as JSON or a file."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns
from belltower.db.contacts import MAX_CONTACTS, Listed
from belltower.db.engine import in_transaction
from belltower.db.notify import wake_scheduler_for
from belltower.db.progress import Progress
from belltower.domain import schedule
from belltower.domain.call import Disposition
from belltower.domain.campaign import ContactStatus
from belltower.domain.definition import Definition
from belltower.domain.errors import InsufficientFunds, Invalid
from belltower.domain.principal import Principal
from belltower_api.dependencies import Resources
from belltower_api.errors import TooLarge
from belltower_api.schemas.campaign_fields import DefinitionFields, StartFields
from belltower_api.schemas.values import shown_money

log = structlog.get_logger(__name__)

_DEFINED = set(campaigns.DEFINITION_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Created:
    campaign: campaigns.Campaign
    now: datetime


async def create(
    resources: Resources,
    principal: Principal,
    define: Callable[[campaigns.CreationTerms], Definition],
    start: StartFields,
    listed: Callable[[AsyncConnection], Awaitable[Listed]],
    keep: Callable[[AsyncConnection, campaigns.Campaign], Awaitable[None]],
    *,
    retry_of: UUID | None = None,
    is_test: bool = False,
) -> campaigns.Campaign:
    """Create a campaign in one transaction, then wake the schedulers if it is due before they would look by themselves.

    `define` says what it is, given the account's terms; `listed` whom it rings, within the transaction. `keep` ends it: what it
    writes is there when the campaign is.
    Raises `Invalid`, `InsufficientFunds` and `TooLarge`.
    """

    async def work(connection: AsyncConnection) -> _Created:
        terms = await campaigns.get_creation_terms(connection, principal.account_id)
        scheduled = start_of(start, terms.now)
        new = campaigns.NewCampaign(
            definition=define(terms),
            timezone=start.timezone or "UTC",
            scheduled=scheduled,
            expires_at=expiry_of(start, scheduled.instant if scheduled else terms.now),
            retry_of=retry_of,
            is_test=is_test,
        )
        require_funds(resources, terms)
        contacts = await listed(connection)
        if len(contacts) > MAX_CONTACTS:
            raise TooLarge(
                f"A campaign has at most {MAX_CONTACTS:,} contacts; this list has {len(contacts):,}. Split it."
            )
        campaign = await campaigns.create_campaign(
            connection, principal.account_id, new, contacts, actor=principal.actor, now=terms.now
        )
        await keep(connection, campaign)
        return _Created(campaign, terms.now)

    created = await in_transaction(resources.engine, work)
    await wake_schedulers(resources, created.campaign, created.now)
    return created.campaign


def defined(fields: DefinitionFields, name: str) -> Callable[[campaigns.CreationTerms], Definition]:
    """What a campaign is that somebody describes."""

    def define(terms: campaigns.CreationTerms) -> Definition:
        said = fields.model_dump(include=_DEFINED)
        return Definition(**said | {"name": name, "caller_id": caller_id_of(fields, terms)})

    return define


def start_of(fields: StartFields, now: datetime) -> schedule.ScheduledTime | None:
    """When it starts; None: at once. The same refusals for every way to create a campaign. Raises `Invalid`."""
    if fields.is_scheduled and fields.scheduled_time is None:
        raise Invalid(
            schedule.FIELD,
            "scheduled_time_missing",
            f"is_scheduled is true, but scheduled_time is missing. {schedule.HOW_TO_WRITE}",
        )
    if fields.is_scheduled and fields.scheduled_time is not None:
        return schedule.read(fields.scheduled_time, fields.timezone, now=now)
    if fields.scheduled_time is not None:
        raise Invalid(
            schedule.FIELD,
            "scheduled_time_unexpected",
            "scheduled_time is given, but is_scheduled is false. Send is_scheduled true to start at that time, or leave"
            " scheduled_time out to start now.",
        )
    if fields.timezone is not None:
        schedule.zone(fields.timezone)
    return None


def expiry_of(fields: StartFields, starts_at: datetime) -> datetime | None:
    """When its time is over; None: never. Raises `Invalid`."""
    if fields.expires_at is None:
        return None
    return schedule.read_expiry(fields.expires_at, fields.timezone, after=starts_at)


def caller_id_of(fields: DefinitionFields, terms: campaigns.CreationTerms) -> str:
    """The number that callees see. Raises `Invalid` when there is none."""
    caller_id = fields.caller_id or terms.caller_id
    if caller_id is None:
        raise Invalid(
            "caller_id",
            "missing",
            "caller_id is required: the account has none. Send the number that callees shall see.",
        )
    return caller_id


def require_funds(resources: Resources, terms: campaigns.CreationTerms) -> None:
    """The wallet holds what it takes to call. Raises `InsufficientFunds`."""
    minimum = resources.settings.minimum_balance
    if terms.balance < minimum:
        raise InsufficientFunds(
            f"The wallet holds {shown_money(terms.balance)} {terms.currency}; to call takes at least"
            f" {shown_money(minimum)} {terms.currency}. Top it up first.",
            balance=terms.balance,
            minimum=minimum,
            currency=terms.currency,
        )


async def wake_schedulers(resources: Resources, campaign: campaigns.Campaign, now: datetime) -> None:
    """After the commit of what made a campaign due: it is, whatever becomes of the wake-up."""
    due = campaign.next_due_at
    assert due is not None
    try:
        await wake_scheduler_for(resources.engine, due, now=now, check_interval=resources.settings.check_interval)
    except (SQLAlchemyError, OSError):
        log.warning("schedulers_not_woken", campaign_id=str(campaign.id), exc_info=True)


def location(campaign_id: UUID) -> dict[str, str]:
    """The headers that say where a new campaign is."""
    return {"Location": f"/api/campaigns/{campaign_id}"}


def untouched(contacts: int) -> Progress:
    """The progress of a campaign that has just been created."""
    return Progress(
        contacts={status: contacts if status is ContactStatus.WAITING else 0 for status in ContactStatus},
        dispositions=dict.fromkeys(sorted(Disposition), 0),
    )
