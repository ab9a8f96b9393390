"""What the API takes and gives, one model per noun. OpenAPI is made from here."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from uuid import UUID

from fastapi import UploadFile
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from belltower.db import calls, campaigns, contacts, history, wallet
from belltower.db.progress import Progress
from belltower.domain import phone
from belltower.domain.call import CallStatus
from belltower.domain.campaign import CampaignStatus, ContactStatus

MAX_FIELDS = 200
"""More fields than any object has are not looked at one by one."""

# --- How values are written ---------------------------------------------------------------------------------------------


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
Money = Annotated[
    Decimal,
    PlainSerializer(shown_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2,6}$", "examples": ["100.00"]}),
]
Currency = Annotated[str, Field(description="ISO 4217.", examples=["USD"])]

# --- How values are read ------------------------------------------------------------------------------------------------

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters and what is no character: neither Postgres nor XML takes all of them."""
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
_AMOUNT = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"
_LARGEST_TOP_UP = Decimal(1_000_000)
_VOICE = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


def _speakable(text: str) -> str:
    if _UNSPEAKABLE.search(text):
        raise PydanticCustomError("invalid_text", "holds control characters; send plain text.")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise PydanticCustomError("invalid_text", "must be on one line.")
    return _speakable(text)


def _language(text: str) -> str:
    if not re.fullmatch(_LANGUAGE, text):
        raise PydanticCustomError("invalid_language", "is not a language tag; send one such as en-US or de-DE.")
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


def _number(text: str) -> str:
    try:
        return phone.normalise(text)
    except ValueError as reason:
        raise PydanticCustomError(
            "invalid_number",
            "is no telephone number: {reason}. Send one such as +14155550123.",
            {"reason": str(reason)},
        ) from None


def _amount(text: Any) -> Decimal:
    amount = Decimal(text) if isinstance(text, str) and re.fullmatch(_AMOUNT, text) else Decimal(0)
    if not 0 < amount <= _LARGEST_TOP_UP:
        raise PydanticCustomError(
            "invalid_amount", 'is not an amount that can be added; send a text such as "250.00", up to 1000000.'
        )
    return amount


def _blank_is_absent(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _entries(value: Any) -> Any:
    return [entry for _, entry in phone.split_text(value)] if isinstance(value, str) else value


def _writable(texts: list[str]) -> list[str]:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("invalid_text", "holds text that is not valid Unicode.") from None
    return texts


def _all_entries(texts: list[str]) -> list[str]:
    return [entry for text in texts for _, entry in phone.split_text(text)]


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
PhoneNumbers = Annotated[
    list[str], FailFast(), BeforeValidator(_entries, json_schema_input_type=list[str] | str), AfterValidator(_writable)
]
BlankIsAbsent = BeforeValidator(_blank_is_absent)
QueriedInstant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2030-05-17T07:30:00Z"]}),
]
"""Within centuries that every clock and every zone can express."""


