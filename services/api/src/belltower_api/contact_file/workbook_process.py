"""The program that reads an Excel workbook, in a process of its own: `python workbook_process.py`, the workbook as stdin.

The library that reads it is native code, and takes memory for every cell between the first and the last, whatever a workbook
of a few hundred bytes says these are. Here it can run out of memory or crash, and the API answers with a sentence. The rows
of the first sheet that has any go to stdout, a line of JSON each: [number of the row, [text of the cells]].

It imports nothing of Belltower, so that it starts in no time.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY = 512 * 2**20
"""Bytes of address space: a million rows of five columns fit."""
CPU_SECONDS = 120
LONGEST_ROW = 2**20
"""Characters. A text is in a workbook once, however many cells show it."""

BROKEN, PROTECTED, TOO_LARGE = 10, 11, 12
"""How it ends when it cannot read the workbook."""

Cell = int | float | str | bool | date | datetime | time | timedelta


def text_of(cell: Cell) -> str:
    """What a cell says, as a person would read it out: whole numbers without a fraction (a telephone number is kept as a
    floating point number), and no seconds or hours where there are none."""
    match cell:
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return f"{Decimal(f'{cell:.15g}'):f}"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ", "seconds" if cell.second else "minutes")
        case time():
            return cell.isoformat("seconds" if cell.second else "minutes")
        case _:
            return str(cell)


def rows(workbook: CalamineWorkbook) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of the first visible sheet that has any, with their numbers in it from 1."""
    for position, sheet in enumerate(workbook.sheets_metadata):
        if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
            continue
        content = workbook.get_sheet_by_index(position)
        if content.start is None:
            continue
        has_content = False
        for number, row in enumerate(content.iter_rows(), start=1):
            cells = [text_of(cell) for cell in row]
            if any(cells):
                has_content = True
                yield number, cells
        if has_content:
            return


def _restrict() -> None:
    """Be the first to go when memory is short, and take no more of it, and of the processor, than any list needs."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(OSError, ValueError):  # not every system can
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read the workbook; how it went."""
    _restrict()
    try:
        with CalamineWorkbook.from_filelike(sys.stdin.buffer) as workbook:
            for number, cells in rows(workbook):
                if sum(map(len, cells)) > LONGEST_ROW:
                    return TOO_LARGE
                sys.stdout.write(json.dumps([number, cells]) + "\n")
        sys.stdout.flush()
    except MemoryError:
        return TOO_LARGE
    except PasswordError:
        return PROTECTED
    except BrokenPipeError:  # nobody reads on
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a panic of the native code is no Exception
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
