"""`belltower`: the commands of an operator."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.support.api import api_settings

from belltower.cli import app
from belltower.db.engine import create_engine
from belltower_api.app import create_app

BELLTOWER = str(Path(sys.executable).with_name("belltower"))


def belltower(database_url: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": database_url}
    return subprocess.run(
        [BELLTOWER, *arguments], env=environment, input=given, capture_output=True, text=True, timeout=60
    )


async def test_migrate_makes_the_schema_and_then_has_nothing_to_do(empty_database_url: str) -> None:
    first, second = belltower(empty_database_url, "migrate"), belltower(empty_database_url, "migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "from nothing to the schema" in first.stdout
    assert "already" in second.stdout


async def test_migrate_refuses_a_database_that_is_somebody_elses(empty_database_url: str) -> None:
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute("CREATE TABLE precious (value int)")
    result = belltower(empty_database_url, "migrate")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "The database is not empty and not Belltower's. Point DATABASE_URL at an empty database, or at Belltower's own.\n"
    )
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert [row["tablename"] for row in tables] == ["precious"]
    await connection.close()


def test_what_an_operator_can_mend_is_a_sentence(
    empty_database_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = ("create-account", "Acme", "--email", "ann@example.com")
    for url, arguments, said, given in (
        ("", ("migrate",), "DATABASE_URL is not set.", ""),
        (empty_database_url + "_not", ("migrate",), "does not exist", ""),
        (empty_database_url, account, "Run `belltower migrate` first.", ""),
        (database_url, (*account[:3], "ann"), "ann is not an e-mail address.", ""),
        (database_url, (*account, "--caller-id", "123"), "Write it like +14155550100.", ""),
        (database_url, (*account, "--balance", "lots"), "such as 100.00.", ""),
        (database_url, (*account, "--balance=-1"), "such as 100.00.", ""),
        (database_url, (*account, "--balance", "NaN"), "such as 100.00.", ""),
        (database_url, (*account, "--password-stdin"), "at least 12 characters.", "short\n"),
    ):
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setattr("sys.stdin", StringIO(given))
        with pytest.raises(SystemExit) as ended:
            app(arguments)
        printed = capsys.readouterr()
        assert ended.value.code
        assert said in printed.err + str(ended.value.code), "a sentence as the code is what Python writes to stderr"
        assert printed.out == ""


async def test_a_new_account_has_an_administrator_a_key_that_works_and_a_ledger_that_sums_up(database_url: str) -> None:
    arguments = ("create-account", "Acme", "--email", "Ann@Example.com", "--caller-id", "+1 415 555 0100", "--json")
    created = json.loads(belltower(database_url, *arguments, "--balance", "100.00").stdout)

    assert set(created) == {"account_id", "email", "password", "api_key"}
    assert created["email"] == "ann@example.com"
    settings = api_settings(database_url)
    engine = create_engine(settings, name="test")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(settings, engine)),
        base_url="http://api",
        headers={"Authorization": f"Bearer {created['api_key']}"},
    ) as client:
        assert (await client.get("/api/wallet")).json()["balance"] == "100.00"
    await engine.dispose()
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT sum(amount) FROM ledger_entries") == 100
    stored = await connection.fetchrow("SELECT users.*, api_keys.* FROM users, api_keys")
    assert stored["role"] == "administrator"
    assert stored["password_hash"].startswith("$argon2id$")
    assert created["api_key"][3:] not in str(dict(stored))
    assert await connection.fetchval("SELECT caller_id FROM accounts") == "+14155550100"
    await connection.close()


async def test_an_address_has_one_account(database_url: str) -> None:
    arguments = ("create-account", "Acme", "--email", "ann@example.com", "--json")
    first = json.loads(belltower(database_url, *arguments).stdout)

    again = belltower(database_url, *arguments)
    assert (again.returncode, again.stdout) == (1, "")
    assert "already belongs to an account" in again.stderr
    existing = belltower(database_url, *arguments, "--if-missing")
    assert json.loads(existing.stdout) == {"account_id": first["account_id"], "existing": True}


async def test_a_given_password_is_not_shown(database_url: str) -> None:
    arguments = ("create-account", "Acme", "--email", "ann@example.com", "--password-stdin")
    result = belltower(database_url, *arguments, given="correct horse battery\n")
    assert result.returncode == 0
    assert "correct horse" not in result.stdout + result.stderr
    assert "bt_" in result.stdout


@pytest.mark.parametrize("arguments", [(), ("--help",), ("create-account", "--help")])
def test_help_is_there(arguments: tuple[str, ...]) -> None:
    assert "Usage" in belltower("", *arguments).stdout
