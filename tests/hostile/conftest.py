"""The API at a socket, in the test's own process: what time it grants others can be shortened here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from tests.support.api import Api

from belltower.runtime import http_protocol
from belltower.runtime.process import serve_http
from belltower_api import middleware
from belltower_api.app import create_app
from belltower_local import ports


async def everything(reader: asyncio.StreamReader) -> bytes:
    """What comes until the other side hangs up, politely or not."""
    found = b""
    with suppress(ConnectionError):
        while piece := await reader.read(2**16):
            found += piece
    return found


@dataclass
class Wire:
    """The API, to be spoken to in bytes."""

    api: Api
    port: int

    @property
    def authorization(self) -> bytes:
        """The header with the account's key."""
        return b"Authorization: " + self.api.client.headers["Authorization"].encode() + b"\r\n"

    async def said(self, *parts: bytes, timeout: float = 10.0) -> bytes:
        """All that is answered to these parts, until the API hangs up. Raises `TimeoutError` if it does not within `timeout`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**24)
        try:
            async with asyncio.timeout(timeout):
                for part in parts:
                    writer.write(part)
                    with suppress(ConnectionError):
                        await writer.drain()
                return await everything(reader)
        finally:
            writer.close()

    async def is_well(self) -> None:
        """It answers the next request."""
        answer = await self.said(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 "), answer


@pytest.fixture
async def wire(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """The API at a socket, where all times are short."""
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT", 0.5)
    monkeypatch.setattr(http_protocol, "READ_TIMEOUT", 0.5)
    monkeypatch.setattr(middleware, "BODY_PAUSE", 0.5)
    monkeypatch.setattr(middleware, "BODY_TIMEOUT", 1.5)
    monkeypatch.setattr(middleware, "PLACE_TIMEOUT", 0.5)
    port = ports.any_free()
    served = api.at(http_port=port)
    stopping = asyncio.Event()
    server = asyncio.create_task(serve_http(create_app(served.settings, api.engine), served.settings, stopping))
    found = Wire(served, port)
    async with asyncio.timeout(10):
        while True:
            with suppress(ConnectionError):
                await found.is_well()
                break
            await asyncio.sleep(0.01)
    yield found
    stopping.set()
    await server
