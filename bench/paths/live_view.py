"""A thousand who listen, and a hundred changes a second: from a change's commit until each listener of its account has it."""

import asyncio
import re
import secrets
import time
from urllib.parse import urlsplit

from bench.figures import Figure, Found, Goal, share
from bench.filling import TABLES, fill, settle
from bench.paths.starting import set_up
from bench.stage import BALANCE, BenchServers, Processor, staged
from tests.support.product import create_account

ACCOUNTS, LISTENERS, CAMPAIGNS = 10, 100, 10
"""Accounts, listeners of each, and campaigns of each that change."""
A_SECOND = 100
SECONDS = 20.0
_NAME = re.compile(rb'"name":"at (\d+\.\d+)"')


async def measure(servers: BenchServers, scale: float) -> Found:
    """Ten accounts with a hundred listeners each; every campaign changes once a second."""
    told: list[float] = []
    async with staged(servers, "live") as stage:
        await set_up(stage, dialers=0, schedulers=1)
        api = next(service for service in stage.start.services if service.name == "api-1")
        keys = [stage.api_key]
        for _ in range(ACCOUNTS - 1):
            email = f"{secrets.token_hex(6)}@example.com"
            keys.append(await asyncio.to_thread(create_account, stage.database_url, balance=BALANCE, email=email))
        await fill(stage.database, ACCOUNTS * CAMPAIGNS, "timestamptz '2031-06-01 09:30Z' + n * interval '1 minute'")
        await stage.database.execute(
            """UPDATE campaigns SET account_id = owners.id
               FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts) AS owners,
                    (SELECT id, row_number() OVER (ORDER BY id) AS n FROM campaigns) AS numbered
               WHERE numbered.id = campaigns.id AND owners.n = 1 + numbered.n % $1""",
            ACCOUNTS,
        )
        await settle(stage.database, *TABLES)
        campaigns = [row["id"] for row in await stage.database.fetch("SELECT id FROM campaigns ORDER BY id")]
        listeners = [
            asyncio.create_task(_listen(api.url, key, told)) for key in keys for _ in range(int(LISTENERS * scale))
        ]

        async def change(seconds: float) -> None:
            began = time.monotonic()
            for number in range(int(seconds * A_SECOND)):
                await asyncio.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
                await stage.database.execute(
                    "UPDATE campaigns SET name = $2 WHERE id = $1",
                    campaigns[number % len(campaigns)],
                    f"at {time.time():.6f}",
                )
            await asyncio.sleep(1)

        await asyncio.sleep(5)
        await change(1.0)
        quiet = max(told)
        told.clear()
        processor = Processor(api)
        await change(SECONDS)
        used = processor.shares()["api-1"]
        for listener in listeners:
            listener.cancel()
        ended = await asyncio.gather(*listeners, return_exceptions=True)
        failed = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
        assert not failed, failed[0]
    expected = int(SECONDS * A_SECOND) * int(LISTENERS * scale)
    return Found(
        "live view",
        [
            Figure("median until a listener has a change", share(told, 0.5), "ms"),
            Figure("p99", share(told, 0.99), "ms", bar=Goal(at_most=200)),
            Figure("worst in the first second after a quiet while", quiet, "ms"),
            Figure("processor of the API", 100 * used, "% of a core", bar=Goal(at_most=50)),
            Figure("changes that came as one with a later one", 100 * (1 - len(told) / expected), "%"),
        ],
    )


async def _listen(url: str, key: str, told: list[float]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"GET /api/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head, head
    rest = b""
    while chunk := await reader.read(65_536):
        now = time.time()
        rest += chunk
        end = 0
        for found in _NAME.finditer(rest):
            told.append(1000 * (now - float(found[1])))
            end = found.end()
        rest = rest[max(end, len(rest) - 100) :]
    raise AssertionError("The stream ended.")
