"""Rows out of an Excel workbook (.xlsx), read by a process of its own: see `workbook_process`."""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

from belltower.domain.errors import Invalid
from belltower_api.contact_file import workbook_process
from belltower_api.contact_file.rows import Row
from belltower_api.errors import TooLarge

MAGIC = b"PK\x03\x04"
"""How a zip archive begins, and so a workbook."""
MAX_UNPACKED = 400 * 2**20
"""Bytes of all that is in the archive."""
MAX_RATIO = 200
"""Workbooks shrink to a tenth, very dull ones to a fiftieth; what shrinks to less was made to do harm."""
_HARMLESS = 10 * 2**20
"""Bytes unpacked up to which the ratio is of no interest."""
_TOO_LARGE = "Save the sheet with the numbers as CSV and send that, or split it."


def rows(file: BinaryIO) -> Generator[Row, None, None]:
    """The rows of the first sheet that has any, without the empty ones. Raises `Invalid` and `TooLarge`."""
    _check(file)
    return _rows(file)


def _check(file: BinaryIO) -> None:
    """Refuse what is no workbook, and what would unpack to more than any list, by the archive's directory alone."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _broken() from None
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > _HARMLESS and unpacked > MAX_RATIO * packed):
        raise TooLarge(f"The workbook unpacks to {unpacked / 2**20:,.0f} MB, which is more than is read. {_TOO_LARGE}")
    if not any(member.filename.replace("\\", "/").lower().startswith("xl/") for member in members):
        raise Invalid(
            "file",
            "invalid_file",
            "The file is a zip archive and no Excel workbook (.xlsx). Unpack it, and send the list that is in it.",
        )


def _rows(file: BinaryIO) -> Generator[Row, None, None]:
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own program, and the file is no argument of it
            [sys.executable, "-I", str(Path(workbook_process.__file__))],
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    if not line.endswith(b"\n"):  # it was ended in the middle of a row
                        break
                    number, cells = json.loads(line)
                    yield Row(number, cells)
                status = process.wait()
            finally:
                process.kill()
    if status in (workbook_process.BROKEN, 1):
        raise _broken()
    if status == workbook_process.PROTECTED:
        raise Invalid("file", "invalid_file", "The workbook has a password. Save it without one, or as CSV.")
    if status:  # out of memory or time: by its own account, or by a signal
        raise TooLarge(f"The workbook has more cells than can be read. {_TOO_LARGE}")


def _broken() -> Invalid:
    return Invalid(
        "file",
        "invalid_file",
        "The file is no Excel workbook that can be read; it may have been cut off. Open it in Excel and save it as .xlsx"
        " again, or save it as CSV.",
    )
