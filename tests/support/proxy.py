"""A network that a test can cut: connections to a server go through here."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Forwards TCP to a server, `async with`. Cut, it drops every connection and takes no new one until it is mended.

    What goes to the server is late by as many seconds as `delay` says, each time anew.
    """

    def __init__(self, url: str, delay: Callable[[], float] = lambda: 0) -> None:
        self._target = urlsplit(url)
        self._delay = delay
        self._server: asyncio.Server | None = None
        self._port = 0
        self._pipes: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The server's URL, by way of this proxy."""
        login = self._target.netloc.rpartition("@")[0]
        return urlunsplit(self._target._replace(netloc=f"{login}@127.0.0.1:{self._port}"))

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def mend(self) -> None:
        """Take connections, at the same port as before."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Drop everything."""
        if self._server is not None:
            self._server.close()
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._target.hostname
        to_server = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._pipes |= {
            asyncio.create_task(self._pipe(reader, to_server[1], self._delay)),
            asyncio.create_task(self._pipe(to_server[0], writer, lambda: 0)),
        }

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: Callable[[], float]) -> None:
        try:
            while data := await source.read(65536):
                await asyncio.sleep(delay())
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            with suppress(OSError):
                sink.transport.abort()
