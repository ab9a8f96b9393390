"""The contacts of a campaign: who is on its list, and what became of everyone."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from belltower.db import campaigns, contacts
from belltower.db.progress import get_progress
from belltower.domain import phone
from belltower_api.csv_file import csv_file, csv_lines, csv_responses, inert
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.contact import Contact, ContactCollection, ContactPaging
from belltower_api.schemas.values import shown_instant, shown_money

router = APIRouter(
    prefix="/api/campaigns/{campaign_id}", tags=["Contacts"], route_class=AccountRoute, dependencies=AUTHENTICATED
)

_ROWS = 2_000
"""Contacts that a download reads at once; no connection is kept between two reads."""
_COLUMNS = (
    "phone", "name", "status", "reason", "attempts", "calls", "last_call_status", "last_called_at", "talk_seconds", "cost",
    "currency", "timezone",
)  # fmt: skip
_ROW = (
    "+14155550123", "Ann", "reached", "", "1", "1", "completed", "2030-05-17T13:30:04.120Z", "23", "0.02", "USD", "UTC", "10:00",
)  # fmt: skip


@router.get("/contacts", summary="List the contacts of a campaign", responses=problems(400, 401, 404))
async def list_contacts(
    campaign_id: UUID, paging: Annotated[ContactPaging, Query()], res: Res, asker: Asker
) -> ContactCollection:
    """Everyone on a campaign's list, or those with one status, by their numbers."""
    async with res.reader.connect() as connection:
        await campaigns.require_campaign(connection, asker.account_id, campaign_id)
        progress = (await get_progress(connection, [campaign_id]))[campaign_id]
        page = await contacts.get_contacts(
            connection,
            campaign_id,
            status=paging.status,
            after=read_cursor(paging.cursor, phone.normalise),
            limit=paging.limit,
            total=progress.contacts[paging.status] if paging.status else progress.total,
        )
    return ContactCollection(
        items=[Contact.of(contact) for contact in page.items],
        next_cursor=next_cursor(page.items[-1].phone) if page.has_more else None,
        total=page.total,
    )


@router.get(
    "/download",
    summary="Download the results of a campaign",
    response_class=StreamingResponse,
    responses={**csv_responses((*_COLUMNS, "and the contacts' fields"), _ROW), **problems(401, 404)},
)
async def download_results(campaign_id: UUID, res: Res, asker: Asker) -> StreamingResponse:
    """A CSV file with everyone on a campaign's list and what became of them, at the moment of the download."""
    async with res.reader.connect() as connection:
        campaign = await campaigns.get_campaign(connection, asker.account_id, campaign_id)
        currency = (await campaigns.get_creation_terms(connection, asker.account_id)).currency
    return csv_file(f"campaign-{campaign_id}.csv", _table(res, campaign, currency))


async def _table(res: Resources, campaign: campaigns.Campaign, currency: str) -> AsyncIterator[str]:
    fields = campaign.contact_fields
    yield csv_lines([(*_COLUMNS, *map(inert, fields))])
    after = ""
    while True:
        async with res.reader.connect() as connection:
            page = await contacts.get_results(connection, campaign.id, after=after, limit=_ROWS)
        if page:
            yield csv_lines(_row(result, currency, fields) for result in page)
        if len(page) < _ROWS:
            return
        after = page[-1].phone


def _row(result: contacts.ContactResult, currency: str, fields: Sequence[str]) -> tuple[object, ...]:
    values = result.fields or {}
    return (
        result.phone,  # E.164: a spreadsheet may take it for a number, but never for a formula
        inert(result.name or ""),
        result.status,
        inert(result.reason or ""),
        result.attempts,
        result.calls,
        result.last_result or "",
        shown_instant(result.last_called_at) if result.last_called_at else "",
        result.duration,
        shown_money(result.cost),
        currency,
        result.timezone or "",
        *(inert(values.get(field, "")) for field in fields),
    )
