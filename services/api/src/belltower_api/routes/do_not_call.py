"""The do-not-call list: whom no campaign of the account rings."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import do_not_call
from belltower.db.engine import in_transaction
from belltower.domain import phone as telephone
from belltower.domain.errors import NotFound
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Paging
from belltower_api.schemas.do_not_call import (
    DoNotCallCreate,
    DoNotCallEntry,
    DoNotCallEntryCollection,
    DoNotCallEvent,
    DoNotCallEventCollection,
    DoNotCallPaging,
)

router = APIRouter(
    prefix="/api/do-not-call", tags=["Do not call"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


@router.get("", summary="List the numbers that are not called", responses=problems(400, 401))
async def list_do_not_call(
    paging: Annotated[DoNotCallPaging, Query()], res: Res, asker: Asker
) -> DoNotCallEntryCollection:
    """The do-not-call list by its numbers: who pressed 9 in a call, and whom you added."""
    async with res.reader.connect() as connection:
        page = await do_not_call.get_entries(
            connection,
            asker.account_id,
            phone=paging.number,
            after=read_cursor(paging.cursor, telephone.normalise),
            limit=paging.limit,
        )
    return DoNotCallEntryCollection(
        items=[DoNotCallEntry.of(entry) for entry in page.items],
        next_cursor=next_cursor(page.items[-1].phone) if page.has_more else None,
        total=page.total,
    )


@router.post(
    "",
    summary="Have a number not called again",
    status_code=201,
    responses={
        200: {"description": "It was on the list already, and stays as it was.", "model": DoNotCallEntry},
        **problems(400, 401, 403, 409, 413, 415, 422),
    },
)
async def add_to_do_not_call(
    fields: DoNotCallCreate, res: Res, asker: Asker, response: Response, once: Kept
) -> DoNotCallEntry:
    """Put a number on the list. From the answer on no call to it starts, in any campaign: its contacts become `skipped`."""

    async def work(connection: AsyncConnection) -> tuple[DoNotCallEntry, int]:
        entry, is_new = await do_not_call.add(
            connection, asker.account_id, fields.phone, actor=asker.actor, note=fields.note
        )
        listed, status = DoNotCallEntry.of(entry), 201 if is_new else 200
        await once.keep(connection, listed, status=status, headers={})
        return listed, status

    listed, response.status_code = await in_transaction(res.engine, work)
    return listed


@router.delete("/{phone}", summary="Let a number be called again", status_code=204, responses=problems(401, 403, 404))
async def remove_from_do_not_call(phone: str, res: Res, asker: Asker) -> None:
    """Take a number off the list, because its owner asked for it: who did it stays on record. Contacts that were skipped
    stay so; call them with another campaign."""
    number = _number(phone)
    await in_transaction(
        res.engine,
        lambda connection: do_not_call.remove(connection, asker.account_id, number, actor=asker.actor),
    )


@router.get("/{phone}/events", summary="List the record of a number", responses=problems(400, 401, 404))
async def list_do_not_call_events(
    phone: str, paging: Annotated[Paging, Query()], res: Res, asker: Asker
) -> DoNotCallEventCollection:
    """When a number was put on the list and taken off it, and by whom, the oldest first."""
    async with res.reader.connect() as connection:
        page = await do_not_call.get_events(
            connection, asker.account_id, _number(phone), after=read_cursor(paging.cursor, int), limit=paging.limit
        )
    return DoNotCallEventCollection(
        items=[DoNotCallEvent.of(event) for event in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


def _number(text: str) -> str:
    """The number in an address. Raises `NotFound`."""
    try:
        return telephone.normalise(text)
    except ValueError:
        raise NotFound("There is no such number. Write it as the list does, such as +14155550123.") from None
