"""Campaigns as their account sees them. Every query is scoped to the account: another's campaign does not exist."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from belltower.db.contacts import Listed
from belltower.db.engine import in_transaction, sql
from belltower.db.page import Order, Page, Position, Sort, cut
from belltower.db.tables import attempts, campaign_progress, campaigns
from belltower.db.totals import Totals
from belltower.domain.call import LIVE
from belltower.domain.campaign import CampaignStatus
from belltower.domain.definition import Definition
from belltower.domain.errors import IllegalTransition, NotFound
from belltower.domain.schedule import ScheduledTime


@dataclass(frozen=True, slots=True)
class CreationTerms:
    """What decides whether an account may create a campaign. `now` is the database's clock."""

    currency: str
    caller_id: str | None
    balance: Decimal
    now: datetime


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to create."""

    definition: Definition
    timezone: str
    scheduled: ScheduledTime | None
    """None: it starts at once."""
    retry_of: UUID | None = None
    """The campaign whose contacts it rings again."""
    is_test: bool = False
    """It is one test call."""
    expires_at: datetime | None = None
    """From when on nobody is called any more; None: it never expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(Definition):
    """A campaign's row, without what only schedulers and dialers need."""

    id: UUID
    is_scheduled: bool
    scheduled_time: datetime | None
    timezone: str
    expires_at: datetime | None
    retry_of: UUID | None
    is_test: bool
    contacts: int
    contact_fields: list[str]
    status: str
    status_reason: str | None
    next_due_at: datetime | None
    window_zone: str | None
    """The zone for whose calling window it sleeps until then; None: it does not."""
    created_at: datetime
    first_due_at: datetime | None
    """When it was due as it was taken over for the first time."""
    started_at: datetime | None
    completed_at: datetime | None
    archived_at: datetime | None
    """Since when lists leave it out."""
    version: int
    """Counts the changes of the row."""
    series_id: UUID | None = None
    """The series of which it is an occurrence."""
    occurrence: datetime | None = None
    """Which one: the wall time by the series' rule."""
    is_exception: bool = False
    """It was edited by itself: changes of its series leave it alone."""

    @property
    def definition(self) -> Definition:
        """What it says, and how it calls."""
        return Definition(**{name: getattr(self, name) for name in DEFINITION_COLUMNS})

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The campaign in a row of `campaigns`."""
        found = {name: row[name] for name in CAMPAIGN_COLUMNS}
        if isinstance(found["retry_delays"], str):  # of a statement in SQL, which knows no types
            found["retry_delays"] = json.loads(found["retry_delays"])
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Only:
    """Which campaigns are wanted; what is None does not matter."""

    status: CampaignStatus | None = None
    search: str | None = None
    """Part of the name, in any case."""
    scheduled_from: datetime | None = None
    scheduled_to: datetime | None = None
    """Before this instant."""
    created_from: datetime | None = None
    created_to: datetime | None = None
    """Before this instant."""
    is_scheduled: bool | None = None
    series_id: UUID | None = None
    """Occurrences of this series."""
    archived: bool = False
    """Those that were archived, instead of those that were not."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a campaign's row has to fulfil."""
        found: list[ColumnElement[bool]] = [
            campaigns.c.is_test.is_(False),
            campaigns.c.archived_at.is_not(None) if self.archived else campaigns.c.archived_at.is_(None),
        ]
        if self.status is not None:
            found.append(campaigns.c.status == self.status)
        if self.search is not None:
            found.append(campaigns.c.name.icontains(self.search, autoescape=True))
        if self.scheduled_from is not None:
            found.append(campaigns.c.scheduled_time >= self.scheduled_from)
        if self.scheduled_to is not None:
            found.append(campaigns.c.scheduled_time < self.scheduled_to)
        if self.created_from is not None:
            found.append(campaigns.c.created_at >= self.created_from)
        if self.created_to is not None:
            found.append(campaigns.c.created_at < self.created_to)
        if self.is_scheduled is not None:
            found.append(campaigns.c.is_scheduled.is_(self.is_scheduled))
        if self.series_id is not None:
            found.append(campaigns.c.series_id == self.series_id)
        return found


NEWEST_FIRST = Sort("created_at", descending=True)
"""The order of a list of campaigns that is asked for in none."""

DEFINITION_COLUMNS = [field.name for field in fields(Definition)]
CAMPAIGN_COLUMNS = [field.name for field in fields(Campaign)]
_COLUMNS = [campaigns.c[name] for name in CAMPAIGN_COLUMNS]


def _visible(account_id: UUID) -> ColumnElement[bool]:
    return and_(campaigns.c.account_id == account_id, campaigns.c.deleted_at.is_(None))


def _missing() -> NotFound:
    return NotFound("There is no campaign with this id.")


