"""A bare FastAPI over the same kind of rows: it checks types, writes, reads, and does nothing else.

python -m bench.raw.api PORT
"""

import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
import uvicorn
from bench.raw.pipeline import CHANNEL
from fastapi import FastAPI, Request
from pydantic import BaseModel
from uuid_utils.compat import uuid7

POOL = 10


class NewCampaign(BaseModel):
    """What is asked for."""

    message: str
    phone_numbers: list[str]


@asynccontextmanager
async def _connected(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=POOL, max_size=POOL) as pool:
        app.state.pool = pool
        print("ready", flush=True)
        yield


app = FastAPI(lifespan=_connected)
rings: dict[str, float] = {}


@app.post("/campaigns", status_code=201)
async def create(new: NewCampaign, scheduled: bool = False) -> dict[str, Any]:
    """Write a campaign and its contacts; due at once unless it is `scheduled`."""
    campaign = uuid7()
    async with app.state.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO raw_campaigns (id, message, status, next_due_at)"
                " VALUES ($1, $2, 'pending', CASE WHEN $3 THEN timestamptz '2031-05-17 09:30Z' ELSE clock_timestamp() END)",
                campaign,
                new.message,
                scheduled,
            )
            await connection.execute(
                "INSERT INTO raw_contacts (campaign_id, phone) SELECT $1, * FROM unnest($2::text[])",
                campaign,
                new.phone_numbers,
            )
            await connection.execute("INSERT INTO raw_history (campaign_id, status) VALUES ($1, 'pending')", campaign)
        if not scheduled:
            await connection.execute(f"NOTIFY {CHANNEL}")
    return {"id": str(campaign), "message": new.message, "contacts": len(new.phone_numbers), "status": "pending"}


@app.get("/campaigns")
async def list_campaigns(limit: int = 50) -> dict[str, Any]:
    """The newest campaigns, and how many there are."""
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT id, message, status, created_at, next_due_at FROM raw_campaigns ORDER BY created_at DESC, id DESC LIMIT $1",
            limit,
        )
        total = await connection.fetchval("SELECT count(*) FROM raw_campaigns")
    return {"items": [dict(row) for row in rows], "total": total}


@app.get("/campaigns/{campaign}/contacts")
async def list_contacts(campaign: UUID, limit: int = 50) -> dict[str, Any]:
    """The first contacts of a campaign."""
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT id, phone, name, fields, status FROM raw_contacts WHERE campaign_id = $1 ORDER BY id LIMIT $2",
            campaign,
            limit,
        )
    return {"items": [dict(row) for row in rows]}


@app.post("/callbacks", status_code=204)
async def callback(attempt: UUID, request: Request) -> None:
    """Write down how a call ended."""
    form = parse_qs((await request.body()).decode())
    async with app.state.pool.acquire() as connection:
        await connection.execute("UPDATE raw_calls SET status = $2 WHERE id = $1", attempt, form["CallStatus"][0])


@app.post("/ring")
async def ring(call: dict[str, str]) -> dict[str, str]:
    """The telephone rings: note when."""
    rings.setdefault(call["campaign"], time.time())
    return {"sid": call["campaign"]}


@app.get("/rings")
async def all_rings() -> dict[str, float]:
    """When each rang."""
    return rings


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
