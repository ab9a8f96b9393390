"""Rows out of an Excel workbook (.xlsx), read as a stream: a million rows take no more memory than their shared texts.

An archive of XML (ECMA-376, part 1, SpreadsheetML): the workbook names its sheets, a sheet has rows of cells, most texts
stand in a table that all sheets share, and whether a number is a date is a matter of its style.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from belltower.domain.errors import Invalid
from belltower_api.contact_file.rows import Row
from belltower_api.contact_file.spreadsheet import (
    Forbidden,
    SharedTexts,
    Sheets,
    Styles,
    TooMuch,
    read_part,
    read_relations,
    sheet_rows,
)
from belltower_api.errors import TooLarge

MAGIC = b"PK\x03\x04"
"""How a zip archive begins, and so a workbook."""
MAX_UNPACKED = 400 * 2**20
"""Bytes of all that is in the archive."""
MAX_RATIO = 200
"""Workbooks shrink to a tenth, very dull ones to a fiftieth; what shrinks to less was made to do harm."""
_HARMLESS = 10 * 2**20
"""Bytes unpacked up to which the ratio is of no interest."""
_TOO_LARGE = "Save the sheet with the numbers as CSV and send that, or split it."
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    ExpatError,
    Forbidden,
    KeyError,
    ValueError,
    OSError,
    EOFError,
)
"""What an archive that was cut off, damaged or made up raises, and XML that is none."""


def rows(file: BinaryIO) -> Generator[Row, None, None]:
    """The rows of the first visible sheet that has any, without the empty ones. Raises `Invalid` and `TooLarge`."""
    _check(file)
    return _rows(file)


def _check(file: BinaryIO) -> None:
    """Refuse what is no workbook, and what would unpack to more than any list, by the archive's directory alone."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _broken() from None
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > _HARMLESS and unpacked > MAX_RATIO * packed):
        raise TooLarge(f"The workbook unpacks to {unpacked / 2**20:,.0f} MB, which is more than is read. {_TOO_LARGE}")
    if not any(_normal(member.filename).startswith("xl/") for member in members):
        raise Invalid(
            "file",
            "invalid_file",
            "The file is a zip archive and no Excel workbook (.xlsx). Unpack it, and send the list that is in it.",
        )


def _rows(file: BinaryIO) -> Generator[Row, None, None]:
    try:
        with zipfile.ZipFile(file) as archive:
            book = _Book(archive)
            for path in book.visible_sheets():
                found = False
                with book.open(path) as sheet, closing(sheet_rows(sheet, book.texts, book.styles)) as each:
                    for row in each:
                        found = True
                        yield row
                if found:
                    return
    except _BROKEN:
        raise _broken() from None
    except TooMuch:
        raise TooLarge(f"The workbook has more cells than can be read. {_TOO_LARGE}") from None


class _Book:
    """The parts of a workbook, wherever they lie in the archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {_normal(member.filename): member for member in archive.infolist()}
        (path,) = self._related("", "_rels/.rels", "/officedocument").values()
        folder = posixpath.dirname(path)
        relations = posixpath.join(folder, "_rels", posixpath.basename(path) + ".rels")
        self._sheets = Sheets()
        with self.open(path) as part:
            read_part(part, self._sheets)
        self._sheet_paths = self._related(folder, relations, "/worksheet")
        self.styles = Styles(self._sheets.begins_in_1904)
        self.texts = SharedTexts()
        for kind, reader in (("/styles", self.styles), ("/sharedstrings", self.texts)):
            for related in self._related(folder, relations, kind).values():
                with self.open(related) as part:
                    read_part(part, reader)

    def visible_sheets(self) -> Iterator[str]:
        """Where the sheets lie that a person sees, in their order; charts and macros are none."""
        for relation in self._sheets.visible:
            if relation in self._sheet_paths:
                yield self._sheet_paths[relation]

    def open(self, path: str) -> BinaryIO:
        """A part, unpacked as it is read."""
        return self._archive.open(self._members[_normal(path)])  # type: ignore[return-value]

    def _related(self, folder: str, relations: str, kind: str) -> dict[str, str]:
        """Where the parts of a kind lie to which a part in a folder is related, by the relation's id."""
        if _normal(relations) not in self._members:
            return {}
        with self.open(relations) as part:
            return {
                relation.id: posixpath.normpath(posixpath.join("/", folder, relation.target))[1:]
                for relation in read_relations(part)
                if relation.kind.lower().endswith(kind)
            }


def _normal(path: str) -> str:
    """How parts are compared (ECMA-376, part 2, 6.2.2.3); some programs write the separators of Windows."""
    return path.replace("\\", "/").lstrip("/").lower()


def _broken() -> Invalid:
    return Invalid(
        "file",
        "invalid_file",
        "The file is no Excel workbook that can be read; it may have been cut off. Open it in Excel and save it as .xlsx"
        " again, or save it as CSV.",
    )
