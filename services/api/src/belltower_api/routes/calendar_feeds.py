"""Calendar feeds: the addresses are listed, made and revoked; and what a calendar finds at one of them."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException

from belltower.db import calendar_feeds
from belltower.db.campaigns import get_creation_terms
from belltower.db.engine import in_transaction
from belltower.domain.credentials import new_session_token
from belltower.domain.errors import NotFound
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.etag import with_etag
from belltower_api.idempotency import Kept
from belltower_api.links import links
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.routes.calendar import planned
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import Instant, Name
from belltower_api.schemas.values import Request as Fields
from belltower_api.written_calendars import FRESH

router = APIRouter(
    prefix="/api/calendar-feeds", tags=["Calendar"], route_class=AccountRoute, dependencies=AUTHENTICATED
)
feed_router = APIRouter(tags=["Calendar"])

PATH = "/api/calendar.ics"
BACK, AHEAD = timedelta(days=90), timedelta(days=366)
MOST_EVENTS = 2_000
_LONGEST_TOKEN = 200


class FeedRevoked(HTTPException):
    """The address was valid, and is no longer."""

    code = "feed_revoked"

    def __init__(self) -> None:
        super().__init__(
            410, "This calendar feed was revoked. Make a new one, and have your calendar subscribe to that."
        )


class CalendarFeedCreate(Fields):
    """A feed to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada's telephone"}]})

    name: Name = Field(description="Who reads it.", examples=["Ada's telephone"])


class CalendarFeed(BaseModel):
    """A feed that is valid."""

    id: UUID = Field(examples=["01976f5c-2c8e-7e51-b3d7-1f9f4c6eab25"])
    name: str = Field(examples=["Ada's telephone"])
    created_at: Instant
    last_used_at: Instant | None = Field(description="To the minute; null: never.")

    @classmethod
    def of(cls, feed: calendar_feeds.CalendarFeed) -> Self:
        return cls(**asdict(feed))


class CalendarFeedCreated(CalendarFeed):
    """A feed that was just made."""

    url: str | None = Field(
        description="Its address. It is shown this once, and stored nowhere: null when the same request is answered again.",
        examples=["https://calls.example.com/api/calendar.ics?token=Q3vXcd9sK2mWz7Yb4Rf8Tg1Hn6Jp0Lq5Vx3Cu2Ae9Di"],
    )


class CalendarFeedCollection(Collection[CalendarFeed]):
    """A page of calendar feeds, the newest first."""


@router.get("", summary="List the calendar feeds", responses=problems(400, 401))
async def list_calendar_feeds(paging: Annotated[Paging, Query()], res: Res, asker: Asker) -> CalendarFeedCollection:
    """The account's valid feeds, the newest first. None of their addresses can be shown again."""
    async with res.reader.connect() as connection:
        page = await calendar_feeds.get_feeds(
            connection, asker.account_id, after=read_cursor(paging.cursor, UUID), limit=paging.limit
        )
    return CalendarFeedCollection(
        items=[CalendarFeed.of(feed) for feed in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.post(
    "",
    summary="Make a calendar feed",
    status_code=201,
    responses={201: {"links": links("feed_id", "revoke_calendar_feed")}, **problems(400, 401, 403, 409, 413, 415, 422)},
)
async def create_calendar_feed(
    fields: CalendarFeedCreate, res: Res, asker: Asker, response: Response, once: Kept
) -> CalendarFeedCreated:
    """Make an address that Google, Apple and Outlook subscribe to. Whoever has it sees the names and times of all campaigns,
    and no telephone number. Keep it: it is shown only now."""
    token = new_session_token()

    async def work(connection: AsyncConnection) -> CalendarFeed:
        created = CalendarFeed.of(
            await calendar_feeds.create_feed(connection, asker.account_id, token, name=fields.name)
        )
        await once.keep(connection, CalendarFeedCreated(**created.model_dump(), url=None), headers=_NOT_STORED)
        return created

    created = await in_transaction(res.engine, work)
    response.headers.update(_NOT_STORED)
    return CalendarFeedCreated(**created.model_dump(), url=f"{res.settings.public_url}{PATH}?token={token}")


_NOT_STORED = {"Cache-Control": "no-store"}


@router.delete("/{feed_id}", summary="Revoke a calendar feed", status_code=204, responses=problems(401, 403, 404))
async def revoke_calendar_feed(feed_id: UUID, res: Res, asker: Asker) -> None:
    """Make a feed's address invalid at once and for good."""
    async with res.engine.begin() as connection:
        await calendar_feeds.revoke_feed(connection, asker.account_id, feed_id)


@feed_router.get(
    PATH,
    summary="Read a calendar feed",
    response_class=Response,
    responses={
        200: {
            "description": "The calendar.",
            "content": {"text/calendar": {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\n..."}},
        },
        **problems(400, 404, 410),
    },
)
async def read_calendar_feed(
    token: Annotated[str, Query(max_length=_LONGEST_TOKEN, description="The secret of a feed.")],
    request: Request,
    res: Res,
) -> Response:
    """Campaigns of the last 90 days and the year to come, as iCalendar (RFC 5545). No key and no cookie: the token is enough."""
    async with res.reader.connect() as connection:
        feed = await calendar_feeds.find_feed(connection, token)
        if feed is None:
            raise NotFound("There is no such calendar feed. Check that the whole address was copied.")
        if feed.is_revoked:
            raise FeedRevoked
        body = res.calendars.get(feed.account_id)
        if body is None:
            body = await _written(connection, res, feed.account_id)
            res.calendars.keep(feed.account_id, body)
    response = with_etag(request, Response(body, media_type="text/calendar; charset=utf-8"))
    response.headers["Cache-Control"] = f"private, max-age={FRESH}"
    return response


async def _written(connection: AsyncConnection, res: Resources, account_id: UUID) -> bytes:
    from belltower_api.ical_feed import written  # and with it icalendar: 6 MB, where somebody shares a calendar

    now = (await get_creation_terms(connection, account_id)).now
    dated, coming = await planned(connection, account_id, now - BACK, now + AHEAD, MOST_EVENTS)
    return written(dated, coming[: max(MOST_EVENTS - len(dated), 0)], res.settings.public_url)
