"""Who calls for an account."""

from dataclasses import asdict
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from belltower.db import caller
from belltower_api.schemas.campaign_fields import CallerId
from belltower_api.schemas.values import BlankIsAbsent, Request

_LONGEST = 1_000


def _voice_agent(text: str) -> str:
    """An address that a carrier can connect calls to (twilio.com/docs/voice/twiml/stream: wss, and no query string)."""
    try:
        parts = urlsplit(text)
        is_one = parts.scheme == "wss" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or not text.isascii() or not text.isprintable() or set(text) & set(' ?#"<>\\'):
        raise PydanticCustomError(
            "invalid_voice_agent",
            "is not the address of a voice agent; send one that begins with wss:// and has no user, ? or #, such as"
            " wss://agent.example.com/calls.",
        )
    return text


VoiceAgent = Annotated[Annotated[str, Field(max_length=_LONGEST), AfterValidator(_voice_agent)] | None, BlankIsAbsent]


class Caller(Request):
    """Who calls for an account: the number that people see, and who speaks with them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"caller_id": "+14155550100", "voice_agent": "wss://agent.example.com/calls"}]}
    )

    caller_id: CallerId = Field(
        description="The number that people see when a campaign names none; null: each campaign has to name one.",
        examples=["+14155550100"],
    )
    voice_agent: VoiceAgent = Field(
        description="The WebSocket address (wss://) of an agent that speaks with people instead of the message, for all"
        " campaigns: the carrier streams each call that is answered to it. null: the message is spoken.",
        examples=["wss://agent.example.com/calls"],
    )

    @classmethod
    def of(cls, found: caller.Caller) -> Self:
        return cls.model_validate(asdict(found))

    @property
    def meant(self) -> caller.Caller:
        """The caller, as it is kept."""
        return caller.Caller(self.caller_id, self.voice_agent)
