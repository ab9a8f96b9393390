"""Numbers out of a file as people really have them: one a line, or a table with a column of numbers somewhere.

Text or an Excel workbook, exported by any program in any language. Nothing is loaded as a whole: what a file takes of memory
here does not depend on its size.
"""

from collections.abc import Generator
from contextlib import closing
from pathlib import PurePath
from typing import BinaryIO

from belltower.db.contacts import MAX_CONTACTS
from belltower.domain import phone
from belltower.domain.errors import Invalid
from belltower_api.contact_file import text, workbook
from belltower_api.contact_file.rows import Row
from belltower_api.contact_file.table import Table, table
from belltower_api.errors import TooLarge, UnsupportedMediaType

__all__ = ["TYPES", "Row", "Table", "check_type", "entries", "name_of", "open_table", "read"]

WORKBOOK = ".xlsx"
TYPES = (".csv", ".txt", WORKBOOK)

_OTHER_CONTENT = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "The file is an old Excel workbook, or one with a password. Save it as .xlsx without a password, or as CSV."
    ),
    b"%PDF": "The file is a PDF, whatever its name says. Send the list as CSV or as .xlsx.",
}


def check_type(filename: str | None) -> None:
    """Refuse files of other types, by their name. Raises `UnsupportedMediaType`."""
    if _suffix(filename) not in TYPES:
        raise UnsupportedMediaType("Only .csv, .txt and .xlsx files are read. Save the list as CSV and send that.")


def name_of(filename: str | None) -> str:
    """What a campaign is called that was given a file and no name."""
    stem = PurePath((filename or "").replace("\\", "/")).stem
    return "".join(letter for letter in stem if letter.isprintable()).strip()[:200] or "Upload"


def open_table(file: BinaryIO, filename: str | None = None) -> Table:
    """The file as a table, by its content; the name only says what is wrong when that is nothing which can be read.

    Raises `Invalid` and `TooLarge`, also while the rows are read.
    """
    file.seek(0)
    start = file.read(8)
    for magic, sentence in _OTHER_CONTENT.items():
        if start.startswith(magic):
            raise Invalid("file", "invalid_file", sentence)
    if start.startswith(workbook.MAGIC):
        return table(workbook.rows(file))
    if _suffix(filename) == WORKBOOK:
        raise Invalid(
            "file",
            "invalid_file",
            "The file is called .xlsx and is no Excel workbook. Open it in the program it comes from, and save it as"
            " .xlsx or CSV again.",
        )
    return table(*text.rows(file))


def entries(file: BinaryIO, filename: str | None = None) -> Generator[tuple[int, str], None, None]:
    """What stands where a number should, with its line from 1. Raises `Invalid` for what cannot be read, and `TooLarge`."""
    found = open_table(file, filename)
    with closing(found):
        for count, entry in enumerate(found.entries(), start=1):
            if count > MAX_CONTACTS:
                raise TooLarge(f"A file may have at most {MAX_CONTACTS:,} rows; this one has more. Split it.")
            yield entry


def read(file: BinaryIO, filename: str | None = None, default_country: str | None = None) -> phone.PhoneList:
    """The numbers of a file; those in a country's own way of writing are read in `default_country` (ISO 3166 alpha-2)."""
    with closing(entries(file, filename)) as found:
        return phone.read_numbers(found, default_country)


def _suffix(filename: str | None) -> str:
    return PurePath(filename or "").suffix.lower()
