"""The contacts of a campaign."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import driver_connection, sql
from belltower.db.page import Page, cut
from belltower.db.tables import contacts
from belltower.domain.campaign import ContactStatus

MAX_CONTACTS = 1_000_000
"""In one campaign."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody on a campaign's list."""

    id: int
    phone: str
    status: str
    attempts: int
    next_attempt_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ContactResult:
    """What became of somebody on a campaign's list: the contact, and its calls summed up."""

    phone: str
    status: str
    reason: str | None
    attempts: int
    calls: int
    last_status: str | None
    """Of the latest call."""
    last_called_at: datetime | None
    duration: int
    """Seconds of talk, of all calls."""
    cost: Decimal


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


async def get_contacts(
    connection: AsyncConnection,
    campaign_id: UUID,
    *,
    status: ContactStatus | None = None,
    after: str | None = None,
    limit: int,
    total: int,
) -> Page[Contact]:
    """A page of a campaign's contacts by their numbers; those that follow the number `after`, where given.

    The caller has made sure that the campaign is its account's, and knows the `total` from its progress.
    """
    wanted = select(
        contacts.c.id,
        contacts.c.phone,
        contacts.c.status,
        contacts.c.attempts,
        contacts.c.next_attempt_at,
        contacts.c.reason,
    ).where(contacts.c.campaign_id == campaign_id)
    if status is not None:
        wanted = wanted.where(contacts.c.status == status)
    if after is not None:
        wanted = wanted.where(contacts.c.phone > after)
    rows = await connection.execute(wanted.order_by(contacts.c.phone).limit(limit + 1))
    return cut([Contact(*row) for row in rows], limit=limit, total=total)


async def get_results(connection: AsyncConnection, campaign_id: UUID, *, after: str, limit: int) -> list[ContactResult]:
    """What became of the `limit` contacts whose numbers follow `after`, by their numbers.

    The caller has made sure that the campaign is its account's.
    """
    rows = await connection.execute(sql("contact_results"), {"campaign": campaign_id, "after": after, "limit": limit})
    return [ContactResult(*row) for row in rows]
