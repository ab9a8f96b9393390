"""The carrier client: Twilio's Calls API over httpx (twilio.com/docs/voice/api/call-resource: create, list, cancel)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from belltower.domain.answering_machine import AnsweringMachine
from belltower.runtime import fault
from belltower.runtime.clock import boot_time
from belltower.runtime.settings import CarrierSettings
from belltower.telephony.connections import ShardedTransport
from belltower.telephony.provider import (
    CallRequest,
    CallUpdate,
    CarrierCall,
    CarrierUnavailable,
    NotSent,
    Placement,
    Unknown,
)
from belltower.telephony.twilio.addresses import WHO_ANSWERED_PATH, callback_url, url_for
from belltower.telephony.twilio.answers import (
    error_of,
    expect,
    known_status,
    listed_call,
    listed_duration,
    placement_of,
)
from belltower.telephony.twilio.speech import twiml
from belltower.telephony.twilio.words import instant

_CONNECT_TIMEOUT = 2.0
_ANSWER_TIMEOUT = 10.0
_SHARDS, _CONNECTIONS = 25, 8
"""At most 200 requests under way."""
_KEEPALIVE = 4.0
"""Idle connections go before the carrier closes them (after 5 s at the earliest): a request that meets a closing
connection ends as Unknown."""
_TOO_LATE_TO_CANCEL = 21220
_PAGE_SIZE = 1000
_REPORTED = ("ringing", "answered", "completed")
"""What the carrier tells us of a call. Not that it was `initiated`: the answer to our request said as much."""
_LISTED = ("queued", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled")
"""In the order of a call's life, so that one which moves on between two questions is met by a later one."""


class TwilioCarrier:
    """A `Carrier` that speaks Twilio's API: Twilio itself, or the simulated carrier. `name` says which."""

    def __init__(self, settings: CarrierSettings) -> None:
        self.name = settings.carrier.value
        self._public_url = settings.public_url
        self._calls = f"/2010-04-01/Accounts/{settings.carrier_account_sid}/Calls"
        self._http = httpx.AsyncClient(
            base_url=settings.api_origin,
            auth=(settings.carrier_account_sid, settings.carrier_auth_token.get_secret_value()),
            timeout=httpx.Timeout(_ANSWER_TIMEOUT, connect=_CONNECT_TIMEOUT),
            # Without retries: a creation that is sent again rings again. Without a proxy from the environment: a tunnel's
            # own request would look like ours to `_Departure`.
            transport=ShardedTransport(shards=_SHARDS, connections=_CONNECTIONS, keepalive_expiry=_KEEPALIVE),
            trust_env=False,
        )

    async def place(self, request: CallRequest) -> Placement:
        """Ask for a call. Never raises for what a carrier or a network can do.

        Nothing is sent after `request.send_by`: the deadline is checked as the bytes are about to be written, after
        whatever waiting for a connection took. When the caller is cancelled it is not known whether the call was placed.
        """
        loop = asyncio.get_running_loop()
        departure: _Departure | None = None
        try:
            async with asyncio.timeout_at(loop.time() + request.send_by - boot_time()) as limit:
                departure = _Departure(request.send_by, limit)
                response = await self._http.post(
                    f"{self._calls}.json", data=self._form(request), extensions={"trace": departure}
                )
        except _Late:
            return NotSent("the time to send the call had passed", retry_after=0)
        except (httpx.HTTPError, TimeoutError) as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            if departure is not None and departure.body_began:
                return Unknown(f"the carrier's answer did not arrive ({reason})")
            return NotSent(f"the carrier could not be reached in time ({reason})")
        return placement_of(response)

    async def fetch(self, carrier_call_id: str) -> CallUpdate | None:
        """Ask how a call stands; None when the carrier does not know it. Raises `CarrierUnavailable`."""
        response = await self._ask("GET", f"{self._calls}/{carrier_call_id}.json")
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        call = expect(response)
        status = known_status(call)
        return CallUpdate(
            attempt_id=None,
            carrier_call_id=carrier_call_id,
            status=status,
            dedupe_key=":".join(filter(None, (carrier_call_id, "fetched", status, call.get("answered_by")))),
            occurred_at=instant(call.get("end_time") or call.get("start_time")),
            duration=listed_duration(call),
            answered_by=call.get("answered_by") or None,
        )

    async def find(self, to: str, caller_id: str) -> AsyncIterator[CarrierCall]:
        """All calls with this To and From that the carrier still knows, each once. Raises `CarrierUnavailable`.

        Each status is asked for by itself, and StartTime never, which is empty while a call is queued. `created_at` has
        whole seconds, rounded down.
        """
        seen: set[str] = set()
        for status in _LISTED:
            query = urlencode({"To": to, "From": caller_id, "Status": status, "PageSize": _PAGE_SIZE})
            page: str | None = f"{self._calls}.json?{query}"
            while page:
                body = expect(await self._ask("GET", page))
                for call in body.get("calls", ()):
                    found = listed_call(call)
                    if found.carrier_call_id not in seen:
                        seen.add(found.carrier_call_id)
                        yield found
                page = body.get("next_page_uri")

    async def cancel(self, carrier_call_id: str) -> None:
        """Cancel a call that still waits or rings; nothing when it is too late. Raises `CarrierUnavailable`.

        `canceled`, not `completed`: a call in progress is left alone.
        """
        await self._change(carrier_call_id, "canceled")

    async def hang_up(self, carrier_call_id: str) -> None:
        """End a call, in progress or not; nothing when it has ended. Raises `CarrierUnavailable`."""
        await self._change(carrier_call_id, "completed")

    async def _change(self, carrier_call_id: str, status: str) -> None:
        response = await self._ask("POST", f"{self._calls}/{carrier_call_id}.json", {"Status": status})
        if response.status_code == httpx.codes.NOT_FOUND or error_of(response)[0] == _TOO_LATE_TO_CANCEL:
            return
        expect(response)

    async def close(self) -> None:
        """Give back the connections."""
        await self._http.aclose()

    def _form(self, request: CallRequest) -> dict[str, str | list[str]]:
        return {
            "To": request.to,
            "From": request.caller_id,
            "Twiml": twiml(request, self._public_url),
            "Timeout": str(request.ring_timeout),
            "TimeLimit": str(request.time_limit),
            "StatusCallback": callback_url(self._public_url, request.attempt_id),
            "StatusCallbackEvent": list(_REPORTED),
            "StatusCallbackMethod": "POST",
            **_detection(request, self._public_url),
        }

    async def _ask(self, method: str, url: str, form: dict[str, str] | None = None) -> httpx.Response:
        try:
            return await self._http.request(method, url, data=form)
        except httpx.HTTPError as error:
            raise CarrierUnavailable(f"The carrier did not answer ({type(error).__name__}: {error}).") from error


