"""The results of a campaign, summed up."""

from dataclasses import asdict
from decimal import Decimal
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from belltower.db import campaigns, stats
from belltower.db.progress import get_progress
from belltower.db.wallet import get_wallet
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.problems import problems
from belltower_api.schemas.campaign import CampaignProgress, lateness
from belltower_api.schemas.values import Currency, Instant, Money

router = APIRouter(
    prefix="/api/campaigns/{campaign_id}", tags=["Results"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


class CallsInSpan(BaseModel):
    """The calls that were placed within a span of time."""

    at: Instant = Field(description="Where the span begins.")
    placed: int = Field(examples=[103])
    answered: int = Field(examples=[80])
    talk_seconds: int = Field(description="Seconds that were talked.", examples=[1840])
    cost: Money = Field(examples=["1.60"])

    @classmethod
    def of(cls, span: stats.Span) -> Self:
        return cls(**asdict(span))


class CampaignStats(BaseModel):
    """How a campaign goes or went."""

    start_lateness: float | None = Field(
        description="Seconds from the moment it was due to its start; null until it has started.", examples=[0.0041]
    )
    progress: CampaignProgress
    calls: int = Field(description="Calls that were placed; a contact may have several.", examples=[103])
    answered: int = Field(description="Calls that somebody, or a machine, answered.", examples=[80])
    answer_rate: float | None = Field(description="answered / calls; null without a call.", examples=[0.7767])
    talk_seconds: int = Field(description="Seconds that were talked.", examples=[1840])
    cost: Money = Field(examples=["1.60"])
    currency: Currency
    span: int = Field(
        description="Seconds of each item of `timeline`: a minute; longer for a campaign of many hours.", examples=[60]
    )
    timeline: list[CallsInSpan] = Field(description="The earliest first, without those in which no call was placed.")


@router.get("/stats", summary="Sum a campaign up", responses=problems(401, 404))
async def get_campaign_stats(campaign_id: UUID, res: Res, asker: Asker) -> CampaignStats:
    """What became of a campaign's contacts, how late it started, and its calls minute by minute with time and cost."""
    async with res.reader.connect() as connection:
        campaign = await campaigns.get_campaign(connection, asker.account_id, campaign_id)
        progress = (await get_progress(connection, [campaign_id]))[campaign_id]
        seconds, spans = await stats.get_calls_over_time(connection, campaign_id)
        currency = (await get_wallet(connection, asker.account_id)).currency
    calls, answered = sum(span.placed for span in spans), sum(span.answered for span in spans)
    return CampaignStats(
        start_lateness=lateness(campaign),
        progress=CampaignProgress.of(progress),
        calls=calls,
        answered=answered,
        answer_rate=round(answered / calls, 4) if calls else None,
        talk_seconds=sum(span.talk_seconds for span in spans),
        cost=sum((span.cost for span in spans), Decimal(0)),
        currency=currency,
        span=seconds,
        timeline=[CallsInSpan.of(span) for span in spans],
    )
