"""The contacts of a campaign."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import driver_connection

MAX_CONTACTS = 1_000_000
"""In one campaign."""

_CHUNK = 5_000
"""Rows between which the event loop serves others: about two milliseconds."""
_LARGE = 50_000
_LARGE_TIMEOUT = "300s"


async def copy_contacts(
    connection: AsyncConnection, campaign_id: UUID, phones: Sequence[str], *, next_attempt_at: datetime
) -> None:
    """Write a campaign's contacts, in the order of the list and in the caller's transaction, by COPY.

    Each may be rung from `next_attempt_at` on. The numbers are E.164 and differ from each other.
    """
    if len(phones) > _LARGE:
        await connection.execute(text(f"SET LOCAL statement_timeout = '{_LARGE_TIMEOUT}'"))
    driver = await driver_connection(connection)
    await driver.copy_to_table(
        "contacts",
        source=_rows(campaign_id, phones, next_attempt_at),
        columns=("campaign_id", "phone", "next_attempt_at"),
        format="text",
    )


async def _rows(campaign_id: UUID, phones: Sequence[str], next_attempt_at: datetime) -> AsyncIterator[bytes]:
    """Rows in COPY's text format; none of the three values needs escaping in it."""
    before, after = f"{campaign_id}\t", f"\t{next_attempt_at.isoformat()}\n"
    for start in range(0, len(phones), _CHUNK):
        yield "".join(f"{before}{phone}{after}" for phone in phones[start : start + _CHUNK]).encode()
        await asyncio.sleep(0)
