"""An HTTP client that costs next to nothing, so that it does not stand in the way of what it measures: one request at a time on
one connection that stays open, bodies with a Content-Length."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Its body, read."""
        return json.loads(self.body)


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to the server of a URL."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        return cls(reader, writer, parts.netloc)

    async def post(self, path: str, document: Any, **headers: str) -> Answer:
        """Post a document as JSON."""
        return await self.ask("POST", path, json.dumps(document).encode(), content_type="application/json", **headers)

    async def get(self, path: str, **headers: str) -> Answer:
        """Get something."""
        return await self.ask("GET", path, b"", **headers)

    async def ask(self, method: str, path: str, body: bytes, **headers: str) -> Answer:
        """Send a request and read its answer. An underscore in a header's name stands for a hyphen."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None
        )
        if length is None:
            return Answer(int(head.split()[1]), await self._chunks() if b"chunked" in head.lower() else b"")
        return Answer(int(head.split()[1]), await self._reader.readexactly(length))

    async def _chunks(self) -> bytes:
        found = b""
        while size := int(await self._reader.readline(), 16):
            found += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return found

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
