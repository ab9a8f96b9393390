"""From the instant at which the API receives a campaign that starts at once to the first ring at the carrier."""

import asyncio
import random
import time
from datetime import datetime

import httpx
from bench.figures import Figure, Found, Goal, share
from bench.paths.starting import set_up
from bench.raw.http import Client
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, staged

from belltower_local import ports

CAMPAIGNS = 300
PAUSE = (0.05, 0.25)
"""Seconds between two of them: one at a time, at no one's rhythm."""
WARMING = 10


async def measure(servers: BenchServers, scale: float) -> Found:
    """One campaign of one contact after the other."""
    count = max(int(CAMPAIGNS * scale), 20)
    rung, requested = await _belltower(servers, count)
    theirs = await _raw(servers, count)
    return Found(
        "immediate campaign",
        [
            Figure("median, to the request at the carrier", share(requested, 0.5), "ms", share(theirs, 0.5)),
            Figure("median, to the ring", share(rung, 0.5), "ms", share(theirs, 0.5)),
            Figure(
                "p99, to the ring", share(rung, 0.99), "ms", share(theirs, 0.99), Goal(at_most=50), Goal(at_most=25)
            ),
            Figure("worst, to the ring", max(rung), "ms", max(theirs)),
        ],
        {"Belltower": rung, "raw": theirs},
    )


async def _belltower(servers: BenchServers, count: int) -> tuple[list[float], list[float]]:
    async with staged(servers, "immediate") as stage:
        await set_up(stage)
        api = next(service for service in stage.start.services if service.name == "api-1")
        carrier = next(service for service in stage.start.services if service.name == "carrier-1")
        client = await Client.open(api.url)
        posted: dict[str, float] = {}
        for number in range(WARMING + count):
            phone = f"+1415{3_000_000 + number}"
            body = {"name": "Bench", "welcome_message": "Hello.", "max_attempts": 1, "phone_numbers": [phone]}
            posted[phone] = time.time()
            answer = await client.post("/api/campaigns", body, authorization=f"Bearer {stage.api_key}")
            assert answer.status == 201, answer.body
            await asyncio.sleep(random.uniform(*PAUSE))
        await asyncio.sleep(2)
        async with httpx.AsyncClient(base_url=carrier.url, trust_env=False) as carrier_client:
            page = (await carrier_client.get("/_simulator/calls", params={"limit": 10_000, "cursor": "0"})).json()
        measured = list(posted)[WARMING:]
        calls = {call["to"]: call for call in page["items"]}
        return tuple(
            [1000 * (datetime.fromisoformat(calls[phone][instant]).timestamp() - posted[phone]) for phone in measured]
            for instant in ("rang_at", "requested_at")
        )  # type: ignore[return-value]


async def _raw(servers: BenchServers, count: int) -> list[float]:
    async with staged(servers, "immediate_raw") as stage:
        await stage.database.execute(SCHEMA)
        port = ports.any_free()
        url = f"http://127.0.0.1:{port}"
        with (
            raw(stage, "api", str(port)),
            raw(stage, "pipeline", "scheduler"),
            raw(stage, "pipeline", "dialer", url),
        ):
            client = await Client.open(url)
            posted: list[tuple[str, float]] = []
            for number in range(WARMING + count):
                body = {"message": "Hello.", "phone_numbers": [f"+1415{3_000_000 + number}"]}
                sent = time.time()
                answer = await client.post("/campaigns", body)
                posted.append((answer.json()["id"], sent))
                await asyncio.sleep(random.uniform(*PAUSE))
            await asyncio.sleep(1)
            rings = (await client.get("/rings")).json()
        return [1000 * (rings[campaign] - sent) for campaign, sent in posted[WARMING:]]
