"""What the carrier posts: the status of each call, signed.

How the carrier takes our answers (it was asked in the callback's URL to try again after any failure): 204 ends the
matter, for duplicates and stale reports too. 503 brings the report again in a second, when the database is back. 404 is for
calls that Belltower does not know: it brings a few more tries, which a database just restored may need, and then an entry in
the carrier's own log of errors, which is where an operator has to find it. 400 and 403 do the same.
"""

from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Header, Query, Request
from prometheus_client import Counter

from belltower.domain.errors import Invalid, NotFound
from belltower.outcomes import Effect
from belltower.telephony.twilio import CALLBACK_PATH, parse_callback, signature_is_valid
from belltower_api.dependencies import Res
from belltower_api.errors import CallbackRefused, problems

log = structlog.get_logger(__name__)

callbacks = Counter("belltower_callbacks_total", "Callbacks of the carrier, by what became of them.", ["result"])

BODY_LIMIT = 2**16
"""Bytes; a status callback has about one thousand."""

router = APIRouter(tags=["Carrier"])

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["CallSid", "CallStatus"],
                    "properties": {"CallSid": {"type": "string"}, "CallStatus": {"type": "string"}},
                    "additionalProperties": {"type": "string"},
                    "examples": [{"CallSid": "CA5c3f0e0b8a5f4e6d9d9a7b1c2d3e4f50", "CallStatus": "ringing"}],
                }
            }
        },
    }
}


@router.post(
    CALLBACK_PATH,
    summary="Report the status of a call",
    status_code=204,
    responses=problems(400, 403, 404, 413),
    openapi_extra=_FORM,
)
async def report_call_status(
    request: Request,
    res: Res,
    attempt: Annotated[str | None, Query(description="The attempt that the call was placed for.")] = None,
    signature: Annotated[str | None, Header(alias="X-Twilio-Signature")] = None,
) -> None:
    """For the carrier only: a status callback in Twilio's form, signed over the configured public URL and the form."""
    params = _form(await request.body())
    query = request.scope["query_string"].decode("latin-1")
    path = f"{CALLBACK_PATH}?{query}" if query else CALLBACK_PATH
    if not signature_is_valid(res.settings, path, params, signature):
        callbacks.labels("refused").inc()
        raise CallbackRefused
    try:
        update = parse_callback(params, attempt)
    except Invalid:
        callbacks.labels("invalid").inc()
        raise
    effect = await res.outcomes.apply(update, source="callback")
    callbacks.labels(effect).inc()
    if effect is Effect.UNMATCHED:
        log.warning("callback_unmatched", attempt_id=attempt, carrier_call_id=update.carrier_call_id)
        raise NotFound("This report is about no call that Belltower placed.")


def _form(body: bytes) -> dict[str, str]:
    """The posted form. Raises `Invalid`."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        callbacks.labels("invalid").inc()
        raise Invalid("", "malformed_request", "The body is not a form. Post it as the carrier does.") from None
