"""A clean database for each test. One that a test leaves behind is emptied for the next, which takes a twentieth of the time that
a new one does; where a test changed more than rows, or filled it, it is dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from tests.support.servers import _execute, _run, _with_path, fresh_database, new_name

MOST_BYTES = 48 * 2**20
"""A database larger than this is not worth emptying; a new one has 9 MB."""

_END_SESSIONS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""

_TABLES = """
SELECT oid::regclass::text AS name FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid"""

_EMPTY = """
DO $$
DECLARE
    each regclass;
    has_rows boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND oid <> ALL ('{kept}'::regclass[])
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', each) INTO has_rows;
        IF has_rows THEN EXECUTE format('DELETE FROM %s', each); END IF;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$"""

_SHAPE = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT 'class' || oid || ':' || xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'column' || attrelid || attname || ':' || pg_attribute.xmin
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'constraint' || oid || ':' || xmin FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger' || oid || ':' || xmin FROM pg_trigger
    UNION ALL SELECT 'function' || oid || ':' || xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'schema' || oid || ':' || xmin FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
    UNION ALL SELECT 'extension' || oid || ':' || xmin FROM pg_extension
    UNION ALL SELECT 'settings' || setconfig::text FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL SELECT 'statistics' || starelid || ':' || staattnum FROM pg_statistic
        JOIN pg_class ON pg_class.oid = starelid WHERE relnamespace = 'public'::regnamespace
) AS lines (line)"""
"""All of a database but the rows of its tables, and what the planner knows of them."""


@dataclass
class Databases:
    """Databases with the newest schema of one server, copied from a template."""

    server: str
    template: str
    _kept: list[str] = field(default_factory=list)
    """Tables that have rows from the beginning; a test that changes them has its database dropped."""
    _clean: list[tuple[str, str]] = field(default_factory=list)
    """Names of databases that wait for a test, with their shapes."""

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of a clean one."""
        name, shape = self._clean.pop() if self._clean else _run(self._make())
        try:
            yield _with_path(self.server, name)
        finally:
            if _run(self._clear(name, shape)):
                self._clean.append((name, shape))
            else:
                _run(self._drop(name))

    def drop(self) -> None:
        """Drop those that wait."""
        for name, _ in self._clean:
            _run(self._drop(name))

    async def _make(self) -> tuple[str, str]:
        name = new_name()
        await _execute(self.server, f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        connection = await asyncpg.connect(_with_path(self.server, name), timeout=30)
        try:
            tables = [row["name"] for row in await connection.fetch(_TABLES)]
            filled = [await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})") for table in tables]
            self._kept = [table for table, is_filled in zip(tables, filled, strict=True) if is_filled]
            return name, await self._shape(connection)
        finally:
            await connection.close()

    async def _clear(self, name: str, shape: str) -> bool:
        """Empty one; False where it is not worth it, or not to be had."""
        try:
            connection = await asyncpg.connect(_with_path(self.server, name), timeout=30)
        except (asyncpg.PostgresError, OSError):
            return False
        try:
            await connection.execute(_END_SESSIONS)
            size = await connection.fetchval("SELECT pg_database_size(current_database())")
            if size > MOST_BYTES or await self._shape(connection) != shape:
                return False
            await connection.execute(_EMPTY.format(kept="{" + ",".join(self._kept) + "}"))
            return True
        except (asyncpg.PostgresError, OSError):
            return False
        finally:
            await connection.close()

    async def _shape(self, connection: Any) -> str:
        kept = [await connection.fetchval(f"SELECT md5(array_agg(t)::text) FROM {table} AS t") for table in self._kept]
        return " ".join([await connection.fetchval(_SHAPE), *kept])

    async def _drop(self, name: str) -> None:
        await _execute(self.server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def databases(postgres_server: str, migrated_template: str) -> Iterator[Databases]:
    """Where tests get their databases."""
    found = Databases(postgres_server, migrated_template)
    yield found
    found.drop()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The URL of a database with the newest schema and nothing in it."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def new_database_url(postgres_server: str, migrated_template: str) -> Iterator[str]:
    """The same, never used before."""
    with fresh_database(postgres_server, f'TEMPLATE "{migrated_template}"') as url:
        yield url
