"""Many rows of one table on their way into it: kept on disk as COPY takes them, so that a long list needs no memory."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from tempfile import SpooledTemporaryFile
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import LONGEST_STATEMENT, driver_connection
from belltower.runtime import fault

_IN_MEMORY = 2**20
"""Bytes of rows beyond which they lie on disk."""
_CHUNK = 5_000
"""Rows between which the event loop serves others: about two milliseconds."""
_LARGE = 50_000

_NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ESCAPE = re.compile(r"\\(.)")
_MEANING = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


class Rows:
    """Rows to copy, in the order in which they are added. Not for two threads at once."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - close() closes it
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the disk."""
        self._file.close()

    def add(self, *values: str | int | None) -> None:
        """Add a row of these values."""
        self._file.write(("\t".join(map(_written, values)) + "\n").encode())
        self._count += 1

    def __iter__(self) -> Iterator[tuple[str | None, ...]]:
        """The rows again, as texts."""
        self._file.seek(0)
        for line in self._file:
            yield tuple(map(_read, line.decode().removesuffix("\n").split("\t")))
        self._file.seek(0, 2)

    async def copy(self, connection: AsyncConnection, table: str, *columns: str, **constants: str) -> None:
        """Write the rows into a table, in the caller's transaction; the `constants` are columns that all of them share."""
        await allow_time_for(connection, self._count)
        driver = await driver_connection(connection)
        await driver.copy_to_table(
            table,
            source=self._chunks("".join(f"{_written(value)}\t" for value in constants.values()).encode()),
            columns=(*constants, *columns),
            format="text",
        )

    async def _chunks(self, before: bytes) -> AsyncIterator[bytes]:
        self._file.seek(0)
        chunk: list[bytes] = []
        for line in self._file:
            chunk.append(before + line)
            if len(chunk) == _CHUNK:
                yield b"".join(chunk)
                chunk.clear()
                await asyncio.sleep(0)
        fault.point("contacts.copying")
        yield b"".join(chunk)


async def allow_time_for(connection: AsyncConnection, rows: int) -> None:
    """Let statements about so many rows take as long as they take, in the caller's transaction."""
    if rows > _LARGE:
        await connection.execute(text(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT:.0f}s'"))


def _written(value: str | int | None) -> str:
    if value is None:
        return _NULL
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPED)


def _read(written: str) -> str | None:
    if "\\" not in written:
        return written
    return None if written == _NULL else _ESCAPE.sub(lambda found: _MEANING[found[1]], written)
