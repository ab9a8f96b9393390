"""Rows out of an Excel workbook (.xlsx), read as a stream: a million rows take no more memory than their shared texts.

An archive of XML (ECMA-376, part 1, SpreadsheetML): the workbook names its sheets, a sheet has rows of cells, most texts
stand in a table that all sheets share, and whether a number is a date is a matter of its style.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import IO, BinaryIO, Self
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
"""Bytes of all that is in the archive, and of all that is read of it: one part may be named as often as one likes."""
MAX_AROUND = 32 * 2**20
"""Bytes of the parts beside sheets and texts: which sheets there are, and what they look like."""
MAX_RATIO = 200
"""Workbooks shrink to a tenth, very dull ones to a fiftieth; what shrinks to less was made to do harm."""
_HARMLESS = 10 * 2**20
"""Bytes unpacked up to which the ratio is of no interest."""
_LARGEST_READ = 2**21
"""Bytes that are asked of the file at once. Only the archive's directory is more, when it lists ten thousands of members."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a workbook is packed (ECMA-376, part 2, annex B). Other methods take as much memory as they like."""
_ENCRYPTED = 1
"""The bit that says so in a member's flags (APPNOTE, 4.4.4)."""
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


class _Archive(zipfile.ZipFile):
    """An archive whose directory is not longer than that of any workbook. Raises `BadZipFile`."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(_Bounded(file))


class _Bounded:
    """A file that is read piece by piece, and never much of it at once."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if size > _LARGEST_READ:
            raise zipfile.BadZipFile("the directory is too long")
        return self._file.read(size if size >= 0 else _LARGEST_READ)


class _Budget:
    """How many bytes may still be unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        """Raises `TooMuch` when that is more than may be."""
        self.left -= size
        if self.left < 0:
            raise TooMuch


class _Part:
    """A part, unpacked as it is read, at the cost of budgets."""

    def __init__(self, content: IO[bytes], budgets: Sequence[_Budget]) -> None:
        self._content, self._budgets = content, budgets

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._content.close()

    def read(self, size: int) -> bytes:
        """The next bytes."""
        piece = self._content.read(size)
        for budget in self._budgets:
            budget.spend(len(piece))
        return piece


def _check(file: BinaryIO) -> None:
    """Refuse what is no workbook, and what would unpack to more than any list, by the archive's directory alone."""
    file.seek(0)
    try:
        with _Archive(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _broken() from None
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Invalid("file", "invalid_file", "The workbook has a password. Save it without one, or as CSV.")
    if any(member.compress_type not in _METHODS for member in members):
        raise _broken()
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED or any(map(_is_bomb, members)):
        raise TooLarge(f"The workbook unpacks to {unpacked / 2**20:,.0f} MB, which is more than is read. {_TOO_LARGE}")
    if not any(_normal(member.filename).startswith("xl/") for member in members):
        raise Invalid(
            "file",
            "invalid_file",
            "The file is a zip archive and no Excel workbook (.xlsx). Unpack it, and send the list that is in it.",
        )


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _HARMLESS and member.file_size > MAX_RATIO * member.compress_size


def _rows(file: BinaryIO) -> Generator[Row, None, None]:
    try:
        with _Archive(file) as archive:
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
        self._all, self._around = _Budget(MAX_UNPACKED), _Budget(MAX_AROUND)
        (path,) = self._related("", "_rels/.rels", "/officedocument").values()
        folder = posixpath.dirname(path)
        relations = posixpath.join(folder, "_rels", posixpath.basename(path) + ".rels")
        self._sheets = Sheets()
        with self._open_around(path) as part:
            read_part(part, self._sheets)
        self._sheet_paths = self._related(folder, relations, "/worksheet")
        self.styles = Styles(self._sheets.begins_in_1904)
        self.texts = SharedTexts()
        for related in self._related(folder, relations, "/styles").values():
            with self._open_around(related) as part:
                read_part(part, self.styles)
        for related in self._related(folder, relations, "/sharedstrings").values():
            with self.open(related) as part:
                read_part(part, self.texts)

    def visible_sheets(self) -> Iterator[str]:
        """Where the sheets lie that a person sees, in their order; charts and macros are none."""
        for relation in self._sheets.visible:
            if relation in self._sheet_paths:
                yield self._sheet_paths[relation]

    def open(self, path: str) -> _Part:
        """A part. Raises `TooMuch` while it is read."""
        return _Part(self._archive.open(self._members[_normal(path)]), (self._all,))

    def _open_around(self, path: str) -> _Part:
        return _Part(self._archive.open(self._members[_normal(path)]), (self._all, self._around))

    def _related(self, folder: str, relations: str, kind: str) -> dict[str, str]:
        """Where the parts of a kind lie to which a part in a folder is related, by the relation's id."""
        if _normal(relations) not in self._members:
            return {}
        with self._open_around(relations) as part:
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
