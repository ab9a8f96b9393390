"""Whom a campaign rings, in every way that can be sent, and how a list is read."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    FailFast,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from belltower.domain import phone
from belltower_api.contact_file import EncodingName, Wishes
from belltower_api.contact_file.layout import LONGEST_TITLE, LONGEST_VALUE
from belltower_api.schemas.problem import LISTED_ERRORS
from belltower_api.schemas.values import BlankIsAbsent, ImportId, Name, Request, json_object, one_line

MAX_LISTED = 50_000
"""Contacts in a request; more of them come as a file."""
MAX_FIELDS = 50
"""Fields of a contact in a request."""
_MAX_COLUMNS = 500
_CHECKED_AT_ONCE = 1_000
_STANDARD_ERRORS = frozenset(get_args(core_schema.ErrorType))


def _country(text: str) -> str:
    country = text.strip().upper()
    if country not in phone.COUNTRIES:
        hint = " It is GB for the United Kingdom." if country == "UK" else ""
        raise PydanticCustomError(
            "invalid_country",
            "is not a country; send its two letters of ISO 3166, such as US or DE.{hint}",
            {"hint": hint},
        )
    return country


def _entries(value: Any) -> Any:
    return [entry for _, entry in phone.split_text(value)] if isinstance(value, str) else value


def _writable_text(text: str) -> str:
    _writable([text])
    return text


def _writable(texts: list[str]) -> list[str]:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("invalid_text", "holds text that is not valid Unicode.") from None
    return texts


def all_entries(texts: list[str]) -> list[str]:
    return [entry for text in texts for _, entry in phone.split_text(text)]


def _first_errors(entries: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Tell the first errors of a list whose check ends at each of them: there may be millions, and all would be kept."""
    try:
        return check(entries)
    except ValidationError as error:
        if not error.errors()[0]["loc"]:  # about the list itself
            raise
    found: list[InitErrorDetails] = []
    checked = 0
    while checked < len(entries) and len(found) < LISTED_ERRORS:
        try:
            check(entries[checked : checked + _CHECKED_AT_ONCE])
            checked += _CHECKED_AT_ONCE
        except ValidationError as error:
            details = error.errors(include_url=False)
            found += [_moved(each, by=checked) for each in details]
            checked += int(details[0]["loc"][0]) + 1
    raise ValidationError.from_exception_data("list", found)


def _moved(error: ErrorDetails, *, by: int) -> InitErrorDetails:
    """An error of a list's entry, as one of an entry that stands so many further on."""
    kind = error["type"]
    position, *inside = error["loc"]
    return InitErrorDetails(
        type=kind if kind in _STANDARD_ERRORS else PydanticCustomError(kind, error["msg"]),
        loc=(int(position) + by, *inside),
        input=error["input"],
        ctx=error.get("ctx", {}),
    )


FirstErrors = (FailFast(), WrapValidator(_first_errors))
PhoneNumbers = Annotated[
    list[str],
    *FirstErrors,
    BeforeValidator(_entries, json_schema_input_type=list[str] | str),
    AfterValidator(_writable),
]
DefaultCountry = Annotated[Annotated[str, AfterValidator(_country)] | None, BlankIsAbsent]
FieldName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE), AfterValidator(one_line)
]
FieldValue = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LONGEST_VALUE), AfterValidator(one_line)
]
Fields = Annotated[dict[FieldName, FieldValue], Field(max_length=MAX_FIELDS)]
"""What is known of a contact, by the names that the message may have as placeholders."""


class ListedContact(Request):
    """Somebody to ring."""

    phone: Annotated[str, AfterValidator(_writable_text)] = Field(
        description="A number that is not one is left out and reported.", examples=["+14155550123"]
    )
    name: Annotated[Name | None, BlankIsAbsent] = Field(default=None, examples=["Ann"])
    fields: Fields = Field(default={}, description="For the placeholders of the message.", examples=[{"time": "10:00"}])
    timezone: Annotated[FieldValue | None, BlankIsAbsent] = Field(
        default=None,
        description="Where they are, as an IANA name; their number tells by default. Somebody with a name that nobody knows is"
        " left out and reported.",
        examples=["America/New_York"],
    )


class ListReading(Request):
    """How a list is read."""

    default_country: DefaultCountry = Field(
        default=None,
        description="ISO 3166 alpha-2: where numbers are at home that are written without + and country code. Without it "
        "they are rejected.",
        examples=["US"],
    )
    phone_column: Annotated[FieldName | None, BlankIsAbsent] = Field(
        default=None,
        description="The title of the file's column of numbers, or `Column 2` where it has none; found out by default.",
        examples=["Mobile"],
    )
    columns: Annotated[
        Annotated[
            dict[FieldName, Annotated[FieldName | None, BlankIsAbsent]],
            Field(max_length=_MAX_COLUMNS),
            json_object(dict[str, str | None], "invalid_columns", '{"Vorname": "name", "Notes": null}'),
        ]
        | None,
        BlankIsAbsent,
    ] = Field(
        default=None,
        description="What columns of the file become, by title: the name of a field; `name` for the contact's own name;"
        " `timezone` for its time zone; null: it is left out. Others become fields of their own titles. In a form: as JSON.",
        examples=[{"Vorname": "name", "Notes": None}],
    )

    encoding: Annotated[EncodingName | None, BlankIsAbsent] = Field(
        default=None,
        description="How the file's text is written; found out by default, and of no matter to a workbook.",
        examples=["windows-1250"],
    )

    @property
    def wishes(self) -> Wishes:
        """What is said about a file."""
        return Wishes(self.phone_column, self.columns or {}, self.encoding)

    @property
    def kept(self) -> dict[str, Any]:
        """What of it is kept with a file."""
        return self.model_dump(include=set(ListReading.model_fields))

    def beside(self, kept: Mapping[str, Any]) -> "ListReading":
        """This where it says something, and for the rest what was kept with the file."""
        return ListReading(**{name: getattr(self, name) or kept.get(name) for name in ListReading.model_fields})


class NumberLists(ListReading):
    """Numbers, a file of them that was imported, or both."""

    phone_numbers: PhoneNumbers = Field(
        default=[],
        description="A list of numbers, or text in which commas, semicolons or new lines separate them. + and country first.",
        examples=[["+14155550123", "+14155550124"], "+14155550123, +14155550124"],
    )
    import_id: ImportId | None = Field(default=None, strict=False, description="A file that was sent to /api/imports.")


class ContactLists(NumberLists):
    """Whom a campaign rings: contacts, numbers, a file that was imported, or all of them. Each number is rung once."""

    contacts: Annotated[list[ListedContact], *FirstErrors, Field(max_length=MAX_LISTED)] = Field(
        default=[], description=f"People with what the message says of them. More than {MAX_LISTED:,} come as a file."
    )
