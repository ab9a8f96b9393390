"""A row of a file, whatever the file is, and what its cells look like."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

_SAMPLE = 100

_QUOTES = " \"'\r\n\t\u00a0\ufeff"
_NUMBER_LIKE = re.compile(r"\+?[\d\s().\-/]{7,24}")
_SHORTENED = re.compile(r"\+?\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_DIALLED = re.compile(r"[\d\s+().\-/]{5,24}")
_JOINED = " ::: "


class Row(NamedTuple):
    """A row with something in it."""

    line: int
    """Where it begins: from 1, as an editor or a spreadsheet counts."""
    cells: list[str]


Part = TypeVar("Part")


def sample(parts: Iterator[Part], size: Callable[[Part], int], *, most: int) -> list[Part]:
    """The first lines or rows, by which it is found out how a file is written: a hundred, or as many as have a size of
    `most` together."""
    first: list[Part] = []
    total = 0
    while len(first) < _SAMPLE and total < most and (part := next(parts, None)) is not None:
        first.append(part)
        total += size(part)
    return first


def value(cell: str) -> str:
    """What a cell says, without what spreadsheets put around it: quotes, an apostrophe, a formula. Of several numbers that
    Google has joined in one cell, the first."""
    cell = cell.strip(_QUOTES)
    if cell.startswith('="'):
        cell = cell[2:].strip(_QUOTES)
    if _JOINED in cell:
        cell = next((part.strip() for part in cell.split(_JOINED) if part.strip()), "")
    return cell


def is_number(cell: str) -> bool:
    """Whether a cell is a telephone number and hardly anything else."""
    cell = value(cell).replace("\u202a", "").replace("\u202c", "")
    if not _NUMBER_LIKE.fullmatch(cell):
        return False
    return cell.startswith(("+", "00")) or 9 <= sum(map(str.isdigit, cell)) <= 15


def may_be_number(cell: str) -> bool:
    """Whether a cell could be a telephone number, if its column is called so: a short one, or one without its last
    digits."""
    cell = value(cell)
    if is_number(cell) or _SHORTENED.fullmatch(cell):
        return True
    return bool(_DIALLED.fullmatch(cell)) and sum(map(str.isdigit, cell)) >= 5
