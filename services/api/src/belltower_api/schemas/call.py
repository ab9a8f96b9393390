"""Calls, and what was said about them."""

from dataclasses import asdict
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from belltower.db import calls
from belltower.domain.call import CallStatus, Disposition
from belltower_api.schemas.calling_window import WindowDecision
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import CallId, CampaignId, Currency, Instant, Money, Number, QueriedInstant, as_values


class CampaignCallPaging(Paging):
    """Which page of which calls of a campaign."""

    status: CallStatus | None = Field(default=None, description="Only calls with this status.")
    disposition: Disposition | None = Field(
        default=None,
        description="Only calls that ended like this. `completed`: a person answered, as far as is known; `voicemail`: a machine"
        " did.",
    )
    number: Number | None = Field(default=None, description="Only calls to this number.", examples=["+14155550123"])
    sort: Literal["-placed_at", "placed_at"] = Field(
        default="-placed_at", description="The order; with - the latest come first. Send the same for every page."
    )


class CallPaging(CampaignCallPaging):
    """Which page of which calls."""

    campaign_id: CampaignId | None = Field(default=None, description="Only calls of this campaign.")
    placed_from: QueriedInstant | None = Field(
        default=None, description="Only calls that were placed at this instant or later."
    )
    placed_to: QueriedInstant | None = Field(default=None, description="Only calls that were placed earlier.")


class Call(BaseModel):
    """One attempt to reach a contact."""

    id: CallId
    campaign_id: CampaignId
    contact_id: int = Field(examples=[4711])
    to: str = Field(description="E.164.", examples=["+14155550123"])
    caller_id: str = Field(description="E.164.", examples=["+14155550100"])
    status: CallStatus = Field(examples=["completed"])
    disposition: Disposition | None = Field(
        description="How it ended: its status, but `voicemail` for one that a machine answered; null while it goes on.",
        examples=["completed"],
    )
    attempt: int = Field(description="The contact's how manieth, from 1.", examples=[1])
    placed_at: Instant = Field(description="When it was let through to the carrier.")
    ringing_at: Instant | None
    answered_at: Instant | None
    ended_at: Instant | None
    duration: int | None = Field(description="Seconds of talk.", examples=[23])
    cost: Money = Field(examples=["0.02"])
    currency: Currency
    answered_by: str | None = Field(
        description="human, machine_start, fax ... where the carrier looked.", examples=["human"]
    )
    carrier: str = Field(description="simulated: nobody was rung. twilio: somebody was.", examples=["simulated"])
    carrier_call_id: str | None = Field(
        description="The carrier's name for it.", examples=["CA5c3f0e0b8a5f4e6d9d9a7b1c2d3e4f50"]
    )
    error_code: str | None = Field(description="The carrier's, where it gave one.", examples=[None])
    reason: str | None = Field(
        description="Why it was not placed, or how it ended, where there is more to say.", examples=[None]
    )

    @classmethod
    def of(cls, call: calls.Call, currency: str, **more: Any) -> Self:
        return cls(**{**as_values(call), "disposition": call.disposition, **more}, currency=currency)


class CallCollection(Collection[Call]):
    """A page of calls."""


class CallReport(BaseModel):
    """What was said about a call, and what came of it."""

    received_at: Instant
    occurred_at: Instant | None = Field(description="By the carrier's clock, where it said so.")
    source: Literal["callback", "poll", "response", "reconciler"] = Field(
        description="The carrier by itself, the carrier when asked, the answer to our request, our own conclusion."
    )
    status: CallStatus = Field(description="What was reported.", examples=["completed"])
    effect: Literal["move", "stale", "contradiction"] = Field(
        description="move: the call has this status since. stale: the status stayed; it was further already, or the carrier is"
        " asked first who answered. contradiction: it had ended otherwise; it keeps its status, and the ledger is corrected."
    )


class CallDetail(Call):
    """A call with every report about it."""

    opted_out_at: Instant | None = Field(
        description="When the person called pressed 9 and was put on the do-not-call list; null: not in this call."
    )
    calling_window: WindowDecision | None = Field(
        description="Why it was inside its calling window when it was placed; null: it had to be in none."
    )
    reports: list[CallReport] = Field(description="In the order in which they came.")

    @classmethod
    def of(cls, call: calls.Call, currency: str, **more: Any) -> Self:
        reports: list[calls.CallReport] = more.pop("reports")
        shown = [CallReport.model_validate(asdict(report)) for report in reports]
        window = call.calling_window and WindowDecision.of(call.calling_window)
        return super().of(call, currency, calling_window=window, reports=shown, **more)
