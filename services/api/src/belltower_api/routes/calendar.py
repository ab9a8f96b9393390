"""The calendar: what happened, and is to happen, in some weeks."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.calendar import Dated, ToCome, get_dated, get_plans, to_come
from belltower.domain.campaign import CampaignStatus
from belltower.domain.errors import Invalid
from belltower.domain.series import SeriesStatus
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.problems import problems
from belltower_api.schemas.collection import Paging
from belltower_api.schemas.values import CampaignId, Instant, QueriedInstant, Request, SeriesId

router = APIRouter(prefix="/api/calendar", tags=["Calendar"], route_class=AccountRoute, dependencies=AUTHENTICATED)

LONGEST = timedelta(days=400)
MOST = 5_000


class CalendarSpan(Request):
    """Which weeks."""

    model_config = Paging.model_config

    from_: QueriedInstant = Field(alias="from", description="The first instant that is wanted.")
    to: QueriedInstant = Field(description=f"The first that is not; at most {LONGEST.days} days later.")


class CalendarEntry(BaseModel):
    """A campaign, or an occurrence of a series that is still to be made."""

    at: Instant = Field(description="When it starts: scheduled, or created if it was to start at once.")
    kind: Literal["campaign", "occurrence"] = Field(examples=["occurrence"])
    name: str = Field(examples=["Delivery notice"])
    timezone: str = Field(examples=["Europe/Berlin"])
    contacts: int = Field(examples=[120])
    campaign_id: CampaignId | None = Field(description="null for an occurrence: there is no campaign yet.")
    status: CampaignStatus | None = Field(description="Of the campaign.", examples=[None])
    series_id: SeriesId | None = Field(description="The series that it belongs to.")
    is_paused: bool = Field(
        description="It does not start as it is: the campaign, or its series, is paused.", examples=[False]
    )

    @classmethod
    def of_campaign(cls, each: Dated) -> "CalendarEntry":
        status = CampaignStatus(each.status)
        return cls(
            at=each.at,
            kind="campaign",
            name=each.name,
            timezone=each.timezone,
            contacts=each.contacts,
            campaign_id=each.id,
            status=status,
            series_id=each.series_id,
            is_paused=status is CampaignStatus.PAUSED,
        )

    @classmethod
    def of_occurrence(cls, coming: ToCome) -> "CalendarEntry":
        return cls(
            at=coming.occurrence.instant,
            kind="occurrence",
            name=coming.series.name,
            timezone=coming.series.timezone,
            contacts=coming.series.contacts,
            campaign_id=None,
            status=None,
            series_id=coming.series.id,
            is_paused=coming.series.status == SeriesStatus.PAUSED,
        )


class Calendar(BaseModel):
    """What is in some weeks."""

    items: list[CalendarEntry] = Field(description="The earliest first.")


@router.get("", summary="Look at the calendar", responses=problems(400, 401))
async def get_calendar(span: Annotated[CalendarSpan, Query()], res: Res, asker: Asker) -> Calendar:
    """Campaigns that were or are to be started in a span of time, and occurrences of series that are still to be made in it."""
    start, end = span.from_, span.to
    if not timedelta(0) < end - start <= LONGEST:
        raise Invalid(
            "to", "invalid_span", f"to must follow from, and by no more than {LONGEST.days} days. Ask for a part of it."
        )
    async with res.reader.connect() as connection:
        dated, coming = await planned(connection, asker.account_id, start, end, MOST + 1)
    if len(dated) + len(coming) > MOST:
        raise Invalid(
            "to", "span_too_full", f"There are more than {MOST:,} entries in this span. Ask for a shorter one."
        )
    entries = [CalendarEntry.of_campaign(each) for each in dated]
    entries += [CalendarEntry.of_occurrence(each) for each in coming]
    return Calendar(items=sorted(entries, key=lambda entry: entry.at))


async def planned(
    connection: AsyncConnection, account_id: UUID, start: datetime, end: datetime, most: int
) -> tuple[list[Dated], list[ToCome]]:
    """The campaigns of a span of time, and the occurrences that are to come in it, up to `most` of each."""
    dated = await get_dated(connection, account_id, start=start, end=end, limit=most)
    going_on, made, now = await get_plans(connection, account_id, start=start, end=end)
    coming = (
        await asyncio.to_thread(to_come, going_on, made, start=max(start, now), end=end, limit=most)
        if end > now
        else []
    )
    return dated, coming
