"""The do-not-call list, and the record of its changes."""

from dataclasses import asdict
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from belltower.db import do_not_call
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import CallId, Instant, Note, Number, Request


class DoNotCallPaging(Paging):
    """Which page of which numbers."""

    number: Number | None = Field(default=None, description="Only this number.", examples=["+14155550123"])


class DoNotCallCreate(Request):
    """A number that is not to be called."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "+14155550123", "note": "Asked by e-mail"}]})

    phone: Number = Field(description="With + and country code.", examples=["+14155550123"])
    note: Note = Field(default=None, description="How you know.", examples=["Asked by e-mail"])


class DoNotCallEntry(BaseModel):
    """A number that no campaign calls."""

    phone: str = Field(description="E.164.", examples=["+14155550123"])
    reason: Literal["key_press", "asked"] = Field(
        description="key_press: somebody pressed 9 in a call. asked: it was added over the API."
    )
    call_id: CallId | None = Field(description="The call in which 9 was pressed.", examples=[None])
    note: str | None = Field(examples=["Asked by e-mail"])
    created_at: Instant

    @classmethod
    def of(cls, entry: do_not_call.Entry) -> Self:
        values = asdict(entry)
        return cls(call_id=values.pop("attempt_id"), **values)


class DoNotCallEntryCollection(Collection[DoNotCallEntry]):
    """A page of the do-not-call list, by its numbers."""


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
