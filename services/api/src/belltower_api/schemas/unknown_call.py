"""Calls that nobody could account for, what is known of them, and what is decided about them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from belltower.db import calls, unknown_calls
from belltower.domain.call import CallStatus
from belltower.domain.campaign import ContactStatus
from belltower.domain.unknown_call import Decision
from belltower_api.schemas.call import CallReport
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.problem import Problem
from belltower_api.schemas.values import (
    BlankIsAbsent,
    CallId,
    CampaignId,
    Currency,
    Instant,
    Money,
    Request,
    speakable,
)

MOST = 500
"""Calls in a request."""

_Note = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(speakable)] | None,
    BlankIsAbsent,
]


class UnknownCallPaging(Paging):
    """Which page of which unknown calls."""

    state: Literal["waiting", "decided"] = Field(
        default="waiting",
        description="waiting: for a decision, those first that have waited longest. decided: the latest decision first. Send the"
        " same for every page.",
    )
    campaign_id: CampaignId | None = Field(default=None, description="Only calls of this campaign.")


class DecisionMade(BaseModel):
    """What somebody decided about an unknown call, and what came of it. It is made once."""

    decision: Decision = Field(
        description="redial: another campaign rings the contact again. give_up: nobody does. Either frees what was held.",
        examples=["redial"],
    )
    decided_at: Instant
    decided_by: str = Field(description="A person, or an API key.", examples=["ada@example.com"])
    note: str | None = Field(description="Why, in their words.", examples=["The carrier had an outage then."])
    freed: Money = Field(description="What the call held until then.", examples=["0.20"])
    campaign_id: CampaignId | None = Field(
        description="The campaign that rings the contact again; null: none.",
        examples=["01976f5c-5e2a-7b11-9c4d-3a8f7e6d5b22"],
    )
    contact_status: ContactStatus | None = Field(
        description="What became of the contact there. skipped: the carrier reported in time that the first call had reached it.",
        examples=["reached"],
    )

    @classmethod
    def of(cls, decided: unknown_calls.Decided) -> Self:
        return cls(
            decision=decided.decision,
            decided_at=decided.at,
            decided_by=decided.actor,
            note=decided.note,
            freed=decided.freed,
            campaign_id=decided.redialled_in,
            contact_status=ContactStatus(decided.redial_status) if decided.redial_status else None,
        )


class UnknownCall(BaseModel):
    """A call of which nobody could find out what became of it: the person may have been rung."""

    id: CallId
    campaign_id: CampaignId
    campaign_name: str = Field(examples=["Delivery notice"])
    campaign_is_deleted: bool = Field(description="Then nobody can be redialled of it.", examples=[False])
    contact_id: int = Field(examples=[4711])
    contact_name: str | None = Field(examples=["Ann"])
    to: str = Field(description="E.164.", examples=["+14155550123"])
    caller_id: str = Field(description="E.164.", examples=["+14155550100"])
    attempt: int = Field(description="The contact's how manieth, from 1.", examples=[1])
    status: CallStatus = Field(
        description="unknown, or what the carrier has reported since: the call was settled then, whatever had been decided.",
        examples=["unknown"],
    )
    placed_at: Instant = Field(description="When it was let through to the carrier.")
    unknown_since: Instant | None = Field(
        description="When the search for it ended; null: the carrier has reported since."
    )
    hold: Money = Field(description="What is set aside for it; nothing once somebody has decided.", examples=["0.20"])
    cost: Money = Field(examples=["0.00"])
    currency: Currency
    carrier: str = Field(description="simulated: nobody was rung. twilio: somebody may have been.", examples=["twilio"])
    carrier_call_id: str | None = Field(
        description="The carrier's name for it, where it gave one.", examples=["CA5c3f0e0b8a5f4e6d9d9a7b1c2d3e4f50"]
    )
    reason: str | None = Field(
        description="Why it could not be found out.",
        examples=["The carrier lists 2 calls to this number that could be this one."],
    )
    decision: DecisionMade | None = Field(description="null: nobody has decided yet.")

    @classmethod
    def of(cls, call: unknown_calls.UnknownCall, currency: str, **more: Any) -> Self:
        said = asdict(call)
        del said["decided"]
        if call.status != CallStatus.UNKNOWN:
            said["unknown_since"] = None
        return cls(**said, currency=currency, decision=DecisionMade.of(call.decided) if call.decided else None, **more)


class UnknownCallCollection(Collection[UnknownCall]):
    """A page of unknown calls."""


class CarrierRequest(BaseModel):
    """What was asked of the carrier, and what came of it."""

    ring_timeout: int = Field(description="Seconds for which it was to ring at most.", examples=[30])
    time_limit: int = Field(description="Seconds for which it was to last at most.", examples=[600])
    send_by: Instant = Field(description="After this not a byte of the request was sent.")
    ended_at: Instant | None = Field(
        description="When the end of the request was seen; null: whoever sent it did not live to see it."
    )
    result: str | None = Field(
        description="What it came to; null: the carrier took the call, or nobody knows.",
        examples=["the carrier answered 500 (20500: Internal Server Error)"],
    )


class CarriersCall(BaseModel):
    """A call as the carrier listed it."""

    carrier_call_id: str = Field(examples=["CA5c3f0e0b8a5f4e6d9d9a7b1c2d3e4f50"])
    status: CallStatus = Field(examples=["completed"])
    created_at: Instant
    duration: int | None = Field(description="Seconds of talk.", examples=[23])
    taken: bool = Field(description="It is known to be another call of ours.", examples=[False])


class CarrierLook(BaseModel):
    """One look after the call, or several in a row that saw the same."""

    first_at: Instant
    last_at: Instant
    times: int = Field(examples=[3])
    asked: Literal["list", "call", "nothing"] = Field(
        description="What the carrier was asked for: the calls from and to these numbers, the call by its name, or nothing,"
        " because the call was placed with another carrier."
    )
    result: Literal["in_doubt", "denied", "carrier_unavailable", "not_placed", "unknown"] = Field(
        description="in_doubt: it could not be told yet. denied: the carrier does not know the call. carrier_unavailable: it did"
        " not answer. not_placed, unknown: the conclusion."
    )
    calls: list[CarriersCall] | None = Field(
        description="Calls that could be this one, ten at most; null: there was no answer."
    )
    other_calls_in_doubt: int | None = Field(
        description="Our other calls from and to the same numbers that were in doubt, too.", examples=[0]
    )
    error: str | None = Field(description="Why there was no answer.", examples=[None])

    @classmethod
    def of(cls, look: unknown_calls.Look) -> Self:
        said = asdict(look)
        answer, twins = said.pop("answer"), said.pop("twins")
        listed = answer and [{**call, "created_at": datetime.fromisoformat(call["created_at"])} for call in answer]
        return cls(**said, calls=listed if answer is not None else None, other_calls_in_doubt=twins)


class UnknownCallDetail(UnknownCall):
    """An unknown call with all that is known of it."""

    request: CarrierRequest
    looks: list[CarrierLook] = Field(description="How it was looked for, in order; the latest twenty different ones.")
    reports: list[CallReport] = Field(description="What was said about it, in the order in which it came.")

    @classmethod
    def of(cls, call: unknown_calls.UnknownCall, currency: str, **more: Any) -> Self:
        request: unknown_calls.Request = more.pop("request")
        looks: Sequence[unknown_calls.Look] = more.pop("looks")
        reports: Sequence[calls.CallReport] = more.pop("reports")
        return super().of(
            call,
            currency,
            request=CarrierRequest(**asdict(request)),
            looks=[CarrierLook.of(look) for look in looks],
            reports=[CallReport.model_validate(asdict(report)) for report in reports],
            **more,
        )


class _Wanted(Request):
    decision: Decision = Field(
        strict=False,
        description="redial: a new campaign, linked to the call's own, rings the contact again, at once; they may have been rung"
        " already. give_up: nobody rings them again. Either frees what the call holds.",
        examples=["give_up"],
    )
    note: _Note = Field(
        default=None, description="Why; kept with the decision.", examples=["The carrier had an outage then."]
    )


class UnknownCallDecision(_Wanted):
    """What is decided about an unknown call."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "give_up"}]})


class UnknownCallDecisions(_Wanted):
    """What is decided about many unknown calls."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "redial", "ids": ["01976f5c-9d03-7e55-b1f0-6c2d8a4e7f32"]}]}
    )

    ids: list[Annotated[UUID, Field(strict=False)]] = Field(
        min_length=1,
        max_length=MOST,
        description="Which calls; one that is named again is dealt with once.",
        examples=[["01976f5c-9d03-7e55-b1f0-6c2d8a4e7f32"]],
    )


class UnknownCallResult(BaseModel):
    """What came of the decision about one call."""

    id: CallId
    campaign_id: CampaignId | None = Field(
        description="The campaign that rings the contact again; null: none, or it was refused.",
        examples=["01976f5c-5e2a-7b11-9c4d-3a8f7e6d5b22"],
    )
    problem: Problem | None = Field(description="Why it was refused.", examples=[None])


class UnknownCallResults(BaseModel):
    """What came of the decision about each call, in the order in which they were sent."""

    results: list[UnknownCallResult]
    decided: int = Field(examples=[1])
    refused: int = Field(examples=[0])
    campaigns: list[CampaignId] = Field(
        description="The campaigns that ring contacts again: one for each campaign that the calls are of."
    )
