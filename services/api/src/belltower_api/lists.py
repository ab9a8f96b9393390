"""Reading the lists of a request, off the event loop and bounded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, TypeVar, cast
from uuid import UUID

from fastapi import UploadFile

from belltower.db import imports
from belltower.domain.errors import Invalid
from belltower.domain.message import read_message
from belltower_api.contact_list import ContactList, File, read_contacts
from belltower_api.dependencies import Resources
from belltower_api.schemas.list_fields import ContactLists, ListedContact, ListReading, NumberLists

T = TypeVar("T")

_LARGE = 2 * 2**20
"""Bytes of a file that takes seconds to read."""
_ABOUT_A_FILE = {"phone_column": "column_unexpected", "columns": "column_unexpected", "encoding": "encoding_unexpected"}


@asynccontextmanager
async def listed(
    resources: Resources,
    account_id: UUID,
    lists: NumberLists,
    welcome_message: str | None = None,
    *,
    may_be_nobody: bool = False,
) -> AsyncIterator[ContactList]:
    """The contacts of a request, those of its import among them. Raises `Invalid`, `NotFound` and `TooLarge`.

    `may_be_nobody`: a list without a number that can be rung is an answer as well, to somebody who is still writing it.
    """
    _check(lists)
    contacts = lists.contacts if isinstance(lists, ContactLists) else ()
    if lists.import_id is None:
        given = lists.model_fields_set & {"phone_numbers", "contacts"}
        blamed = None if may_be_nobody else "contacts" if given == {"contacts"} else "phone_numbers"
        read = _reader(lists.default_country, welcome_message, None, lists.phone_numbers, contacts, blamed)
        found = await _in_thread(resources.list_readers, read)
    else:
        async with imported_file(resources, account_id, lists.import_id, lists) as file:
            blamed = None if may_be_nobody else "import_id"
            read = _reader(file.default_country, welcome_message, file, lists.phone_numbers, contacts, blamed)
            found = await read_file(resources, file, read)
    with found:
        yield found


@asynccontextmanager
async def uploaded(
    resources: Resources, upload: UploadFile, reading: ListReading, welcome_message: str, numbers: Sequence[str]
) -> AsyncIterator[ContactList]:
    """The contacts of a file, and of numbers beside it. Raises `Invalid` and `TooLarge`."""
    file = File(upload.file, upload.filename, reading.wishes, reading.default_country)
    read = _reader(file.default_country, welcome_message, file, numbers, (), "file")
    with await read_file(resources, file, read) as found:
        yield found


@asynccontextmanager
async def imported_file(
    resources: Resources, account_id: UUID, import_id: UUID, reading: ListReading
) -> AsyncIterator[File]:
    """The file of an import, to be read as it was when it came but for what `reading` says otherwise. Raises `NotFound`."""
    with TemporaryFile() as content:
        async with resources.reader.connect() as connection:
            found = await imports.get_import(connection, account_id, import_id)
            async for part in imports.read_parts(connection, import_id):
                await asyncio.to_thread(content.write, part)
        if content.tell() != found.size:  # it was forgotten in the meantime
            raise imports.missing()
        reading = reading.beside(found.reading)
        yield File(cast(BinaryIO, content), found.filename, reading.wishes, reading.default_country)


async def read_file(resources: Resources, file: File, read: Callable[[], T]) -> T:
    """Run what reads a file in a thread: of large files one at a time."""
    is_large = await asyncio.to_thread(file.content.seek, 0, 2) > _LARGE
    return await _in_thread(resources.file_readers if is_large else resources.list_readers, read)


def _check(lists: NumberLists) -> None:
    """Refuse a request that names nobody, and one that says how to read a file which it does not name. Raises `Invalid`."""
    if not lists.model_fields_set & {"phone_numbers", "contacts", "import_id"}:
        others = "contacts, or the import_id" if isinstance(lists, ContactLists) else "the import_id"
        raise Invalid(
            "phone_numbers",
            "missing",
            f"phone_numbers is required, or {others} of a file that was sent to /api/imports.",
        )
    for name, code in _ABOUT_A_FILE.items():
        if lists.import_id is None and getattr(lists, name):
            raise Invalid(name, code, f"{name} is about a file, and there is none. Send its import_id, too.")


def _reader(
    default_country: str | None,
    welcome_message: str | None,
    file: File | None,
    numbers: Sequence[str],
    contacts: Sequence[ListedContact],
    blamed: str | None,
) -> Callable[[], ContactList]:
    def read() -> ContactList:
        return read_contacts(
            file,
            contacts,
            numbers,
            message=None if welcome_message is None else read_message(welcome_message),
            default_country=default_country,
            blamed=blamed,
        )

    return read


async def _in_thread(readers: asyncio.Semaphore, read: Callable[[], T]) -> T:
    async with readers:
        return await asyncio.to_thread(read)
