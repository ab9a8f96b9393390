"""Series: recurring campaigns."""

import asyncio
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from belltower.db import campaigns, series
from belltower.domain.recurrence.occurrences import require_occurrence
from belltower.domain.recurrence.words import in_words
from belltower.domain.series import SeriesEventKind
from belltower_api import change_series
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.if_match import IfMatch, tag_of
from belltower_api.links import first_of, links
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Paging
from belltower_api.schemas.series import (
    OccurrenceList,
    OccurrenceSkip,
    RulePreview,
    Series,
    SeriesChanged,
    SeriesCollection,
    SeriesCreate,
    SeriesEvent,
    SeriesEventCollection,
    SeriesOccurrence,
    SeriesPatch,
    SeriesPreview,
    SeriesSplit,
)
from belltower_api.schemas.values import QueriedInstant, Request

router = APIRouter(prefix="/api/series", tags=["Series"], route_class=AccountRoute, dependencies=AUTHENTICATED)

_PREVIEWED = 10
_SERIES = "series_id"
_TO_SERIES = links(
    _SERIES,
    "get_series",
    "list_series_occurrences",
    "list_series_events",
    "pause_series",
    "resume_series",
    "skip_occurrence",
    "split_series",
    "delete_series",
)
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {
            "Location": {"description": "Where the series is.", "schema": {"type": "string"}},
            "ETag": {"description": "Its version, for If-Match.", "schema": {"type": "string"}},
        },
        "links": _TO_SERIES,
    }
}
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Its version, for If-Match.", "schema": {"type": "string"}}}}
}


class OccurrencePaging(Request):
    """Which occurrences."""

    model_config = Paging.model_config

    limit: int = Field(default=10, ge=1, le=100, description="Occurrences at most.")
    from_: QueriedInstant | None = Field(
        default=None, alias="from", description="The first is at or after this; now by default."
    )


@router.post(
    "",
    summary="Create a series",
    status_code=201,
    responses={**_CREATED, **problems(400, 401, 402, 403, 404, 409, 413, 415, 422)},
)
async def create_series(fields: SeriesCreate, res: Res, asker: Asker, response: Response, once: Kept) -> SeriesChanged:
    """Create a recurring campaign. Its next occurrence is made ahead, as an ordinary campaign that is scheduled."""
    created = await change_series.create(res, asker, fields, once)
    response.headers.update({**change_series.location(created.id), "ETag": tag_of(created.version)})
    return created


