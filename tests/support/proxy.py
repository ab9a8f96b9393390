"""A network that a test can cut, slow down and stall: connections to a server go through here."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit

_KEEPALIVE = 8.0
"""Seconds after which a server notices that a client has vanished: 3 s of silence and five probes, as our sessions ask for."""


class Proxy:
    """Forwards TCP to a server, `async with`. Cut, it drops every connection and takes no new one until it is mended.

    What goes to the server is late by as many seconds as `delay` says, each time anew.
    """

    def __init__(self, url: str, delay: Callable[[], float] = lambda: 0) -> None:
        self.delay = delay
        self.passed = 0
        """How many pieces of data have passed."""
        self.held_up = 0
        """How many of them were late, or had to wait while nothing flowed."""
        self.dropped = 0
        """How many connections were dropped, or could not be made."""
        self._target = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._pipes: set[asyncio.Task[None]] = set()
        self._buried: set[asyncio.Task[None]] = set()
        self._to_server: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def url(self) -> str:
        """The server's URL, by way of this proxy."""
        login, at, _ = self._target.netloc.rpartition("@")
        return urlunsplit(self._target._replace(netloc=f"{login}{at}127.0.0.1:{self._port}"))

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._pipes) // 2

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
        self.dropped += self.connections
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def stall(self) -> None:
        """Let nothing through, and tell nobody: connections stay open, and new ones are taken."""
        self._flows.clear()

    def flow(self) -> None:
        """Let through what waits, and all that follows."""
        self._flows.set()

    def bury(self) -> None:
        """Let nothing through on the connections that there are, ever again, and tell nobody: as if either end had vanished.

        A server notices by its TCP keepalives after some seconds, and gives up the session; the client never hears of it.
        """
        self._buried |= self._pipes
        for to_server in self._to_server:
            asyncio.get_running_loop().call_later(_KEEPALIVE, to_server.transport.abort)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._target.hostname
        assert self._server
        try:
            from_server, to_server = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            self.dropped += 1
            writer.transport.abort()
            return
        if not self._server.is_serving():  # cut meanwhile
            self.dropped += 1
            writer.transport.abort()
            to_server.transport.abort()
            return
        self._to_server.add(to_server)
        self._begin(reader, to_server, lambda: self.delay())
        self._begin(from_server, writer, lambda: 0)

    def _begin(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: Callable[[], float]) -> None:
        pipe = asyncio.create_task(self._pipe(source, sink, delay))
        self._pipes.add(pipe)

        def end(_: object) -> None:  # also when it was cancelled before it began
            sink.transport.abort()
            self._to_server.discard(sink)
            self._pipes.discard(pipe)
            self._buried.discard(pipe)

        pipe.add_done_callback(end)

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: Callable[[], float]) -> None:
        with suppress(OSError):
            await self._forward(source, sink, delay)
        if self._is_buried():
            await asyncio.Event().wait()

    async def _forward(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: Callable[[], float]
    ) -> None:
        while data := await source.read(65536):
            if self._is_buried():
                self.held_up += 1
                continue
            late = delay()
            self.passed += 1
            if late or not self._flows.is_set():
                self.held_up += 1
                await asyncio.sleep(late)
                await self._flows.wait()
            sink.write(data)
            await sink.drain()

    def _is_buried(self) -> bool:
        return asyncio.current_task() in self._buried
