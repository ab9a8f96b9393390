"""`belltower verify`: what it says, what it leaves alone, what it mends, and its exit status."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from tests.support.busy import make_busy
from typer.testing import CliRunner

from belltower.db.audit import RULES
from belltower_cli import app

BELLTOWER = str(Path(sys.executable).with_name("belltower"))


async def verify(database_url: str, *arguments: str, status: int) -> str:
    """What it prints to standard output."""
    ran = await asyncio.to_thread(CliRunner().invoke, app, ["verify", *arguments], env={"DATABASE_URL": database_url})
    assert ran.exit_code == status, ran.output
    assert not ran.stderr
    return ran.stdout


def repair(database_url: str, *arguments: str, status: int) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, whose log is its own."""
    ran = subprocess.run(
        [BELLTOWER, "verify", "--repair", *arguments],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran


@pytest.mark.timeout(300)  # two processes, on a machine that may be slow
async def test_what_does_not_hold_is_said_in_words_and_mended_when_that_is_wanted(database_url: str) -> None:
    await make_busy(database_url)
    assert await verify(database_url, status=0) == f"All {len(RULES)} rules hold.\n"
    assert await verify(database_url, "--json", "--account", "test", status=0) == ""

    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE campaigns SET next_due_at = NULL WHERE contacts = 7")
    await connection.execute("UPDATE attempts SET hold = 0.1 WHERE status = 'busy'")
    await connection.execute("UPDATE accounts SET balance = balance + 1 WHERE name = 'other'")
    campaign = await connection.fetchval("SELECT id FROM campaigns WHERE contacts = 7")
    everything = (
        "SELECT (SELECT sum(version) FROM campaigns), (SELECT sum(hold) FROM attempts), count(*) FROM campaign_events"
    )
    before = await connection.fetchrow(everything)

    said = await verify(database_url, status=1)
    assert "A campaign is to go on, and due at no time. (forgotten: 1)" in said
    assert re.search(f"campaign {campaign} +it is processing, and due at no time\n", said)
    assert "The ledger is the truth." in said, "what to do"
    assert said.endswith("3 found; `belltower verify --repair` mends 2 of them.\n")
    found = [json.loads(line) for line in (await verify(database_url, "--json", status=1)).splitlines()]
    assert [(each["rule"], each["is_repairable"]) for each in found] == [
        ("balance", False),
        ("hold_kept", True),
        ("forgotten", True),
    ]
    of_other = await verify(database_url, "--json", "--account", "other", status=1)
    assert json.loads(of_other)["rule"] == "balance"
    assert await connection.fetchrow(everything) == before, "nothing was changed"

    repaired = await asyncio.to_thread(repair, database_url, status=1)
    assert f"Repaired: campaign {campaign}, it is processing, and due at no time (forgotten)." in repaired.stdout
    assert '"event": "repaired"' in repaired.stderr, "and logged"
    await connection.execute("UPDATE accounts SET balance = balance - 1 WHERE name = 'other'")
    assert "rules hold" in await verify(database_url, status=0)
    told = await connection.fetchrow(
        "SELECT actor, changed, reason FROM campaign_events WHERE campaign_id = $1 ORDER BY id DESC LIMIT 1", campaign
    )
    assert tuple(told) == (
        "operator (belltower verify)",
        ["next_due_at"],
        "repaired: it is processing, and due at no time",
    )
    await connection.execute("UPDATE attempts SET hold = 0.1 WHERE status = 'busy'")
    lines = (await asyncio.to_thread(repair, database_url, "--json", status=0)).stdout.splitlines()
    assert [json.loads(line).get("repaired") for line in lines] == [None, True]
    await connection.close()


@pytest.mark.parametrize(
    ("url", "arguments", "said"),
    [
        ("", (), "DATABASE_URL is not set."),
        ("{empty}", (), "Run `belltower migrate` first."),
        ("{empty}_none", (), "refuses us"),
        ("{database}", ("--account", "nobody"), "There is no account yet."),
        ("{database}", ("--no-such-option",), "No such option"),
    ],
)
def test_a_database_that_cannot_be_looked_at_is_neither_clean_nor_broken(
    database_url: str, empty_database_url: str, url: str, arguments: tuple[str, ...], said: str
) -> None:
    where = url.format(database=database_url, empty=empty_database_url)
    ran = CliRunner().invoke(app, ["verify", *arguments], env={"DATABASE_URL": where})
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert said in ran.stderr
