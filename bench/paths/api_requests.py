"""The API: campaigns of ten contacts created, a list of 100,000 campaigns, a page of a campaign of a million contacts."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from bench.figures import Figure, Found, Goal, share
from bench.filling import TABLES, fill, settle
from bench.paths.starting import set_up
from bench.raw.http import Answer, Client
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, staged

from belltower_local import ports

Request = Callable[[Client], Awaitable[Answer]]

CREATED = 3_000
CONNECTIONS = 8
LOOKS = 300
CAMPAIGNS = 100_000
CONTACTS = 1_000_000
PHONES = [f"+1415{2_000_000 + number}" for number in range(10)]
HALF, MOST = Goal(at_least=0.5, of_raw=True), Goal(at_least=0.8, of_raw=True)


async def measure(servers: BenchServers, scale: float) -> Found:
    """Requests a second of eight clients who never wait; then p99 at 80 % of that; then reading, one request at a time."""
    ours = await _belltower(servers, scale)
    theirs = await _raw(servers, scale)
    figures = [
        Figure("create a campaign of 10 contacts", ours[0], "/s", theirs[0], HALF, MOST, more_is_better=True),
        Figure("the same at 80 % load, median", share(ours[1], 0.5), "ms", share(theirs[1], 0.5)),
        Figure("the same at 80 % load, p99", share(ours[1], 0.99), "ms", share(theirs[1], 0.99)),
    ]
    of_list = f"list of {int(CAMPAIGNS * scale):,} campaigns, 50 a page"
    of_contacts = f"contacts of a campaign of {int(CONTACTS * scale):,}, 50 a page"
    for what, mine, other in (
        (of_list, ours[2], theirs[2]),
        (of_contacts, ours[3], theirs[3]),
        ("that campaign's own page", ours[4], None),
    ):
        raw_p50, raw_p99 = (None, None) if other is None else (share(other, 0.5), share(other, 0.99))
        figures += [
            Figure(f"{what}, median", share(mine, 0.5), "ms", raw_p50, None if other is None else HALF),
            Figure(f"{what}, p99", share(mine, 0.99), "ms", raw_p99, Goal(at_most=20)),
        ]
    return Found("API", figures)


async def _belltower(
    servers: BenchServers, scale: float
) -> tuple[float, list[float], list[float], list[float], list[float]]:
    async with staged(servers, "api") as stage:
        await set_up(stage, dialers=0, schedulers=1)
        api = next(service for service in stage.start.services if service.name == "api-1")
        key = f"Bearer {stage.api_key}"
        body = {
            "name": "Bench",
            "welcome_message": "Hello.",
            "phone_numbers": PHONES,
            "is_scheduled": True,
            "scheduled_time": "2031-05-17T09:30Z",
        }

        async def create(client: Client) -> Answer:
            return await client.post("/api/campaigns", body, authorization=key)

        def get(path: str) -> Request:
            return lambda client: client.get(path, authorization=key)

        rate, loaded = await _write(api.url, create, int(CREATED * scale))
        await fill(stage.database, int(CAMPAIGNS * scale), "timestamptz '2031-06-01 09:30Z' + n * interval '1 minute'")
        await fill(stage.database, 1, "timestamptz '2032-05-18 09:30Z'", contacts=int(CONTACTS * scale))
        large = await stage.database.fetchval("SELECT id FROM campaigns WHERE scheduled_time = '2032-05-18 09:30Z'")
        await settle(stage.database, *TABLES)
        listed = await _read(api.url, get("/api/campaigns?limit=50"))
        contacts = await _read(api.url, get(f"/api/campaigns/{large}/contacts?limit=50"))
        page = await _read(api.url, get(f"/api/campaigns/{large}"))
        return rate, loaded, listed, contacts, page


async def _raw(servers: BenchServers, scale: float) -> tuple[float, list[float], list[float], list[float]]:
    async with staged(servers, "api_raw") as stage:
        await stage.database.execute(SCHEMA)
        port = ports.any_free()
        url = f"http://127.0.0.1:{port}"
        with raw(stage, "api", str(port)):

            async def create(client: Client) -> Answer:
                return await client.post("/campaigns?scheduled=true", {"message": "Hello.", "phone_numbers": PHONES})

            rate, loaded = await _write(url, create, int(CREATED * scale))
            await stage.database.execute(
                f"""INSERT INTO raw_campaigns (id, message, status)
                    SELECT gen_random_uuid(), 'Hello.', 'scheduled' FROM generate_series(1, {int(CAMPAIGNS * scale)})"""
            )
            large = await stage.database.fetchval("SELECT id FROM raw_campaigns LIMIT 1")
            await stage.database.execute(
                f"""INSERT INTO raw_contacts (campaign_id, phone)
                    SELECT $1, '+1415' || 3000000 + n FROM generate_series(1, {int(CONTACTS * scale)}) AS n""",
                large,
            )
            await settle(stage.database, "raw_campaigns", "raw_contacts")
            listed = await _read(url, lambda client: client.get("/campaigns?limit=50"))
            contacts = await _read(url, lambda client: client.get(f"/campaigns/{large}/contacts?limit=50"))
        return rate, loaded, listed, contacts


async def _write(url: str, request: Request, count: int) -> tuple[float, list[float]]:
    """How many a second at most; and how long each takes (ms) when so many come as are 80 % of that."""
    clients = [await Client.open(url) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(_repeat(client, request, 20) for client in clients))
    began = time.monotonic()
    await asyncio.gather(*(_repeat(client, request, count // CONNECTIONS) for client in clients))
    rate = count / (time.monotonic() - began)
    took: list[float] = []
    free = asyncio.Queue[Client]()
    for client in clients:
        free.put_nowait(client)

    async def come(at: float) -> None:
        await asyncio.sleep(at - time.monotonic())
        client = await free.get()
        await _succeed(client, request)
        free.put_nowait(client)
        took.append(1000 * (time.monotonic() - at))

    begin = time.monotonic() + 0.1
    instants = sorted(random.uniform(0, count / (0.8 * rate)) for _ in range(count))
    await asyncio.gather(*(come(begin + instant) for instant in instants))
    for client in clients:
        client.close()
    return rate, took


async def _read(url: str, request: Request) -> list[float]:
    client = await Client.open(url)
    await _repeat(client, request, 10)
    took = await _repeat(client, request, LOOKS)
    client.close()
    return took


async def _repeat(client: Client, request: Request, count: int) -> list[float]:
    took = []
    for _ in range(count):
        sent = time.monotonic()
        await _succeed(client, request)
        took.append(1000 * (time.monotonic() - sent))
    return took


async def _succeed(client: Client, request: Request) -> None:
    answer = await request(client)
    assert answer.status in (200, 201), answer.body
