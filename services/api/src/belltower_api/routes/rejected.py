"""What was left out of a campaign's list."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from belltower.db import campaigns, rejected
from belltower_api.csv_file import csv_file, csv_lines, csv_responses, inert
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.rejection import RejectedNumber

router = APIRouter(
    prefix="/api/campaigns/{campaign_id}/rejected",
    tags=["Contacts"],
    route_class=AccountRoute,
    dependencies=AUTHENTICATED,
)

COLUMNS = ("source", "line", "value", "code", "reason")
_ROW = ("file", "4", "n/a", "not_a_phone_number", "it is not a telephone number")
_ROWS = 5_000


class RejectedNumberCollection(Collection[RejectedNumber]):
    """A page of what was left out, in the order of the list."""


@router.get("", summary="List what was left out of a campaign", responses=problems(400, 401, 404))
async def list_rejected(
    campaign_id: UUID, paging: Annotated[Paging, Query()], res: Res, asker: Asker
) -> RejectedNumberCollection:
    """Every entry of the campaign's list that could not be rung, with its line and the reason."""
    async with res.reader.connect() as connection:
        await campaigns.require_campaign(connection, asker.account_id, campaign_id)
        page = await rejected.get_rejected(
            connection, campaign_id, after=read_cursor(paging.cursor, int), limit=paging.limit
        )
    return RejectedNumberCollection(
        items=[RejectedNumber.model_validate(entry, from_attributes=True) for entry in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.get(
    "/download",
    summary="Download what was left out of a campaign",
    response_class=StreamingResponse,
    responses={**csv_responses(COLUMNS, _ROW), **problems(401, 404)},
)
async def download_rejected(campaign_id: UUID, res: Res, asker: Asker) -> StreamingResponse:
    """The same as a CSV file, to be mended and sent again."""
    async with res.reader.connect() as connection:
        await campaigns.require_campaign(connection, asker.account_id, campaign_id)
    return csv_file(f"rejected-{campaign_id}.csv", _table(res, campaign_id))


async def _table(res: Resources, campaign_id: UUID) -> AsyncIterator[str]:
    yield csv_lines([COLUMNS])
    after = 0
    while True:
        async with res.reader.connect() as connection:
            page = await rejected.read_rejected(connection, campaign_id, after=after, limit=_ROWS)
        if page:
            yield csv_lines((row.source, row.line, inert(row.value), row.code, inert(row.reason)) for row in page)
        if len(page) < _ROWS:
            return
        after = page[-1].id
