"""Calls: of the whole account, and single ones."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import calls, do_not_call
from belltower.db.wallet import get_wallet
from belltower.domain.principal import Principal
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.links import first_of
from belltower_api.paging import next_sorted_cursor, read_sorted_cursor, sort_of
from belltower_api.problems import problems
from belltower_api.schemas.call import Call, CallCollection, CallDetail, CallPaging, CampaignCallPaging

router = APIRouter(prefix="/api/calls", tags=["Calls"], route_class=AccountRoute, dependencies=AUTHENTICATED)


@router.get("", summary="List the calls", responses={**first_of("call_id", "get_call"), **problems(400, 401)})
async def list_calls(paging: Annotated[CallPaging, Query()], res: Res, asker: Asker) -> CallCollection:
    """The calls of all campaigns, those that were deleted included, or those calls that are wanted."""
    async with res.reader.connect() as connection:
        return await page_of_calls(
            connection,
            asker,
            paging,
            campaign_id=paging.campaign_id,
            placed_from=paging.placed_from,
            placed_to=paging.placed_to,
        )


@router.get("/{call_id}", summary="Look at a call", responses=problems(401, 404))
async def get_call(call_id: UUID, res: Res, asker: Asker) -> CallDetail:
    """A call, and every report about it: what the carrier said when, and what came of it."""
    async with res.reader.connect() as connection:
        call = await calls.get_call(connection, asker.account_id, call_id)
        reports = await calls.get_reports(connection, call_id)
        opted_out_at = await do_not_call.opted_out_at(connection, call_id)
        currency = (await get_wallet(connection, asker.account_id)).currency
    return CallDetail.of(call, currency, opted_out_at=opted_out_at, reports=reports)


async def page_of_calls(
    connection: AsyncConnection,
    asker: Principal,
    paging: CampaignCallPaging,
    *,
    campaign_id: UUID | None,
    placed_from: datetime | None = None,
    placed_to: datetime | None = None,
) -> CallCollection:
    """A page of an account's calls, of one campaign or of all."""
    page = await calls.get_calls(
        connection,
        asker.account_id,
        only=calls.Only(
            campaign_id=campaign_id,
            status=paging.status,
            disposition=paging.disposition,
            phone=paging.number,
            placed_from=placed_from,
            placed_to=placed_to,
        ),
        sort=sort_of(paging.sort),
        after=read_sorted_cursor(paging.cursor, paging.sort),
        limit=paging.limit,
    )
    currency = (await get_wallet(connection, asker.account_id)).currency
    return CallCollection(
        items=[Call.of(call, currency) for call in page.items],
        next_cursor=_cursor(paging.sort, page.items[-1]) if page.has_more else None,
        total=page.total,
    )


def _cursor(sort: str, last: calls.Call) -> str:
    return next_sorted_cursor(sort, last.placed_at, last.id)
