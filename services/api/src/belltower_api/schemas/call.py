"""Calls, and what was said about them."""

from dataclasses import asdict
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from belltower.db import calls
from belltower.domain.call import CallStatus
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import Currency, Instant, Money, Number


class CallPaging(Paging):
    """Which page of which calls."""

    status: CallStatus | None = Field(
        default=None, description="Only calls with this status; of those that have ended, this is the disposition."
    )
    disposition: Literal["completed", "busy", "no_answer", "failed", "cancelled", "not_placed", "unknown"] | None = (
        Field(default=None, description="Only calls that ended like this.")
    )
    number: Number | None = Field(default=None, description="Only calls to this number.", examples=["+14155550123"])


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


class CallCollection(Collection[Call]):
    """A page of calls, the newest first."""


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

    opted_out_at: Instant | None = Field(
        description="When the person called pressed 9 and was put on the do-not-call list; null: not in this call."
    )
    reports: list[CallReport] = Field(description="In the order in which they came.")

    @classmethod
    def of(cls, call: calls.Call, currency: str, **more: Any) -> Self:
        reports: list[calls.CallReport] = more.pop("reports")
        shown = [CallReport.model_validate(asdict(report)) for report in reports]
        return super().of(call, currency, reports=shown, **more)
