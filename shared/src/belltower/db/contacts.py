"""The contacts of a campaign."""

import json
from collections.abc import Collection, Iterable, Mapping, Sized
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.copying import Rows, allow_time_for
from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import contacts
from belltower.domain.call import LIVE, CallStatus, disposition
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
    last_answered_by: str | None
    """Of the latest call."""
    last_called_at: datetime | None
    duration: int
    """Seconds of talk, of all calls."""
    cost: Decimal

    @property
    def last_result(self) -> str | None:
        """How the latest call ended, or where it stands; None: there was none."""
        if self.last_status is None:
            return None
        status = CallStatus(self.last_status)
        return status if status in LIVE else disposition(status, self.last_answered_by)


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class Listed(Sized, Protocol):
    """Whom a campaign to create rings."""

    @property
    def fields(self) -> Collection[str]:
        """The names of all their fields, in the order of the list's columns."""

    async def copy_to(self, connection: AsyncConnection, campaign_id: UUID, *, next_attempt_at: datetime) -> None:
        """Write them in the caller's transaction. Each may be rung from `next_attempt_at` on."""


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


class ListChanged(Exception):
    """The list of a campaign changed while it was copied."""


class CopiedContacts:
    """The contacts that are on another campaign's list, copied where they are: by the database."""

    def __init__(self, source: UUID, count: int, fields: Collection[str]) -> None:
        self._source = source
        self._count = count
        self.fields = fields

    def __len__(self) -> int:
        return self._count

    async def copy_to(self, connection: AsyncConnection, campaign_id: UUID, *, next_attempt_at: datetime) -> None:
        """Write them in the caller's transaction. Raises `ListChanged`."""
        await allow_time_for(connection, self._count)
        copied = await connection.execute(
            sql("copy_contacts"),
            {"source": self._source, "campaign": campaign_id, "next_attempt_at": next_attempt_at},
        )
        if copied.rowcount != self._count:
            raise ListChanged


async def count_listed(connection: AsyncConnection, campaign_id: UUID) -> int:
    """How many contacts a campaign has, without those who were taken off its list."""
    return int((await connection.execute(sql("count_listed"), {"campaign": campaign_id})).scalar_one())


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
