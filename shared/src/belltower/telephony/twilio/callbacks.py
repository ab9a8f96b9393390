"""What the carrier posts: whether it signed it, and what it says (twilio.com/docs/usage/webhooks/webhooks-security)."""

import re
from collections.abc import Mapping
from uuid import UUID

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from belltower.domain.call import REPORTED_FINAL, CallStatus
from belltower.domain.errors import Invalid
from belltower.runtime.settings import CarrierSettings
from belltower.telephony.provider import CallUpdate, KeyPress
from belltower.telephony.twilio.words import STATUSES, instant

_LONGEST_WORD = 64
"""Characters; a call's id has 34."""


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
    status = STATUSES.get(word)
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
        occurred_at=instant(params.get("Timestamp")),
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
