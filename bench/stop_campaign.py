"""How long a pause takes while a campaign calls as fast as it can, on a `make run` beside this: from the request to its
answer, and to the last request to create a call that reached the carrier.

set -a && . .run/credentials.env && .venv/bin/python bench/stop_campaign.py [CONCURRENCY]
"""

import asyncio
import os
import sys
import time
from datetime import datetime
from statistics import median
from typing import Any

import httpx

ROUNDS = 20
CONTACTS = 4_000
CONCURRENCY = int(sys.argv[1]) if len(sys.argv) > 1 else 200
QUICK = {"ring_seconds": [0.2, 0.6], "talk_seconds": [0.2, 0.8]}
URL = os.environ["BELLTOWER_URL"]
CARRIER = os.environ["CARRIER_URL"]
KEY = {"Authorization": f"Bearer {os.environ['BELLTOWER_API_KEY']}"}


async def _calls(carrier: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = (await carrier.get("/_simulator/calls", params={"limit": 10_000, "cursor": cursor})).json()
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def _last(calls: list[dict[str, Any]]) -> float:
    return max(datetime.fromisoformat(call["requested_at"]).timestamp() for call in calls)


async def _done(api: httpx.AsyncClient, campaign: str) -> int:
    progress = (await api.get(campaign)).json()["progress"]
    return int(progress["total"] - progress["waiting"])


async def _until(api: httpx.AsyncClient, campaign: str, done: int) -> None:
    for _ in range(600):
        if await _done(api, campaign) >= done:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("The campaign does not call.")


async def main() -> None:
    numbers = [f"+1415{3_000_000 + number}" for number in range(CONTACTS)]
    body = {"name": "Bench", "welcome_message": "Hello.", "phone_numbers": numbers, "concurrency": CONCURRENCY}
    answers, lasts, waited = [], [], 0
    async with (
        httpx.AsyncClient(base_url=URL, headers=KEY, timeout=60, trust_env=False) as api,
        httpx.AsyncClient(base_url=CARRIER, timeout=60, trust_env=False) as carrier,
    ):
        (await carrier.put("/_simulator/behaviour", json=QUICK)).raise_for_status()
        campaign = f"/api/campaigns/{(await api.post('/api/campaigns', json=body)).raise_for_status().json()['id']}"
        for number in range(ROUNDS):
            await _until(api, campaign, await _done(api, campaign) + CONCURRENCY // 4)
            asked = time.time()
            answer = await api.post(f"{campaign}/pause")
            answered = time.time()
            waited += answer.status_code == httpx.codes.ACCEPTED
            await asyncio.sleep(1)
            last = _last(await _calls(carrier))
            assert answer.status_code == httpx.codes.ACCEPTED or last <= answered
            answers.append(answered - asked)
            lasts.append(max(last - asked, 0))
            if number < ROUNDS - 1:
                (await api.post(f"{campaign}/resume")).raise_for_status()
        ended = (await api.post(f"{campaign}/cancel")).json()["progress"]
    print(f"{ROUNDS} pauses, {waited} answered 202; {ended['completed']} of {CONTACTS} contacts were called")
    for name, values in (("answered", answers), ("last request at the carrier", lasts)):
        print(f"{name} after {1000 * median(values):.0f} ms (median), {1000 * max(values):.0f} ms at worst")


if __name__ == "__main__":
    asyncio.run(main())
