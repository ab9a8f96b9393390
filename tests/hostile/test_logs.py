"""Logs of a run in which everything was tried: one JSON object a line, and nobody's number in any."""

import asyncio
import json
import re
from urllib.parse import quote

import asyncpg
import httpx
from tests.support.api import campaign
from tests.support.eventually import eventually
from tests.support.processes import Start
from tests.support.world import World

PHONES = [f"+1415555{number}" for number in (2671, 2672, 2673)]
DIGITS = re.compile("|".join(phone[1:] for phone in PHONES))
INJECTED = '\r\n{"event":"injected","level":"critical"}'


async def test_no_log_holds_a_number_or_a_line_of_somebody_elses(world: World, start: Start) -> None:
    carrier, api, scheduler = start("carrier"), start("api"), start("scheduler")
    dialer = start("dialer")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False, timeout=30) as client:
        always = {"calling_window": None, "misfire_grace": None}
        created = await client.post("/api/campaigns", json=campaign(phone_numbers=PHONES, max_attempts=1) | always)
        assert created.status_code == 201, created.text
        path = created.headers["location"]
        await client.post("/api/do-not-call", json={"phone": PHONES[0], "note": INJECTED})
        await client.post("/api/do-not-call", json={"phone": PHONES[0], "note": "Asked"})
        for target in (
            f"/api/do-not-call/{quote(PHONES[1])}/events",
            f"/api/{PHONES[0]}",
            f"/api/calls?number={PHONES[1]}",
        ):
            await client.get(target)
        await client.get(f"/api/campaigns?search={quote(INJECTED)}", headers={"X-Request-Id": "injected"})
        await client.get(f"/api/{quote(INJECTED)}")
        await client.request("INJECTED", f"/api/campaigns/{quote(INJECTED)}")
        await client.post("/api/session", json={"email": f"{PHONES[0]}@example.com", "password": INJECTED})
        for name in ("status", "answered", "keypress"):
            form = {
                "CallSid": f"CA{INJECTED}",
                "To": PHONES[0],
                "From": PHONES[1],
                "CallStatus": "ringing",
                "Digits": "9",
            }
            await client.post(f"/carrier/twilio/{name}?attempt={quote(INJECTED)}", data=form)

        async def is_over() -> bool:
            return (await client.get(path)).json()["status"] in ("completed", "failed", "paused")

        await eventually(is_over, timeout=60)
        # An error that nobody foresaw, whose text names the values of a row.
        connection = await asyncpg.connect(start.database_url)
        await connection.execute(
            f"ALTER TABLE do_not_call ADD CONSTRAINT unforeseen CHECK (phone <> '{PHONES[2]}') NOT VALID"
        )
        await connection.close()
        broken = await client.post("/api/do-not-call", json={"phone": PHONES[2]})
        assert broken.status_code == 500
        assert broken.json()["code"] == "internal_error"
        assert PHONES[2] not in broken.text
        assert "constraint" not in broken.text

    for service in (dialer, scheduler, api, carrier):
        await asyncio.to_thread(service.terminate)
        lines = service.logs.splitlines()
        assert lines, service.name
        for line in lines:
            entry = json.loads(line)
            assert entry["level"], line
            assert entry["event"] != "injected", line
            if service is not carrier:  # which rings them: its log is what was rung
                assert not DIGITS.search(line), line
    assert "request_failed" in api.logs