def _detection(request: CallRequest, public_url: str) -> dict[str, str]:
    """How the carrier finds out who answered.

    To leave a message it waits with all that is said: a person is known in a few seconds, a machine at its beep. To hang up
    it looks meanwhile, so that a person hears the message at once, and posts what it found; hanging up is up to us.
    """
    match request.answering_machine:
        case AnsweringMachine.TREAT_AS_ANSWERED:
            return {}
        case AnsweringMachine.LEAVE_MESSAGE:
            return {"MachineDetection": "DetectMessageEnd"}
        case AnsweringMachine.HANG_UP:
            return {
                "MachineDetection": "Enable",
                "AsyncAmd": "true",
                "AsyncAmdStatusCallback": url_for(public_url, WHO_ANSWERED_PATH, request.attempt_id),
                "AsyncAmdStatusCallbackMethod": "POST",
            }


class _Late(Exception):
    """`send_by` passed before the request was on its way."""


class _Departure:
    """Watches one request on its way to the socket (httpcore's `trace` extension) and stops it when it is late.

    Headers alone place no call: they announce the length of a form of which not a byte was sent. So a request has left
    once its body begins, and until then it can be stopped.
    """

    def __init__(self, send_by: float, limit: asyncio.Timeout) -> None:
        self.body_began = False
        self._send_by = send_by
        self._limit = limit

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "http11.send_request_body.complete":
            fault.point("carrier.requested")
        if event not in ("http11.send_request_headers.started", "http11.send_request_body.started"):
            return
        if boot_time() > self._send_by:
            raise _Late
        if event == "http11.send_request_body.started":
            self.body_began = True
            self._limit.reschedule(asyncio.get_running_loop().time() + _ANSWER_TIMEOUT)