class Request(BaseModel):
    """The base of what is sent: unknown fields are refused, and types are taken at their word."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > MAX_FIELDS:
            raise PydanticCustomError("too_many_fields", "has too many fields.")
        return data


class StartFields(Request):
    """When a campaign starts."""

    is_scheduled: bool = Field(default=False, description="false: it starts now. true: it starts at scheduled_time.")
    scheduled_time: Annotated[str | None, BlankIsAbsent] = Field(
        default=None,
        description="ISO 8601 with an offset, or without one as wall time in `timezone`. Only with is_scheduled.",
        examples=["2030-05-17T09:30:00+02:00", "2030-05-17T09:30"],
    )
    timezone: Annotated[str | None, BlankIsAbsent] = Field(
        default=None, description="The IANA name of a time zone; UTC by default.", examples=["Europe/Berlin"]
    )


class CampaignFields(StartFields):
    """What a campaign is made of, however its numbers are given."""

    welcome_message: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000), AfterValidator(_speakable)
    ] = Field(description="What is said when somebody answers.", examples=["Hello, your parcel arrives tomorrow."])
    language: Annotated[str, Field(max_length=35), AfterValidator(_language)] = Field(
        default="en-US",
        description="The language of the message, as a BCP 47 tag.",
        json_schema_extra={"pattern": _LANGUAGE},
    )
    voice: Annotated[str, Field(max_length=64), AfterValidator(_voice)] = Field(
        default="alice", description="A voice of the carrier.", json_schema_extra={"pattern": _VOICE}
    )
    caller_id: Annotated[
        Annotated[str, Field(max_length=phone.MAX_LENGTH), AfterValidator(_caller_id)] | None, BlankIsAbsent
    ] = Field(
        default=None,
        description="The number that callees see; the account's own by default.",
        examples=["+14155550100"],
    )
    default_country: Annotated[Annotated[str, AfterValidator(_country)] | None, BlankIsAbsent] = Field(
        default=None,
        description="ISO 3166 alpha-2: where numbers are at home that are written without + and country code. Without it "
        "they are rejected.",
        examples=["US"],
    )
    concurrency: int = Field(default=10, ge=1, le=10_000, description="Simultaneous calls.")
    max_attempts: int = Field(default=1, ge=1, le=20, description="How often a contact is rung at most.")
    retry_delay: int = Field(
        default=1800,
        ge=0,
        le=30 * 86_400,
        description="Seconds between the end of a call and the next to the same contact.",
    )


class CampaignCreate(CampaignFields):
    """A campaign to create."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Delivery notice",
                    "phone_numbers": ["+14155550123", "+14155550124"],
                    "welcome_message": "Hello, your parcel arrives tomorrow.",
                    "is_scheduled": True,
                    "scheduled_time": "2030-05-17T09:30:00",
                    "timezone": "America/New_York",
                }
            ]
        }
    )

    name: Name = Field(examples=["Delivery notice"])
    phone_numbers: PhoneNumbers = Field(
        description="A list of numbers, or text in which commas, semicolons or new lines separate them. + and country first.",
        examples=[["+14155550123", "+14155550124"], "+14155550123, +14155550124"],
    )


class CampaignPreflight(CampaignFields):
    """A campaign that is only thought of: what would be sent to create it. It needs no name yet."""

    model_config = CampaignCreate.model_config

    name: Annotated[Name | None, BlankIsAbsent] = Field(default=None, examples=["Delivery notice"])
    phone_numbers: PhoneNumbers = Field(
        description="As for a campaign to create.", examples=[["+14155550123", "+14155550124"]]
    )


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


class CampaignUpload(CampaignFields):
    """A campaign to create, with a file of numbers."""

    model_config = ConfigDict(strict=False)  # a form has texts only

    file: UploadFile = Field(description=".csv, .txt or .xlsx: one number a line, or a table with a column of numbers.")
    name: Annotated[Name | None, BlankIsAbsent] = Field(default=None, description="The file's name by default.")
    phone_numbers: Annotated[list[str], AfterValidator(_all_entries)] = Field(
        default=[], description="More numbers, separated by commas, semicolons or new lines."
    )


class Paging(Request):
    """Which page of a collection."""

    model_config = ConfigDict(strict=False)  # a query has texts only

    limit: int = Field(default=50, ge=1, le=500, description="Items of a page at most.")
    cursor: str | None = Field(default=None, max_length=100, description="The `next_cursor` of the page before.")


class CampaignPaging(Paging):
    """Which page of which campaigns."""

    status: CampaignStatus | None = Field(default=None, description="Only campaigns with this status.")
    search: str | None = Field(
        default=None, min_length=1, max_length=200, description="Only campaigns with this in their name, in any case."
    )
    scheduled_from: QueriedInstant | None = Field(
        default=None, description="Only campaigns that are scheduled for this instant or a later one."
    )
    scheduled_to: QueriedInstant | None = Field(
        default=None, description="Only campaigns that are scheduled for an earlier instant."
    )

    @field_validator("search")
    @classmethod
    def _searchable(cls, text: str | None) -> str | None:
        return None if text is None else _one_line(text)


