"""Calling windows, and what follows from them, as they are sent and shown."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from belltower.db.campaigns import Campaign
from belltower.domain.calling_hours import CLOSED, OPEN, Source
from belltower.domain.calling_window import DAYS
from belltower.domain.campaign import RUNNABLE
from belltower.domain.zones import LONGEST_NAME, read_zone_name
from belltower_api.schemas.values import BlankIsAbsent, Instant, Request, json_object

_START = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_END = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_MOST_HOURS = 100
_MOST_HOLIDAYS = 1_000

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _start(text: str) -> str:
    if not re.fullmatch(_START, text):
        raise PydanticCustomError("invalid_time_of_day", "is not a time of day; send one such as 08:00.")
    return text


def _end(text: str) -> str:
    if not re.fullmatch(_END, text):
        raise PydanticCustomError(
            "invalid_time_of_day", "is not a time of day; send one such as 21:00, or 24:00 for the end of the day."
        )
    return text


def _holiday(text: str) -> str:
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise PydanticCustomError("invalid_date", "is not a date; send one such as 2030-12-25.") from None


def _unknown_zone(text: str) -> str:
    zone = text if text in (CLOSED, OPEN) else read_zone_name(text)
    if zone is None:
        raise PydanticCustomError(
            "invalid_timezone", "is neither closed nor open nor a time zone; send an IANA name such as Europe/Berlin."
        )
    return zone


def _in_week(days: list[Day]) -> list[Day]:
    return sorted(set(days), key=DAYS.index)


class OpenHours(Request):
    """From when to when on some days of the week, on the clocks of the person called."""

    days: Annotated[list[Day], Field(min_length=1, max_length=50), AfterValidator(_in_week)] = Field(
        examples=[["monday", "tuesday", "wednesday", "thursday", "friday"]]
    )
    start: Annotated[str, AfterValidator(_start)] = Field(
        description="The first minute.", examples=["08:00"], json_schema_extra={"pattern": _START}
    )
    end: Annotated[str, AfterValidator(_end)] = Field(
        description="The first minute after them; up to 24:00. At or before the start it is on the following day, and the hours"
        " after midnight belong to the day on which they began.",
        examples=["21:00"],
        json_schema_extra={"pattern": _END},
    )


_HOLIDAY = {"type": "string", "format": "date", "examples": ["2030-12-25"]}


class CallingWindow(Request):
    """When people may be called, on their own clocks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hours": [
                        {
                            "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                            "start": "08:00",
                            "end": "21:00",
                        }
                    ],
                    "holidays": ["2030-12-25"],
                }
            ]
        }
    )

    hours: Annotated[list[OpenHours], Field(min_length=1, max_length=_MOST_HOURS)] | None = Field(
        default=None,
        description="Those that touch or overlap are one. null: all hours of all days that are no holidays.",
    )
    holidays: Annotated[
        list[Annotated[str, AfterValidator(_holiday), WithJsonSchema(_HOLIDAY)]],
        Field(max_length=_MOST_HOLIDAYS),
        AfterValidator(lambda days: sorted(set(days))),
    ] = Field(
        default=[],
        description="Dates, where the person called is, on which nobody is called from midnight to midnight; hours of the evening"
        " before end at midnight.",
        examples=[["2030-12-25"]],
    )


OwnWindow = Annotated[
    Annotated[
        CallingWindow,
        json_object(CallingWindow, "invalid_calling_window", '{"hours": null, "holidays": ["2030-12-25"]}'),
    ]
    | None,
    BlankIsAbsent,
]


class CallingHours(Request):
    """When the people that an account calls may be called."""

    calling_window: CallingWindow | None = Field(description="null: at any time.")
    unknown_zone: Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_unknown_zone)] = Field(
        description="Numbers that do not tell in which time zone they are, as those of satellites. closed: they are not called"
        " while there is a window. open: they are called at any time. Or the IANA name of the zone to assume.",
        examples=["closed", "open", "Europe/Berlin"],
    )


class WaitingFor(BaseModel):
    """Why a campaign that runs calls nobody at the moment."""

    reason: Literal["calling_window"] = Field(
        description="Everybody who could be called is outside their calling window."
    )
    until: Instant = Field(description="When the first window opens.")
    timezone: str = Field(description="Where it opens: IANA.", examples=["Europe/Berlin"])

    @classmethod
    def of(cls, campaign: Campaign) -> Self | None:
        """What a campaign waits for; None: for nothing."""
        if campaign.window_zone is None or campaign.next_due_at is None or campaign.status not in RUNNABLE:
            return None
        return cls(reason="calling_window", until=campaign.next_due_at, timezone=campaign.window_zone)


class LocalTime(BaseModel):
    """What the clocks showed somewhere."""

    timezone: str = Field(description="IANA.", examples=["America/New_York"])
    at: str = Field(
        description="RFC 3339, with the offset there.",
        examples=["2030-05-17T09:30:04-04:00"],
        json_schema_extra={"format": "date-time"},
    )


class WindowDecision(BaseModel):
    """Why a call was inside its calling window when it was placed."""

    windows: list[Literal["account", "campaign"]] = Field(
        description="Whose windows counted; all of them were open.", examples=[["account"]]
    )
    timezone_source: Source = Field(
        description="contact: the list said where they are. number: the number does. account: nobody knows, and the account's"
        " unknown_zone decided."
    )
    local_times: list[LocalTime] = Field(
        description="In every zone in which they may be; empty where numbers of unknown zones are called at any time."
    )
    closes_at: Instant | None = Field(description="When the window closed; null: not within eight days.")

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        closes_at = record["closes_at"]
        return cls(**{**record, "closes_at": closes_at and datetime.fromisoformat(closes_at)})
