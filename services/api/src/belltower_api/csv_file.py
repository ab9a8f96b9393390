"""Tables as CSV files that any spreadsheet opens and none executes."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from fastapi.responses import StreamingResponse

_FORMULA = re.compile(
    r"((?:^|[;\t|\r\n])[ \u00a0\"\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*)([=+\-@\uff1d\uff0b\uff0d\uff20])"
)
"""Where a cell may begin, what a program may skip there, and a sign that makes a formula of it."""


def csv_responses(columns: Sequence[str], row: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI describes such a file, with one of its rows."""
    return {
        200: {
            "description": f"A table in UTF-8 with the columns {', '.join(columns)}; the first line names them.",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": csv_lines([columns, row])}},
        }
    }


def csv_file(filename: str, lines: AsyncIterator[str]) -> StreamingResponse:
    """A file to download, sent as it is written. It begins with a mark by which Excel knows that it is UTF-8."""

    async def marked() -> AsyncIterator[str]:
        yield "\ufeff"
        async for line in lines:
            yield line

    return StreamingResponse(
        marked(), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows as text."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection).

    Not at its beginning, and not behind what separates cells elsewhere: where a list separator is a semicolon, a program cuts
    the line at each of them and minds no quotes that do not begin a cell. Some take full-width signs for ASCII's.
    """
    return _FORMULA.sub(r"\1'\2", text)
