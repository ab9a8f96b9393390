"""Recurring campaigns: what is sent, and how they are shown."""

from copy import copy
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, create_model

from belltower.db import series
from belltower.domain.campaign import CampaignStatus
from belltower.domain.recurrence.occurrences import Occurrence, Recurrence
from belltower.domain.recurrence.reading import LONGEST_RULE, MOST_EXDATES
from belltower.domain.recurrence.words import in_words
from belltower.domain.series import SeriesEventKind, SeriesStatus
from belltower_api.schemas.campaign_fields import DefinitionFields
from belltower_api.schemas.collection import Collection
from belltower_api.schemas.list_fields import ContactLists
from belltower_api.schemas.rejection import MessageWarning, RejectedNumbers
from belltower_api.schemas.values import (
    BlankIsAbsent,
    CampaignId,
    Instant,
    Name,
    QueriedInstant,
    Request,
    SeriesId,
    WallTime,
)

_RRULE = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_RULE: dict[str, Any] = {"rrule": _RRULE, "starts": "2030-05-17T09:30", "timezone": "Europe/Berlin"}
_TEXT = Annotated[str, Field(max_length=64)]


def changes_of(model: type[BaseModel], title: str, doc: str, /, **more: Any) -> Any:
    """A model with the same fields of which none needs to be sent: what is not sent stays as it is."""
    optional: dict[str, Any] = {}
    for field_name, field in model.model_fields.items():
        changed = copy(field)
        changed.default, changed.default_factory = None, None
        optional[field_name] = (field.annotation, changed)
    return create_model(title, __base__=Request, __doc__=doc, **optional, **more)


class RuleFields(Request):
    """When a series calls."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RULE]})

    rrule: Annotated[str, Field(min_length=1, max_length=LONGEST_RULE)] = Field(
        description="A rule of RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS,"
        " WKST, and COUNT or UNTIL.",
        examples=[_RRULE],
    )
    starts: _TEXT = Field(
        description="The wall time from which the rule counts, without an offset; its time of day is that of all.",
        examples=["2030-05-17T09:30"],
    )
    timezone: _TEXT = Field(description="The IANA name of its time zone.", examples=["Europe/Berlin"])
    exdates: Annotated[list[_TEXT], Field(max_length=MOST_EXDATES)] = Field(
        default=[], description="Days on which the rule does not hold.", examples=[["2030-12-24", "2030-12-25"]]
    )
    ends: Annotated[_TEXT | None, BlankIsAbsent] = Field(
        default=None, description="The last wall time that may be.", examples=["2030-12-31T23:59"]
    )


class SeriesPreview(Request):
    """A rule that is only thought of."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rule": _RULE}]})

    rule: RuleFields


class SeriesCreate(ContactLists, DefinitionFields):
    """A series to create."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Delivery notice",
                    "phone_numbers": ["+14155550123"],
                    "welcome_message": "Hello, your parcel arrives today.",
                    "rule": _RULE,
                }
            ]
        }
    )

    name: Name = Field(description="What each occurrence is called, too.", examples=["Delivery notice"])
    rule: RuleFields
    skip_if_running: bool = Field(
        default=True,
        description="An occurrence does not take place while one before it still runs.",
        examples=[True],
    )


RuleChange = changes_of(RuleFields, "RuleChange", "What to change of a rule.")
_CHANGED = {
    "name": (Name, Field(default=None, examples=["Delivery notice"])),
    "rule": (RuleChange, Field(default=None, description="What to change of the rule; the rest of it stays.")),
    "skip_if_running": (bool, Field(default=None, examples=[True])),
}
_LISTS = "Contacts that are sent, in any of the ways there are, replace the list."
SeriesChange = changes_of(
    DefinitionFields,
    "SeriesDefinitionChange",
    f"What to change of a series. {_LISTS}",
    **_CHANGED,
)


class SeriesPatch(ContactLists, SeriesChange):  # type: ignore[misc, valid-type]
    """What to change of a series and all that is to come of it. Contacts that are sent replace the list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rule": {"exdates": ["2030-12-24"]}}]})


class SeriesSplit(ContactLists, SeriesChange):  # type: ignore[misc, valid-type]
    """What to change of a series from one occurrence on. Contacts that are sent replace the list."""

    model_config = ConfigDict(
        strict=False,
        json_schema_extra={
            "examples": [{"from": "2030-05-20T07:30:00Z", "welcome_message": "Hello, your parcel arrives tomorrow."}]
        },
    )

    from_: QueriedInstant = Field(
        alias="from", description="The instant of the first occurrence that is to be another.", strict=False
    )


class OccurrenceSkip(Request):
    """An occurrence to leave out."""

    model_config = ConfigDict(strict=False, json_schema_extra={"examples": [{"at": "2030-05-20T07:30:00Z"}]})

    at: QueriedInstant = Field(description="The instant of the occurrence, as the series has it.")


