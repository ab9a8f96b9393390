"""`belltower verify`, as a shell starts it: what it says, what it leaves alone, what it mends, and its exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
from tests.support.busy import make_busy

from belltower.db.audit import RULES

BELLTOWER = str(Path(sys.executable).with_name("belltower"))


def verify(database_url: str, *arguments: str, status: int) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [BELLTOWER, "verify", *arguments],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran


async def test_what_does_not_hold_is_said_in_words_and_mended_when_that_is_wanted(database_url: str) -> None:
    await make_busy(database_url)
    assert verify(database_url, status=0).stdout == f"All {len(RULES)} rules hold.\n"
    assert verify(database_url, "--json", "--account", "test", status=0).stdout == ""

    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE campaigns SET next_due_at = NULL WHERE contacts = 7")
    await connection.execute("UPDATE attempts SET hold = 0.1 WHERE status = 'busy'")
    await connection.execute("UPDATE accounts SET balance = balance + 1 WHERE name = 'other'")
    campaign = await connection.fetchval("SELECT id FROM campaigns WHERE contacts = 7")
    everything = "SELECT (SELECT sum(version) FROM campaigns), (SELECT sum(hold) FROM attempts), count(*) FROM campaign_events"
    before = await connection.fetchrow(everything)

    said = verify(database_url, status=1)
    assert "A campaign is to go on, and due at no time. (forgotten: 1)" in said.stdout
    assert f"campaign {campaign}  it is processing, and due at no time" in said.stdout
    assert "The ledger is the truth." in said.stdout, "what to do"
    assert said.stdout.endswith("3 found; `belltower verify --repair` mends 2 of them.\n")
    assert said.stderr == ""
    found = [json.loads(line) for line in verify(database_url, "--json", status=1).stdout.splitlines()]
    assert [(each["rule"], each["is_repairable"]) for each in found] == [
        ("balance", False),
        ("hold_kept", True),
        ("forgotten", True),
    ]
    of_other = verify(database_url, "--json", "--account", "other", status=1).stdout
    assert json.loads(of_other)["rule"] == "balance"
    assert await connection.fetchrow(everything) == before, "nothing was changed"

    repaired = verify(database_url, "--repair", status=1)
    assert f"Repaired: campaign {campaign}, it is processing, and due at no time (forgotten)." in repaired.stdout
    assert '"event": "repaired"' in repaired.stderr, "and logged"
    await connection.execute("UPDATE accounts SET balance = balance - 1 WHERE name = 'other'")
    assert "rules hold" in verify(database_url, status=0).stdout
    told = await connection.fetchrow(
        "SELECT actor, changed, reason FROM campaign_events WHERE campaign_id = $1 ORDER BY id DESC LIMIT 1", campaign
    )
    assert tuple(told) == (
        "operator (belltower verify)",
        ["next_due_at"],
        "repaired: it is processing, and due at no time",
    )
    await connection.execute("UPDATE attempts SET hold = 0.1 WHERE status = 'busy'")
    lines = verify(database_url, "--repair", "--json", status=0).stdout.splitlines()
    assert [json.loads(line).get("repaired") for line in lines] == [None, True]
    await connection.close()


def test_a_database_that_cannot_be_looked_at_is_neither_clean_nor_broken(
    database_url: str, empty_database_url: str
) -> None:
    assert "DATABASE_URL is not set." in verify("", status=2).stderr
    assert "Run `belltower migrate` first." in verify(empty_database_url, status=2).stderr
    assert "There is no account yet." in verify(database_url, "--account", "nobody", status=2).stderr
    assert "refuses us" in verify(database_url + "_none", status=2).stderr
    assert "No such option" in verify(database_url, "--no-such-option", status=2).stderr
