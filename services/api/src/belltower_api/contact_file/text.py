"""Rows out of text: what separates its cells, and whether its quotes can be trusted."""

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, Literal

from belltower.domain.errors import Invalid
from belltower_api.contact_file.encoding import Encoding, EncodingName, encoding_of
from belltower_api.contact_file.rows import Row, is_number, sample
from belltower_api.errors import TooLarge

Quoting = Literal[0, 3]
"""csv.QUOTE_MINIMAL or csv.QUOTE_NONE."""

_SAMPLED = 2**20
"""Characters by which it is found out how a file is written, and the line in which they end."""
_LONGEST_ROW = 2**24
"""Characters: the row may be a list of a million numbers."""
MOST_LINES = 4_000_000
"""Far more than there may be contacts: some may be empty, or a part of a cell."""
_DELIMITERS = ",;\t|"
_DELIMITED = re.compile(r"[,;\t|]")
_TOLD_DELIMITER = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
_SENTINEL = "the end"


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How cells are separated. Without a `delimiter` this is a list, and every entry of every line counts."""

    delimiter: str | None
    skipped: int = 0
    """Lines at the top that only say how the file is written."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file of text."""

    rows: Generator[Row, None, None]
    """Those that are not empty. They raise `Invalid` and `TooLarge`."""
    is_list: bool
    """Whether every cell is an entry."""
    encoding: EncodingName


def open_text(file: BinaryIO, said: EncodingName | None = None) -> Text:
    """Find out how a file is written, but for the encoding where somebody says it. Raises `Invalid`."""
    encoding = encoding_of(file, said)
    with _readable(), _opened(file, encoding) as lines:
        dialect = _dialect(sample(lines, lines.taken, most=_SAMPLED))
    return Text(_rows(file, encoding, dialect), dialect.delimiter is None, encoding.name)


def _rows(file: BinaryIO, encoding: Encoding, dialect: _Dialect) -> Generator[Row, None, None]:
    with _readable():
        if dialect.delimiter is None:
            with _opened(file, encoding) as lines:
                yield from _pieces(lines)
            return
        with _opened(file, encoding) as lines:
            quoting = _quoting(lines, dialect.delimiter, dialect.skipped)
        with _opened(file, encoding) as lines:
            yield from _cells(lines, dialect.delimiter, dialect.skipped, quoting)


class _Lines:
    """The lines of a text. They are counted in characters since `row` was set to zero, and end with an error when these are
    too many: what follows a quote that is never closed, or a file that is no text, need not fit into memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._count = 0
        self.row = 0

    def taken(self, line: str) -> int:
        """The length of a line that is a row of its own."""
        self.row = 0
        return len(line)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_ROW)
        if not line:
            raise StopIteration
        self._count += 1
        if self._count > MOST_LINES:
            raise TooLarge(f"A file may have at most {MOST_LINES:,} lines; this one has more. Split it.")
        self.row += len(line)
        if self.row >= _LONGEST_ROW:
            raise csv.Error(f"a row has more than {_LONGEST_ROW:,} characters")
        return line


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        raise Invalid("file", "invalid_file", f"The file is no table that can be read: {error}.") from None


@contextmanager
def _opened(file: BinaryIO, encoding: Encoding) -> Iterator[_Lines]:
    """The text of a file from its beginning. The file stays open: it is not ours."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding.codec, encoding.errors, newline="")
    try:
        yield _Lines(text)
    finally:
        text.detach()


def _quoting(lines: _Lines, delimiter: str, skipped: int) -> Quoting:
    """Whether quotes can be taken for what they are. One that is never closed would swallow all that follows it, as it
    does here to a last line of our own."""
    last: Sequence[str] = ()
    try:
        for row in csv.reader(chain(islice(lines, skipped, None), [_SENTINEL]), delimiter=delimiter):
            lines.row = 0
            last = row
    except csv.Error:
        return csv.QUOTE_NONE
    return csv.QUOTE_MINIMAL if list(last) == [_SENTINEL] else csv.QUOTE_NONE


def _dialect(sample: Sequence[str]) -> _Dialect:
    """Find out what separates cells, from the first lines."""
    if sample and (told := _TOLD_DELIMITER.fullmatch(sample[0].lstrip("\ufeff"))):
        return _Dialect(told[1], skipped=1)
    tables = {delimiter: _table(sample, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(tables, key=lambda candidate: _likelihood(tables[candidate]))
    regular, _ = _regularity(tables[delimiter])
    return _Dialect(delimiter if regular > 1 / 2 else None)


def _table(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        with suppress(csv.Error):
            rows = list(csv.reader([*lines, _SENTINEL], delimiter=delimiter, quoting=quoting))
            if rows[-1] == [_SENTINEL] or quoting == csv.QUOTE_NONE:
                return [row for row in rows[:-1] if any(cell.strip() for cell in row)]
    return []


def _likelihood(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """How much speaks for a way to cut lines into cells: that they get equally many, and that some of these are numbers;
    if that is undecided, that they are many."""
    regular, width = _regularity(rows)
    return regular + sum(any(map(is_number, row)) for row in rows) / max(len(rows), 1), width


def _regularity(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Which part of the rows has the commonest number of cells beyond one, and that number."""
    widths = [len(row) for row in rows if len(row) > 1]
    commonest = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    return widths.count(commonest) / max(len(rows), 1), commonest


def _cells(lines: _Lines, delimiter: str, skipped: int, quoting: Quoting) -> Iterator[Row]:
    reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, quoting=quoting)
    line = skipped + 1
    for row in reader:
        lines.row = 0
        if any(cell.strip(" \ufeff") for cell in row):
            yield Row(line, row)
        line = skipped + reader.line_num + 1


def _pieces(lines: _Lines) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        lines.row = 0
        pieces = [piece for piece in _DELIMITED.split(line) if piece.strip(" \"'\r\n\ufeff")]
        if pieces:
            yield Row(number, pieces)