async def get_creation_terms(connection: AsyncConnection, account_id: UUID) -> CreationTerms:
    """The account's money and caller id, and the time. Raises `NotFound`."""
    row = (await connection.execute(sql("creation_terms"), {"account": account_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return CreationTerms(row.currency, row.caller_id, row.balance, row.now)


async def create_campaign(
    connection: AsyncConnection,
    account_id: UUID,
    new: NewCampaign,
    contacts: Listed,
    *,
    actor: str,
    now: datetime,
) -> Campaign:
    """Write a campaign with its contacts, in the caller's transaction. It is due at once, or at its scheduled time."""
    scheduled = new.scheduled
    values = {
        **asdict(new.definition),
        "id": uuid7(),
        "account_id": account_id,
        "is_scheduled": scheduled is not None,
        "scheduled_time": scheduled and scheduled.instant,
        "scheduled_wall": scheduled and scheduled.wall,
        "timezone": new.timezone,
        "wall_time_meant": scheduled is not None and scheduled.meant_as_wall,
        "expires_at": new.expires_at,
        "retry_of": new.retry_of,
        "is_test": new.is_test,
        "contacts": len(contacts),
        "contact_fields": list(contacts.fields),
        "status": CampaignStatus.SCHEDULED if scheduled else CampaignStatus.PENDING,
        "status_actor": actor,
    }
    parameters = {f"new_{name}": value for name, value in values.items()}
    row = await connection.execute(_insert_campaign(frozenset(values)), parameters)
    campaign = Campaign.of(row.mappings().one())
    await contacts.copy_to(connection, campaign.id, next_attempt_at=now)
    return campaign


@cache
def _insert_campaign(given: frozenset[str]) -> Select[Any]:
    """The statement that writes a campaign and its progress: due at its scheduled time, or now. To put it together takes longer
    than to run it."""
    values = {name: bindparam(f"new_{name}", type_=campaigns.c[name].type) for name in given}
    due = func.coalesce(values["scheduled_time"], func.clock_timestamp())
    created = insert(campaigns).values(**values, next_due_at=due).returning(*_COLUMNS).cte("created")
    progress = insert(campaign_progress).from_select(
        ["campaign_id", "contact_waiting"], select(created.c.id, created.c.contacts)
    )
    return select(created).add_cte(progress.cte("progress"))


async def get_campaign(connection: AsyncConnection, account_id: UUID, campaign_id: UUID) -> Campaign:
    """One campaign. Raises `NotFound`."""
    found = await connection.execute(select(*_COLUMNS).where(_visible(account_id), campaigns.c.id == campaign_id))
    row = found.mappings().one_or_none()
    if row is None:
        raise _missing()
    return Campaign.of(row)


async def require_campaign(connection: AsyncConnection, account_id: UUID, campaign_id: UUID) -> None:
    """Make sure that a campaign is the account's. Raises `NotFound`."""
    found = await connection.execute(select(campaigns.c.id).where(_visible(account_id), campaigns.c.id == campaign_id))
    if found.scalar_one_or_none() is None:
        raise _missing()


async def lock(connection: AsyncConnection, account_id: UUID, campaign_id: UUID) -> str:
    """Lock a campaign's row; its status. Raises `NotFound`."""
    found = await connection.execute(
        select(campaigns.c.status)
        .where(_visible(account_id), campaigns.c.id == campaign_id)
        .with_for_update(key_share=True)
    )
    status = found.scalar_one_or_none()
    if status is None:
        raise _missing()
    return str(status)


async def get_all_campaigns(
    connection: AsyncConnection,
    account_id: UUID,
    *,
    only: Only = Only(),
    sort: Sort = NEWEST_FIRST,
    after: Position | None = None,
    limit: int,
    totals: Totals,
) -> Page[Campaign]:
    """A page of the account's campaigns, sorted by created_at, name or scheduled_time; those that follow `after`, where given."""
    wanted = select_campaigns(account_id, only)
    total = await totals.count(connection, account_id, only, wanted)
    rows = await connection.execute(in_order(wanted, sort, after).limit(limit + 1))
    return cut([Campaign.of(row) for row in rows.mappings()], limit=limit, total=total)


def select_campaigns(account_id: UUID, only: Only) -> Select[Any]:
    """The campaigns of an account that are wanted."""
    return select(*_COLUMNS).where(_visible(account_id), *only.conditions())


def in_order(wanted: Select[Any], sort: Sort, after: Position | None) -> Select[Any]:
    """Some campaigns in an order, of names without regard to case; those that follow `after`, where given."""
    column = campaigns.c[sort.field]
    by_name = sort.field == "name"
    order = Order(func.lower(column) if by_name else column, campaigns.c.id, sort.descending, bool(column.nullable))
    if after is not None:
        wanted = wanted.where(order.after(func.lower(after.value) if by_name else after.value, after.id))
    return wanted.order_by(*order.by())


async def delete_campaign(engine: AsyncEngine, account_id: UUID, campaign_id: UUID) -> None:
    """Hide a campaign for good and take it off the schedule; its calls and its ledger stay.

    Raises `NotFound`, and `IllegalTransition` while it runs or one of its calls is live.
    """

    async def work(connection: AsyncConnection) -> None:
        status = await lock(connection, account_id, campaign_id)
        if status in (CampaignStatus.PENDING, CampaignStatus.PROCESSING):
            raise IllegalTransition(
                f"The campaign is {status}, and a campaign that runs cannot be deleted. Cancel it first."
            )
        live = await connection.execute(
            select(attempts.c.id)
            .where(attempts.c.campaign_id == campaign_id, attempts.c.status.in_(sorted(LIVE)))
            .limit(1)
        )
        if live.scalar_one_or_none() is not None:
            raise IllegalTransition(
                "A call of this campaign is still under way. Delete the campaign when the call has ended."
            )
        await connection.execute(
            update(campaigns)
            .where(campaigns.c.id == campaign_id)
            .values(deleted_at=func.clock_timestamp(), next_due_at=None, announced_at=None)
        )

    await in_transaction(engine, work)
