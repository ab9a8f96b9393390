"""Contacts out of a file as people really have them: a number a line, or a table with a column of numbers somewhere.

Text or an Excel workbook, exported by any program in any language. Nothing is loaded as a whole: what a file takes of memory
here does not depend on its size.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from belltower.db.contacts import MAX_CONTACTS
from belltower.domain.errors import Invalid
from belltower_api.contact_file import text, workbook
from belltower_api.contact_file.encoding import EncodingName
from belltower_api.contact_file.layout import NO_WISHES, Layout, Person, Wishes, layout_of
from belltower_api.contact_file.rows import Row
from belltower_api.contact_file.table import Table, table
from belltower_api.errors import TooLarge, UnsupportedMediaType

__all__ = [
    "TYPES",
    "EncodingName",
    "Layout",
    "People",
    "Person",
    "Row",
    "Table",
    "Wishes",
    "basename_of",
    "check_type",
    "name_of",
    "open_people",
    "open_table",
]

WORKBOOK = ".xlsx"
TYPES = (".csv", ".txt", WORKBOOK)

_OTHER_CONTENT = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        "The file is an old Excel workbook, or one with a password. Save it as .xlsx without a password, or as CSV."
    ),
    b"%PDF": "The file is a PDF, whatever its name says. Send the list as CSV or as .xlsx.",
}


@dataclass(frozen=True, slots=True)
class People:
    """The contacts of a file, and what its columns are."""

    table: Table
    layout: Layout
    each: Iterator[Person]
    """To be read once."""


def check_type(filename: str | None) -> None:
    """Refuse files of other types, by their name. Raises `UnsupportedMediaType`."""
    if _suffix(filename) not in TYPES:
        raise UnsupportedMediaType("Only .csv, .txt and .xlsx files are read. Save the list as CSV and send that.")


def name_of(filename: str | None) -> str:
    """What a campaign is called that was given a file and no name."""
    return PurePath(basename_of(filename)).stem.strip()[:200] or "Upload"


def basename_of(filename: str | None) -> str:
    """What a file is called, without where it lay and without what nobody can read."""
    name = PurePath((filename or "").replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())


def open_table(file: BinaryIO, filename: str | None = None, encoding: EncodingName | None = None) -> Table:
    """The file as a table, by its content; the name only says what is wrong when that is nothing which can be read. Of a text
    the `encoding` is found out where it is None.

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
    found = text.open_text(file, encoding)
    return table(found.rows, found.is_list, found.encoding)


@contextmanager
def open_people(file: BinaryIO, filename: str | None = None, wishes: Wishes = NO_WISHES) -> Iterator[People]:
    """The contacts of a file. Raises `Invalid` for what cannot be read, and `TooLarge`, also while they are read."""
    with closing(open_table(file, filename, wishes.encoding)) as found:
        layout = layout_of(found, wishes)
        yield People(found, layout, _limited(layout.people(found)))


def _limited(people: Iterator[Person]) -> Iterator[Person]:
    for count, person in enumerate(people, start=1):
        if count > MAX_CONTACTS:
            raise TooLarge(f"A file may have at most {MAX_CONTACTS:,} rows; this one has more. Split it.")
        yield person


def _suffix(filename: str | None) -> str:
    return PurePath(filename or "").suffix.lower()
