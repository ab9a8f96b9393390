"""A file as a table: what its columns are called, and in which of them somebody's number stands."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import chain

from belltower.domain.errors import Invalid
from belltower_api.contact_file.columns import PhoneColumn, is_phone_name, phone_columns
from belltower_api.contact_file.encoding import EncodingName
from belltower_api.contact_file.rows import Row, is_number, sample, value

_LONGEST_PREAMBLE = 10
_SAMPLED_CELLS = 2**18
_MOST_COLUMNS = 2**14
"""As in Excel. A longer row is a list of numbers, or no table of contacts."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of contacts, or a mere list of them."""

    header: Sequence[str]
    """What the columns are called; empty without a header."""
    width: int
    """How many columns there are, in the header and in the rows by which it was found out."""
    sample: Sequence[Row]
    """The first of the rows."""
    rows: Generator[Row, None, None]
    """Those that are contacts, to be read once."""
    phones: Sequence[PhoneColumn]
    """Where a contact's number may stand, the best first; empty when every cell is a contact of its own."""
    encoding: EncodingName | None
    """How it was written; None for a workbook."""

    def close(self) -> None:
        """Let go of the file."""
        self.rows.close()


def table(rows: Generator[Row, None, None], is_list: bool = False, encoding: EncodingName | None = None) -> Table:
    """Find out what the rows of a file are. In a list every cell is an entry. The rows are read as they are asked for.

    Raises `Invalid`.
    """
    try:
        return _table(rows, is_list, encoding)
    except Invalid:
        rows.close()
        raise


def _table(rows: Generator[Row, None, None], is_list: bool, encoding: EncodingName | None) -> Table:
    first = sample(rows, lambda row: len(row.cells), most=_SAMPLED_CELLS)
    if any(len(row.cells) > _MOST_COLUMNS for row in first):
        is_list = is_list or all(is_number(cell) for row in first for cell in row.cells if cell.strip())
        if not is_list:
            raise Invalid(
                "file", "invalid_file", f"The file is no table of contacts: it has over {_MOST_COLUMNS:,} columns."
            )
    if not is_list:
        first = first[_preamble(first) :]
    header = _header(first, is_list)
    body = first[1:] if header else first
    width = 0 if is_list else max((len(row.cells) for row in first), default=0)
    contacts = _continued(body, rows)
    if is_list or (not header and all(is_number(cell) for row in body for cell in row.cells if cell.strip())):
        return Table(header, width, body, contacts, (), encoding)
    phones = phone_columns(header, [row.cells for row in body or first])
    return Table(header, width, body, contacts, phones, encoding)


def _continued(body: Sequence[Row], rows: Generator[Row, None, None]) -> Generator[Row, None, None]:
    """The sample and what follows it. A generator, so that closing it closes the file's own."""
    try:
        yield from chain(body, rows)
    finally:
        rows.close()


def _header(rows: Sequence[Row], is_list: bool) -> list[str]:
    if not rows:
        return []
    first = [value(cell) for cell in rows[0].cells]
    if is_list or max(len(row.cells) for row in rows) == 1:
        title = " ".join(first)
        return first if not any(map(str.isdigit, title)) and is_phone_name(title) else []
    return first if len(rows) > 1 and not any(map(is_number, first)) else []


def _preamble(rows: Sequence[Row]) -> int:
    """How many rows stand above the header: a title, the day of the export."""
    for index, row in enumerate(rows[:_LONGEST_PREAMBLE]):
        filled = [cell for cell in row.cells if cell.strip()]
        if len(filled) > 1:
            return 0 if any(map(is_number, filled)) or not any(map(is_phone_name, filled)) else index
    return 0
