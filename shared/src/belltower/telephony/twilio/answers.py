"""What the carrier's answers mean (twilio.com/docs/api/errors: 20429; 20500: a creation that failed with a 5xx may have rung)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from belltower.domain.call import CallStatus
from belltower.telephony.provider import (
    CarrierCall,
    CarrierUnavailable,
    NotSent,
    Placed,
    Placement,
    Rejected,
    Unknown,
)
from belltower.telephony.twilio.words import STATUSES, instant

log = structlog.get_logger(__name__)

_THROTTLED = 20429
_THROTTLED_RETRY = 1.0
_ACCOUNT_RETRY = 60.0
"""Seconds to wait when the carrier refuses our credentials or account: an operator has to act."""
_LONGEST_RETRY = 300.0
_CALLER_ID_REFUSED = frozenset({21210, 21212, 21213, 21606})
"""From is not verified, not valid, missing, or may not call: nothing is wrong with the number called."""


def placement_of(response: httpx.Response) -> Placement:
    """What an answer to a creation means."""
    status = response.status_code
    code, message = error_of(response)
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


def expect(response: httpx.Response) -> dict[str, Any]:
    """The body of a good answer to a question. Raises `CarrierUnavailable` for any other."""
    body = _json(response)
    if not response.is_success or not body:
        code, message = error_of(response)
        raise CarrierUnavailable(f"The carrier answered {response.status_code} ({code or 'no code'}: {message}).")
    return body


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def error_of(response: httpx.Response) -> tuple[int | None, str]:
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
        at = instant(value)
        seconds = (at - datetime.now(UTC)).total_seconds() if at else _THROTTLED_RETRY
    return min(max(seconds, 0.0), _LONGEST_RETRY)


def known_status(call: Mapping[str, Any]) -> CallStatus:
    status = STATUSES.get(str(call.get("status")))
    if status is None:
        raise CarrierUnavailable(f"The carrier gave a status that is not known here: {call.get('status')!r}.")
    return status


def listed_call(call: Mapping[str, Any]) -> CarrierCall:
    created_at = instant(call.get("date_created"))
    if created_at is None or not call.get("sid"):
        raise CarrierUnavailable("The carrier listed a call without an id or a date.")
    return CarrierCall(str(call["sid"]), known_status(call), created_at, listed_duration(call))


def listed_duration(call: Mapping[str, Any]) -> int | None:
    """Seconds; Twilio leaves it empty for calls without talk and calls that go on."""
    duration = call.get("duration")
    return int(duration) if duration is not None and str(duration).isdecimal() else None
