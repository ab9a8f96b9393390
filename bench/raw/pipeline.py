"""A scheduler and a dialer with nothing but the shape: claim in batches, persistent confirmed publish to a quorum queue,
compare-and-set in batches, ack. Each move leaves a row of history, as Belltower's do.

python -m bench.raw.pipeline scheduler|dialer [URL]    # URL: where the dialer announces a call, if anywhere
"""

import asyncio
import os
import sys
import time
from uuid import UUID

import aio_pika
import asyncpg
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from bench.raw.http import Client

CHANNEL = "raw"
QUEUE = "raw.due"
BATCH = 500
IDS = 100
"""Ids that one message carries."""
LONGEST_SLEEP = 60.0

SCHEMA = """
CREATE TABLE raw_campaigns (
    id uuid PRIMARY KEY, message text NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_due_at timestamptz, announced_at timestamptz, owner bigint, epoch int NOT NULL DEFAULT 0
);
CREATE INDEX ON raw_campaigns (next_due_at) WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL;
CREATE INDEX ON raw_campaigns (created_at, id);
CREATE TABLE raw_contacts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, campaign_id uuid NOT NULL, phone text NOT NULL, name text, fields json,
    status text NOT NULL DEFAULT 'waiting', UNIQUE (campaign_id, phone)
);
CREATE TABLE raw_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, campaign_id uuid NOT NULL, status text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE raw_calls (id uuid PRIMARY KEY, campaign_id uuid, phone text, status text NOT NULL);
"""
CLAIM = """
WITH due AS (
    SELECT id FROM raw_campaigns
    WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL AND next_due_at <= now()
    ORDER BY next_due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE raw_campaigns SET announced_at = clock_timestamp(), status = 'pending'
    WHERE id = ANY(ARRAY(SELECT id FROM due)) RETURNING id
), history AS (INSERT INTO raw_history (campaign_id, status) SELECT id, 'pending' FROM claimed)
SELECT id FROM claimed
"""
TAKE = """
WITH taken AS (
    UPDATE raw_campaigns SET owner = 1, epoch = epoch + 1, announced_at = NULL, status = 'processing'
    WHERE id = ANY($1::uuid[]) AND owner IS NULL AND next_due_at <= clock_timestamp() RETURNING id
), history AS (INSERT INTO raw_history (campaign_id, status) SELECT id, 'processing' FROM taken)
SELECT id FROM taken
"""
NEXT = """
SELECT extract(epoch FROM min(next_due_at) - clock_timestamp())::float8 FROM raw_campaigns
WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL
"""


async def schedule() -> None:
    """Claim what is due and announce it, for ever."""
    database = await asyncpg.connect(os.environ["DATABASE_URL"])
    listener = await asyncpg.connect(os.environ["DATABASE_URL"])
    broker = await aio_pika.connect(os.environ["AMQP_URL"])
    channel = await broker.channel(publisher_confirms=True, on_return_raises=True)
    await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    woken = asyncio.Event()
    await listener.add_listener(CHANNEL, lambda *_: woken.set())

    async def publish(ids: list[UUID]) -> None:
        body = b"".join(each.bytes for each in ids)
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key=QUEUE, mandatory=True)

    print("ready", flush=True)
    while True:
        woken.clear()
        async with asyncio.TaskGroup() as publishing:
            claimed = [None] * BATCH
            while len(claimed) == BATCH:
                claimed = await database.fetch(CLAIM, BATCH)
                ids = [row["id"] for row in claimed]
                for first in range(0, len(ids), IDS):
                    publishing.create_task(publish(ids[first : first + IDS]))
        due_in = await database.fetchval(NEXT)
        try:
            async with asyncio.timeout(LONGEST_SLEEP if due_in is None else min(max(due_in, 0), LONGEST_SLEEP)):
                await woken.wait()
        except TimeoutError:
            pass


async def dial(url: str | None) -> None:
    """Take what is announced, note when, and announce a call of each at `url`."""
    database = await asyncpg.connect(os.environ["DATABASE_URL"])
    client = await Client.open(url) if url else None
    broker = await aio_pika.connect(os.environ["AMQP_URL"])
    channel = await broker.channel()
    await channel.set_qos(prefetch_count=8)
    queue = await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    busy = asyncio.Lock()

    async def begin(message: AbstractIncomingMessage) -> None:
        ids = [UUID(bytes=message.body[each : each + 16]) for each in range(0, len(message.body), 16)]
        async with busy:
            taken = await database.fetch(TAKE, ids)
        now = time.time()
        sys.stdout.writelines(f"{row['id']} {now:.6f}\n" for row in taken)
        sys.stdout.flush()
        await message.ack()
        if client is not None:
            for row in taken:
                async with busy:
                    await database.execute(
                        "INSERT INTO raw_calls (id, campaign_id, phone, status) SELECT gen_random_uuid(), $1, phone, 'dialling'"
                        " FROM raw_contacts WHERE campaign_id = $1",
                        row["id"],
                    )
                    await client.post("/ring", {"campaign": str(row["id"])})

    await queue.consume(begin)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(schedule() if sys.argv[1] == "scheduler" else dial(sys.argv[2] if len(sys.argv) > 2 else None))