class CallPaging(Paging):
    """Which page of which calls."""

    status: CallStatus | None = Field(
        default=None, description="Only calls with this status; of those that have ended, this is the disposition."
    )
    disposition: Literal["completed", "busy", "no_answer", "failed", "cancelled", "not_placed", "unknown"] | None = (
        Field(default=None, description="Only calls that ended like this.")
    )
    number: Annotated[str, Field(max_length=phone.MAX_LENGTH), AfterValidator(_number)] | None = Field(
        default=None, description="Only calls to this number.", examples=["+14155550123"]
    )


class ContactPaging(Paging):
    """Which page of which contacts."""

    status: ContactStatus | None = Field(default=None, description="Only contacts with this status.")


# --- What is given ------------------------------------------------------------------------------------------------------

Item = TypeVar("Item")


class Collection(BaseModel, Generic[Item]):
    """A page of a collection."""

    items: list[Item]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last.")
    total: int = Field(description="Items of all pages.")


class Dispositions(BaseModel):
    """Ended calls by how they ended."""

    completed: int
    busy: int
    no_answer: int
    failed: int
    cancelled: int
    not_placed: int
    unknown: int


class CampaignProgress(BaseModel):
    """How far a campaign is. total = completed + in_progress + waiting."""

    total: int = Field(description="Contacts.")
    completed: int = Field(description="Contacts that are final: successful + failed + skipped + expired + unknown.")
    in_progress: int = Field(description="Contacts with a call under way.")
    waiting: int = Field(description="Contacts still to be rung, or to be rung again.")
    successful: int = Field(description="Contacts that were reached.")
    failed: int = Field(description="Contacts that were not reached.")
    skipped: int = Field(description="Contacts that must not be rung.")
    expired: int = Field(description="Contacts whose time ran out.")
    unknown: int = Field(description="Contacts that may have been rung; the carrier could not say.")
    dispositions: Dispositions = Field(description="Ended calls by how they ended; a contact may have several.")

    @classmethod
    def of(cls, progress: Progress) -> Self:
        contacts = progress.contacts
        return cls(
            total=progress.total,
            completed=progress.completed,
            in_progress=progress.in_progress,
            waiting=progress.waiting,
            successful=contacts[ContactStatus.REACHED],
            failed=contacts[ContactStatus.UNREACHED],
            skipped=contacts[ContactStatus.SKIPPED],
            expired=contacts[ContactStatus.EXPIRED],
            unknown=contacts[ContactStatus.UNKNOWN],
            dispositions=Dispositions(**progress.dispositions),
        )


class Campaign(BaseModel):
    """A campaign, and how far it is."""

    id: UUID
    name: str
    status: CampaignStatus
    status_reason: str | None = Field(description="Why it is paused or failed.")
    welcome_message: str
    language: str
    voice: str
    caller_id: str
    concurrency: int
    max_attempts: int
    retry_delay: int
    is_scheduled: bool
    scheduled_time: Instant | None
    timezone: str
    retry_of: UUID | None = Field(description="The campaign whose contacts it rings again.")
    created_at: Instant
    started_at: Instant | None = Field(description="When a dialer first took it over.")
    completed_at: Instant | None
    next_due_at: Instant | None = Field(description="When it needs a dialer next; null when nothing is left to do.")
    start_lateness: float | None = Field(
        description="Seconds from the moment it was due to its start; null until it has started."
    )
    progress: CampaignProgress

    @classmethod
    def of(cls, campaign: campaigns.Campaign, progress: Progress, **more: Any) -> Self:
        return cls(
            **asdict(campaign),
            start_lateness=lateness(campaign),
            progress=CampaignProgress.of(progress),
            **more,
        )


def lateness(campaign: campaigns.Campaign) -> float | None:
    """Seconds from the moment a campaign was due to its start; None until it has started."""
    if campaign.started_at is None:
        return None
    due = campaign.scheduled_time or campaign.created_at
    return round((campaign.started_at - due).total_seconds(), 4)


