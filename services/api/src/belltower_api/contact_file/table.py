"""A file as a table: what its columns are called, and in which of them somebody's number stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from belltower_api.contact_file.columns import PhoneColumn, is_phone_name, phone_columns
from belltower_api.contact_file.rows import SAMPLE, Row, is_number, value

_LONGEST_PREAMBLE = 10


@dataclass(frozen=True, slots=True)
class Table:
    """A table of contacts, or a mere list of them."""

    header: Sequence[str]
    """What the columns are called; empty without a header."""
    rows: Iterator[Row]
    """Those that are contacts, to be read once."""
    phones: Sequence[PhoneColumn]
    """Where a contact's number may stand, the best first; empty when every cell is a contact of its own."""

    def entries(self) -> Iterator[tuple[int, str]]:
        """What stands where a number should, with its line. Consumes the rows."""
        if not self.phones:
            for line, cells in self.rows:
                for cell in cells:
                    if entry := value(cell):
                        yield line, entry
            return
        best = self.phones[0].index
        is_simple = all(column.label is None for column in self.phones)
        for row in self.rows:
            line, cells = row
            number = value(cells[best]) if best < len(cells) and is_simple else ""
            yield line, number or self._number(cells)

    def close(self) -> None:
        """Let go of the file."""
        close = getattr(self.rows, "close", None)
        if close is not None:
            close()

    def _number(self, cells: Sequence[str]) -> str:
        """The number of a contact: of the best column in which it has one, by the row's own labels where it has some."""
        ranked = sorted(
            (rank, order, entry)
            for order, column in enumerate(self.phones)
            if column.index < len(cells)
            and (entry := value(cells[column.index]))
            and (rank := column.rank_in(cells)) is not None
        )
        return ranked[0][2] if ranked else ""


def table(rows: Iterator[Row], is_list: bool = False) -> Table:
    """Find out what the rows of a file are. In a list every cell is an entry. The rows are read as they are asked for."""
    sample = list(islice(rows, SAMPLE))
    if not is_list:
        sample = sample[_preamble(sample) :]
    header = _header(sample, is_list)
    body = sample[1:] if header else sample
    contacts = _continued(body, rows)
    if is_list or (not header and all(is_number(cell) for row in body for cell in row.cells if cell.strip())):
        return Table(header, contacts, ())
    return Table(header, contacts, phone_columns(header, [row.cells for row in body or sample]))


def _continued(body: Sequence[Row], rows: Iterator[Row]) -> Iterator[Row]:
    """The sample and what follows it. A generator, so that closing it closes the file's own."""
    try:
        yield from chain(body, rows)
    finally:
        close = getattr(rows, "close", None)
        if close is not None:
            close()


def _header(sample: Sequence[Row], is_list: bool) -> list[str]:
    if not sample:
        return []
    first = [value(cell) for cell in sample[0].cells]
    if is_list or max(len(row.cells) for row in sample) == 1:
        title = " ".join(first)
        return first if is_phone_name(title) and not any(map(str.isdigit, title)) else []
    return first if len(sample) > 1 and not any(map(is_number, first)) else []


def _preamble(sample: Sequence[Row]) -> int:
    """How many rows stand above the header: a title, the day of the export."""
    for index, row in enumerate(sample[:_LONGEST_PREAMBLE]):
        filled = [cell for cell in row.cells if cell.strip()]
        if len(filled) > 1:
            return index if any(map(is_phone_name, filled)) and not any(map(is_number, filled)) else 0
    return 0
