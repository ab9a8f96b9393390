"""Numbers out of a file as people really have them: one a line, or a table with a column of numbers somewhere.

UTF-8 with or without BOM, or Windows-1252; commas, semicolons or tabs; a header or none. Nothing is loaded as a whole:
what a file takes of memory does not depend on its size.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePath
from typing import BinaryIO, Literal

from belltower.domain import phone
from belltower.domain.errors import Invalid
from belltower_api.errors import UnsupportedMediaType

TYPES = (".csv", ".txt")

Quoting = Literal[0, 3]
"""csv.QUOTE_MINIMAL or csv.QUOTE_NONE."""

_SAMPLE = 100
_CHUNK = 2**16
_SEPARATORS = ",;\t"
_SEPARATED = re.compile(f"[{_SEPARATORS}]")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_LIKE = re.compile(r"\+?[\d\s().\-/]{7,24}")
_SENTINEL = "the end"
_SPREADSHEET_QUOTES = " \"'"

_PHONE_WORDS = frozenset(
    _WORD.findall(
        "phone phones phonenumber phonenumbers telephone tel mobile cell cellphone msisdn number numbers "
        "telefon telefonnummer rufnummer handy handynummer mobil mobiltelefon mobilnummer nummer "
        "téléphone portable numéro teléfono telefono móvil movil celular número numero telefone telemóvel cellulare "
        "telefoon mobiel telefonnr телефон номер 电话 手机 電話 携帯"
    )
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file is written. Without a `column` every entry of every line is a number."""

    column: int | None = None
    delimiter: str = ","
    has_header: bool = False


def check_type(filename: str | None) -> None:
    """Refuse files of other types, by their name. Raises `UnsupportedMediaType`."""
    if PurePath(filename or "").suffix.lower() not in TYPES:
        raise UnsupportedMediaType("Only .csv and .txt files are read. Save the list as CSV and send that.")


def name_of(filename: str | None) -> str:
    """What a campaign is called that was given a file and no name."""
    stem = PurePath((filename or "").replace("\\", "/")).stem
    return "".join(letter for letter in stem if letter.isprintable()).strip()[:200] or "Upload"


def entries(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """What stands where a number should, with its line from 1. Raises `Invalid` for what cannot be read."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        layout = _layout(list(islice(text, _SAMPLE)))
        text.seek(0)
        if layout.column is None:
            yield from _pieces(text, layout)
        else:
            quoting = _quoting(text, layout.delimiter)
            text.seek(0)
            yield from _cells(text, layout, layout.column, quoting)
    except csv.Error as error:
        raise Invalid("file", "invalid_file", f"The file is no table that can be read: {error}.") from None
    finally:
        text.detach()


def _encoding(file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _quoting(lines: Iterable[str], delimiter: str) -> Quoting:
    """Whether quotes can be taken for what they are. One that is never closed would swallow all that follows it, as it
    does here to a last line of our own."""
    try:
        last = deque(csv.reader(chain(lines, [_SENTINEL]), delimiter=delimiter), maxlen=1)
    except csv.Error:
        return csv.QUOTE_NONE
    return csv.QUOTE_MINIMAL if [_SENTINEL] in last else csv.QUOTE_NONE


def _layout(sample: Sequence[str]) -> _Layout:
    """Find out how a file is written from its first lines."""
    tables = {delimiter: _table(sample, delimiter) for delimiter in _SEPARATORS}
    delimiter = max(tables, key=lambda candidate: _regularity(tables[candidate]))
    rows = tables[delimiter]
    if _regularity(rows) <= len(rows) / 2:
        top = next((line for line in sample if line.strip()), "")
        return _Layout(has_header=_names_phone(top) and not any(map(str.isdigit, top)))
    first, body = rows[0], rows[1:]
    has_header = bool(body) and not any(_is_number(cell) for cell in first)
    if not has_header and all(_is_number(cell) for row in rows for cell in row if cell.strip()):
        return _Layout()
    return _Layout(_phone_column(first if has_header else [], body or rows), delimiter, has_header)


def _table(sample: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        reader = csv.reader(sample, delimiter=delimiter, quoting=_quoting(sample, delimiter))
        return [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _regularity(rows: Sequence[Sequence[str]]) -> int:
    """How many rows have the commonest number of columns, if that is more than one."""
    widths = [len(row) for row in rows if len(row) > 1]
    return max((widths.count(width) for width in set(widths)), default=0)


def _phone_column(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The column that is named for it and holds numbers; else the one that holds most; else the one that is named."""
    width = max(len(row) for row in (header, *rows))
    numbers = [sum(_is_number(row[column]) for row in rows if column < len(row)) for column in range(width)]
    named = [column for column, title in enumerate(header) if _names_phone(title)]
    best_named = max(named, key=lambda column: numbers[column], default=None)
    if best_named is not None and (numbers[best_named] or not any(numbers)):
        return best_named
    return max(range(width), key=lambda column: numbers[column])


def _names_phone(title: str) -> bool:
    return any(word in _PHONE_WORDS for word in _WORD.findall(title.casefold()))


def _is_number(cell: str) -> bool:
    cell = cell.strip(_SPREADSHEET_QUOTES + "\r\n")
    if not _NUMBER_LIKE.fullmatch(cell):
        return False
    return cell.startswith(("+", "00")) or 9 <= sum(map(str.isdigit, cell)) <= 15


def _cells(lines: Iterable[str], layout: _Layout, column: int, quoting: Quoting) -> Iterator[tuple[int, str]]:
    reader = csv.reader(lines, delimiter=layout.delimiter, quoting=quoting)
    header_is_due = layout.has_header
    line = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            if not header_is_due:
                yield line, row[column].strip(_SPREADSHEET_QUOTES) if column < len(row) else ""
            header_is_due = False
        line = reader.line_num + 1


def _pieces(lines: Iterable[str], layout: _Layout) -> Iterator[tuple[int, str]]:
    header_is_due = layout.has_header
    for number, line in enumerate(lines, start=1):
        if line.strip():
            if not header_is_due:
                for piece in _SEPARATED.split(line):
                    if value := piece.strip(_SPREADSHEET_QUOTES + "\r\n"):
                        yield number, value
            header_is_due = False


def read(file: BinaryIO) -> phone.PhoneList:
    """The numbers of a file."""
    return phone.read_numbers(entries(file))
