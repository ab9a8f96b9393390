"""The carrier client: Twilio's Calls API over httpx. The simulated carrier speaks the same API, so the code is the same.

Twilio's own words (`in-progress`, `no-answer`, `canceled`, `initiated`) exist in this module only.

Sources: twilio.com/docs/voice/api/call-resource (create, list, cancel), /docs/api/errors (20429, 20500: a creation that
failed with a 5xx may have rung), /docs/usage/webhooks/webhooks-connection-overrides (the callback URL's fragment),
/docs/usage/webhooks/webhooks-security (signatures), /docs/voice/twiml/gather (keys), /docs/voice/answering-machine-detection.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import structlog
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

from belltower.domain import opt_out
from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import REPORTED_FINAL, CallStatus
from belltower.domain.errors import Invalid
from belltower.runtime import fault
from belltower.runtime.clock import boot_time
from belltower.runtime.settings import CarrierSettings
from belltower.telephony.connections import ShardedTransport
from belltower.telephony.provider import (
    CallRequest,
    CallUpdate,
    CarrierCall,
    CarrierUnavailable,
    KeyPress,
    NotSent,
    Placed,
    Placement,
    Rejected,
    Unknown,
)

log = structlog.get_logger(__name__)

CALLBACK_PATH = "/carrier/twilio/status"
"""Where the API takes the carrier's status callbacks."""
KEY_PRESS_PATH = "/carrier/twilio/keypress"
"""Where the API takes the keys that are pressed in calls."""
WHO_ANSWERED_PATH = "/carrier/twilio/answered"
"""Where the API takes what the carrier found out about who answered, while the call goes on."""

_CALLBACK_OVERRIDES = "ct=2000&rt=4000&rc=3&rp=all"
"""How the carrier delivers callbacks and keys: 2 s (ms here) to connect, 4 s to answer, 3 retries, after 4xx and 5xx too.

Without it only a failed connection is tried again, and a 5xx loses the event. All attempts together have 15 s, so an
answer may not take the default 15 s if retries are to have any.
"""

_LISTEN = 4
"""Seconds after the message in which a key still counts. Every call that is not hung up pays for them as talk, so they are no
more than it takes to have the telephone off the ear and its keys in sight."""

_CONNECT_TIMEOUT = 2.0
_ANSWER_TIMEOUT = 10.0
_SHARDS, _CONNECTIONS = 25, 8
"""At most 200 requests under way."""
_KEEPALIVE = 4.0
"""Idle connections go before the carrier closes them (after 5 s at the earliest): a request that meets a closing
connection ends as Unknown."""

_THROTTLED = 20429
_THROTTLED_RETRY = 1.0
_ACCOUNT_RETRY = 60.0
"""Seconds to wait when the carrier refuses our credentials or account: an operator has to act."""
_LONGEST_RETRY = 300.0
_TOO_LATE_TO_CANCEL = 21220
_CALLER_ID_REFUSED = frozenset({21210, 21212, 21213, 21606})
"""From is not verified, not valid, missing, or may not call: nothing is wrong with the number called."""
_PAGE_SIZE = 1000

_STATUSES = {
    "queued": CallStatus.QUEUED,
    "initiated": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "no-answer": CallStatus.NO_ANSWER,
    "failed": CallStatus.FAILED,
    "canceled": CallStatus.CANCELLED,
}

_REPORTED = ("ringing", "answered", "completed")
"""What the carrier tells us of a call. Not that it was `initiated`: the answer to our request said as much."""

