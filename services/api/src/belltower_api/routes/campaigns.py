"""Campaigns: create, upload, list, look at, delete."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, history
from belltower.db.contacts import NewContacts
from belltower.db.progress import get_progress
from belltower.domain.principal import Principal
from belltower_api import contact_file, etag
from belltower_api.contact_list import ContactList
from belltower_api.create_campaign import create, defined, location, untouched
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.idempotency import Kept, Once
from belltower_api.links import TO_CAMPAIGN, first_of
from belltower_api.lists import listed, uploaded
from belltower_api.paging import next_cursor, next_sorted_cursor, read_cursor, read_sorted_cursor, sort_of
from belltower_api.problems import problems
from belltower_api.routes.calls import page_of_calls
from belltower_api.schemas.call import CallCollection, CampaignCallPaging
from belltower_api.schemas.campaign import (
    Campaign,
    CampaignCollection,
    CampaignCreated,
    CampaignEvent,
    CampaignEventCollection,
    CampaignPaging,
)
from belltower_api.schemas.campaign_fields import CampaignCreate, CampaignFields, CampaignUpload
from belltower_api.schemas.collection import Paging

router = APIRouter(prefix="/api/campaigns", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)

CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The campaign was created.",
        "headers": {"Location": {"description": "Where the campaign is.", "schema": {"type": "string"}}},
        "links": TO_CAMPAIGN,
    }
}


@router.post(
    "",
    summary="Create a campaign",
    status_code=201,
    responses={**CREATED, **problems(400, 401, 402, 403, 404, 409, 413, 415, 422)},
)
async def create_campaign(
    fields: CampaignCreate, res: Res, asker: Asker, response: Response, once: Kept
) -> CampaignCreated:
    """Create a campaign that starts now, or at `scheduled_time` with `is_scheduled`.

    It rings its `contacts`, `phone_numbers` and those of a file that was imported (`import_id`), each number once. Numbers that
    cannot be rung are left out and reported in `rejected`; without a single good one the answer is 400. `warnings` says which
    placeholders of the message not every contact can fill.
    """
    async with listed(res, asker.account_id, fields, fields.welcome_message) as contacts:
        return await _create(res, asker, fields, fields.name, contacts, response, once)


@router.post(
    "/upload",
    summary="Create a campaign from a file",
    status_code=201,
    responses={**CREATED, **problems(400, 401, 402, 403, 409, 413, 415, 422)},
)
async def upload_campaign(
    form: Annotated[CampaignUpload, Form(media_type="multipart/form-data")],
    res: Res,
    asker: Asker,
    response: Response,
    once: Kept,
) -> CampaignCreated:
    """The same with a file of numbers: one a line, or a table in which the column of numbers is found by name or content.

    It may be text (.csv, .txt), in any usual encoding and with any usual separator, or an Excel workbook (.xlsx), of which
    the first sheet that holds anything is read. Where several columns are named for numbers, mobile ones are preferred, those
    for fax are never taken, and a contact without a number in the best column is rung at its next best. Other columns become
    fields for the placeholders of the message. `phone_column` and `columns` say it otherwise.
    """
    contact_file.check_type(form.file.filename)
    name = form.name or contact_file.name_of(form.file.filename)
    async with uploaded(res, form.file, form, form.welcome_message, form.phone_numbers) as contacts:
        return await _create(res, asker, form, name, contacts, response, once)


@router.get(
    "", summary="List the campaigns", responses={**first_of("campaign_id", "get_campaign"), **problems(400, 401)}
)
async def list_campaigns(paging: Annotated[CampaignPaging, Query()], res: Res, asker: Asker) -> CampaignCollection:
    """The account's campaigns, or those of them that are wanted, in the order that is wanted."""
    sort = sort_of(paging.sort)

    def cursor(last: campaigns.Campaign) -> str:
        return next_sorted_cursor(paging.sort, getattr(last, sort.field), last.id)

    async with res.reader.connect() as connection:
        page = await campaigns.get_all_campaigns(
            connection,
            asker.account_id,
            only=campaigns.Only(**paging.model_dump(exclude={"limit", "cursor", "sort"})),
            sort=sort,
            after=read_sorted_cursor(paging.cursor, paging.sort),
            limit=paging.limit,
            totals=res.totals,
        )
        progress = await get_progress(connection, [campaign.id for campaign in page.items])
    return CampaignCollection(
        items=[Campaign.of(campaign, progress[campaign.id]) for campaign in page.items],
        next_cursor=cursor(page.items[-1]) if page.has_more else None,
        total=page.total,
    )


@router.get("/{campaign_id}", summary="Look at a campaign", responses=problems(401, 404))
async def get_campaign(campaign_id: UUID, res: Res, asker: Asker, response: Response) -> Campaign:
    """A campaign: its status, its times, and how far it is at this moment. An edit of it sends the ETag as `If-Match`."""
    async with res.reader.connect() as connection:
        campaign = await campaigns.get_campaign(connection, asker.account_id, campaign_id)
        progress = await get_progress(connection, [campaign_id])
    shown = Campaign.of(campaign, progress[campaign_id])
    response.headers["ETag"] = etag.of_campaign(campaign, shown)
    return shown


@router.get("/{campaign_id}/calls", summary="List the calls of a campaign", responses=problems(400, 401, 404))
async def list_campaign_calls(
    campaign_id: UUID, paging: Annotated[CampaignCallPaging, Query()], res: Res, asker: Asker
) -> CallCollection:
    """Every call of a campaign, or those that are wanted."""
    async with res.reader.connect() as connection:
        await campaigns.require_campaign(connection, asker.account_id, campaign_id)
        return await page_of_calls(connection, asker, paging, campaign_id=campaign_id)


@router.get("/{campaign_id}/events", summary="List the history of a campaign", responses=problems(400, 401, 404))
async def list_campaign_events(
    campaign_id: UUID, paging: Annotated[Paging, Query()], res: Res, asker: Asker
) -> CampaignEventCollection:
    """Every transition and every edit of a campaign, the oldest first: when, from what, to what, who, why."""
    async with res.reader.connect() as connection:
        page = await history.get_campaign_events(
            connection,
            asker.account_id,
            campaign_id,
            after=read_cursor(paging.cursor, int),
            limit=paging.limit,
        )
    return CampaignEventCollection(
        items=[CampaignEvent.of(event) for event in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.delete("/{campaign_id}", summary="Delete a campaign", status_code=204, responses=problems(401, 403, 404, 409))
async def delete_campaign(campaign_id: UUID, res: Res, asker: Asker) -> None:
    """Delete a campaign that does not run: a scheduled one will not start. Its calls stay on the ledger."""
    await campaigns.delete_campaign(res.engine, asker.account_id, campaign_id)


async def _create(
    res: Resources,
    asker: Principal,
    fields: CampaignFields,
    name: str,
    listed: ContactList,
    response: Response,
    once: Once,
) -> CampaignCreated:
    def shown(campaign: campaigns.Campaign) -> CampaignCreated:
        return CampaignCreated.of(
            campaign,
            untouched(campaign.contacts),
            rejected=listed.rejected,
            duplicates=listed.duplicates,
            warnings=listed.warnings,
        )

    async def contacts(connection: AsyncConnection) -> NewContacts:
        return listed.contacts

    async def keep(connection: AsyncConnection, campaign: campaigns.Campaign) -> None:
        await listed.left_out.copy_to(connection, campaign.id)
        await once.keep(connection, shown(campaign), headers=location(campaign.id))

    campaign = await create(res, asker, defined(fields, name), fields, contacts, keep)
    response.headers.update(location(campaign.id))
    return shown(campaign)
