"""Contacts."""

from typing import Self

from pydantic import BaseModel, Field

from belltower.db import contacts
from belltower.domain.campaign import ContactStatus
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import Instant, as_values


class ContactPaging(Paging):
    """Which page of which contacts."""

    status: ContactStatus | None = Field(default=None, description="Only contacts with this status.")


class Contact(BaseModel):
    """Somebody on a campaign's list."""

    id: int = Field(examples=[4711])
    phone: str = Field(description="E.164.", examples=["+14155550123"])
    name: str | None = Field(examples=["Ann"])
    fields: dict[str, str] = Field(
        description="What the list says of it, for the placeholders of the message.", examples=[{"time": "10:00"}]
    )
    timezone: str | None = Field(
        description="IANA, as the list says it; null: the number tells.", examples=["America/New_York"]
    )
    status: ContactStatus = Field(examples=["waiting"])
    attempts: int = Field(description="Calls that used one of max_attempts up.", examples=[1])
    next_attempt_at: Instant | None = Field(description="From when it may be rung; null unless it waits.")
    reason: str | None = Field(
        description="Why it still waits, was skipped, or could not be reached.",
        examples=["outside the calling window: opens at 08:00 in Berlin (CET)"],
    )

    @classmethod
    def of(cls, contact: contacts.Contact) -> Self:
        return cls(**{**as_values(contact), "fields": contact.fields or {}})


class ContactCollection(Collection[Contact]):
    """A page of contacts, by their numbers."""
