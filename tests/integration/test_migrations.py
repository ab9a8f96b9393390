"""What migrations make of data that is there."""

import json
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, text
from tests.support.schema import narrowed, read_schema

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


RELEASED = "0016"
"""Migrations up to this one came before two versions ever ran side by side."""


async def narrowing(url: str, revision: str) -> set[str]:
    """What a migration takes from processes of the version before, on a database that has all before it."""
    script = ScriptDirectory(str(migrate._folder())).get_revision(revision)
    assert isinstance(script.down_revision, str), "one after another"
    await upgrade(url, script.down_revision)
    before = await read_schema(url)
    await upgrade(url, revision)
    return narrowed(before, await read_schema(url))


async def test_a_migration_that_takes_something_away_is_recognised(empty_database_url: str) -> None:
    assert await narrowing(empty_database_url, "0002") == set()
    assert await narrowing(empty_database_url, "0014") == set()
    taken = await narrowing(empty_database_url, "0016")
    assert {"accounts.window_start is gone", "accounts.window_end is gone"} <= taken
    connection = await asyncpg.connect(empty_database_url)
    before = await read_schema(empty_database_url)
    await connection.execute(
        """ALTER TABLE accounts ADD COLUMN colour text NOT NULL, ALTER COLUMN caller_id SET NOT NULL;
           ALTER TABLE contacts ALTER COLUMN attempts TYPE bigint, ADD CHECK (name <> '');
           CREATE UNIQUE INDEX ON users (password_hash);
           ALTER TABLE users ADD COLUMN nickname text DEFAULT '' NOT NULL UNIQUE"""
    )
    await connection.close()
    assert narrowed(before, await read_schema(empty_database_url)) == {
        "accounts.colour is new, and must be given",
        "accounts.caller_id must be given",
        "contacts.attempts is bigint, and was smallint",
        "contacts has a new limit: CHECK ((name <> ''::text))",
        "users has a new limit: CREATE UNIQUE INDEX ON public.users USING btree (password_hash)",
    }


async def test_two_versions_can_run_side_by_side_on_the_newer_schema(empty_database_url: str) -> None:
    """What narrows the schema says in `contracts` since when nothing needs what it takes: expand first, contract later."""
    scripts = sorted(ScriptDirectory(str(migrate._folder())).walk_revisions(), key=lambda script: script.revision)
    await upgrade(empty_database_url, RELEASED)
    for script in scripts:
        if script.revision <= RELEASED:
            continue
        taken = await narrowing(empty_database_url, script.revision)
        declared = getattr(script.module, "contracts", None)
        assert bool(taken) == bool(declared), (
            f"{script.revision} ({script.doc}): {sorted(taken) or 'nothing is narrower'}"
        )
