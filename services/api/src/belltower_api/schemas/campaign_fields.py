"""What is sent to create a campaign, in every way there is."""

import re
from typing import Annotated, Literal

from fastapi import UploadFile
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from belltower.domain import phone
from belltower.domain.message import check_message
from belltower_api.schemas.calling_window import OwnWindow
from belltower_api.schemas.list_fields import ContactLists, ListReading, all_entries
from belltower_api.schemas.pacing import (
    ANSWERING_MACHINE,
    CAMPAIGN_RATE,
    RETRY_BACKOFF,
    RETRY_DELAYS,
    AnsweringMachine,
    Rate,
    RetryBackoff,
    RetryDelays,
)
from belltower_api.schemas.values import BlankIsAbsent, Name, Request, WholeNumber, speakable

_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_VOICE = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


def _language(text: str) -> str:
    if not re.fullmatch(_LANGUAGE, text):
        raise PydanticCustomError("invalid_language", "is not a language tag; send one such as en-US or de-DE.")
    return text


def _message(text: str) -> str:
    try:
        check_message(text)
    except ValueError as reason:
        raise PydanticCustomError("invalid_message", "{reason}", {"reason": str(reason)}) from None
    return text


def _voice(text: str) -> str:
    if not re.fullmatch(_VOICE, text):
        raise PydanticCustomError(
            "invalid_voice", "is not the name of a voice; send one such as alice or Polly.Joanna."
        )
    return text


def _caller_id(text: str) -> str:
    try:
        return phone.normalise(text)
    except ValueError as reason:
        raise PydanticCustomError(
            "invalid_caller_id",
            "is not a number that can be shown: {reason}. Send one such as +14155550100.",
            {"reason": str(reason)},
        ) from None


CallerId = Annotated[
    Annotated[str, Field(max_length=phone.MAX_LENGTH), AfterValidator(_caller_id)] | None, BlankIsAbsent
]

WelcomeMessage = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=3000),
    AfterValidator(speakable),
    AfterValidator(_message),
]


class StartFields(Request):
    """When a campaign starts."""

    is_scheduled: bool = Field(
        default=False, description="false: it starts now. true: it starts at scheduled_time.", examples=[True]
    )
    scheduled_time: Annotated[str | None, BlankIsAbsent] = Field(
        default=None,
        description="ISO 8601 with an offset, or without one as wall time in `timezone`. Only with is_scheduled.",
        examples=["2030-05-17T09:30:00+02:00", "2030-05-17T09:30"],
    )
    timezone: Annotated[str | None, BlankIsAbsent] = Field(
        default=None, description="The IANA name of a time zone; UTC by default.", examples=["Europe/Berlin"]
    )
    expires_at: Annotated[str | None, BlankIsAbsent] = Field(
        default=None,
        description="When its time is over, written as scheduled_time: whoever was not called then, or waits for another call, is"
        " not called any more. Calls under way go on. Never by default.",
        examples=["2030-05-17T18:00:00+02:00", "2030-05-17T18:00"],
    )


class Speech(Request):
    """What is said, and how."""

    welcome_message: WelcomeMessage = Field(
        description="What is said when somebody answers, and nothing else: say in it that whoever presses 9 is not called again."
        " {{field}} stands for what a contact has in that field, and {{field|fallback}} says the fallback to those who have"
        " nothing.",
        examples=["Hello {{name|there}}, your parcel arrives tomorrow."],
    )
    language: Annotated[str, Field(max_length=35), AfterValidator(_language)] = Field(
        default="en-US",
        description="The language of the message, as a BCP 47 tag.",
        examples=["en-US"],
        json_schema_extra={"pattern": _LANGUAGE},
    )
    voice: Annotated[str, Field(max_length=64), AfterValidator(_voice)] = Field(
        default="alice",
        description="A voice of the carrier.",
        examples=["alice"],
        json_schema_extra={"pattern": _VOICE},
    )
    caller_id: CallerId = Field(
        default=None,
        description="The number that callees see; the account's own by default.",
        examples=["+14155550100"],
    )


