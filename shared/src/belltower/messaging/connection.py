"""A connection to RabbitMQ that is opened again when it breaks.

Plain connections and one visible loop, instead of a library's invisible recovery: whoever uses a connection knows when
it is gone, and everything (topology, prefetch, consumer) is set up again by the same code as the first time.
"""

import asyncio
from collections.abc import Awaitable, Callable

import aio_pika
import structlog
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from yarl import URL

from belltower.runtime.clock import boot_time
from belltower.runtime.settings import BrokerSettings

log = structlog.get_logger(__name__)

BROKER_ERRORS = (*CONNECTION_EXCEPTIONS, asyncio.TimeoutError)
"""What using a connection can raise because the broker or the network is not there."""

HEARTBEAT = 10
"""Seconds; a peer that vanished without a word is noticed within three of these."""
_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
_STEADY = 10.0
"""Seconds after which a connection counts as good, and the next one is tried at once when it breaks."""


async def keep_connected(
    settings: BrokerSettings, *, name: str, use: Callable[[AbstractConnection], Awaitable[None]]
) -> None:
    """Connect and call `use(connection)`; when the connection breaks, end that call and begin again. Never returns."""
    url = URL(settings.amqp_url.get_secret_value()).update_query(heartbeat=HEARTBEAT)
    failures = 0
    while True:
        began = boot_time()
        try:
            connection = await aio_pika.connect(str(url), timeout=5, client_properties={"connection_name": name})
            async with connection:
                await _until_closed(connection, use)
        except BROKER_ERRORS as error:
            log.warning("broker_connection_lost", error=f"{type(error).__name__}: {error}", name=name)
        if boot_time() - began > _STEADY:
            failures = 0
        await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
        failures += 1


async def _until_closed(connection: AbstractConnection, use: Callable[[AbstractConnection], Awaitable[None]]) -> None:
    # Not `connection.closed()`: of a plain connection that tells only of our own `close()`.
    broken = asyncio.Event()
    connection.close_callbacks.add(lambda *_: broken.set())
    using = asyncio.ensure_future(use(connection))
    closed = asyncio.ensure_future(broken.wait())
    try:
        await asyncio.wait({using, closed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        closed.cancel()
        while not using.done():
            # Again and again: aio-pika swallows a cancellation that comes while it closes a channel.
            using.cancel()
            await asyncio.wait({using}, timeout=0.5)
        results = await asyncio.gather(using, return_exceptions=True)
    if isinstance(results[0], Exception):
        raise results[0]
    if broken.is_set():
        raise ConnectionError("The connection broke.")
