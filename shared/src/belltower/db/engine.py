"""The connections to Postgres and the edges of transactions."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

import asyncpg
import structlog
from sqlalchemy import TextClause, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from belltower.runtime.settings import DatabaseSettings

log = structlog.get_logger(__name__)

T = TypeVar("T")

_RETRIED_STATES = {"40001", "40P01"}
"""SQLSTATE serialization_failure and deadlock_detected (PostgreSQL, Appendix A): the transaction may simply run again."""
_TRIES = 5
_BROKEN = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a connection raises that cannot be used any more. "another operation is in progress", an internal error by its name, is
what asyncpg says when the server went away in the middle of one."""
CONNECTION_ERRORS = (*_BROKEN, asyncpg.PostgresError)
"""What a connection of one's own may raise that one opens again: it is broken, or the server refuses."""
_OUTAGE_CLASSES = ("08", "40", "53", "57")
"""SQLSTATE classes: connection, rollback, resources, and shutdown, start-up, time-out (PostgreSQL, Appendix A)."""
_IDLE_TOO_LONG = "25P03"
LONGEST_STATEMENT = 300.0
"""Seconds that statements about a long list may take (`copying.allow_time_for`, `allow_long_statements.sql`)."""
_ANSWER_TIME = 5.0
"""Seconds beyond the longest time of a statement, by when the server has refused it or will never answer."""


def database_url(settings: DatabaseSettings) -> URL:
    """The address of the database with the driver that Belltower uses."""
    url = make_url(settings.database_url.get_secret_value())
    return url.set(drivername="postgresql+asyncpg")


def create_engine(
    settings: DatabaseSettings, *, name: str, pool_size: int | None = None, longest: float = LONGEST_STATEMENT
) -> AsyncEngine:
    """A pool of connections, of `pool_size` where the settings' own is not meant; `name` is what `pg_stat_activity` shows.

    `longest` is how many seconds any statement of this process may take: a connection that is silent for longer is dead (its
    server or the network vanished without a word) and is given up.
    """
    engine = create_async_engine(
        database_url(settings),
        pool_size=pool_size or settings.database_pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=False,
        hide_parameters=True,  # numbers and messages of people have no place in logs
        connect_args={
            "timeout": 5,
            "command_timeout": longest + _ANSWER_TIME,
            "server_settings": {
                "application_name": name,
                "timezone": "UTC",
                "statement_timeout": f"{settings.statement_timeout:.0f}s",
                "idle_in_transaction_session_timeout": f"{settings.idle_in_transaction_timeout:.0f}s",
            },
        },
    )

    @event.listens_for(engine.sync_engine, "handle_error")
    def _drop_broken_connections(context: Any) -> None:
        # A connection that the server closed (restart, fail-over), or on which nobody answers, must not be handed out again.
        error = context.original_exception
        if isinstance(error, TimeoutError) or _is_broken(getattr(error, "__cause__", None)):
            context.is_disconnect = True

    return engine


async def connect_directly(settings: DatabaseSettings, *, name: str) -> asyncpg.Connection:
    """One connection outside the pool, in autocommit: for LISTEN, and for a lock that lives as long as its session."""
    url = database_url(settings).set(drivername="postgresql")
    connection = await asyncpg.connect(
        url.render_as_string(hide_password=False),
        timeout=5,
        command_timeout=5,
        server_settings={
            "application_name": name,
            "timezone": "UTC",
            # A peer that vanished without a word is noticed in seconds, and its locks are given up.
            "tcp_keepalives_idle": "3",
            "tcp_keepalives_interval": "1",
            "tcp_keepalives_count": "5",
        },
    )
    return cast(asyncpg.Connection, connection)


@cache
def sql(name: str) -> TextClause:
    """The statement in `db/sql/<name>.sql`."""
    return text(resources.files("belltower.db").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8"))


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction, committed at the end of the block."""
    async with engine.begin() as connection:
        yield connection


async def in_transaction(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Run `work` in a transaction, again when Postgres chose it as a deadlock's victim.

    `work` therefore has no effect outside its transaction.
    """
    for tried in range(1, _TRIES + 1):
        try:
            async with engine.begin() as connection:
                return await work(connection)
        except DBAPIError as error:
            if sqlstate(error) not in _RETRIED_STATES or tried == _TRIES:
                raise
            log.warning("transaction_retried", state=sqlstate(error), tried=tried)
        await asyncio.sleep(random.uniform(0, 0.01 * 2**tried))  # noqa: S311 - jitter
    raise AssertionError("unreachable")


async def database_problem(engine: AsyncEngine) -> str | None:
    """Why the database cannot be used, in a sentence; None when it can. For readiness."""
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT FROM campaigns LIMIT 1"))
    except (SQLAlchemyError, OSError) as error:
        return f"The database cannot be used: {type(error).__name__}."
    return None


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database is away or overloaded, so that the same may work in a while."""
    match error:
        case DBAPIError():
            cause = getattr(error.orig, "__cause__", None)
            return error.connection_invalidated or _passes(sqlstate(error)) or (cause is not None and is_outage(cause))
        case asyncpg.PostgresError():
            return _passes(error.sqlstate)
        case _:
            return _is_broken(error) or isinstance(error, PoolTimeout)


def _passes(state: str | None) -> bool:
    return state is not None and (state.startswith(_OUTAGE_CLASSES) or state == _IDLE_TOO_LONG)


def _is_broken(error: object) -> bool:
    """Whether a connection cannot be used any more. asyncpg calls a value of the wrong type an interface error, too; that
    one is whoever sent it's."""
    return isinstance(error, _BROKEN) and not isinstance(error, ValueError)


def sqlstate(error: DBAPIError) -> str | None:
    """Postgres' five-character code of an error."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)


async def driver_connection(connection: AsyncConnection) -> asyncpg.Connection:
    """The asyncpg connection below a SQLAlchemy one, for COPY, in the same transaction."""
    raw = await connection.get_raw_connection()
    return cast(asyncpg.Connection, raw.driver_connection)


def to_json(value: Any) -> str:
    """A value as a parameter of a statement that casts it to jsonb."""
    return json.dumps(value, separators=(",", ":"), default=str)
