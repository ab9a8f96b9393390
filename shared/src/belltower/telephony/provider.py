"""What Belltower asks of a carrier, and what a carrier can answer. The one implementation is `twilio.py`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import CallStatus


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to place. The attempt's row was committed before this exists."""

    attempt_id: UUID
    campaign_id: UUID
    to: str
    """The number to ring, E.164."""
    caller_id: str
    """The number that the callee sees, E.164."""
    message: str
    language: str
    voice: str
    stream_url: str | None
    """The account's voice-agent WebSocket; None has the carrier speak the message itself."""
    contact_id: int
    ring_timeout: int
    """Seconds."""
    time_limit: int
    """Seconds."""
    send_by: float
    """Reading of `clock.boot_time()` after which not a byte may be sent any more."""
    answering_machine: AnsweringMachine = AnsweringMachine.TREAT_AS_ANSWERED


@dataclass(frozen=True, slots=True)
class Placed:
    """The carrier took the call and will report on it."""

    carrier_call_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The carrier refused the call for good: the same request would be refused again."""

    code: str
    reason: str
    of_caller_id: bool = False
    """It refused the number that we call from, so that it would refuse every contact of the campaign."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nobody can have been rung: the request was not sent, or the carrier answered that it did not process it (429)."""

    reason: str
    retry_after: float = 1.0
    """Seconds to wait before the next request."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may or may not have been processed. Only the carrier's report or the reconciler may end the call."""

    reason: str


Placement = Placed | Rejected | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class CallUpdate:
    """What the carrier says of one call: in a signed callback, or when asked."""

    attempt_id: UUID | None
    """Ours, when the carrier's report carries it."""
    carrier_call_id: str | None
    """The carrier's name for the call; None when the carrier never took it."""
    status: CallStatus
    dedupe_key: str
    """Equal for two deliveries of the same report."""
    occurred_at: datetime | None = None
    """When it happened, by the carrier's clock."""
    duration: int | None = None
    """Seconds of talk, at the end of a call."""
    answered_by: str | None = None
    error_code: str | None = None
    reason: str | None = None
    permanent: bool = False
    """The carrier will never ring this number."""


@dataclass(frozen=True, slots=True)
class KeyPress:
    """What the person called pressed while the message was spoken."""

    attempt_id: UUID | None
    """Ours, when the carrier's report carries it."""
    carrier_call_id: str
    key: str


@dataclass(frozen=True, slots=True)
class CarrierCall:
    """A call as the carrier lists it."""

    carrier_call_id: str
    status: CallStatus
    created_at: datetime
    duration: int | None


class CarrierUnavailable(Exception):
    """The carrier did not answer a question (not a request for a call); ask again later."""


class Carrier(Protocol):
    """A telephone carrier."""

    name: str

    async def place(self, request: CallRequest) -> Placement:
        """Ask for a call. Never raises for what a carrier or a network can do."""
        ...

    async def fetch(self, carrier_call_id: str) -> CallUpdate | None:
        """Ask how a call stands; None when the carrier does not know it. Raises `CarrierUnavailable`."""
        ...

    def find(self, to: str, caller_id: str) -> AsyncIterator[CarrierCall]:
        """All calls with this To and From that the carrier still knows. Raises `CarrierUnavailable`."""
        ...

    async def cancel(self, carrier_call_id: str) -> None:
        """Cancel a call that still waits or rings at the carrier; nothing when it is too late. Raises `CarrierUnavailable`."""
        ...

    async def hang_up(self, carrier_call_id: str) -> None:
        """End a call, in progress or not; nothing when it has ended. Raises `CarrierUnavailable`."""
        ...

    async def close(self) -> None:
        """Give back the connections."""
        ...
