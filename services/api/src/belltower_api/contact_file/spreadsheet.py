"""The XML of a workbook (ECMA-376, part 1, 18), each part read piece by piece."""

import re
from array import array
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn, Protocol
from xml.parsers import expat

from belltower_api.contact_file.rows import Row

LONGEST_ROW = 2**20
"""Characters. A text is in a workbook once, however many cells show it."""
MOST_COLUMNS = 2**14
"""As in Excel."""
MOST_ROWS = 2**20
"""As in Excel."""
MOST_CELLS = 2**26
"""Of a sheet, with the empty ones before the last of a row."""
MOST_SHARED = 100 * 2**20
"""Bytes of the texts that cells share."""
MOST_TEXTS = 10_000_000
"""How many there are of them."""
MOST_PARTS = 10_000
"""Sheets of a workbook, and parts that one part is related to."""
MOST_STYLES = 2**16
"""As in Excel (there: 65,490)."""

_PIECE = 2**14
"""Bytes of XML that are read at once: the rows in them are in memory together."""
_LONGEST_TAG = 2**18
"""Bytes of a tag or a comment, which expat has to see as a whole."""
_DEEPEST = 100
"""Elements within each other; a cell's text is the eighth."""
_LONGEST_FORMAT = 1_000
"""Characters of a number's format, of which Excel allows 255."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How XML that cannot hold a character holds it (18.4.12)."""
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of formats that need no definition, those of dates and times (18.8.30)."""
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
"""What of a format is no letter of a date: text, colours, conditions."""
_OF_A_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)


class TooMuch(Exception):
    """More than any list of contacts has."""


class Forbidden(Exception):
    """A document type with entities: no workbook has one."""


class Part(Protocol):
    """A part of a workbook, to be read from its beginning."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size` of them."""


class Reader(Protocol):
    """What is told of the elements of a part, by their local names: strict and transitional workbooks differ in the namespace
    only."""

    depth: int
    """How many elements have begun and not ended: each takes memory of the parser."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins. Attributes are named as they are written."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text, perhaps not all that there is at this place."""


def read_part(part: Part, reader: Reader) -> None:
    """Read a part to its end. Raises `ExpatError`, `Forbidden` and what the reader raises."""
    for _ in _pieces(part, reader):
        pass


def _pieces(part: Part, reader: Reader) -> Generator[None, None, None]:
    """Read a part, with a rest after each piece."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _forbid
    parser.CharacterDataHandler = reader.text

    def start_root(name: str, attributes: dict[str, str]) -> None:
        # Hardly any program gives names a prefix, and calls in between would be most of what a large sheet costs.
        has_prefixes = ":" in name
        parser.StartElementHandler = start_with_prefix if has_prefixes else reader.start
        parser.EndElementHandler = end_with_prefix if has_prefixes else reader.end
        parser.StartElementHandler(name, attributes)

    def start_with_prefix(name: str, attributes: dict[str, str]) -> None:
        reader.start(_local(name), attributes)

    def end_with_prefix(name: str) -> None:
        reader.end(_local(name))

    parser.StartElementHandler = start_root
    fed = 0
    while piece := part.read(_PIECE):
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > _LONGEST_TAG or reader.depth > _DEEPEST:
            raise TooMuch
        yield
    parser.Parse(b"", True)
    yield


def _forbid(*_: object) -> NoReturn:
    raise Forbidden


@lru_cache(maxsize=512)
def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Relation:
    """That a part belongs to another."""

    id: str
    kind: str
    target: str


class _Relations:
    def __init__(self) -> None:
        self.depth = 0
        self.found: list[Relation] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if name == "Relationship":
            self.found.append(Relation(attributes["Id"], attributes["Type"], attributes["Target"].replace("\\", "/")))
            if len(self.found) > MOST_PARTS:
                raise TooMuch

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None: ...


def read_relations(part: Part) -> list[Relation]:
    """What a part of relations says."""
    relations = _Relations()
    read_part(part, relations)
    return relations.found


class Sheets:
    """The sheets of a workbook."""

    def __init__(self) -> None:
        self.depth = 0
        self.visible: list[str] = []
        """Ids of the relations to those that a person sees, in their order."""
        self.begins_in_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self.visible.append(_relation(attributes))
            if len(self.visible) > MOST_PARTS:
                raise TooMuch
        elif name == "workbookPr":
            self.begins_in_1904 = attributes.get("date1904", "0") in ("1", "true")

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None: ...


def _relation(attributes: Mapping[str, str]) -> str:
    """The id of the relation to what an element stands for; its prefix is whichever the program likes."""
    return {_local(name): value for name, value in attributes.items()}["id"]


class Styles:
    """Which styles show a number as a date or a time, and from when days are counted."""

    def __init__(self, begins_in_1904: bool) -> None:
        self._epoch = datetime(1904, 1, 1) if begins_in_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - wall time
        self._formats: dict[str, bool] = {}
        self._are_dates: list[bool] = []
        self._is_inside = False
        self.depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if name == "numFmt":
            code = _NO_DATE.sub("", attributes.get("formatCode", "")[:_LONGEST_FORMAT])
            self._formats[attributes["numFmtId"]] = bool(_OF_A_DATE.search(code)) and "general" not in code.lower()
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            number = attributes.get("numFmtId", "0")
            self._are_dates.append(self._formats.get(number, number.isdecimal() and int(number) in _DATE_FORMATS))
        if max(len(self._formats), len(self._are_dates)) > MOST_STYLES:
            raise TooMuch

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "cellXfs":
            self._is_inside = False

    def text(self, text: str) -> None: ...

    def is_date(self, style: str | None) -> bool:
        """Whether cells of this style hold days since the beginning."""
        return (
            style is not None
            and style.isdecimal()
            and int(style) < len(self._are_dates)
            and self._are_dates[int(style)]
        )

    def moment(self, days: float) -> date | time | datetime | None:
        """What so many days since the beginning mean: a day, a time of day, or both; None: no moment at all."""
        try:
            moment = self._epoch + timedelta(seconds=round(days * 86_400))
        except (OverflowError, ValueError):
            return None
        if 0 <= days < 1:
            return moment.time()
        return moment.date() if moment.time() == time() else moment


class SharedTexts:
    """The texts that cells share, one behind the other in a single block: as Python's own they would take five times as much."""

    def __init__(self) -> None:
        self._block = bytearray()
        self._ends = array("Q", [0])
        self._is_text = self._is_phonetic = False
        self.depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if name == "t":
            self._is_text = not self._is_phonetic
        elif name == "rPh":
            self._is_phonetic = True

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self._ends.append(len(self._block))
            if len(self._ends) > MOST_TEXTS:
                raise TooMuch

    def text(self, text: str) -> None:
        if self._is_text:
            self._block += text.encode()
            if len(self._block) > MOST_SHARED:
                raise TooMuch

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            raise KeyError(index)
        return _unescaped(self._block[self._ends[index] : self._ends[index + 1]].decode())