_LISTED = ("queued", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled")
"""In the order of a call's life, so that one which moves on between two questions is met by a later one."""
_LONGEST_WORD = 64
"""Characters; a call's id has 34."""


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
        return _placement(response)

    async def fetch(self, carrier_call_id: str) -> CallUpdate | None:
        """Ask how a call stands; None when the carrier does not know it. Raises `CarrierUnavailable`."""
        response = await self._ask("GET", f"{self._calls}/{carrier_call_id}.json")
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        call = _expect(response)
        status = _known_status(call)
        return CallUpdate(
            attempt_id=None,
            carrier_call_id=carrier_call_id,
            status=status,
            dedupe_key=":".join(filter(None, (carrier_call_id, "fetched", status, call.get("answered_by")))),
            occurred_at=_instant(call.get("end_time") or call.get("start_time")),
            duration=_listed_duration(call),
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
                body = _expect(await self._ask("GET", page))
                for call in body.get("calls", ()):
                    found = _listed(call)
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
        if response.status_code == httpx.codes.NOT_FOUND or _error(response)[0] == _TOO_LATE_TO_CANCEL:
            return
        _expect(response)

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
                "AsyncAmdStatusCallback": _url(public_url, WHO_ANSWERED_PATH, request.attempt_id),
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


def twiml(request: CallRequest, public_url: str) -> str:
    """What the carrier does when the call is answered: speak the message, or connect the account's voice agent.

    While it speaks, and a moment longer, it listens for a key; without one the call ends. A voice agent hears keys itself.
    """
    response = VoiceResponse()
    if request.stream_url is None:
        listening = _listen(response, public_url, request.attempt_id)
        listening.say(request.message, language=request.language, voice=request.voice)
    else:
        stream = response.connect().stream(url=request.stream_url)
        stream.parameter(name="campaign_id", value=str(request.campaign_id))
        stream.parameter(name="contact_id", value=str(request.contact_id))
        stream.parameter(name="attempt_id", value=str(request.attempt_id))
    return str(response)


def twiml_to_listen_on(public_url: str, attempt_id: UUID) -> str:
    """What the carrier does after a key without a meaning, which has cut the message off: listen a moment for the right one."""
    response = VoiceResponse()
    _listen(response, public_url, attempt_id)
    return str(response)


def twiml_to_part(language: str, voice: str) -> str:
    """What the carrier does after the opt-out: say so in the language and voice of the message, and hang up.

    In a language without a farewell it is English, in the carrier's own voice: the message's may speak no other language.
    """
    response = VoiceResponse()
    farewell = opt_out.farewell(language)
    if farewell is None:
        response.say(opt_out.farewell("en"), language="en-US")
    else:
        response.say(farewell, language=language, voice=voice)
    response.hangup()
    return str(response)


def callback_url(public_url: str, attempt_id: UUID) -> str:
    """The StatusCallback of an attempt. It carries our id, so that a report binds the call even if the answer was lost."""
    return _url(public_url, CALLBACK_PATH, attempt_id)


def _listen(response: VoiceResponse, public_url: str, attempt_id: UUID) -> Gather:
    url = _url(public_url, KEY_PRESS_PATH, attempt_id)
    return response.gather(input="dtmf", num_digits=1, timeout=_LISTEN, action=url)


def _url(public_url: str, path: str, attempt_id: UUID) -> str:
    return f"{public_url}{path}?attempt={attempt_id}#{_CALLBACK_OVERRIDES}"


def signature_is_valid(
    settings: CarrierSettings, path_and_query: str, params: Mapping[str, str], signature: str | None
) -> bool:
    """Whether the carrier signed this callback (`X-Twilio-Signature`).

    The signature covers the URL that we gave, without its fragment (Twilio keeps connection overrides out of it), and
    the sorted form. The URL is built from the configured public origin: what a proxy made of it does not matter.
    """
    if not signature:
        return False
    validator = RequestValidator(settings.carrier_auth_token.get_secret_value())
    return bool(validator.validate(settings.public_url + path_and_query, params, signature))


def parse_callback(params: Mapping[str, str], attempt: str | None) -> CallUpdate:
    """Read a status callback: the form, and `attempt` of its URL. Raises `Invalid` for what no carrier sends."""
    call_id = _call_id(params)
    word = params.get("CallStatus", "")
    status = _STATUSES.get(word)
    if status is None:
        raise Invalid(
            "CallStatus", "unknown_status", f"The callback's CallStatus {word[:64]!r} is none that a call can have."
        )
    final = status in REPORTED_FINAL
    return CallUpdate(
        attempt_id=_attempt_id(attempt),
        carrier_call_id=call_id,
        status=status,
        dedupe_key=f"{call_id}:{_word(params, 'SequenceNumber') or word}",
        occurred_at=_instant(params.get("Timestamp")),
        duration=_seconds(params.get("CallDuration")) if final else None,
        answered_by=_word(params, "AnsweredBy") or None,
        error_code=_error_code(params) if final and status is not CallStatus.COMPLETED else None,
    )


def parse_who_answered(params: Mapping[str, str], attempt: str | None) -> CallUpdate:
    """Read who answered: the form, and `attempt` of its URL. Raises `Invalid` for what no carrier sends."""
    call_id = _call_id(params)
    if not (answered_by := _word(params, "AnsweredBy")):
        raise Invalid("AnsweredBy", "missing", "The callback has no AnsweredBy; send the form as the carrier does.")
    return CallUpdate(
        attempt_id=_attempt_id(attempt),
        carrier_call_id=call_id,
        status=CallStatus.IN_PROGRESS,
        dedupe_key=f"{call_id}:answered_by",
        answered_by=answered_by,
    )


def parse_key_press(params: Mapping[str, str], attempt: str | None) -> KeyPress:
    """Read the report of a key: the form, and `attempt` of its URL. Raises `Invalid` for what no carrier sends."""
    if "Digits" not in params:
        raise Invalid("Digits", "missing", "The callback has no Digits; send the form as the carrier does.")
    return KeyPress(_attempt_id(attempt), _call_id(params), params["Digits"])


def _call_id(params: Mapping[str, str]) -> str:
    call_id = _word(params, "CallSid")
    if not call_id:
        raise Invalid("CallSid", "missing", "The callback has no CallSid; send the form as the carrier does.")
    return call_id


def _word(params: Mapping[str, str], name: str) -> str:
    """What a callback says in one word, which is kept; empty when it says nothing. Raises `Invalid` for what no carrier sends."""
    word = params.get(name, "")
    if len(word) > _LONGEST_WORD or not (word.isascii() and word.isprintable()):
        raise Invalid(
            name, "malformed_request", f"The callback's {name} is no short word. Send it as the carrier does."
        )
    return word


def _attempt_id(attempt: str | None) -> UUID | None:
    try:
        return UUID(attempt) if attempt else None
    except ValueError:
        raise Invalid("attempt", "not_a_uuid", "The callback URL's attempt is not an attempt's id.") from None


def _placement(response: httpx.Response) -> Placement:
    """What an answer to a creation means."""
    status = response.status_code
    code, message = _error(response)
    if status == httpx.codes.TOO_MANY_REQUESTS or code == _THROTTLED:
        return NotSent("the carrier takes no more requests at the moment", _retry_after(response))
    if response.is_success:
        call_id = _json(response).get("sid")
        if isinstance(call_id, str) and call_id:
            return Placed(call_id)
        return Unknown(f"the carrier answered {status} without a call's id")
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
        # Not this contact's fault, and the next one would meet the same.
        log.error("carrier_refuses_our_account", http_status=status, code=code, message=message)
        return NotSent(f"the carrier refuses our account ({code or status}: {message})", _ACCOUNT_RETRY)
    if response.is_client_error and status != httpx.codes.REQUEST_TIMEOUT:
        if code is not None:
            return Rejected(str(code), message, of_caller_id=code in _CALLER_ID_REFUSED)
        log.error("call_refused_without_error_code", http_status=status)
        return NotSent(f"something before the carrier answered {status}", _ACCOUNT_RETRY)
    return Unknown(f"the carrier answered {status} ({code or 'no code'}: {message})")


def _expect(response: httpx.Response) -> dict[str, Any]:
    """The body of a good answer to a question. Raises `CarrierUnavailable` for any other."""
    body = _json(response)
    if not response.is_success or not body:
        code, message = _error(response)
        raise CarrierUnavailable(f"The carrier answered {response.status_code} ({code or 'no code'}: {message}).")
    return body


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _error(response: httpx.Response) -> tuple[int | None, str]:
    """The code and the message of an error answer, as far as it has them."""
    body = {} if response.is_success else _json(response)
    code = body.get("code")
    return code if isinstance(code, int) else None, str(body.get("message") or response.reason_phrase)


def _retry_after(response: httpx.Response) -> float:
    """Seconds until the next request, by the `Retry-After` header (RFC 9110, 10.2.3: seconds or a date)."""
    value = response.headers.get("Retry-After", "")
    if value.isdecimal():
        seconds = float(value)
    else:
        instant = _instant(value)
        seconds = (instant - datetime.now(UTC)).total_seconds() if instant else _THROTTLED_RETRY
    return min(max(seconds, 0.0), _LONGEST_RETRY)


def _known_status(call: Mapping[str, Any]) -> CallStatus:
    status = _STATUSES.get(str(call.get("status")))
    if status is None:
        raise CarrierUnavailable(f"The carrier gave a status that is not known here: {call.get('status')!r}.")
    return status


def _listed(call: Mapping[str, Any]) -> CarrierCall:
    created_at = _instant(call.get("date_created"))
    if created_at is None or not call.get("sid"):
        raise CarrierUnavailable("The carrier listed a call without an id or a date.")
    return CarrierCall(str(call["sid"]), _known_status(call), created_at, _listed_duration(call))


def _listed_duration(call: Mapping[str, Any]) -> int | None:
    """Seconds; Twilio leaves it empty for calls without talk and calls that go on."""
    duration = call.get("duration")
    return int(duration) if duration is not None and str(duration).isdecimal() else None


def _instant(text: object) -> datetime | None:
    """An instant in RFC 2822's form, as Twilio writes all of them; None for anything else."""
    try:
        instant = parsedate_to_datetime(text) if isinstance(text, str) else None
        if instant is None:
            return None
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _seconds(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Invalid(
            "CallDuration", "not_a_number", f"The callback's CallDuration {text[:64]!r} is not a number of seconds."
        )
    return int(text)


def _error_code(params: Mapping[str, str]) -> str | None:
    """Twilio's own code when it gives one, else the SIP response of the callee's network."""
    if code := _word(params, "ErrorCode"):
        return code
    sip = _word(params, "SipResponseCode")
    return f"sip:{sip}" if sip else None
