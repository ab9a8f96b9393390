"""A row of a file, whatever the file is, and what its cells look like."""

import re
from typing import NamedTuple

SAMPLE = 100
"""Rows, or lines, by which it is found out how a file is written."""

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