class _SheetReader:
    """Turns the cells of a sheet into rows."""

    def __init__(self, texts: SharedTexts, styles: Styles) -> None:
        self.rows: list[Row] = []
        """Those that were read since they were last taken."""
        self.depth = 0
        self._texts, self._styles = texts, styles
        self._line = 0
        self._cells: list[str] = []
        self._cells_before = 0
        self._length = 0
        self._column = -1
        self._kind = "n"
        self._style: str | None = None
        self._said: list[str] = []
        self._heard = 0
        self._listens = self._is_phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if name == "c":
            self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            if self._column >= MOST_COLUMNS:
                raise TooMuch
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s")
            self._said.clear()
            self._heard = 0
        elif name in ("v", "t"):
            self._listens = not self._is_phonetic
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "row":
            self._line = int(attributes["r"]) if "r" in attributes else self._line + 1
            self._cells_before += len(self._cells)
            if not 1 <= self._line <= MOST_ROWS or self._cells_before > MOST_CELLS:
                raise TooMuch
            self._cells, self._length, self._column = [], 0, -1

    def end(self, name: str) -> None:
        self.depth -= 1
        if name in ("v", "t"):
            self._listens = False
        elif name == "c":
            if self._said and (said := self._value("".join(self._said))):
                self._put(said)
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "row" and self._length:
            self.rows.append(Row(self._line, self._cells))

    def text(self, text: str) -> None:
        if self._listens:
            self._said.append(text)
            self._heard += len(text)
            if self._heard > LONGEST_ROW:
                raise TooMuch

    def _put(self, said: str) -> None:
        self._length += len(said)
        if self._length > LONGEST_ROW:
            raise TooMuch
        gap = self._column - len(self._cells)
        if gap > 0:
            self._cells += [""] * gap
        if gap < 0:  # a cell that is there twice, or out of its order
            self._cells[self._column] = said
        else:
            self._cells.append(said)

    def _value(self, said: str) -> str:
        match self._kind:
            case "s":
                return self._texts[int(said)]
            case "n" if self._styles.is_date(self._style):
                return shown_moment(self._styles.moment(float(said))) or shown_number(said)
            case "n":
                return shown_number(said)
            case "b":
                return "TRUE" if said.strip() == "1" else "FALSE"
            case _:
                return _unescaped(said)


def sheet_rows(part: Part, texts: SharedTexts, styles: Styles) -> Generator[Row, None, None]:
    """The rows of a sheet that have something in them. Raises `TooMuch`, and what a broken part raises."""
    reader = _SheetReader(texts, styles)
    for _ in _pieces(part, reader):
        yield from reader.rows
        reader.rows.clear()


@lru_cache(maxsize=MOST_COLUMNS)
def _column_of(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise KeyError(letters)
        column = column * 26 + ord(letter) - ord("A") + 1
    if column == 0:
        raise KeyError(letters)
    return column - 1


def _column(reference: str) -> int:
    """The column, from 0, of a cell such as `AB12`."""
    return _column_of(reference.rstrip("0123456789")[:4])


def shown_number(said: str) -> str:
    """A number as a person would read it out: a telephone number is kept as a floating point number, and has no fraction."""
    if said.isascii() and said.isdecimal():
        return said
    number = float(said)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{Decimal(f'{number:.15g}'):f}"


def shown_moment(moment: date | time | datetime | None) -> str:
    """A day, a time of day, or both, without seconds where there are none."""
    match moment:
        case None:
            return ""
        case datetime():
            return moment.isoformat(" ", "seconds" if moment.second else "minutes")
        case time():
            return moment.isoformat("seconds" if moment.second else "minutes")
        case _:
            return moment.isoformat()


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: _character(int(found[1], 16)), text)


def _character(code: int) -> str:
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else chr(code)
