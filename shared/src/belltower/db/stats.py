"""How a campaign went, summed up."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.tables import attempts

SPANS = (60, 300, 900, 3600, 21_600, 86_400)
"""Seconds."""
MOST_SPANS = 400
"""A long campaign is summed up over longer spans, so that what is shown stays small."""


@dataclass(frozen=True, slots=True)
class Span:
    """The calls that were placed within a span of time."""

    at: datetime
    """Where the span begins."""
    placed: int
    answered: int
    talk_seconds: int
    cost: Decimal


async def get_calls_over_time(connection: AsyncConnection, campaign_id: UUID) -> tuple[int, list[Span]]:
    """The length of a span in seconds, and the spans of a campaign in which a call was placed, the earliest first.

    The caller has made sure that the campaign is its account's.
    """
    of_campaign = attempts.c.campaign_id == campaign_id
    # Ids grow with time, so that these two are the ends of an index.
    first = select(attempts.c.gated_at).where(of_campaign).order_by(attempts.c.id).limit(1).scalar_subquery()
    last = select(attempts.c.gated_at).where(of_campaign).order_by(attempts.c.id.desc()).limit(1).scalar_subquery()
    took = (await connection.execute(select(func.extract("epoch", last - first)))).scalar_one()
    seconds = span_for(float(took or 0))
    rows = await connection.execute(sql("calls_over_time"), {"campaign": campaign_id, "seconds": seconds})
    return seconds, [Span(*row) for row in rows]


def span_for(took: float) -> int:
    """The shortest span in which calls that took so many seconds are shown in few enough."""
    return next((seconds for seconds in SPANS if took / seconds < MOST_SPANS), SPANS[-1])
