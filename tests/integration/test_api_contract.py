"""The API does what its own description says, whatever is sent: schemathesis makes the requests and checks the answers."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.support import contract
from tests.support.processes import Start
from tests.support.product import create_account

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CONFIG = Path(__file__).with_name("schemathesis.toml")
OVER = """
UPDATE campaigns SET status = 'completed', next_due_at = NULL, started_at = now(), completed_at = now();
UPDATE contacts SET status = 'unreached', next_attempt_at = NULL, attempts = 1, reason = 'busy';
INSERT INTO attempts (id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier, carrier_call_id, dialer,
    time_limit, ring_timeout, send_by, hold, ended_at)
SELECT gen_random_uuid(), account_id, campaigns.id, contacts.id, 1, phone, caller_id, 'busy', 'simulated', 'CA0', 1, 600, 30,
    now(), 0, now()
FROM contacts JOIN campaigns ON campaigns.id = campaign_id;
INSERT INTO call_events (attempt_id, dedupe_key, source, status, effect)
SELECT id, 'CA0:1', 'callback', 'busy', 'move' FROM attempts;
"""


async def a_campaign_that_is_over(client: httpx.AsyncClient, database_url: str) -> None:
    """A campaign with a call: there is nobody here who would ring."""
    body = {"name": "Notice", "phone_numbers": "+12025550143", "welcome_message": "Hello."}
    assert (await client.post("/api/campaigns", json=body)).status_code == 201
    connection = await asyncpg.connect(database_url)
    await connection.execute(OVER)
    await connection.close()


MINUTES = float(os.environ.get("MINUTES") or 0)
LONG = ["--seed", os.environ.get("SEED", "1"), "--max-examples", "500", "--max-time", str(round(MINUTES * 60))]
"""What makes a long run of it, other ones by `SEED`."""


@pytest.mark.timeout(300 + 60 * MINUTES)
async def test_every_operation_keeps_to_its_description(start: Start, database_url: str, tmp_path: Path) -> None:
    api = start("api")
    authorization = f"Bearer {create_account(database_url, balance='1000000.00')}"
    async with httpx.AsyncClient(base_url=api.url, headers={"Authorization": authorization}, trust_env=False) as client:
        await a_campaign_that_is_over(client, database_url)
        (own,) = (await client.get("/api/api-keys")).json()["items"]
        command = [
            str(SCHEMATHESIS), "--config-file", str(CONFIG), "--no-color", "run", f"{api.url}/openapi.json",
            "--checks", "all", "--header", f"Authorization: {authorization}", "--header", "Sec-Fetch-Site: same-origin",
            *(LONG if MINUTES else ()),
        ]  # fmt: skip
        ran = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=tmp_path,
            env=os.environ | {"SCHEMATHESIS_HOOKS": contract.__file__, contract.OWN_KEY: own["id"]},
            check=False,
            capture_output=True,
            text=True,
            timeout=280 + 60 * MINUTES,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert (await client.get("/api/me")).status_code == 200, "all of it was asked with a valid key"
