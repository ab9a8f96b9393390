"""Reads a request for a call (twilio.com/docs/voice/api/call-resource, "Create a call"; /docs/iam/test-credentials)."""

import re
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from belltower_carrier.call import Detection, Order
from belltower_carrier.refusals import (
    BAD_CALLBACK,
    BAD_PARAMETER,
    FROM_NOT_VERIFIED,
    INVALID_FROM,
    INVALID_TO,
    NO_FROM,
    NO_TO,
    NO_TWIML,
    TEST_FROM,
    TEST_TO,
    Refusal,
)

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_TEST_NUMBERS = "+1500555"
_EVENTS = ("initiated", "ringing", "answered", "completed")
_LONGEST_TWIML = 4000


class Form(Protocol):
    """A decoded form; keys may repeat."""

    def getlist(self, key: str) -> Sequence[object]:
        """All values of `key`."""


def read_order(form: Form) -> Order:
    """What a form asks for. Raises `Refusal` with Twilio's error for anything else, test numbers included."""

    def one(name: str) -> str:
        values = form.getlist(name)
        return str(values[0]) if values else ""

    to, caller_id = one("To"), one("From")
    if not to:
        raise Refusal(NO_TO)
    if not caller_id:
        raise Refusal(NO_FROM)
    if not _E164.fullmatch(caller_id):
        raise Refusal(INVALID_FROM, number=caller_id)
    if caller_id.startswith(_TEST_NUMBERS) and (kind := TEST_FROM.get(caller_id, FROM_NOT_VERIFIED)):
        raise Refusal(kind, number=caller_id)
    if kind := TEST_TO.get(to):
        raise Refusal(kind, number=to)
    if not _E164.fullmatch(to):
        raise Refusal(INVALID_TO, to=to)
    twiml = one("Twiml")
    if not twiml:
        raise Refusal(NO_TWIML)
    if len(twiml) > _LONGEST_TWIML:
        raise Refusal(BAD_PARAMETER, problem=f"Twiml may have {_LONGEST_TWIML} characters; this has {len(twiml)}")
    callback = one("StatusCallback") or None
    if callback is not None:
        parts = urlsplit(callback)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refusal(BAD_CALLBACK, url=callback)
    detection = one("MachineDetection")
    if detection and detection not in set(Detection):
        raise Refusal(BAD_PARAMETER, problem=f"MachineDetection is {' or '.join(Detection)}, not {detection}")
    is_asynchronous = one("AsyncAmd")
    if is_asynchronous not in ("", "true", "false"):
        raise Refusal(BAD_PARAMETER, problem=f"AsyncAmd is true or false, not {is_asynchronous}")
    detection_callback = one("AsyncAmdStatusCallback") or None
    if detection_callback is not None and urlsplit(detection_callback).scheme not in ("http", "https"):
        raise Refusal(BAD_CALLBACK, url=detection_callback)
    if one("AsyncAmdStatusCallbackMethod") not in ("", "POST"):
        raise Refusal(BAD_PARAMETER, problem="The simulated carrier's AsyncAmdStatusCallbackMethod is POST")
    events = [event for value in form.getlist("StatusCallbackEvent") for event in str(value).split()]
    if unknown := [event for event in events if event not in _EVENTS]:
        raise Refusal(BAD_PARAMETER, problem=f"StatusCallbackEvent is one of {', '.join(_EVENTS)}, not {unknown[0]}")
    if one("StatusCallbackMethod") not in ("", "POST"):
        raise Refusal(BAD_PARAMETER, problem="The simulated carrier's StatusCallbackMethod is POST")
    return Order(
        to=to,
        caller_id=caller_id,
        twiml=twiml,
        ring_timeout=_seconds("Timeout", one("Timeout"), default=60, most=600),
        time_limit=_seconds("TimeLimit", one("TimeLimit"), default=14_400, most=14_400),
        callback=callback,
        callback_events=frozenset(events or ("completed",)),
        detection=Detection(detection) if detection else None,
        waits_for_detection=is_asynchronous != "true",
        detection_callback=detection_callback,
    )


def _seconds(name: str, value: str, *, default: int, most: int) -> int:
    if not value:
        return default
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise Refusal(BAD_PARAMETER, problem=f"{name} is a number of seconds from 1 to {most}, not {value!r}")
    return int(value)
