"""Tables as CSV files that any spreadsheet opens and none executes."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from fastapi.responses import StreamingResponse


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
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
