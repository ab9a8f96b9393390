"""The dialer's life, as others see it: a session lock, and a heartbeat row that it renews.

`kill -9` frees the lock at once; a process that is merely stopped keeps it, but its heartbeat lapses and its campaigns
are taken away. When either is lost the dialer stops placing calls by itself, before anybody else may begin.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from belltower.db.engine import CONNECTION_ERRORS, connect_directly, sql
from belltower.runtime.clock import boot_time
from belltower.runtime.settings import DatabaseSettings

log = structlog.get_logger(__name__)

LEASE = 10.0
"""Seconds for which a heartbeat is good."""
INTERVAL = 3.0
RECONNECT_PAUSE = 0.5


Owned = Mapping[UUID, int]
"""The campaigns that a dialer owns according to the database, with their epochs."""


@cache
def _text(name: str) -> str:
    return sql(name).text


class Heartbeat:
    """One dialer's lock and heartbeat, on a connection of its own that is in no pool."""

    def __init__(self, settings: DatabaseSettings, *, name: str, on_renewal: Callable[[Owned, float], None]) -> None:
        self._settings = settings
        self._name = name
        self._on_renewal = on_renewal
        self._connection: asyncpg.Connection | None = None
        self._speaking = asyncio.Lock()
        self._session_since: datetime | None = None
        self._good_until = 0.0
        self.dialer_id = 0
        self.registered = asyncio.Event()

    def is_alive(self) -> bool:
        """Whether nobody can have taken this dialer's campaigns away yet, or can take it for dead."""
        connection = self._connection
        return connection is not None and not connection.is_closed() and boot_time() < self._good_until

    async def run(self) -> None:
        """Register, then renew every few seconds, on a new connection when the old one breaks; for ever."""
        while True:
            try:
                if self._connection is None:
                    await self._connect()
                await self._renew()
                await asyncio.sleep(INTERVAL)
            except CONNECTION_ERRORS as error:
                log.warning("heartbeat_failed", error=f"{type(error).__name__}: {error}")
                self._disconnect()
                await asyncio.sleep(RECONNECT_PAUSE)

    async def retire(self) -> None:
        """Lapse at once: whatever was not released is free for others."""
        async with self._speaking:
            if self._connection is not None:
                with suppress(*CONNECTION_ERRORS):
                    await self._connection.execute(_text("retire_dialer"), self.dialer_id)
            self._disconnect()

    async def is_gone(self, dialer_id: int, *, since: datetime, lapsed_for: float) -> bool:
        """Whether the process of a dialer that lived at `since` has certainly ended.

        Its session lock is free, seen by a session that was open before `since` (Postgres frees every lock when it
        restarts, but then this session would have ended too); or its lock is free and its heartbeat lapsed `lapsed_for`
        seconds ago, when even a living dialer that lost its database has no request under way any more.
        """
        async with self._speaking:
            connection, session_since = self._connection, self._session_since
            if connection is None or session_since is None:
                return False
            if await connection.fetchval(_text("holds_lock"), dialer_id):
                return False
            if session_since < since:
                return True
            return bool(await connection.fetchval(_text("has_lapsed"), dialer_id, lapsed_for))

    async def _connect(self) -> None:
        connection = await connect_directly(self._settings, name=f"heartbeat of {self._name}")
        try:
            if not self.dialer_id:
                self.dialer_id = await connection.fetchval(_text("register_dialer"), self._name, LEASE)
            # After a break the server may hold the old session's lock for a while; without the lock there is no renewal.
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", self.dialer_id):
                raise ConnectionError("The lock is still held by this dialer's former session.")
            self._session_since = await connection.fetchval("SELECT clock_timestamp()")
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection

    async def _renew(self) -> None:
        async with self._speaking:
            if self._connection is None:
                raise ConnectionError("The heartbeat has been ended.")
            asked_at = boot_time()
            rows: list[Any] = await self._connection.fetch(_text("renew_heartbeat"), self.dialer_id, LEASE)
        if not rows:
            raise RuntimeError(f"The row of dialer {self.dialer_id} is gone; this process starts again as another.")
        self._good_until = asked_at + LEASE
        self.registered.set()
        owned = {row["campaign_id"]: row["epoch"] for row in rows if row["campaign_id"] is not None}
        self._on_renewal(owned, asked_at)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
        self._session_since = None
