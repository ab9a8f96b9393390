"""The do-not-call list: whom no campaign of the account rings."""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import do_not_call
from belltower.db.engine import in_transaction
from belltower.domain import phone as telephone
from belltower.domain.errors import Invalid, NotFound
from belltower.domain.principal import Principal
from belltower_api.csv_file import csv_file, csv_lines, csv_responses, inert
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.idempotency import Kept
from belltower_api.links import links
from belltower_api.lists import listed
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Paging
from belltower_api.schemas.do_not_call import (
    DoNotCallBatch,
    DoNotCallBatchResult,
    DoNotCallCreate,
    DoNotCallEntry,
    DoNotCallEntryCollection,
    DoNotCallEvent,
    DoNotCallEventCollection,
    DoNotCallPaging,
)
from belltower_api.schemas.values import shown_instant

router = APIRouter(
    prefix="/api/do-not-call", tags=["Do not call"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


_BATCH = 5_000
"""Numbers that are added at once: for about a tenth of a second no call of the account starts."""
_ROWS = 5_000
"""Entries that a download reads at once; no connection is kept between two reads."""
_COLUMNS = ("phone", "reason", "note", "campaign_id", "campaign_name", "call_id", "created_at")
_ROW = ("+14155550123", "asked", "Asked by e-mail", "", "", "", "2030-05-17T07:30:00.000Z")


@router.get("", summary="List the numbers that are not called", responses=problems(400, 401))
async def list_do_not_call(
    paging: Annotated[DoNotCallPaging, Query()], res: Res, asker: Asker
) -> DoNotCallEntryCollection:
    """The do-not-call list: who pressed 9 in a call, and whom you added."""
    only = do_not_call.Only(phone=paging.number, beginnings=_beginnings(paging))
    async with res.reader.connect() as connection:
        if paging.sort == "phone":
            page = await do_not_call.get_entries(
                connection,
                asker.account_id,
                only=only,
                after=read_cursor(paging.cursor, telephone.normalise),
                limit=paging.limit,
            )
        else:
            page = await do_not_call.get_newest_entries(
                connection, asker.account_id, only=only, after=read_cursor(paging.cursor, _position), limit=paging.limit
            )
    return DoNotCallEntryCollection(
        items=[DoNotCallEntry.of(entry) for entry in page.items],
        next_cursor=_cursor(page.items[-1], paging) if page.has_more else None,
        total=page.total,
    )


@router.get(
    "/download",
    summary="Download the numbers that are not called",
    response_class=StreamingResponse,
    responses={**csv_responses(_COLUMNS, _ROW), **problems(401)},
)
async def download_do_not_call(res: Res, asker: Asker) -> StreamingResponse:
    """A CSV file with the whole do-not-call list, by its numbers."""
    return csv_file("do-not-call.csv", _table(res, asker))


@router.post(
    "",
    summary="Have a number not called again",
    status_code=201,
    responses={
        200: {"description": "It was on the list already, and stays as it was.", "model": DoNotCallEntry},
        201: {"links": links("phone", "list_do_not_call_events", "remove_from_do_not_call", at="/phone")},
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


@router.post(
    "/batch", summary="Have many numbers not called again", responses=problems(400, 401, 403, 404, 409, 413, 415, 422)
)
async def add_many_to_do_not_call(fields: DoNotCallBatch, res: Res, asker: Asker, once: Kept) -> DoNotCallBatchResult:
    """Put numbers on the list, or those of a file: send it to `/api/imports`, and its `import_id` here. Entries that are no
    numbers are left out and told. A long list is added piece by piece; when that is interrupted, the same may be sent again.
    """
    reason = "asked" if fields.import_id is None else "imported"
    async with listed(res, asker.account_id, fields) as found:
        phones, added = found.phones(), 0
        while batch := list(islice(phones, _BATCH)):
            added += await _add(res, asker, batch, reason, fields.note)
        answer = DoNotCallBatchResult(
            added=added,
            already_listed=len(found.contacts) - added,
            duplicates=found.duplicates,
            rejected=found.rejected,
        )
    await in_transaction(res.engine, lambda connection: once.keep(connection, answer, status=200))
    return answer


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


async def _add(res: Resources, asker: Principal, phones: list[str], reason: str, note: str | None) -> int:
    return await in_transaction(
        res.engine,
        lambda connection: do_not_call.add_many(
            connection, asker.account_id, phones, reason=reason, actor=asker.actor, note=note
        ),
    )


async def _table(res: Resources, asker: Principal) -> AsyncIterator[str]:
    yield csv_lines([_COLUMNS])
    after: str | None = None
    while True:
        async with res.reader.connect() as connection:
            page = await do_not_call.read_entries(connection, asker.account_id, after=after, limit=_ROWS)
        if page:
            yield csv_lines(map(_row, page))
        if len(page) < _ROWS:
            return
        after = page[-1].phone


def _row(entry: do_not_call.Entry) -> tuple[object, ...]:
    return (
        entry.phone,  # E.164: a spreadsheet may take it for a number, but never for a formula
        entry.reason,
        inert(entry.note or ""),
        entry.campaign_id or "",
        inert(entry.campaign_name or ""),
        entry.attempt_id or "",
        shown_instant(entry.created_at),
    )


def _beginnings(paging: DoNotCallPaging) -> list[str]:
    search = paging.search or ""
    if not search.strip():
        return []
    try:  # a + in an address means a space
        return telephone.beginnings(f"+{search}" if search.startswith(" ") else search, paging.default_country)
    except telephone.NotDialable:
        raise Invalid(
            "search", "invalid_number", "search is not the beginning of a telephone number. Send one such as +1415."
        ) from None


def _cursor(last: do_not_call.Entry, paging: DoNotCallPaging) -> str:
    return next_cursor(last.phone if paging.sort == "phone" else f"{last.created_at.isoformat()} {last.phone}")


def _position(text: str) -> do_not_call.Position:
    """Raises `ValueError`."""
    created_at, _, phone = text.partition(" ")
    position = do_not_call.Position(datetime.fromisoformat(created_at), telephone.normalise(phone))
    if position.created_at.tzinfo is None:
        raise ValueError(text)
    return position


def _number(text: str) -> str:
    """The number in an address. Raises `NotFound`."""
    try:
        return telephone.normalise(text)
    except ValueError:
        raise NotFound("There is no such number. Write it as the list does, such as +14155550123.") from None
