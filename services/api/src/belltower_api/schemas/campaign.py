"""Campaigns, how far they are, and their history."""

from typing import Any, Literal, Self

from pydantic import BaseModel, Field, field_validator

from belltower.db import campaigns, history
from belltower.db.progress import Progress
from belltower.domain.campaign import CampaignStatus, ContactStatus
from belltower_api.schemas.calling_window import CallingWindow, WaitingFor
from belltower_api.schemas.collection import Collection, Paging
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
from belltower_api.schemas.rejection import MessageWarning, RejectedNumbers
from belltower_api.schemas.values import CampaignId, Instant, QueriedInstant, SeriesId, WallTime, as_values, one_line


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
    created_from: QueriedInstant | None = Field(
        default=None, description="Only campaigns that were created at this instant or later."
    )
    created_to: QueriedInstant | None = Field(default=None, description="Only campaigns that were created earlier.")
    is_scheduled: bool | None = Field(
        default=None,
        description="true: only campaigns with a scheduled time. false: only those that were to start at once.",
    )
    series_id: SeriesId | None = Field(
        default=None, strict=False, description="Only campaigns that are occurrences of this series."
    )
    archived: bool = Field(
        default=False, description="true: only campaigns that were archived. false: only those that were not."
    )
    sort: Literal["-created_at", "created_at", "name", "-name", "scheduled_time", "-scheduled_time"] = Field(
        default="-created_at",
        description="The order; with - the latest, or the last by name, come first. Campaigns that were not scheduled come last"
        " by scheduled_time. Send the same for every page.",
    )

    @field_validator("search")
    @classmethod
    def _searchable(cls, text: str | None) -> str | None:
        return None if text is None else one_line(text)


class Dispositions(BaseModel):
    """Ended calls by how they ended."""

    completed: int = Field(
        description="Answered by a person, or by whom nobody looked: the campaign treats machines as answered.",
        examples=[80],
    )
    voicemail: int = Field(description="Completed, and a machine answered.", examples=[4])
    busy: int = Field(examples=[6])
    no_answer: int = Field(examples=[12])
    failed: int = Field(examples=[3])
    cancelled: int = Field(examples=[0])
    not_placed: int = Field(examples=[1])
    unknown: int = Field(examples=[1])


class CampaignProgress(BaseModel):
    """How far a campaign is. total = completed + in_progress + waiting."""

    total: int = Field(description="Contacts.", examples=[120])
    completed: int = Field(
        description="Contacts that are final: successful + failed + skipped + expired + unknown.", examples=[100]
    )
    in_progress: int = Field(description="Contacts with a call under way.", examples=[8])
    waiting: int = Field(description="Contacts still to be rung, or to be rung again.", examples=[12])
    successful: int = Field(description="Contacts that were reached.", examples=[80])
    failed: int = Field(description="Contacts that were not reached.", examples=[14])
    skipped: int = Field(description="Contacts that must not be rung.", examples=[3])
    expired: int = Field(description="Contacts whose time ran out.", examples=[2])
    unknown: int = Field(description="Contacts that may have been rung; the carrier could not say.", examples=[1])
    undecided: int = Field(
        description="Unknown calls that wait for somebody's decision whether they are made again: see /api/unknown-calls.",
        examples=[1],
    )
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
            undecided=progress.undecided,
            dispositions=Dispositions(**progress.dispositions),
        )


class Campaign(BaseModel):
    """A campaign, and how far it is."""

    id: CampaignId
    name: str = Field(examples=["Delivery notice"])
    status: CampaignStatus = Field(examples=["processing"])
    status_reason: str | None = Field(
        description="Why it is paused, failed or left out of its series; null where somebody paused it, as its events tell.",
        examples=[None],
    )
    welcome_message: str = Field(examples=["Hello, your parcel arrives tomorrow."])
    language: str = Field(examples=["en-US"])
    voice: str = Field(examples=["alice"])
    caller_id: str = Field(description="E.164.", examples=["+14155550100"])
    concurrency: int = Field(description="Simultaneous calls.", examples=[10])
    max_attempts: int = Field(description="How often a contact is rung at most.", examples=[2])
    retry_delay: int = Field(
        description="Seconds between the end of a call and the next to the same contact.", examples=[1800]
    )
    retry_delays: RetryDelays = Field(description=RETRY_DELAYS, examples=[{"busy": 300, "failed": None}])
    retry_backoff: RetryBackoff = Field(description=RETRY_BACKOFF, examples=[2])
    answering_machine: AnsweringMachine = Field(description=ANSWERING_MACHINE)
    calls_per_second: Rate = Field(description=CAMPAIGN_RATE, examples=[5])
    misfire_grace: int | None = Field(
        description="Seconds after scheduled_time within which it still starts by itself; null: however late.",
        examples=[3600],
    )
    is_scheduled: bool = Field(examples=[True])
    scheduled_time: Instant | None
    timezone: str = Field(description="IANA.", examples=["America/New_York"])
    expires_at: Instant | None = Field(
        description="When its time is over: whoever waits then is not called any more. null: never."
    )
    calling_window: CallingWindow | None = Field(
        description="Its own, which narrows the account's calling hours; null: those alone count."
    )
    contact_fields: list[str] = Field(
        description="The names of its contacts' fields, which the message may have as placeholders.",
        examples=[["name"]],
    )
    retry_of: CampaignId | None = Field(description="The campaign whose contacts it rings again.", examples=[None])
    series_id: SeriesId | None = Field(description="The series of which it is an occurrence.", examples=[None])
    occurrence: WallTime | None = Field(
        description="Which occurrence: the wall time by the series' rule, in `timezone`.",
        examples=["2030-05-17T09:30:00"],
    )
    is_exception: bool = Field(
        description="An occurrence that was edited by itself: changes of its series leave it alone.", examples=[False]
    )
    is_test: bool = Field(description="It is one test call, which no list of campaigns shows.", examples=[False])
    created_at: Instant
    started_at: Instant | None = Field(description="When a dialer first took it over.")
    completed_at: Instant | None = Field(examples=[None])
    archived_at: Instant | None = Field(
        description="Since when lists leave it out; null: they have it.", examples=[None]
    )
    next_due_at: Instant | None = Field(description="When it needs a dialer next; null when nothing is left to do.")
    waiting_for: WaitingFor | None = Field(
        description="Why it calls nobody until next_due_at; null: it calls, has a call under way, waits for its time or to ring"
        " somebody again, or does not run."
    )
    start_lateness: float | None = Field(
        description="Seconds from the moment it was due to its start; null until it has started.", examples=[0.0041]
    )
    progress: CampaignProgress
    version: int = Field(
        description="Grows with every change: of two answers about a campaign, the greater is the later.",
        examples=[7],
    )

    @classmethod
    def of(cls, campaign: campaigns.Campaign, progress: Progress, **more: Any) -> Self:
        return cls(
            **{**as_values(campaign), "version": campaign.version + progress.changes},
            start_lateness=lateness(campaign),
            waiting_for=WaitingFor.of(campaign),
            progress=CampaignProgress.of(progress),
            **more,
        )


