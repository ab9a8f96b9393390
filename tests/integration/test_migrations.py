"""What migrations make of data that is there."""

import json
from typing import Any

import asyncpg
import pytest
from alembic import command
from pydantic import SecretStr
from sqlalchemy import Connection, text

from belltower.db import migrate
from belltower.db.engine import create_engine
from belltower.domain.calling_window import USUAL, CallingWindow
from belltower.runtime.settings import DatabaseSettings


async def upgrade(url: str, revision: str) -> None:
    """Bring a database to a schema."""

    def run(connection: Connection) -> None:
        connection.execute(text("SELECT 1"))
        command.upgrade(migrate._config(connection), revision)

    engine = create_engine(DatabaseSettings(database_url=SecretStr(url)), name="test")
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("08:00", "21:00", USUAL),
        (None, None, None),
        ("22:00", "06:00", {"start": "22:00", "end": "06:00"}),
        ("08:00:30", "21:00:59", {"start": "08:01", "end": "21:00"}),
    ],
)
async def test_the_window_that_an_account_had_stays_its_window_every_day(
    empty_database_url: str, start: str | None, end: str | None, expected: Any
) -> None:
    await upgrade(empty_database_url, "0015")
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute(
        "INSERT INTO accounts (id, name, currency, balance, window_start, window_end)"
        " VALUES (gen_random_uuid(), 'Test', 'USD', 0, CAST($1::text AS time), CAST($2::text AS time))",
        start,
        end,
    )
    await upgrade(empty_database_url, "0016")
    row = await connection.fetchrow("SELECT CAST(calling_window AS text) AS document, unknown_zone FROM accounts")
    await connection.close()
    assert row["unknown_zone"] == "closed"
    found = None if row["document"] is None else CallingWindow.of(json.loads(row["document"]))
    if isinstance(expected, dict):
        days = USUAL.document()["hours"][0]["days"]
        expected = CallingWindow.of({"hours": [{"days": days, **expected}]})
    assert found == expected