class SeriesOccurrence(BaseModel):
    """One time at which a series calls."""

    at: Instant
    wall: WallTime = Field(description="What clocks in the series' zone show then.", examples=["2030-05-17T09:30:00"])
    utc_offset: str = Field(description="Of that zone at that time.", examples=["+02:00"])
    moved: str | None = Field(
        description="Why it is at another time of day than the rule says.",
        examples=["02:30 does not exist in Europe/Berlin on 2030-03-31; 03:00 instead."],
    )
    campaign_id: CampaignId | None = Field(description="Its campaign, once that is made.", examples=[None])
    status: CampaignStatus | None = Field(description="Of that campaign.", examples=[None])
    is_exception: bool = Field(description="It was edited by itself.", examples=[False])
    scheduled_time: Instant | None = Field(
        description="When that campaign is scheduled for; others than `at` if it was moved."
    )

    @classmethod
    def of(cls, found: Occurrence, recurrence: Recurrence, made: series.Made | None = None) -> Self:
        local = found.instant.astimezone(recurrence.where)
        return cls(
            at=found.instant,
            wall=found.actual_wall,
            utc_offset=local.isoformat(timespec="seconds")[19:],
            moved=_moved(found, recurrence) if found.is_moved else None,
            campaign_id=made.id if made else None,
            status=CampaignStatus(made.status) if made else None,
            is_exception=made.is_exception if made else False,
            scheduled_time=made.scheduled_time if made else None,
        )


def _moved(found: Occurrence, recurrence: Recurrence) -> str:
    same_day = found.wall.date() == found.actual_wall.date()
    instead = f"{found.actual_wall:%H:%M}" if same_day else f"{found.actual_wall:%Y-%m-%d %H:%M}"
    return f"{found.wall:%H:%M} does not exist in {recurrence.timezone} on {found.wall:%Y-%m-%d}; {instead} instead."


class RulePreview(BaseModel):
    """What a rule means."""

    words: str = Field(examples=["every weekday at 09:30, Europe/Berlin"])
    rrule: str = Field(description="The rule as it is kept.", examples=[_RRULE])
    occurrences: list[SeriesOccurrence] = Field(description="The next ten.")


class SeriesRule(BaseModel):
    """When a series calls."""

    rrule: str = Field(examples=[_RRULE])
    starts: WallTime = Field(examples=["2030-05-17T09:30:00"])
    timezone: str = Field(examples=["Europe/Berlin"])
    exdates: list[date] = Field(examples=[["2030-12-24"]])
    ends: WallTime | None = Field(examples=[None])


def _shown_definition() -> Any:
    """A field for each that somebody sends."""
    shown: dict[str, Any] = {}
    for name, field in DefinitionFields.model_fields.items():
        annotation = str if name == "caller_id" else field.annotation
        shown[name] = (annotation, Field(description=field.description, examples=field.examples))
    return create_model("_Shown", **shown)


_Shown = _shown_definition()


class SeriesDefinition(_Shown):  # type: ignore[misc, valid-type]
    """What each occurrence says, and how it calls."""


class Series(BaseModel):
    """A recurring campaign."""

    id: SeriesId
    name: str = Field(examples=["Delivery notice"])
    status: SeriesStatus = Field(examples=["active"])
    words: str = Field(description="The rule in words.", examples=["every weekday at 09:30, Europe/Berlin"])
    rule: SeriesRule
    skip_if_running: bool = Field(examples=[True])
    definition: SeriesDefinition
    contacts: int = Field(description="How many contacts each occurrence rings.", examples=[120])
    contact_fields: list[str] = Field(description="The names of their fields.", examples=[["name"]])
    next_occurrence: SeriesOccurrence | None = Field(description="null: none is to come, or the series is paused.")
    split_from: SeriesId | None = Field(description="The series that it goes on for.", examples=[None])
    created_at: Instant
    version: int = Field(description="Grows with every change; its ETag is made of it.", examples=[1])

    @classmethod
    def of(cls, found: series.Series, *, now: datetime, **more: Any) -> Self:
        recurrence = found.recurrence
        following = recurrence.next_after(now) if found.status == SeriesStatus.ACTIVE else None
        return cls(
            id=found.id,
            name=found.name,
            status=SeriesStatus(found.status),
            words=in_words(recurrence),
            rule=SeriesRule(
                rrule=found.rrule,
                starts=found.starts,
                timezone=found.timezone,
                exdates=found.exdates,
                ends=found.ends,
            ),
            skip_if_running=found.skip_if_running,
            definition=SeriesDefinition(**{name: getattr(found, name) for name in SeriesDefinition.model_fields}),
            contacts=found.contacts,
            contact_fields=found.contact_fields,
            next_occurrence=SeriesOccurrence.of(following, recurrence) if following else None,
            split_from=found.split_from,
            created_at=found.created_at,
            version=found.version,
            **more,
        )


class SeriesChanged(Series):
    """A series that was just created or changed, and what of its list was left out."""

    rejected: RejectedNumbers
    duplicates: int = Field(description="Entries that named a number again; it is rung once.", examples=[0])
    warnings: list[MessageWarning] = Field(description="Placeholders of the message that not every contact can fill.")


class SeriesCollection(Collection[Series]):
    """A page of series, the newest first."""


class OccurrenceList(BaseModel):
    """What is to come of a series."""

    items: list[SeriesOccurrence]


class SeriesEvent(BaseModel):
    """What became of a series."""

    at: Instant
    kind: SeriesEventKind = Field(examples=["missed"])
    actor: str = Field(description="Who did it.", examples=["scheduler"])
    reason: str | None = Field(examples=["Belltower did not run at their time."])
    occurrence: Instant | None = Field(description="Which one it is about, or the first of several.")
    occurrences: int = Field(description="How many it is about.", examples=[3])


class SeriesEventCollection(Collection[SeriesEvent]):
    """A page of a series' history, the oldest first."""
