"""Which column of a file is what: the number, the name, a field. Found out, or said by whoever sent the file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from belltower.domain.errors import Invalid
from belltower.domain.message import NAME, PHONE, field_key
from belltower_api.contact_file.columns import PhoneColumn, name_columns, zone_column
from belltower_api.contact_file.encoding import EncodingName
from belltower_api.contact_file.rows import Row, value
from belltower_api.contact_file.table import Table

LONGEST_TITLE = 64
LONGEST_VALUE = 1_000
"""Characters of a field; more of a cell is left out."""
MOST_FIELDS = 200
"""Columns that become fields; those after them are left out."""

TIMEZONE = frozenset({"timezone", "time_zone", "tz"})
"""What a column of time zones is called, by `field_key`, where somebody says what columns are."""

_LISTED = 20
_UNSEEN = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF], " ")
"""Control characters, new lines among them: nobody can say them, and Postgres takes not all of them."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever sent a file says about it."""

    phone_column: str | None = None
    """The title of the only column of numbers; None: it is found out."""
    columns: Mapping[str, str | None] = field(default_factory=dict)
    """By title: the field that a column becomes, `name` for the contact's own name, `timezone` for its time zone; None: it is
    left out."""
    encoding: EncodingName | None = None
    """How a text is written; None: it is found out."""


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Person:
    """A row of a file, as a contact."""

    line: int
    entry: str
    """What stands where the number should."""
    name: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    timezone: str = ""
    """What stands where its time zone may; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a table are."""

    titles: Sequence[str]
    """Of all columns, each another one."""
    phones: Sequence[PhoneColumn]
    """Empty when every cell is a contact of its own."""
    names: Sequence[int]
    zone: int | None
    """The column of time zones."""
    fields: Sequence[tuple[int, str]]
    """Columns and the names of the fields that they are."""

    def people(self, table: Table) -> Iterator[Person]:
        """The contacts of the table, which is read by this."""
        if not self.phones:
            for line, cells in table.rows:
                for cell in cells:
                    if entry := value(cell):
                        yield Person(line, entry)
            return
        number = _number_of(self.phones)
        for row in table.rows:
            yield Person(row.line, number(row.cells), self._name(row), self._fields(row), self._timezone(row))

    def _name(self, row: Row) -> str | None:
        cells = row.cells
        parts = [part for index in self.names if index < len(cells) and (part := _sayable(cells[index]))]
        if len(parts) == 2 and parts[1].startswith(f"{parts[0]} "):
            del parts[0]  # "First Name" beside "Name", and that is all of it
        return " ".join(parts)[:200].strip() or None

    def _timezone(self, row: Row) -> str:
        return value(row.cells[self.zone]) if self.zone is not None and self.zone < len(row.cells) else ""

    def _fields(self, row: Row) -> dict[str, str]:
        cells = row.cells
        width = len(cells)
        return {
            name: text
            for index, name in self.fields
            if index < width and (text := _sayable(cells[index])[:LONGEST_VALUE].rstrip())
        }


def _sayable(cell: str) -> str:
    return (cell if cell.isprintable() else cell.translate(_UNSEEN)).strip()


def layout_of(table: Table, wishes: Wishes) -> Layout:
    """What the columns of a table are. Raises `Invalid` for wishes about columns that it does not have."""
    titles = _titles(table)
    find = _finder(titles)
    phones = table.phones
    if wishes.phone_column is not None:
        phones = (PhoneColumn(find(wishes.phone_column, "phone_column"), 0),)
    told = {find(title, "columns"): target for title, target in wishes.columns.items()}
    _check_targets(wishes)
    named = [index for index, target in told.items() if target is not None and field_key(target) == NAME]
    zoned = [index for index, target in told.items() if target is not None and field_key(target) in TIMEZONE]
    numbers = {column.index for column in phones}
    titled = name_columns(table.header) if phones else ()
    names = named or [index for index in titled if index not in numbers and index not in told]
    zone = zoned[0] if zoned else zone_column(table.header) if phones else None
    if not zoned and zone in numbers | set(told):
        zone = None
    # A column that is called `name` is the name, and no field beside it; that of time zones is none either.
    taken = numbers | set(told) | {index for index in names if field_key(titles[index]) == NAME} | {zone}
    wanted = [(index, target) for index, target in told.items() if target is not None and index not in (*named, *zoned)]
    others = [(index, title) for index, title in enumerate(titles) if index not in taken] if phones else []
    fields = [*wanted, *others][:MOST_FIELDS]
    return Layout(titles, phones, names, zone, sorted(fields))


def _titles(table: Table) -> list[str]:
    """What the columns are called, each differently, those without a title by their position."""
    titles: dict[str, None] = {}
    used: dict[str, int] = {}
    for index in range(table.width):
        written = value(table.header[index]) if index < len(table.header) else ""
        title = " ".join(written.translate(_UNSEEN).split())[:LONGEST_TITLE].strip() or f"Column {index + 1}"
        times = used.get(title, 0) + 1
        while (unique := title if times == 1 else f"{title} {times}") in titles:
            times += 1
        used[title] = times
        titles[unique] = None
    return list(titles)


def _check_targets(wishes: Wishes) -> None:
    """Refuse to make one field of two columns, and to call one so that no message can say it. Raises `Invalid`."""
    seen: set[str] = set()
    for title, target in wishes.columns.items():
        key = field_key(target or "")
        key = "timezone" if key in TIMEZONE else key
        if key == PHONE:
            raise Invalid(
                "columns",
                "invalid_columns",
                f"columns makes a field `phone` of {title!r}. Send it as phone_column instead.",
            )
        if target is not None and key != NAME and (not key or key in seen):
            raise Invalid(
                "columns",
                "invalid_columns",
                f"columns makes {target!r} of {title!r} and of another column, or it is no name for a field. Give each"
                " column a name of its own.",
            )
        seen.add(key)


def _finder(titles: Sequence[str]) -> Callable[[str, str], int]:
    """How a column is found by what somebody calls it: by its title, else by one that means the same."""
    last_to_first = [*reversed([*enumerate(titles)])]
    by_key = {field_key(title): index for index, title in last_to_first}
    by_title = {title: index for index, title in last_to_first}

    def find(title: str, parameter: str) -> int:
        index = by_title.get(title, by_key.get(field_key(title) or title))
        if index is None:
            known = ", ".join(titles[:_LISTED]) + (", ..." if len(titles) > _LISTED else "")
            raise Invalid(
                parameter,
                "unknown_column",
                f"The file has no column {title[:LONGEST_TITLE]!r}. It has these: {known or 'none'}.",
            )
        return index

    return find


def _number_of(phones: Sequence[PhoneColumn]) -> Callable[[Sequence[str]], str]:
    """How the number of a row is found: in the best column in which it has one, by its own labels where it has some."""
    best = phones[0].index
    is_simple = all(column.label is None for column in phones)

    def ranked(cells: Sequence[str]) -> str:
        found = sorted(
            (rank, order, entry)
            for order, column in enumerate(phones)
            if column.index < len(cells)
            and (entry := value(cells[column.index]))
            and (rank := column.rank_in(cells)) is not None
        )
        return found[0][2] if found else ""

    def simple(cells: Sequence[str]) -> str:
        return (value(cells[best]) if best < len(cells) else "") or ranked(cells)

    return simple if is_simple else ranked
