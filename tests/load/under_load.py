"""`make load`: more at once than can be done. Nothing is lost, memory stays bounded, and the figures are printed.

All of it stays on this machine. What it came to stands in docs/reliability.md.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psutil
import pytest
from sqlalchemy import text
from tests.support.api import campaign
from tests.support.eventually import eventually
from tests.support.processes import Service
from tests.support.product import create_account
from tests.support.signed import LIVE_CALLS, completed
from tests.support.world import World, numbers

from belltower.db.notify import wake_scheduler

pytestmark = pytest.mark.timeout(1800)

CAMPAIGNS = int(os.environ.get("CAMPAIGNS", "10000"))
CALLBACKS = int(os.environ.get("CALLBACKS", "5000"))
LISTENERS = int(os.environ.get("LISTENERS", "1000"))
UPLOADS = int(os.environ.get("UPLOADS", "20"))
ROWS = int(os.environ.get("ROWS", "60000"))
"""Of each upload: about three megabytes."""
MB = 2**20


def show(what: str, **figures: Any) -> None:
    """Print what something came to."""
    print(f"\n{what}: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items()))  # noqa: T201


def share(values: Sequence[float], part: float) -> str:
    """Of measured seconds the one below which such a part lies."""
    return f"{sorted(values)[min(len(values) - 1, int(len(values) * part))]:.3f} s"


@asynccontextmanager
async def peak(*services: Service) -> AsyncIterator[Callable[[], str]]:
    """The most memory that processes took while the block ran."""
    processes = [psutil.Process(service.pid) for service in services]
    most = [0] * len(processes)

    async def look() -> None:
        while True:
            for index, process in enumerate(processes):
                most[index] = max(most[index], process.memory_info().rss)
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    try:
        yield lambda: " + ".join(f"{each / MB:.0f} MB" for each in most)
    finally:
        looking.cancel()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    """Send a request on a connection that stays open; the status and the head of its answer."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(head.split()[1]), head


def callback(origin: str, attempt: UUID, number: int) -> bytes:
    """The report that a call was completed, signed."""
    target, body, headers = completed(origin, attempt, number)
    head = [f"POST {target} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + body


async def live_calls(world: World, count: int) -> list[UUID]:
    """So many calls under way, of one campaign."""
    campaign_id = await world.campaign(numbers(count), concurrency=10_000)
    async with world.engine.begin() as connection:
        for statement in LIVE_CALLS:
            await connection.execute(text(statement), {"id": campaign_id})
    return [row.id for row in await world.rows("SELECT id FROM attempts")]


@pytest.mark.parametrize("readers", [0, 40], ids=["alone", "beside readers"])
async def test_callbacks_as_fast_as_they_come(world: World, readers: int) -> None:
    """A thousand a second are offered, on a hundred connections; one that is refused is brought again, as the carrier does."""
    attempts = await live_calls(world, CALLBACKS)
    api = world.start("api")
    requests = [callback(world.start.public_url, attempt, number) for number, attempt in enumerate(attempts)]
    due = iter(enumerate(requests))
    took: list[float] = []
    shed = 0
    begun = time.monotonic()

    async def carrier() -> None:
        nonlocal shed
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(api.url).port)
        for number, request in due:
            await asyncio.sleep(max(0.0, begun + number / 1000 - time.monotonic()))
            sent = time.monotonic()
            while (answer := await ask(reader, writer, request))[0] != 204:
                assert answer[0] == 503, answer
                assert b"retry-after" in answer[1].lower()
                shed += 1
                await asyncio.sleep(1)
            took.append(time.monotonic() - sent)
        writer.close()

    async def read(client: httpx.AsyncClient) -> None:
        while True:
            await client.get("/api/calls", params={"limit": 500})

    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with (
        httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False, timeout=60) as client,
        peak(api) as memory,
    ):
        worked = sum(psutil.Process(api.pid).cpu_times()[:2])
        reading = [asyncio.create_task(read(client)) for _ in range(readers)]
        await asyncio.gather(*(carrier() for _ in range(100)))
        seconds = time.monotonic() - begun
        worked = sum(psutil.Process(api.pid).cpu_times()[:2]) - worked
        for each in reading:
            each.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
    booked = await world.one("SELECT count(*) FROM ledger_entries WHERE attempt_id IS NOT NULL")
    assert booked == CALLBACKS
    assert await world.one("SELECT count(*) FROM attempts WHERE status <> 'completed'") == 0
    show(
        f"Callbacks, {readers} readers beside them",
        reports=CALLBACKS, a_second=round(CALLBACKS / seconds), p50=share(took, 0.5), p99=share(took, 0.99), shed=shed, lost=0,
        processor_of_api=f"{worked / seconds:.0%}", processor_each=f"{1000 * worked / CALLBACKS:.1f} ms", memory=memory(),
    )  # fmt: skip


