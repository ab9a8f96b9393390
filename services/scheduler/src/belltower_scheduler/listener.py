"""Hearing NOTIFY on a connection of its own, so that work nearer than the next look is not late."""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

from belltower.db.engine import CONNECTION_ERRORS, connect_directly
from belltower.db.notify import CHANNEL, read_due_in
from belltower.runtime.settings import DatabaseSettings

log = structlog.get_logger(__name__)

PING_INTERVAL = 5.0
RECONNECT_PAUSE = 0.5


async def listen(settings: DatabaseSettings, *, woken: Callable[[float], None], connected: Callable[[], None]) -> None:
    """Call `woken(due_in)` at every notification, and at every (re)connection, since one may have been missed; for ever."""
    while True:
        connection: asyncpg.Connection | None = None
        try:
            connection = await connect_directly(settings, name="scheduler listener")
            await connection.add_listener(CHANNEL, lambda *notified: woken(read_due_in(notified[-1])))
            connected()
            woken(0)
            while True:
                await asyncio.sleep(PING_INTERVAL)
                await connection.execute("SELECT 1")
        except CONNECTION_ERRORS as error:
            log.warning("listener_lost", error=f"{type(error).__name__}: {error}")
        finally:
            if connection is not None:
                connection.terminate()
        await asyncio.sleep(RECONNECT_PAUSE)