class DefinitionFields(Speech):
    """What a campaign is, whomever it rings and whenever."""

    concurrency: Annotated[int, WholeNumber] = Field(
        default=10, ge=1, le=10_000, description="Simultaneous calls.", examples=[10]
    )
    max_attempts: Annotated[int, WholeNumber] = Field(
        default=1, ge=1, le=20, description="How often a contact is rung at most.", examples=[2]
    )
    retry_delay: Annotated[int, WholeNumber] = Field(
        default=1800,
        ge=0,
        le=30 * 86_400,
        description="Seconds between the end of a call and the next to the same contact.",
        examples=[1800],
    )
    retry_delays: RetryDelays = Field(default={}, description=RETRY_DELAYS, examples=[{"busy": 300, "failed": None}])
    retry_backoff: RetryBackoff = Field(default=1.0, description=RETRY_BACKOFF, examples=[2])
    answering_machine: AnsweringMachine = Field(default="treat_as_answered", description=ANSWERING_MACHINE)
    calls_per_second: Rate = Field(default=None, description=CAMPAIGN_RATE, examples=[5])
    misfire_grace: Annotated[int, Field(ge=0, le=30 * 86_400), WholeNumber] | None = Field(
        default=3600,
        description="Seconds after scheduled_time within which it still starts by itself when nothing ran at that time; later it"
        " is paused instead. null: it starts however late.",
        examples=[3600],
    )
    calling_window: OwnWindow = Field(
        default=None,
        description="When its contacts may be called, on their own clocks. It narrows the account's calling hours: who is called"
        " is inside both. null: the account's alone count. In a form: as JSON.",
        examples=[{"hours": [{"days": ["saturday", "sunday"], "start": "10:00", "end": "18:00"}], "holidays": []}],
    )


class CampaignFields(DefinitionFields, StartFields):
    """What a campaign is made of, however its numbers are given."""


class CampaignCreate(ContactLists, CampaignFields):
    """A campaign to create."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Delivery notice",
                    "contacts": [
                        {"phone": "+14155550123", "name": "Ann", "fields": {"time": "10:00"}},
                        {"phone": "+14155550124", "name": "Ben"},
                    ],
                    "welcome_message": "Hello {{name}}, your parcel arrives at {{time|some time}} tomorrow.",
                    "is_scheduled": True,
                    "scheduled_time": "2030-05-17T09:30:00",
                    "timezone": "America/New_York",
                }
            ]
        }
    )

    name: Name = Field(examples=["Delivery notice"])


class CampaignPreflight(ContactLists, CampaignFields):
    """A campaign that is only thought of: what would be sent to create it. It needs no name yet."""

    model_config = CampaignCreate.model_config

    name: Annotated[Name | None, BlankIsAbsent] = Field(default=None, examples=["Delivery notice"])


Retriable = Literal["unreached", "waiting", "expired", "unknown"]


class CampaignRetry(StartFields):
    """Whom to ring again, and when; all else is as in the campaign that is retried."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"statuses": ["unreached"]}]})

    statuses: list[Retriable] = Field(
        default=["unreached", "waiting"],
        min_length=1,
        max_length=4,
        description="Contacts with one of these. `waiting`: a campaign that failed had not come to them. `unknown`: they may"
        " have been rung; to ring them again is your decision.",
    )
    name: Annotated[Name | None, BlankIsAbsent] = Field(
        default=None, description="That of the campaign with (retry) by default.", examples=["Delivery notice, again"]
    )
    caller_id: CallerId = Field(
        default=None,
        description="The number that callees see; the campaign's by default. Another one, where the carrier refused it.",
        examples=["+14155550100"],
    )


class CampaignDuplicate(StartFields):
    """When a duplicate starts; all else is as in the campaign that is duplicated."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"is_scheduled": True, "scheduled_time": "2030-05-17T09:30:00"}]}
    )

    name: Annotated[Name | None, BlankIsAbsent] = Field(
        default=None, description="That of the campaign with (copy) by default.", examples=["Delivery notice, May"]
    )


class CampaignUpload(ListReading, CampaignFields):
    """A campaign to create, with a file of numbers."""

    model_config = ConfigDict(strict=False)  # a form has texts only

    file: UploadFile = Field(
        description=".csv, .txt or .xlsx: one number a line, or a table with a column of numbers.",
        examples=["name,phone\nAda,+14155550123\n"],
    )
    name: Annotated[Name | None, BlankIsAbsent] = Field(
        default=None, description="The file's name by default.", examples=["Delivery notice"]
    )
    phone_numbers: Annotated[list[str], AfterValidator(all_entries)] = Field(
        default=[],
        description="More numbers, separated by commas, semicolons or new lines.",
        examples=[["+14155550124"]],
    )
