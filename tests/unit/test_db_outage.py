"""Which errors of the database pass by themselves."""

import asyncpg
import pytest
from asyncpg.exceptions import _base
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from belltower.db.engine import is_outage


def of_statement(cause: Exception, state: str | None = None) -> DBAPIError:
    """An error as SQLAlchemy raises it from one of asyncpg's."""
    original = Exception(str(cause))
    original.__cause__ = cause
    if state is not None:
        original.sqlstate = state  # type: ignore[attr-defined]
    return DBAPIError("SELECT 1", {}, original)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        PoolTimeout(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.TooManyConnectionsError("too many"),
        asyncpg.IdleInTransactionSessionTimeoutError("idle for too long"),
        of_statement(asyncpg.QueryCanceledError("statement timeout"), "57014"),
        of_statement(asyncpg.DeadlockDetectedError("deadlock"), "40P01"),
        of_statement(asyncpg.InterfaceError("connection is closed")),
        of_statement(ConnectionResetError()),
        of_statement(asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")),
    ],
)
def test_what_passes_by_itself_is_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError(),
        asyncpg.UniqueViolationError("twice"),
        IntegrityError("INSERT", {}, Exception()),
        of_statement(asyncpg.UndefinedTableError("no table"), "42P01"),
        of_statement(_base.DataError("value out of int32 range")),
    ],
)
def test_what_stays_wrong_is_none(error: Exception) -> None:
    assert not is_outage(error)