def lateness(campaign: campaigns.Campaign) -> float | None:
    """Seconds from the moment a campaign was due to its start; None until it has started."""
    if campaign.started_at is None:
        return None
    due = campaign.first_due_at or campaign.scheduled_time or campaign.created_at
    return round((campaign.started_at - due).total_seconds(), 4)


class CampaignCreated(Campaign):
    """A campaign that was just created, and what of its list was left out."""

    rejected: RejectedNumbers
    duplicates: int = Field(description="Entries that named a number again; it is rung once.", examples=[1])
    warnings: list[MessageWarning] = Field(description="Placeholders of the message that not every contact can fill.")


_DIALLING = (
    "Calls that passed the gate before, and whose requests may still reach the carrier. Ask again until there are none."
)


class CampaignStopping(Campaign):
    """A campaign that is paused or cancelled, while the last of its calls are being placed."""

    dialling: int = Field(description=_DIALLING, examples=[3])


class CallingStopped(BaseModel):
    """What became of an account's campaigns when all calling was stopped."""

    paused: int = Field(description="Campaigns that were paused by this.", examples=[4])
    dialling: int = Field(description=_DIALLING, examples=[0])


class CampaignCollection(Collection[Campaign]):
    """A page of campaigns."""


_MEANING = {
    CampaignStatus.SCHEDULED: "It waits for its time.",
    CampaignStatus.PENDING: "It begins, or goes on, as soon as its next call is due.",
    CampaignStatus.PROCESSING: "Calling began, or goes on.",
    CampaignStatus.PAUSED: "No call is placed until it is resumed.",
    CampaignStatus.COMPLETED: "What became of everybody is known.",
    CampaignStatus.FAILED: "It could not start, or not go on.",
    CampaignStatus.CANCELLED: "No call is placed any more.",
}


_WORDS = {
    "welcome_message": "message",
    "caller_id": "number that callees see",
    "concurrency": "simultaneous calls",
    "max_attempts": "attempts",
    "misfire_grace": "grace after a missed start",
    "scheduled_time": "time",
    "timezone": "time zone",
}
"""What an edit changed, where it is called something else than its field."""


class CampaignEvent(BaseModel):
    """A move of a campaign from one status to another, or an edit, which leaves its status as it is."""

    at: Instant
    from_status: CampaignStatus | None = Field(
        serialization_alias="from", description="null: it was created.", examples=["pending"]
    )
    to_status: CampaignStatus = Field(serialization_alias="to", examples=["processing"])
    actor: str = Field(
        description="Who did it: a user, an API key, a scheduler, a dialer, an outcome.", examples=["dialer 7"]
    )
    reason: str | None = Field(
        description="Why it was paused or failed; of an edit what became of its list.", examples=[None]
    )
    changed: list[str] | None = Field(
        description="The fields that an edit changed: it is no move, `from` and `to` are the same. null: it was a move.",
        examples=[None],
    )
    detail: str = Field(
        description="What the new status means, or what was edited.", examples=["Calling began, or goes on."]
    )

    @classmethod
    def of(cls, event: history.CampaignEvent) -> Self:
        return cls(
            at=event.at,
            from_status=CampaignStatus(event.from_status) if event.from_status else None,
            to_status=CampaignStatus(event.to_status),
            actor=event.actor,
            reason=event.reason,
            changed=event.changed,
            detail=_MEANING[CampaignStatus(event.to_status)] if event.changed is None else _edited(event),
        )


def _edited(event: history.CampaignEvent) -> str:
    match event.changed:
        case ["archived_at"]:
            return f"It was {event.reason}."
        case fields:
            named = ", ".join(_WORDS.get(field, field.replace("_", " ")) for field in fields or ())
            return f"Edited: {named}{f' ({event.reason})' if event.reason else ''}."


class CampaignEventCollection(Collection[CampaignEvent]):
    """A page of a campaign's history, the oldest first."""
