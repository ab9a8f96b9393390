"""What services tell each other: ids, never state. The row decides, the event is a hint."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pydantic

MAX_IDS = 300
"""Campaigns that one event carries at most."""


class Undecodable(Exception):
    """A message that is no event of ours, or of a version that nobody writes."""


class NewerVersion(Exception):
    """An event of a version that this code does not know yet: a newer process wrote it, and a newer one can read it."""


class _Versioned(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="ignore")

    version: int


class _Wire(_Versioned):
    campaign_ids: list[UUID] = pydantic.Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class CampaignDue:
    """These campaigns are due: whoever receives this takes over those that it finds due and nobody's.

    Version 1. New fields may be added to it; another version is for what old dialers must not read, and leave to newer ones.
    """

    campaign_ids: Sequence[UUID]

    TYPE = "campaign.due"
    VERSION = 1

    def encode(self) -> bytes:
        """The body of a message."""
        return _Wire(version=self.VERSION, campaign_ids=list(self.campaign_ids)).model_dump_json().encode()

    @classmethod
    def decode(cls, body: bytes) -> "CampaignDue":
        """The event in a message's body. Raises `Undecodable`, and `NewerVersion` whatever its form is then."""
        try:
            if _Versioned.model_validate_json(body).version > cls.VERSION:
                raise NewerVersion(f"It has a newer version than {cls.VERSION}, which this dialer reads.")
            wire = _Wire.model_validate_json(body)
        except pydantic.ValidationError as error:
            raise Undecodable(f"It is not a {cls.TYPE} event. {_what_is_wrong(error)}") from None
        if wire.version != cls.VERSION:
            raise Undecodable(f"Its version is {wire.version}; this dialer reads version {cls.VERSION}.")
        return cls(wire.campaign_ids)


def _what_is_wrong(error: pydantic.ValidationError) -> str:
    """In a sentence that repeats nothing of the body: it may hold anything."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:3]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in found) + "."
