"""The least that placing a call can be: a row, a request to whoever takes calls, and the row again when it is over.

python -m bench.raw.calling COUNT AT_ONCE URL
"""

import asyncio
import os
import sys
import time

import asyncpg
import uvloop
from bench.raw.http import Client
from uuid_utils.compat import uuid7


async def main(count: int, at_once: int, url: str) -> None:
    """Place so many calls; print how many seconds it took."""
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10) as pool:
        numbers = iter(range(count))
        clients = [await Client.open(url) for _ in range(at_once)]
        print("ready", flush=True)

        async def call(client: Client) -> None:
            for number in numbers:
                attempt = uuid7()
                phone = f"+1415{2_000_000 + number}"
                await pool.execute(
                    "INSERT INTO raw_calls (id, phone, status) VALUES ($1, $2, 'dialling')", attempt, phone
                )
                answer = await client.post("/ring", {"campaign": str(attempt), "to": phone})
                assert answer.status == 200
                await pool.execute("UPDATE raw_calls SET status = 'completed' WHERE id = $1", attempt)

        began = time.monotonic()
        await asyncio.gather(*map(call, clients))
        print(f"took {time.monotonic() - began}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
