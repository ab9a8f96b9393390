"""What a request to the carrier costs, with one pool of 200 connections and with the sharded transport.

python bench/carrier_client.py
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import uvloop

from belltower.telephony.connections import ShardedTransport

REQUESTS = 2_000
CONCURRENCY = 64


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(9)
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _cost(post: Callable[[], Awaitable[object]]) -> str:
    turns = iter(range(REQUESTS))

    async def worker() -> None:
        for _ in turns:
            await post()

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return f"{cpu / REQUESTS * 1000:.2f} ms of CPU a request, {REQUESTS / wall:.0f} requests a second"


async def main() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    for name, transport in (
        ("one pool of 200", httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=200))),
        ("25 pools of 8", ShardedTransport(shards=25, connections=8, keepalive_expiry=4.0)),
    ):
        async with httpx.AsyncClient(transport=transport) as client:
            print(f"{name}: {await _cost(lambda client=client: client.post(url, content=b'To=%2B1555'[:9]))}")  # type: ignore[misc]
    server.close()


if __name__ == "__main__":
    uvloop.run(main())
