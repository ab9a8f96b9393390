"""The contacts of a campaign."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.copying import Rows
from belltower.db.engine import sql
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
    name: str | None
    timezone: str | None
    """IANA, as the list says it; None: the number tells."""
    fields: Mapping[str, str] | None
    status: str
    attempts: int
    next_attempt_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ContactResult:
    """What became of somebody on a campaign's list: the contact, and its calls summed up."""

    phone: str
    name: str | None
    timezone: str | None
    fields: Mapping[str, str] | None
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


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class NewContacts(Rows):
    """The contacts of a campaign to create, in the order of its list."""

    def __init__(self, fields: Iterable[str] = ()) -> None:
        super().__init__()
        self.fields = dict.fromkeys(fields)
        """The names of all their fields, in the order in which they came."""

    def add_contact(self, phone: str, name: str | None, fields: Mapping[str, str], timezone: str | None = None) -> None:
        """Add a contact whose number (E.164) no other has."""
        self.fields.update(dict.fromkeys(fields))
        self.add(phone, name, _json(fields) if fields else None, timezone)

    async def copy_to(self, connection: AsyncConnection, campaign_id: UUID, *, next_attempt_at: datetime) -> None:
        """Write them in the caller's transaction. Each may be rung from `next_attempt_at` on."""
        await self.copy(
            connection,
            "contacts",
            "phone",
            "name",
            "fields",
            "timezone",
            campaign_id=str(campaign_id),
            next_attempt_at=next_attempt_at.isoformat(),
        )


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
        contacts.c.name,
        contacts.c.timezone,
        contacts.c.fields,
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
    rows = await connection.execute(
        sql("contact_results").columns(fields=contacts.c.fields.type),
        {"campaign": campaign_id, "after": after, "limit": limit},
    )
    return [ContactResult(*row) for row in rows]
