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
from belltower_api.contact_file import Wishes
from belltower_api.contact_list import ContactList, File, read_contacts
from belltower_api.dependencies import Resources
from belltower_api.schemas.list_fields import ContactLists, ListedContact, ListReading

T = TypeVar("T")


@asynccontextmanager
async def listed(
    resources: Resources, account_id: UUID, lists: ContactLists, welcome_message: str
) -> AsyncIterator[ContactList]:
    """The contacts of a request, those of its import among them. Raises `Invalid`, `NotFound` and `TooLarge`."""
    if not lists.model_fields_set & {"phone_numbers", "contacts", "import_id"}:
        raise Invalid(
            "phone_numbers",
            "missing",
            "phone_numbers is required, or contacts, or the import_id of a file that was sent to /api/imports.",
        )
    if lists.import_id is None:
        found = await _read(resources, lists, welcome_message, None, lists.phone_numbers, lists.contacts)
    else:
        async with imported_file(resources, account_id, lists.import_id, lists.wishes) as file:
            found = await _read(resources, lists, welcome_message, file, lists.phone_numbers, lists.contacts)
    with found:
        yield found


@asynccontextmanager
async def uploaded(
    resources: Resources, upload: UploadFile, reading: ListReading, welcome_message: str, numbers: Sequence[str]
) -> AsyncIterator[ContactList]:
    """The contacts of a file, and of numbers beside it. Raises `Invalid` and `TooLarge`."""
    file = File(upload.file, upload.filename, reading.wishes)
    with await _read(resources, reading, welcome_message, file, numbers) as found:
        yield found


@asynccontextmanager
async def imported_file(resources: Resources, account_id: UUID, import_id: UUID, wishes: Wishes) -> AsyncIterator[File]:
    """The file of an import. Raises `NotFound`."""
    with TemporaryFile() as content:
        async with resources.reader.connect() as connection:
            found = await imports.get_import(connection, account_id, import_id)
            async for part in imports.read_parts(connection, import_id):
                await asyncio.to_thread(content.write, part)
        if content.tell() != found.size:  # it was forgotten in the meantime
            raise imports.missing()
        yield File(cast(BinaryIO, content), found.filename, wishes)


async def _read(
    resources: Resources,
    reading: ListReading,
    welcome_message: str,
    file: File | None,
    numbers: Sequence[str],
    contacts: Sequence[ListedContact] = (),
) -> ContactList:
    def read() -> ContactList:
        return read_contacts(
            file,
            contacts,
            numbers,
            message=read_message(welcome_message),
            default_country=reading.default_country,
        )

    return await read_off_loop(resources, read)


async def read_off_loop(resources: Resources, read: Callable[[], T]) -> T:
    """Run what reads a list in a thread; few do at once."""
    async with resources.list_readers:
        return await asyncio.to_thread(read)
