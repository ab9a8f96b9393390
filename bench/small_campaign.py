"""How soon a campaign of 10 contacts rings that falls due while one of 100,000 runs, on a `make run` beside this: from its time
to the first and the last of its telephones, as the carrier knows it, and until the report of the first was taken in. FULL keeps
all of the dialers' requests to the carrier busy meanwhile.

set -a && . .run/credentials.env && .venv/bin/python bench/small_campaign.py [FULL]
"""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx

ROUNDS = 10
CONTACTS = 100_000
SMALL = 10
AHEAD = timedelta(seconds=5)
CONCURRENCY = 2_000 if "FULL" in sys.argv[1:] else 200
_SESSION = 1_000 * (int(datetime.now(UTC).timestamp()) % 5_000)
"""So that another run has other numbers: the carrier remembers."""
TALK = [2, 6] if "FULL" in sys.argv[1:] else [1, 3]
URL = os.environ["BELLTOWER_URL"]
CARRIER = os.environ["CARRIER_URL"]
KEY = {"Authorization": f"Bearer {os.environ['BELLTOWER_API_KEY']}"}


async def _until_it_calls(api: httpx.AsyncClient, campaign: str) -> None:
    for _ in range(600):
        progress = (await api.get(campaign)).raise_for_status().json()["progress"]
        if progress["total"] - progress["waiting"] > CONCURRENCY // 2:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("The campaign does not call.")


async def _reported(api: httpx.AsyncClient, campaign: str) -> list[datetime]:
    """When the carrier's reports were taken in that the telephones of a small campaign ring."""
    for _ in range(600):
        calls: list[dict[str, Any]] = (await api.get(f"{campaign}/calls")).raise_for_status().json()["items"]
        rung = [datetime.fromisoformat(call["ringing_at"]) for call in calls if call["ringing_at"] is not None]
        if len(rung) == SMALL:
            return rung
        await asyncio.sleep(0.1)
    raise TimeoutError("The small campaign does not ring.")


async def _rang(carrier: httpx.AsyncClient) -> dict[str, datetime]:
    """When every telephone rang."""
    found: dict[str, datetime] = {}
    cursor: str | None = "0"
    while cursor is not None:
        page = (await carrier.get("/_simulator/calls", params={"limit": 10_000, "cursor": cursor})).json()
        found |= {call["to"]: datetime.fromisoformat(call["rang_at"]) for call in page["items"] if call["rang_at"]}
        cursor = page["next_cursor"]
    return found


async def _create(api: httpx.AsyncClient, **fields: Any) -> str:
    body = {"welcome_message": "Hello.", "max_attempts": 1, **fields}
    return f"/api/campaigns/{(await api.post('/api/campaigns', json=body)).raise_for_status().json()['id']}"


def _people(number: int) -> list[str]:
    return [f"+1415{3_000_000 + _SESSION + SMALL * number + each}" for each in range(SMALL)]


async def main() -> None:
    dues: list[datetime] = []
    reported: list[float] = []
    async with (
        httpx.AsyncClient(base_url=URL, headers=KEY, timeout=120, trust_env=False) as api,
        httpx.AsyncClient(base_url=CARRIER, timeout=60, trust_env=False) as carrier,
    ):
        behaviour = {"ring_seconds": [0.2, 0.6], "talk_seconds": TALK}
        (await carrier.put("/_simulator/behaviour", json=behaviour)).raise_for_status()
        (await api.post("/api/wallet/top-ups", json={"amount": "1000.00"})).raise_for_status()
        upload = await api.post(
            "/api/campaigns/upload",
            data={"welcome_message": "Hello.", "concurrency": str(CONCURRENCY), "max_attempts": "1"},
            files={"file": ("people.csv", "\n".join(f"+1415{2_000_000 + each}" for each in range(CONTACTS)))},
        )
        large = f"/api/campaigns/{upload.raise_for_status().json()['id']}"
        await _until_it_calls(api, large)
        for number in range(ROUNDS):
            due = datetime.now(UTC) + AHEAD
            small = await _create(
                api, name="Small", phone_numbers=_people(number), is_scheduled=True, scheduled_time=due.isoformat()
            )
            reported.append((min(await _reported(api, small)) - due).total_seconds())
            dues.append(due)
        rang = await _rang(carrier)
        ended = (await api.post(f"{large}/cancel")).json()["progress"]
    done = ended["total"] - ended["waiting"]
    print(f"{ROUNDS} campaigns of {SMALL} beside one of {CONTACTS}, {CONCURRENCY} at once, of whom {done} were called")
    rings = [[(rang[phone] - due).total_seconds() for phone in _people(number)] for number, due in enumerate(dues)]
    for what, values in (
        ("first telephone rang", [min(each) for each in rings]),
        ("last telephone rang", [max(each) for each in rings]),
        ("its first report was taken in", reported),
    ):
        print(f"{what} after {1000 * median(values):.0f} ms (median), {1000 * max(values):.0f} ms at worst")


if __name__ == "__main__":
    asyncio.run(main())
