"""What the carrier posts: the status of each call, who answered it, and the key that was pressed in one, signed.

How the carrier takes our answers (it was asked in the callback's URL to try again after any failure): 204 ends the
matter, for duplicates and stale reports too. 503 brings the report again in a second, when the database is back. 404 is for
calls that Belltower does not know: it brings a few more tries, which a database just restored may need, and then an entry in
the carrier's own log of errors, which is where an operator has to find it. 400 and 403 do the same. A key is answered with
what the carrier does next in the call; when no try brings an answer, it ends the call.
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from prometheus_client import Counter

from belltower.db import do_not_call
from belltower.db.calls import find_callee
from belltower.db.engine import in_transaction
from belltower.domain import opt_out
from belltower.domain.errors import Invalid, NotFound
from belltower.domain.phone import mask
from belltower.outcomes import Effect
from belltower.telephony.provider import CallUpdate
from belltower.telephony.twilio.addresses import CALLBACK_PATH, KEY_PRESS_PATH, WHO_ANSWERED_PATH
from belltower.telephony.twilio.callbacks import parse_callback, parse_key_press, parse_who_answered, signature_is_valid
from belltower.telephony.twilio.speech import twiml_to_listen_on, twiml_to_part
from belltower_api.dependencies import resources
from belltower_api.errors import CallbackRefused
from belltower_api.problems import problems

log = structlog.get_logger(__name__)

callbacks = Counter("belltower_callbacks_total", "Callbacks of the carrier, by what became of them.", ["result"])

BODY_LIMIT = 2**16
"""Bytes; a callback has about one thousand."""


class CarrierRoute(APIRoute):
    """An operation that reads its request by itself: there are several for each call, and the parameters that FastAPI would read
    for it, and the answer that it would write, cost as much as all that is done with them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.endpoint


router = APIRouter(tags=["Carrier"], route_class=CarrierRoute)

Said = TypeVar("Said")

_ATTEMPT, _SIGNATURE = "attempt", "X-Twilio-Signature"
_CALL = "CA5c3f0e0b8a5f4e6d9d9a7b1c2d3e4f50"


def _signed_form_with(**fields: str) -> dict[str, Any]:
    """The OpenAPI of a signed form with these fields, which are an example of them, and others."""
    schema = {
        "type": "object",
        "required": list(fields),
        "properties": {name: {"type": "string"} for name in fields},
        "additionalProperties": {"type": "string"},
        "examples": [fields],
    }
    attempt = {
        "name": _ATTEMPT,
        "in": "query",
        "description": "The attempt that the call was placed for.",
        "schema": {"type": "string"},
    }
    signature = {
        "name": _SIGNATURE,
        "in": "header",
        "description": "The carrier's signature of the URL and the form.",
        "schema": {"type": "string"},
    }
    return {
        "parameters": [attempt, signature],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}},
    }


class Twiml(Response):
    """What the carrier does next."""

    media_type = "text/xml"


@router.post(
    CALLBACK_PATH,
    summary="Report the status of a call",
    status_code=204,
    responses=problems(400, 403, 404, 413),
    openapi_extra=_signed_form_with(CallSid=_CALL, CallStatus="ringing"),
)
async def report_call_status(request: Request) -> Response:
    """For the carrier only: a status callback in Twilio's form, signed over the configured public URL and the form."""
    update = await _read(request, CALLBACK_PATH, parse_callback)
    return await _applied(request, update)


@router.post(
    WHO_ANSWERED_PATH,
    summary="Report who answered a call",
    status_code=204,
    responses=problems(400, 403, 404, 413),
    openapi_extra=_signed_form_with(CallSid=_CALL, AnsweredBy="machine_start"),
)
async def report_who_answered(request: Request) -> Response:
    """For the carrier only: whether a person or a machine answered, while the call goes on, signed like a status.

    A dialer hangs up on a machine that is to hear nothing.
    """
    update = await _read(request, WHO_ANSWERED_PATH, parse_who_answered)
    return await _applied(request, update)


@router.post(
    KEY_PRESS_PATH,
    summary="Report a key that was pressed in a call",
    response_class=Twiml,
    responses={
        200: {"content": {"text/xml": {"schema": {"type": "string"}, "example": "<Response><Hangup/></Response>"}}},
        **problems(400, 403, 404, 413),
    },
    openapi_extra=_signed_form_with(CallSid=_CALL, Digits="9"),
)
async def report_key_press(request: Request) -> Twiml:
    """For the carrier only: a key in Twilio's form, signed like a status. 9 puts the person called on the do-not-call list.

    Only our id of the attempt or the carrier's of the call has to be known: whose wish it is does not depend on more.
    """
    press = await _read(request, KEY_PRESS_PATH, parse_key_press)
    res = resources(request)
    async with res.callbacks.connect() as connection:
        callee = await find_callee(connection, press.attempt_id, press.carrier_call_id)
    if callee is None:
        callbacks.labels(Effect.UNMATCHED).inc()
        log.warning("key_press_unmatched", attempt_id=str(press.attempt_id), carrier_call_id=press.carrier_call_id)
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


async def _applied(request: Request, update: CallUpdate) -> Response:
    """The answer to a report, once it has its effect. Raises `NotFound`."""
    effect = await resources(request).outcomes.apply(update, source="callback")
    callbacks.labels(effect).inc()
    if effect is Effect.UNMATCHED:
        log.warning("callback_unmatched", attempt_id=str(update.attempt_id), carrier_call_id=update.carrier_call_id)
        raise NotFound("This report is about no call that Belltower placed.")
    return Response(status_code=204)


async def _read(request: Request, path: str, parse: Callable[[Mapping[str, str], str | None], Said]) -> Said:
    """What the carrier says by the form that it posted to `path`. Raises `CallbackRefused` for one that it did not sign, and
    `Invalid`."""
    settings = resources(request).settings
    query = request.scope["query_string"].decode("latin-1")
    with _counting_invalid():
        params = _form(await request.body())
        if not signature_is_valid(
            settings, f"{path}?{query}" if query else path, params, request.headers.get(_SIGNATURE)
        ):
            callbacks.labels("refused").inc()
            raise CallbackRefused
        return parse(params, request.query_params.get(_ATTEMPT))


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
