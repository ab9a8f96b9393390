"""Hearing NOTIFY on a connection of its own, so that work nearer than the next look is not late."""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

from belltower.db.engine import CONNECTION_ERRORS, connect_directly
from belltower.db.notify import CHANNEL
from belltower.runtime.settings import DatabaseSettings

log = structlog.get_logger(__name__)

PING_INTERVAL = 5.0
RECONNECT_PAUSE = 0.5


async def listen(settings: DatabaseSettings, *, woken: Callable[[], None], connected: Callable[[], None]) -> None:
    """Call `woken()` at every notification, and after every (re)connection, since one may have been missed. Never returns."""
    while True:
        connection: asyncpg.Connection | None = None
        try:
            connection = await connect_directly(settings, name="scheduler listener")
            await connection.add_listener(CHANNEL, lambda *_: woken())
            connected()
            woken()
            while True:
                await asyncio.sleep(PING_INTERVAL)
                await connection.execute("SELECT 1")
        except CONNECTION_ERRORS as error:
            log.warning("listener_lost", error=f"{type(error).__name__}: {error}")
        finally:
            if connection is not None:
                connection.terminate()
        await asyncio.sleep(RECONNECT_PAUSE)
