"""What those who watch live cost the API, idle and with a campaign of 200 calls a second, on a `make run` beside this.

set -a && . .run/credentials.env && .venv/bin/python bench/live_view.py
"""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from itertools import count

import asyncpg
import httpx

SECONDS = 15
CALLS_PER_SECOND = 200
URL = os.environ["BELLTOWER_URL"]
KEY = {"Authorization": f"Bearer {os.environ['BELLTOWER_API_KEY']}"}

APPEND = """INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_reached)
            SELECT account_id, id, -1, 1 FROM campaigns WHERE id = $1"""


async def _cpu(client: httpx.AsyncClient) -> float:
    """Seconds of processor that the API has used."""
    found = re.search(r"^process_cpu_seconds_total (\S+)", (await client.get("/metrics")).text, re.MULTILINE)
    assert found is not None
    return float(found[1])


async def _listen(client: httpx.AsyncClient, events: "count[int]") -> None:
    async with client.stream("GET", "/api/stream") as response:
        response.raise_for_status()
        async for chunk in response.aiter_bytes():
            for _ in range(chunk.count(b"event: campaign\n")):
                next(events)


async def _call(database: asyncpg.Connection, campaign: str) -> None:
    """Append what calls append, evenly."""
    began = time.perf_counter()
    for number in range(SECONDS * CALLS_PER_SECOND):
        await asyncio.sleep(max(0, began + number / CALLS_PER_SECOND - time.perf_counter()))
        await database.execute(APPEND, campaign)


async def _costs(client: httpx.AsyncClient, work: Callable[[], Awaitable[object]]) -> str:
    cpu, wall = await _cpu(client), time.perf_counter()
    await work()
    cpu, wall = await _cpu(client) - cpu, time.perf_counter() - wall
    return f"{cpu / wall:.1%} of a core"


async def main() -> None:
    database = await asyncpg.connect(os.environ["DATABASE_URL"])
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=URL, headers=KEY, limits=limits, timeout=60, trust_env=False) as client:
        body = {"name": "Bench", "welcome_message": "Hello.", "phone_numbers": ["+14155550123"], "is_scheduled": True}
        created = await client.post("/api/campaigns", json=body | {"scheduled_time": "2035-01-01T00:00:00Z"})
        campaign = created.raise_for_status().json()["id"]
        for listeners in (0, 1, 100):
            events = count()
            readers = [asyncio.create_task(_listen(client, events)) for _ in range(listeners)]
            await asyncio.sleep(3)
            idle = await _costs(client, lambda: asyncio.sleep(SECONDS))
            busy = await _costs(client, lambda: _call(database, campaign))
            each = next(events) / max(listeners, 1) / SECONDS
            print(f"{listeners} listeners: idle {idle}, busy {busy}, {each:.1f} events a second for each")
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
        await client.delete(f"/api/campaigns/{campaign}")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