Source = Literal["phone_numbers", "file"]


class RejectedNumber(BaseModel):
    """An entry that is no number that can be rung."""

    source: Source
    line: int = Field(description="From 1: the file's line, or the position in phone_numbers.")
    value: str
    reason: str


class RejectedNumbers(BaseModel):
    """What was left out of a list."""

    count: int
    items: list[RejectedNumber] = Field(description=f"The first {phone.LISTED_REJECTIONS}.")


class CampaignCreated(Campaign):
    """A campaign that was just created, and what of its list was left out."""

    rejected: RejectedNumbers
    duplicates: int = Field(description="Entries that named a number again; it is rung once.")


class CampaignCollection(Collection[Campaign]):
    """A page of campaigns, the newest first."""


class Call(BaseModel):
    """One attempt to reach a contact."""

    id: UUID
    campaign_id: UUID
    contact_id: int
    to: str
    caller_id: str
    status: CallStatus
    attempt: int = Field(description="The contact's how manieth, from 1.")
    placed_at: Instant = Field(description="When it was let through to the carrier.")
    ringing_at: Instant | None
    answered_at: Instant | None
    ended_at: Instant | None
    duration: int | None = Field(description="Seconds of talk.")
    cost: Money
    currency: Currency
    answered_by: str | None = Field(description="human, machine_start, fax ... where the carrier looked.")
    carrier: str = Field(description="simulated: nobody was rung. twilio: somebody was.")
    carrier_call_id: str | None
    error_code: str | None
    reason: str | None

    @classmethod
    def of(cls, call: calls.Call, currency: str, **more: Any) -> Self:
        return cls(**asdict(call), currency=currency, **more)


class Contact(BaseModel):
    """Somebody on a campaign's list."""

    id: int
    phone: str
    status: ContactStatus
    attempts: int = Field(description="Calls that used one of max_attempts up.")
    next_attempt_at: Instant | None = Field(description="From when it may be rung; null unless it waits.")
    reason: str | None = Field(description="Why it still waits, was skipped, or could not be reached.")

    @classmethod
    def of(cls, contact: contacts.Contact) -> Self:
        return cls(**asdict(contact))


class ContactCollection(Collection[Contact]):
    """A page of contacts, by their numbers."""


class CallReport(BaseModel):
    """What was said about a call, and what came of it."""

    received_at: Instant
    occurred_at: Instant | None = Field(description="By the carrier's clock, where it said so.")
    source: Literal["callback", "poll", "response", "reconciler"] = Field(
        description="The carrier by itself, the carrier when asked, the answer to our request, our own conclusion."
    )
    status: CallStatus = Field(description="What was reported.")
    effect: Literal["move", "stale", "contradiction"] = Field(
        description="move: the call has this status since. stale: it was further already. contradiction: it had ended"
        " otherwise; it keeps its status, and the ledger is corrected."
    )


class CallDetail(Call):
    """A call with every report about it."""

    reports: list[CallReport] = Field(description="In the order in which they came.")

    @classmethod
    def of(cls, call: calls.Call, currency: str, **more: Any) -> Self:
        reports: list[calls.CallReport] = more["reports"]
        return super().of(call, currency, reports=[CallReport.model_validate(asdict(report)) for report in reports])


class CallCollection(Collection[Call]):
    """A page of calls, the newest first."""


_MEANING = {
    CampaignStatus.SCHEDULED: "It waits for its time.",
    CampaignStatus.PENDING: "It is due and announced to the dialers.",
    CampaignStatus.PROCESSING: "A dialer took it over.",
    CampaignStatus.PAUSED: "No call is placed until it is resumed.",
    CampaignStatus.COMPLETED: "Every contact is final.",
    CampaignStatus.FAILED: "It could not start, or not go on.",
    CampaignStatus.CANCELLED: "No call is placed any more.",
}


