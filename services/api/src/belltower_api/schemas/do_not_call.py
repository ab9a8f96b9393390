"""The do-not-call list, and the record of its changes."""

from dataclasses import asdict
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from belltower.db import do_not_call
from belltower.domain import phone
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.list_fields import DefaultCountry, NumberLists
from belltower_api.schemas.rejection import RejectedNumbers
from belltower_api.schemas.values import CallId, CampaignId, Instant, Note, Number, Request


class DoNotCallPaging(Paging):
    """Which page of which numbers, in which order."""

    number: Number | None = Field(default=None, description="Only this number.", examples=["+14155550123"])
    search: str | None = Field(
        default=None,
        max_length=phone.MAX_LENGTH,
        description="Only numbers that begin so, however it is written: +1 (415), 0049 151, or whole ones; in "
        "`default_country` without the country code, too.",
        examples=["+1 415"],
    )
    default_country: DefaultCountry = Field(
        default=None, description="ISO 3166 alpha-2: where the number is at home that is searched for.", examples=["US"]
    )
    sort: Literal["phone", "-created_at"] = Field(
        default="phone", description="By number, or the newest first.", examples=["-created_at"]
    )


class DoNotCallCreate(Request):
    """A number that is not to be called."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "+14155550123", "note": "Asked by e-mail"}]})

    phone: Number = Field(description="With + and country code.", examples=["+14155550123"])
    note: Note = Field(default=None, description="How you know.", examples=["Asked by e-mail"])


class DoNotCallBatch(NumberLists):
    """Numbers that are not to be called."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"phone_numbers": ["+14155550123", "(415) 555-0124"], "default_country": "US", "note": None}]
        }
    )

    note: Note = Field(
        default=None, description="How you know; kept with each number.", examples=["Robinson list, May"]
    )


class DoNotCallBatchResult(BaseModel):
    """What became of many numbers that are not to be called."""

    added: int = Field(description="Numbers that are on the list now and were not.", examples=[118])
    already_listed: int = Field(description="Numbers that were on the list, and stay as they were.", examples=[2])
    duplicates: int = Field(description="Entries that named a number again.", examples=[1])
    rejected: RejectedNumbers


class DoNotCallEntry(BaseModel):
    """A number that no campaign calls."""

    phone: str = Field(description="E.164.", examples=["+14155550123"])
    reason: Literal["key_press", "asked", "imported"] = Field(
        description="key_press: somebody pressed 9 in a call. asked: it was added by hand or by a program. imported: it came in "
        "a file."
    )
    call_id: CallId | None = Field(description="The call in which 9 was pressed.", examples=[None])
    campaign_id: CampaignId | None = Field(description="The campaign of that call.", examples=[None])
    campaign_name: str | None = Field(
        description="What it is called; null: it was deleted, or was a test call.", examples=[None]
    )
    note: str | None = Field(examples=["Asked by e-mail"])
    created_at: Instant

    @classmethod
    def of(cls, entry: do_not_call.Entry) -> Self:
        values = asdict(entry)
        return cls(call_id=values.pop("attempt_id"), **values)


class DoNotCallEntryCollection(Collection[DoNotCallEntry]):
    """A page of the do-not-call list."""


class DoNotCallEvent(BaseModel):
    """A change of the do-not-call list."""

    at: Instant
    change: Literal["added", "removed"]
    actor: str = Field(description="Who did it: an API key, or the person called.", examples=["api key bt_Q3vXcd"])
    call_id: CallId | None = Field(description="The call in which 9 was pressed.", examples=[None])
    note: str | None = Field(examples=["Asked by e-mail"])

    @classmethod
    def of(cls, event: do_not_call.Event) -> Self:
        values = asdict(event)
        del values["id"]
        return cls(call_id=values.pop("attempt_id"), **values)


class DoNotCallEventCollection(Collection[DoNotCallEvent]):
    """A page of a number's record, the oldest change first."""
