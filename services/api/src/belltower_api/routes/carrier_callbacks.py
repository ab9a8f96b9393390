"""What the carrier posts: the status of each call, who answered it, and the key that was pressed in one, signed.

How the carrier takes our answers (it was asked in the callback's URL to try again after any failure): 204 ends the
matter, for duplicates and stale reports too. 503 brings the report again in a second, when the database is back. 404 is for
calls that Belltower does not know: it brings a few more tries, which a database just restored may need, and then an entry in
the carrier's own log of errors, which is where an operator has to find it. 400 and 403 do the same. A key is answered with
what the carrier does next in the call; when no try brings an answer, it ends the call.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from prometheus_client import Counter

from belltower.db import do_not_call
from belltower.db.calls import find_callee
from belltower.db.engine import in_transaction
from belltower.domain import opt_out
from belltower.domain.errors import Invalid, NotFound
from belltower.domain.phone import mask
from belltower.outcomes import Effect
from belltower.telephony.provider import CallUpdate
from belltower.telephony.twilio import (
    CALLBACK_PATH,
    KEY_PRESS_PATH,
    WHO_ANSWERED_PATH,
    parse_callback,
    parse_key_press,
    parse_who_answered,
    signature_is_valid,
    twiml_to_listen_on,
    twiml_to_part,
)
from belltower_api.dependencies import Res, Resources
from belltower_api.errors import CallbackRefused
from belltower_api.problems import problems

log = structlog.get_logger(__name__)

callbacks = Counter("belltower_callbacks_total", "Callbacks of the carrier, by what became of them.", ["result"])

BODY_LIMIT = 2**16
"""Bytes; a callback has about one thousand."""

router = APIRouter(tags=["Carrier"])

Attempt = Annotated[str | None, Query(description="The attempt that the call was placed for.")]
Signature = Annotated[str | None, Header(alias="X-Twilio-Signature")]


_CALL = "CA5c3f0e0b8a5f4e6d9d9a7b1c2d3e4f50"


def _form_with(**fields: str) -> dict[str, Any]:
    """The OpenAPI of a form with these fields, which are an example of them, and others."""
    schema = {
        "type": "object",
        "required": list(fields),
        "properties": {name: {"type": "string"} for name in fields},
        "additionalProperties": {"type": "string"},
        "examples": [fields],
    }
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


class Twiml(Response):
    """What the carrier does next."""

    media_type = "text/xml"


@router.post(
    CALLBACK_PATH,
    summary="Report the status of a call",
    status_code=204,
    responses=problems(400, 403, 404, 413),
    openapi_extra=_form_with(CallSid=_CALL, CallStatus="ringing"),
)
async def report_call_status(request: Request, res: Res, attempt: Attempt = None, signature: Signature = None) -> None:
    """For the carrier only: a status callback in Twilio's form, signed over the configured public URL and the form."""
    params = await _signed_form(request, res, CALLBACK_PATH, signature)
    with _counting_invalid():
        update = parse_callback(params, attempt)
    await _apply(res, update)


@router.post(
    WHO_ANSWERED_PATH,
    summary="Report who answered a call",
    status_code=204,
    responses=problems(400, 403, 404, 413),
    openapi_extra=_form_with(CallSid=_CALL, AnsweredBy="machine_start"),
)
async def report_who_answered(request: Request, res: Res, attempt: Attempt = None, signature: Signature = None) -> None:
    """For the carrier only: whether a person or a machine answered, while the call goes on, signed like a status.

    A dialer hangs up on a machine that is to hear nothing.
    """
    params = await _signed_form(request, res, WHO_ANSWERED_PATH, signature)
    with _counting_invalid():
        update = parse_who_answered(params, attempt)
    await _apply(res, update)


@router.post(
    KEY_PRESS_PATH,
    summary="Report a key that was pressed in a call",
    response_class=Twiml,
    responses={
        200: {"content": {"text/xml": {"schema": {"type": "string"}, "example": "<Response><Hangup/></Response>"}}},
        **problems(400, 403, 404, 413),
    },
    openapi_extra=_form_with(CallSid=_CALL, Digits="9"),
)
async def report_key_press(request: Request, res: Res, attempt: Attempt = None, signature: Signature = None) -> Twiml:
    """For the carrier only: a key in Twilio's form, signed like a status. 9 puts the person called on the do-not-call list.

    Only our id of the attempt or the carrier's of the call has to be known: whose wish it is does not depend on more.
    """
    params = await _signed_form(request, res, KEY_PRESS_PATH, signature)
    with _counting_invalid():
        press = parse_key_press(params, attempt)
    async with res.callbacks.connect() as connection:
        callee = await find_callee(connection, press.attempt_id, press.carrier_call_id)
    if callee is None:
        callbacks.labels(Effect.UNMATCHED).inc()
        log.warning("key_press_unmatched", attempt_id=attempt, carrier_call_id=press.carrier_call_id)
        raise NotFound("This key was pressed in no call that Belltower placed.")
    if press.key != opt_out.KEY:
        callbacks.labels("another_key").inc()
        return Twiml(twiml_to_listen_on(res.settings.public_url, callee.call_id))
    await in_transaction(
        res.callbacks,
        lambda connection: do_not_call.opt_out(connection, callee.account_id, callee.phone, call_id=callee.call_id),
    )
    callbacks.labels("opted_out").inc()
    log.info("opted_out", attempt_id=str(callee.call_id), phone=mask(callee.phone))
    return Twiml(twiml_to_part(callee.language, callee.voice))


async def _apply(res: Resources, update: CallUpdate) -> None:
    """Let a report have its effect. Raises `NotFound`."""
    effect = await res.outcomes.apply(update, source="callback")
    callbacks.labels(effect).inc()
    if effect is Effect.UNMATCHED:
        log.warning("callback_unmatched", attempt_id=str(update.attempt_id), carrier_call_id=update.carrier_call_id)
        raise NotFound("This report is about no call that Belltower placed.")


async def _signed_form(request: Request, res: Resources, path: str, signature: str | None) -> dict[str, str]:
    """The form that the carrier posted to `path`. Raises `CallbackRefused` for one that it did not sign, and `Invalid`."""
    with _counting_invalid():
        params = _form(await request.body())
    query = request.scope["query_string"].decode("latin-1")
    if not signature_is_valid(res.settings, f"{path}?{query}" if query else path, params, signature):
        callbacks.labels("refused").inc()
        raise CallbackRefused
    return params


@contextmanager
def _counting_invalid() -> Iterator[None]:
    try:
        yield
    except Invalid:
        callbacks.labels("invalid").inc()
        raise


def _form(body: bytes) -> dict[str, str]:
    """The posted form. Raises `Invalid`."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        raise Invalid("", "malformed_request", "The body is not a form. Post it as the carrier does.") from None