async def test_a_thousand_listeners(world: World) -> None:
    """Ten accounts with a hundred listeners each; a campaign is created in every one."""
    api = world.start("api")
    accounts = -(-LISTENERS // 100)
    url = world.start.database_url
    keys = await asyncio.gather(
        *(asyncio.to_thread(create_account, url, email=f"{secrets.token_hex(8)}@example.com") for _ in range(accounts))
    )
    port = urlsplit(api.url).port
    told: list[float] = []

    async def listen(key: str, open_: asyncio.Semaphore) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /api/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        assert (await reader.readline()).split()[1] == b"200"
        open_.release()
        while b"event: campaign" not in await reader.readline():
            pass
        told.append(time.monotonic())
        writer.close()

    async with peak(api) as memory:
        began = time.monotonic()
        opened = asyncio.Semaphore(0)
        listening = [asyncio.create_task(listen(key, opened)) for key in keys for _ in range(100)]
        for _ in listening:
            async with asyncio.timeout(120):
                await opened.acquire()
        seconds = time.monotonic() - began
        changed = time.monotonic()
        async with httpx.AsyncClient(base_url=api.url, trust_env=False, timeout=60) as client:
            for key in keys:
                headers = {"Authorization": f"Bearer {key}"}
                body = campaign(is_scheduled=True, scheduled_time="2031-05-17T09:30:00Z")
                assert (await client.post("/api/campaigns", json=body, headers=headers)).status_code == 201
        async with asyncio.timeout(120):
            await asyncio.gather(*listening)
    delays = [each - changed for each in told]
    show(
        "Listeners", open=len(listening), opened_in=f"{seconds:.1f} s", told_p50=share(delays, 0.5), told_p99=share(delays, 0.99),
        memory=memory(),
    )  # fmt: skip


async def test_twenty_large_uploads_at_once(world: World) -> None:
    """Each is taken, or refused with the time to come again; none is half-written."""
    api = world.start("api")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    codes: list[int] = []
    waits: list[float] = []

    async def upload(client: httpx.AsyncClient, number: int) -> None:
        start = 2_000_000 + number * ROWS
        rows = "\n".join(
            f"+1415{each:07d},Somebody whose name is {each},a field" for each in range(start, start + ROWS)
        )
        answer = await client.post(
            "/api/campaigns/upload",
            data={"welcome_message": "Hello.", "is_scheduled": "true", "scheduled_time": "2031-05-17T09:30:00Z"},
            files={"file": ("people.csv", f"phone,name,field\n{rows}\n")},
        )
        codes.append(answer.status_code)
        if answer.status_code != 201:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) > 0

    async def ask_meanwhile(client: httpx.AsyncClient) -> None:
        while True:
            began = time.monotonic()
            assert (await client.get("/livez")).status_code == 200
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.1)

    async with (
        httpx.AsyncClient(
            base_url=api.url, headers=headers, trust_env=False, timeout=900, limits=httpx.Limits(max_connections=50)
        ) as client,
        peak(api) as memory,
    ):
        asking = asyncio.create_task(ask_meanwhile(client))
        began = time.monotonic()
        await asyncio.gather(*(upload(client, number) for number in range(UPLOADS)))
        seconds = time.monotonic() - began
        asking.cancel()
    taken = codes.count(201)
    sizes = [row[0] for row in await world.rows("SELECT count(*) FROM contacts GROUP BY campaign_id")]
    assert sizes == [ROWS] * taken
    assert await world.one("SELECT count(*) FROM campaigns") == taken
    show(
        "Uploads at once", sent=UPLOADS, rows_each=ROWS, taken=taken, shed=codes.count(503), half_written=0,
        seconds=f"{seconds:.1f}", others_waited_p99=share(waits, 0.99), memory=memory(),
    )  # fmt: skip


async def test_campaigns_due_at_once_with_one_dialer(world: World) -> None:
    """Each starts once and rings once, in the order in which they were due."""
    await world.behave(ring_seconds=[0.05, 0.1], talk_seconds=[0.05, 0.2])
    instant = await world.now() + timedelta(minutes=60)
    for first in range(0, CAMPAIGNS, 10):
        await asyncio.gather(*(world.campaign(numbers(1, start=first + each), at=instant) for each in range(10)))
    api, scheduler, dialer = world.start("api"), world.start("scheduler"), world.start("dialer")
    async with world.engine.begin() as connection:
        await connection.execute(text("UPDATE campaigns SET scheduled_time = now(), next_due_at = now()"))
    await wake_scheduler(world.engine)
    began = time.monotonic()

    async def count(condition: str) -> int:
        return int(await world.one(f"SELECT count(*) FROM campaigns WHERE {condition}"))

    async def until(check: Callable[[], Awaitable[bool]]) -> str:
        await eventually(check, timeout=1500, interval=0.1)
        return f"{time.monotonic() - began:.1f} s"

    async def all_taken() -> bool:
        return await count("started_at IS NULL") == 0

    async def all_done() -> bool:
        return await count("status <> 'completed'") == 0

    async with peak(api, scheduler, dialer) as memory:
        taken = await until(all_taken)
        done = await until(all_done)
    calls = await world.truth()
    assert len(calls) == CAMPAIGNS
    assert len({call["to"] for call in calls}) == CAMPAIGNS
    await world.check()
    show(
        "Campaigns due at once, one dialer", campaigns=CAMPAIGNS, all_taken_over_in=taken, all_completed_in=done,
        calls=len(calls), lost=0, doubled=0, memory_of_api_scheduler_dialer=memory(),
    )  # fmt: skip