class CampaignEvent(BaseModel):
    """A move of a campaign from one status to another."""

    at: Instant
    from_status: CampaignStatus | None = Field(serialization_alias="from", description="null: it was created.")
    to_status: CampaignStatus = Field(serialization_alias="to")
    actor: str = Field(description="Who moved it: an API key, a scheduler, a dialer, an outcome.")
    reason: str | None
    detail: str = Field(description="What the new status means.")

    @classmethod
    def of(cls, event: history.CampaignEvent) -> Self:
        return cls(
            at=event.at,
            from_status=CampaignStatus(event.from_status) if event.from_status else None,
            to_status=CampaignStatus(event.to_status),
            actor=event.actor,
            reason=event.reason,
            detail=_MEANING[CampaignStatus(event.to_status)],
        )


class CampaignEventCollection(Collection[CampaignEvent]):
    """A page of a campaign's moves, the oldest first."""


class Wallet(BaseModel):
    """An account's money."""

    balance: Money = Field(description="What the ledger sums to.")
    held: Money = Field(description="Of the balance, what calls under way may cost at most.")
    available: Money = Field(description="balance - held: what new calls can use.")
    minimum_balance: Money = Field(description="Below this balance no campaign can be created.")
    currency: Currency


class WalletEntry(BaseModel):
    """A line of the ledger, to which the balance always sums."""

    id: int
    at: Instant
    kind: Literal["top_up", "call", "correction"]
    amount: Money = Field(description="What it added to the balance; a charge is negative.")
    written_off: Money = Field(description="What a call cost beyond what the wallet could bear.")
    currency: Currency
    call_id: UUID | None = Field(description="The call that was paid for.")
    note: str | None

    @classmethod
    def of(cls, entry: wallet.Entry, currency: str) -> Self:
        values = asdict(entry)
        return cls(call_id=values.pop("attempt_id"), currency=currency, **values)


class TopUp(Request):
    """Money to put into the wallet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "250.00", "note": "Invoice 2030-117"}]})

    amount: Annotated[
        Decimal,
        BeforeValidator(_amount, json_schema_input_type=str),
        WithJsonSchema({"type": "string", "pattern": _AMOUNT, "examples": ["250.00"]}),
    ] = Field(description="In the account's currency: above zero, at most 1,000,000, with at most six places.")
    note: Annotated[
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)] | None,
        BlankIsAbsent,
    ] = Field(default=None, description="What the ledger shall say about it.", examples=["Invoice 2030-117"])


class WalletEntryCollection(Collection[WalletEntry]):
    """A page of the ledger, the newest entry first."""


class FieldError(BaseModel):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(description="Where: a JSON pointer (RFC 6901) into the body, or / and a parameter's name.")
    code: str = Field(description="Stable; docs/errors.md lists all.")
    detail: str = Field(description="What is wrong and what to send, as a sentence.")


class Problem(BaseModel):
    """Why a request was not fulfilled (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="Stable; docs/errors.md lists all.")
    detail: str = Field(description="What is wrong and what to do, as a sentence.")
    request_id: str = Field(description="Under which the logs know this request; also in the header X-Request-Id.")
    errors: list[FieldError] | None = Field(default=None, description="With status 400: every field that is wrong.")
    balance: str | None = Field(default=None, description="With insufficient_funds: what the wallet holds.")
    minimum: str | None = Field(default=None, description="With insufficient_funds: what it must hold.")
    currency: str | None = Field(default=None, description="With insufficient_funds: of both amounts.")


def rejected_numbers(sources: Sequence[tuple[Source, phone.PhoneList]]) -> RejectedNumbers:
    """What was left out of one or several lists."""
    items = [
        RejectedNumber(source=source, line=entry.line, value=entry.value, reason=entry.reason)
        for source, numbers in sources
        for entry in numbers.rejected
    ]
    return RejectedNumbers(
        count=sum(numbers.rejections for _, numbers in sources), items=items[: phone.LISTED_REJECTIONS]
    )
