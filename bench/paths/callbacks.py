"""Signed status callbacks a second, one API process: each ends a call, is booked, and moves its campaign on."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bench.figures import Figure, Found, Goal, share
from bench.filling import fill
from bench.paths.starting import set_up
from bench.raw.http import Answer, Client
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, Processor, Stage, staged
from tests.support.signed import LIVE_CALLS, completed

from belltower_local import ports

CALLS = 20_000
CONNECTIONS = 100


async def measure(servers: BenchServers, scale: float) -> Found:
    """As fast as they are answered, on a hundred connections."""
    count = int(CALLS * scale)
    ours, waits, milliseconds = await _belltower(servers, count)
    theirs, raw_waits, raw_milliseconds = await _raw(servers, count)
    return Found(
        "callbacks",
        [
            Figure(
                "taken in", ours, "/s", theirs,
                Goal(at_least=0.3, of_raw=True), Goal(at_least=0.6, of_raw=True), more_is_better=True,
            ),
            Figure("processor of the API for each", milliseconds, "ms", raw_milliseconds),
            Figure("median until the answer", share(waits, 0.5), "ms", share(raw_waits, 0.5)),
            Figure("p99 until the answer", share(waits, 0.99), "ms", share(raw_waits, 0.99)),
        ],
    )  # fmt: skip


async def _belltower(servers: BenchServers, count: int) -> tuple[float, list[float], float]:
    async with staged(servers, "callbacks") as stage:
        await set_up(stage, dialers=0, schedulers=0)
        await fill(stage.database, 1, "timestamptz '2031-05-18 09:30Z'", contacts=count)
        campaign = await stage.database.fetchval("SELECT id FROM campaigns WHERE scheduled_time = '2031-05-18 09:30Z'")
        for statement in LIVE_CALLS:
            await stage.database.execute(statement.replace(":id", f"'{campaign}'::uuid"))
        attempts = [row["id"] for row in await stage.database.fetch("SELECT id FROM attempts")]
        api = next(service for service in stage.start.services if service.name == "api-1")
        requests = [completed(stage.start.public_url, attempt, number) for number, attempt in enumerate(attempts)]

        async def report(client: Client, number: int) -> Answer:
            target, body, headers = requests[number]
            return await client.ask(
                "POST", target, body, **{name.replace("-", "_"): value for name, value in headers.items()}
            )

        return await _flood(stage, api.url, api.pid, count, report)


async def _raw(servers: BenchServers, count: int) -> tuple[float, list[float], float]:
    async with staged(servers, "callbacks_raw") as stage:
        await stage.database.execute(SCHEMA)
        await stage.database.execute(
            f"INSERT INTO raw_calls (id, status) SELECT gen_random_uuid(), 'in_progress' FROM generate_series(1, {count})"
        )
        attempts: list[UUID] = [row["id"] for row in await stage.database.fetch("SELECT id FROM raw_calls")]
        port = ports.any_free()
        with raw(stage, "api", str(port)) as api:

            async def report(client: Client, number: int) -> Answer:
                _, body, _ = completed("", attempts[number], number)
                return await client.ask(
                    "POST",
                    f"/callbacks?attempt={attempts[number]}",
                    body,
                    content_type="application/x-www-form-urlencoded",
                )

            return await _flood(stage, f"http://127.0.0.1:{port}", api.pid, count, report)


async def _flood(
    stage: Stage, url: str, pid: int, count: int, report: Callable[[Client, int], Awaitable[Any]]
) -> tuple[float, list[float], float]:
    """How many a second were answered, after how many milliseconds, and what each cost the API."""
    waits: list[float] = []
    numbers = iter(range(count))

    async def one() -> None:
        client = await Client.open(url)
        for number in numbers:
            sent = time.monotonic()
            answer = await report(client, number)
            while answer.status == 503:
                await asyncio.sleep(1)
                answer = await report(client, number)
            assert answer.status == 204, answer
            waits.append(1000 * (time.monotonic() - sent))
        client.close()

    processor = Processor(api=pid)
    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    seconds = time.monotonic() - began
    return count / seconds, waits, 1000 * processor.used()["api"] / count
