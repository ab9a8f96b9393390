"""`belltower`: the commands of an operator."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.support.api import PASSWORD, api_settings

from belltower.db.engine import create_engine
from belltower_api.app import create_app
from belltower_cli import app

BELLTOWER = str(Path(sys.executable).with_name("belltower"))


def belltower(
    database_url: str, *arguments: str, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    environment |= {"PATH": os.environ["PATH"], "DATABASE_URL": database_url}
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
        assert said in refused(arguments, capsys)


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


async def role_in(database_url: str, email: str) -> tuple[str, str] | None:
    """The name of the account that somebody is in, and their role there."""
    connection = await asyncpg.connect(database_url)
    row = await connection.fetchrow(
        "SELECT accounts.name, role FROM users JOIN accounts ON accounts.id = account_id WHERE email = $1", email
    )
    await connection.close()
    return row and tuple(row)


async def test_a_new_member_can_sign_in_and_is_in_the_account_that_was_said(database_url: str) -> None:
    for name in ("Acme", "Other"):
        assert belltower(database_url, "create-account", name, "--email", f"{name}@example.com").returncode == 0
    secret = ("--password-stdin", "--json")
    said = belltower(
        database_url, "create-user", "Ben@Example.com", "--account", "Other", *secret, given=f"{PASSWORD}\r\n"
    )
    created = json.loads(said.stdout)
    assert (created["account"], created["email"], created["role"]) == ("Other", "ben@example.com", "member")
    assert PASSWORD not in said.stdout + said.stderr
    assert await role_in(database_url, "ben@example.com") == ("Other", "member")

    by_id = ("--account", created["account_id"].upper(), "--role", "administrator")
    assert belltower(database_url, "create-user", "cid@example.com", *by_id, *secret, given=PASSWORD).returncode == 0
    assert await role_in(database_url, "cid@example.com") == ("Other", "administrator")

    settings = api_settings(database_url)
    engine = create_engine(settings, name="test")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(settings, engine)),
        base_url=settings.public_url,
        headers={"Sec-Fetch-Site": "same-origin"},
    ) as client:
        signed_in = await client.post("/api/session", json={"email": "ben@example.com", "password": PASSWORD})
        assert signed_in.json()["user"]["role"] == "member"
    await engine.dispose()


def refused(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says that ends in an error and prints nothing else. It runs in this process, for speed."""
    with pytest.raises(SystemExit) as ended:
        app(arguments)
    printed = capsys.readouterr()
    assert ended.value.code
    assert printed.out == ""
    return printed.err + str(ended.value.code)  # a sentence as the code is what Python writes to stderr


def test_whoever_cannot_be_added_is_not_and_the_reason_is_said(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ("create-user", "ben@example.com", "--password-stdin")
    assert "There is no account yet." in belltower(database_url, *add, given=PASSWORD).stderr
    monkeypatch.setenv("DATABASE_URL", database_url)
    for name, email in (("Acme", "ann@example.com"), ("Acme", "cid@example.com")):
        assert belltower(database_url, "create-account", name, "--email", email).returncode == 0
    for arguments, given, sentence in (
        (add, PASSWORD, "Say which account, by its name or its id. There are: Acme ("),
        ((*add, "--account", "Acme"), PASSWORD, "Say which account"),
        ((*add, "--account", "Nobody"), PASSWORD, "Say which account"),
        (add, "short", "at least 12 characters"),
        (("create-user", "ben@example.com"), PASSWORD, "Send it with --password-stdin."),
        (("create-user", "ben", "--password-stdin"), PASSWORD, "ben is not an e-mail address."),
        ((*add, "--role", "owner"), PASSWORD, "owner"),
    ):
        monkeypatch.setattr("sys.stdin", StringIO(given))
        assert sentence in refused(arguments, capsys)
    assert asyncio.run(role_in(database_url, "ben@example.com")) is None


def test_a_password_is_asked_for_without_showing_it(database_url: str) -> None:
    assert belltower(database_url, "create-account", "Acme", "--email", "ann@example.com").returncode == 0
    ours, terminal = pty.openpty()
    asking = subprocess.Popen(
        [BELLTOWER, "create-user", "ben@example.com"],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": database_url},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""

    def until(prompt: bytes) -> None:
        nonlocal shown
        while prompt not in shown:
            shown += os.read(ours, 1024)

    until(b"Password:")
    os.write(ours, f"{PASSWORD}\n".encode())
    until(b"Once more:")
    os.write(ours, f"{PASSWORD}\n".encode())
    until(b"member")
    assert asking.wait(timeout=60) == 0
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert asyncio.run(role_in(database_url, "ben@example.com")) == ("Acme", "member")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("create-account", "--help"), ("create-user", "--help")])
def test_help_is_there(arguments: tuple[str, ...]) -> None:
    assert "Usage" in belltower("", *arguments).stdout


@pytest.mark.parametrize(
    ("environment", "start"),
    [({"BELLTOWER_CARRIER": "simulated"}, None), ({"BELLTOWER_CARRIER": "twilio"}, "08:00"), ({}, "08:00")],
)
async def test_a_new_account_may_call_at_any_time_only_where_nobody_is_called(
    database_url: str, environment: dict[str, str], start: str | None
) -> None:
    made = belltower(database_url, "create-account", "Acme", "--email", "ann@example.com", **environment)
    assert made.returncode == 0, made.stderr
    connection = await asyncpg.connect(database_url)
    assert await connection.fetchval("SELECT calling_window #>> '{hours,0,start}' FROM accounts") == start
    await connection.close()
