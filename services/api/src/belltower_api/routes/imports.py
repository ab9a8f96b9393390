"""Files of contacts: what is in them, before a campaign is made of them."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import imports
from belltower.db.engine import in_transaction
from belltower_api import contact_file
from belltower_api.contact_list import ContactList, File
from belltower_api.csv_file import csv_file, csv_lines, csv_responses, inert
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.idempotency import Kept
from belltower_api.links import links
from belltower_api.lists import imported_file, read_file
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Paging
from belltower_api.schemas.imports import (
    ContactImport,
    ContactImportCollection,
    ImportAnalysis,
    ImportReading,
    ImportUpload,
)

router = APIRouter(prefix="/api/imports", tags=["Imports"], route_class=AccountRoute, dependencies=AUTHENTICATED)

_COLUMNS = ("line", "value", "code", "reason")
_ROWS = 5_000
_LONGEST_FILENAME = 200


@router.post(
    "",
    summary="Look into a file of contacts",
    status_code=201,
    responses={
        201: {"links": links("import_id", "get_import", "download_import_rejected", "delete_import")},
        **problems(400, 401, 403, 409, 413, 415, 422),
    },
)
async def create_import(
    form: Annotated[ImportUpload, Form(media_type="multipart/form-data")],
    res: Res,
    asker: Asker,
    response: Response,
    once: Kept,
) -> ContactImport:
    """Find out what is in a file, and keep it for a day. Nobody is called: a campaign takes it by its `import_id`.

    The answer tells the columns, which of them holds the numbers, the first contacts, and what cannot be rung. Of an account's
    imports the ten latest are kept.
    """
    contact_file.check_type(form.file.filename)
    filename = contact_file.basename_of(form.file.filename).strip()[-_LONGEST_FILENAME:]
    analysis = await _analyse(res, File(form.file.file, form.file.filename, form.wishes, form.default_country))

    async def work(connection: AsyncConnection) -> ContactImport:
        found = await imports.create_import(
            connection, asker.account_id, filename, form.file.file, reading=form.kept, analysis=analysis
        )
        answer = ContactImport.shown(found)
        await once.keep(connection, answer, headers=_location(answer))
        return answer

    created = await in_transaction(res.engine, work)
    response.headers.update(_location(created))
    return created


@router.get("", summary="List the imports", responses=problems(400, 401))
async def list_imports(paging: Annotated[Paging, Query()], res: Res, asker: Asker) -> ContactImportCollection:
    """The account's files that are still kept, the newest first."""
    async with res.reader.connect() as connection:
        page = await imports.get_imports(
            connection, asker.account_id, after=read_cursor(paging.cursor, UUID), limit=paging.limit
        )
    return ContactImportCollection(
        items=[ContactImport.shown(found) for found in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.get("/{import_id}", summary="Look at an import", responses=problems(400, 401, 404))
async def get_import(
    import_id: UUID, reading: Annotated[ImportReading, Query()], res: Res, asker: Asker
) -> ContactImport:
    """What is in a file: as it was found when it came, or as it would be with another column of numbers or country."""
    async with res.reader.connect() as connection:
        found = await imports.get_import(connection, asker.account_id, import_id)
    if not reading.model_fields_set:
        return ContactImport.shown(found)
    async with imported_file(res, asker.account_id, import_id, reading) as file:
        return ContactImport.shown(found, await _analyse(res, file))


@router.get(
    "/{import_id}/rejected/download",
    summary="Download what would be left out of an import",
    response_class=StreamingResponse,
    responses={
        **csv_responses(_COLUMNS, ("4", "n/a", "not_a_phone_number", "it is not a telephone number")),
        **problems(400, 401, 404),
    },
)
async def download_import_rejected(
    import_id: UUID, reading: Annotated[ImportReading, Query()], res: Res, asker: Asker
) -> StreamingResponse:
    """A CSV file with every row that could not be rung, to be mended and sent again."""
    async with imported_file(res, asker.account_id, import_id, reading) as file:
        found, _ = await read_file(res, file, lambda: _read(file))
    return csv_file(f"rejected-{import_id}.csv", _rejected(found))


@router.delete("/{import_id}", summary="Forget an import", status_code=204, responses=problems(401, 403, 404))
async def delete_import(import_id: UUID, res: Res, asker: Asker) -> None:
    """Forget a file before its day is over. Campaigns that were made of it keep their contacts."""
    async with res.reader.connect() as connection:
        await imports.delete_import(connection, asker.account_id, import_id)


async def _analyse(res: Resources, file: File) -> dict[str, Any]:
    def analyse() -> dict[str, Any]:
        found, analysis = _read(file)
        with found:
            found.require_one("file")
            return analysis.model_dump(mode="json")

    return await read_file(res, file, analyse)


def _read(file: File) -> tuple[ContactList, ImportAnalysis]:
    found = ContactList(default_country=file.default_country)
    with ExitStack() as closing:
        closing.enter_context(found)
        people = found.add_file(file)
        analysis = ImportAnalysis.of(people, found)
        closing.pop_all()
    return found, analysis


async def _rejected(found: ContactList) -> AsyncIterator[str]:
    with found:
        yield csv_lines([_COLUMNS])
        rows = iter(found.left_out)
        while page := list(islice(rows, _ROWS)):
            yield csv_lines(
                (line, inert(value or ""), code, inert(reason or "")) for _, line, value, code, reason in page
            )


def _location(found: ContactImport) -> dict[str, str]:
    return {"Location": f"/api/imports/{found.id}"}
