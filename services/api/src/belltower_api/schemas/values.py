"""How values are written and read, wherever they stand."""

import json
import re
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from belltower.domain import phone

MAX_FIELDS = 200
"""More fields than any object has are not looked at one by one."""
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and what is no character: neither Postgres nor XML takes all of them."""


def as_values(row: Any) -> dict[str, Any]:
    """What a dataclass holds, by name, and what is one in it likewise. `asdict` copies all else, too, which takes longer than the
    rest of an answer."""
    found = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: as_values(value) if is_dataclass(value) else value for name, value in found.items()}


def json_object(kind: Any, code: str, example: str) -> BeforeValidator:
    """For an object of a `kind` that may come as JSON: forms and queries have texts only. A text that is none is `code`."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise PydanticCustomError(code, "must be a JSON object, such as {example}.", {"example": example})
        return found

    return BeforeValidator(read, json_schema_input_type=kind)


def shown_instant(instant: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown_money(amount: Decimal) -> str:
    """A decimal number with at least two places, and none that says nothing beyond them."""
    whole, _, places = f"{amount:f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


Instant = Annotated[
    datetime,
    PlainSerializer(shown_instant, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2030-05-17T07:30:00.000Z"]}),
]
WallTime = Annotated[
    datetime,
    PlainSerializer(lambda wall: wall.isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$", "examples": ["2030-05-17T09:30:00"]}
    ),
]
"""What clocks show: without an offset."""
Money = Annotated[
    Decimal,
    PlainSerializer(shown_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2,6}$", "examples": ["100.00"]}),
]
CampaignId = Annotated[UUID, Field(examples=["01976f5c-5e2a-7b11-9c4d-3a8f7e6d5b21"])]
SeriesId = Annotated[UUID, Field(examples=["01976f5c-7a1b-7c3d-9e4f-5a6b7c8d9e0f"])]
ImportId = Annotated[UUID, Field(examples=["01976f5c-3c4d-7a02-8e5f-9b1c6d3e2f43"])]
CallId = Annotated[UUID, Field(examples=["01976f5c-9d03-7e55-b1f0-6c2d8a4e7f32"])]
Currency = Annotated[str, Field(description="ISO 4217.", examples=["USD"])]


def speakable(text: str) -> str:
    if _UNSPEAKABLE.search(text):
        raise PydanticCustomError("invalid_text", "holds control characters; send plain text.")
    return text


def one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise PydanticCustomError("invalid_text", "must be on one line.")
    return speakable(text)


def blank_is_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _written_out(value: Any) -> Any:
    """Refuse what pydantic would take for seconds since 1970."""
    if isinstance(value, str) and not re.match(r"\d{4}-", value):
        raise PydanticCustomError(
            "invalid_instant", "must be an instant with its offset, such as 2030-05-17T07:30:00Z."
        )
    return value


def _within_centuries(instant: datetime) -> datetime:
    """Refuse what not every clock and every zone can express."""
    if not datetime(1970, 1, 1, tzinfo=UTC) <= instant <= datetime(2200, 1, 1, tzinfo=UTC):
        raise PydanticCustomError("invalid_instant", "must be between 1970 and 2200.")
    return instant


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def number(text: str) -> str:
    try:
        return phone.normalise(f"+{text.strip()}" if text.startswith(" ") else text)  # a + in an address means a space
    except ValueError as reason:
        raise PydanticCustomError(
            "invalid_number",
            "is no telephone number: {reason}.{advice}",
            {"reason": str(reason), "advice": "" if "+" in str(reason) else " Send one such as +14155550123."},
        ) from None


Number = Annotated[str, Field(max_length=phone.MAX_LENGTH), AfterValidator(number)]
"""A telephone number, in E.164 once it is read."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)]
BlankIsAbsent = BeforeValidator(blank_is_absent)
Note = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(one_line)] | None,
    BlankIsAbsent,
]
QueriedInstant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_within_centuries),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2030-05-17T07:30:00Z"]}),
]
WholeNumber = BeforeValidator(_whole)
"""2.0 is a whole number, too, in JSON Schema, and some programs write it so."""


class Request(BaseModel):
    """The base of what is sent: unknown fields are refused, and types are taken at their word."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > MAX_FIELDS:
            raise PydanticCustomError("too_many_fields", "has too many fields.")
        return data


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models of which an annotation such as `list[Model] | None` is made."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]
