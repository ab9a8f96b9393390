"""The contacts of a campaign."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import driver_connection

MAX_CONTACTS = 1_000_000
"""In one campaign."""

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
    await driver.copy_records_to_table(
        "contacts",
        columns=("campaign_id", "phone", "next_attempt_at"),
        records=((campaign_id, phone, next_attempt_at) for phone in phones),
    )