@router.get("", summary="List the series", responses={**first_of(_SERIES, "get_series"), **problems(400, 401)})
async def list_series(paging: Annotated[Paging, Query()], res: Res, asker: Asker) -> SeriesCollection:
    """The account's series, the newest first; those that have ended, too, until they are deleted."""
    async with res.reader.connect() as connection:
        page = await series.get_all_series(
            connection, asker.account_id, after=read_cursor(paging.cursor, UUID), limit=paging.limit
        )
        now = (await campaigns.get_creation_terms(connection, asker.account_id)).now
    return SeriesCollection(
        items=await asyncio.to_thread(lambda: [Series.of(found, now=now) for found in page.items]),
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.post("/preview", summary="See what a rule means", responses=problems(400, 401, 403, 413, 415))
async def preview_rule(fields: SeriesPreview, res: Res, asker: Asker) -> RulePreview:
    """A rule in words, and its next ten occurrences with their offsets from UTC. Nothing is written."""
    recurrence = change_series.recurrence_of(fields.rule)
    async with res.reader.connect() as connection:
        now = (await campaigns.get_creation_terms(connection, asker.account_id)).now
    require_occurrence(recurrence, now=now)
    return RulePreview(
        words=in_words(recurrence),
        rrule=str(recurrence.rule),
        occurrences=[
            SeriesOccurrence.of(each, recurrence) for each in islice(recurrence.onwards_from(now), _PREVIEWED)
        ],
    )


@router.get("/{series_id}", summary="Look at a series", responses={**_SHOWN, **problems(401, 404)})
async def get_series(series_id: UUID, res: Res, asker: Asker, response: Response) -> Series:
    """A series. Send its ETag as If-Match to change it."""
    async with res.reader.connect() as connection:
        found = await series.get_series(connection, asker.account_id, series_id)
        now = (await campaigns.get_creation_terms(connection, asker.account_id)).now
    response.headers.update({"ETag": tag_of(found.version), "Cache-Control": "no-store"})
    return Series.of(found, now=now)


@router.patch(
    "/{series_id}",
    summary="Change a series",
    responses={**_SHOWN, **problems(400, 401, 403, 404, 409, 412, 413, 415, 428)},
)
async def update_series(
    series_id: UUID,
    fields: SeriesPatch,
    res: Res,
    asker: Asker,
    response: Response,
    seen: IfMatch,
) -> SeriesChanged:
    """Change a series and all that is to come of it. What is not sent stays as it is.

    The occurrence that is made ahead follows, unless it was edited by itself; what runs, and what ran, stays as it is.
    """
    changed = await change_series.patch(res, asker, series_id, fields, seen)
    response.headers["ETag"] = tag_of(changed.version)
    return changed


@router.delete("/{series_id}", summary="Delete a series", status_code=204, responses=problems(401, 403, 404))
async def delete_series(series_id: UUID, res: Res, asker: Asker) -> None:
    """End a series for good: nothing of it starts any more. What runs goes on, and what ran stays in the list of campaigns."""
    await change_series.delete(res, asker, series_id)


@router.post("/{series_id}/pause", summary="Pause a series", responses=problems(400, 401, 403, 404, 409, 413, 422))
async def pause_series(series_id: UUID, res: Res, asker: Asker, once: Kept) -> Series:
    """Have nothing of a series start until it is resumed. What runs goes on: pause that campaign, too, where it shall not."""
    return await change_series.pause(res, asker, series_id, once)


@router.post(
    "/{series_id}/resume", summary="Resume a series", responses=problems(400, 401, 402, 403, 404, 409, 413, 422)
)
async def resume_series(series_id: UUID, res: Res, asker: Asker, once: Kept) -> Series:
    """Have a paused series go on with its next occurrence. Those that passed meanwhile are not made up for."""
    return await change_series.resume(res, asker, series_id, once)


@router.post(
    "/{series_id}/skip",
    summary="Leave out an occurrence",
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
async def skip_occurrence(series_id: UUID, fields: OccurrenceSkip, res: Res, asker: Asker, once: Kept) -> Series:
    """Leave out one occurrence that is to come: its day is one of `exdates` then, and its campaign, if made, is cancelled."""
    return await change_series.skip(res, asker, series_id, fields.at, once)


@router.post(
    "/{series_id}/split",
    summary="Change a series from one occurrence on",
    status_code=201,
    responses={**_CREATED, **problems(400, 401, 402, 403, 404, 409, 413, 415, 422)},
)
async def split_series(
    series_id: UUID, fields: SeriesSplit, res: Res, asker: Asker, response: Response, once: Kept
) -> SeriesChanged:
    """End the series before an occurrence, and have a new one, with the changes that are sent, go on from it.

    The new one has the rest of the rule (of COUNT what is left), and the same contacts unless others are sent.
    """
    created = await change_series.split(res, asker, series_id, fields, once)
    response.headers.update({**change_series.location(created.id), "ETag": tag_of(created.version)})
    return created


@router.get("/{series_id}/occurrences", summary="List what is to come of a series", responses=problems(400, 401, 404))
async def list_series_occurrences(
    series_id: UUID, paging: Annotated[OccurrencePaging, Query()], res: Res, asker: Asker
) -> OccurrenceList:
    """The next occurrences by the rule, with their offsets from UTC, and the campaigns of those that are made."""
    async with res.reader.connect() as connection:
        found = await series.get_series(connection, asker.account_id, series_id)
        begin = paging.from_ or (await campaigns.get_creation_terms(connection, asker.account_id)).now
        recurrence = found.recurrence
        items = list(islice(recurrence.onwards_from(begin), paging.limit))
        made = await series.get_made(connection, series_id, start=items[0].wall, end=items[-1].wall) if items else {}
    return OccurrenceList(items=[SeriesOccurrence.of(each, recurrence, made.get(each.wall)) for each in items])


@router.get("/{series_id}/events", summary="List the history of a series", responses=problems(400, 401, 404))
async def list_series_events(
    series_id: UUID, paging: Annotated[Paging, Query()], res: Res, asker: Asker
) -> SeriesEventCollection:
    """What people changed, and which occurrences did not take place, the oldest first."""
    async with res.reader.connect() as connection:
        await series.get_series(connection, asker.account_id, series_id)
        page = await series.get_series_events(
            connection, series_id, after=read_cursor(paging.cursor, int), limit=paging.limit
        )
    return SeriesEventCollection(
        items=[
            SeriesEvent(
                at=event.at,
                kind=SeriesEventKind(event.kind),
                actor=event.actor,
                reason=event.reason,
                occurrence=event.occurrence,
                occurrences=event.occurrences,
            )
            for event in page.items
        ],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )
