"""The part of Twilio's REST API that the simulated carrier speaks: create, fetch, list and change calls.

Source: twilio.com/docs/voice/api/call-resource.
"""

import asyncio
import base64
import binascii
import contextlib
import hmac
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from belltower_carrier.behaviour import RequestFault
from belltower_carrier.call import Call, Status
from belltower_carrier.exchange import Exchange
from belltower_carrier.orders import read_order
from belltower_carrier.refusals import BAD_PARAMETER, INTERNAL_ERROR, NOT_FOUND, UNAUTHENTICATED, Refusal
from belltower_carrier.times import rfc2822

_PAGE_SIZE = 50
_LARGEST_PAGE = 1000
_STATUSES = frozenset(Status)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})")

Handler = Callable[[Request], Awaitable[Response]]


class TwilioApi:
    """The routes of one account. Other accounts do not exist."""

    def __init__(self, exchange: Exchange, account_sid: str, auth_token: str, stopping: asyncio.Event) -> None:
        self._exchange = exchange
        self._stopping = stopping
        self._account_sid = account_sid
        self._credentials = f"{account_sid}:{auth_token}".encode()
        self._path = f"/2010-04-01/Accounts/{account_sid}/Calls"

    def routes(self) -> list[Route]:
        """All routes."""
        calls = "/2010-04-01/Accounts/{account}/Calls"
        return [
            Route(f"{calls}.json", self._guarded(self._create), methods=["POST"]),
            Route(f"{calls}.json", self._guarded(self._list), methods=["GET"]),
            Route(f"{calls}/{{sid}}.json", self._guarded(self._fetch), methods=["GET"]),
            Route(f"{calls}/{{sid}}.json", self._guarded(self._change), methods=["POST"]),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        """Check the credentials, and answer refusals in Twilio's form."""

        async def respond(request: Request) -> Response:
            try:
                if not self._authenticated(request.headers.get("Authorization", "")):
                    raise Refusal(UNAUTHENTICATED)
                if request.path_params["account"] != self._account_sid:
                    raise Refusal(NOT_FOUND, what=request.url.path)
                return await handler(request)
            except Refusal as refusal:
                headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.kind is UNAUTHENTICATED else None
                return JSONResponse(refusal.body(), refusal.kind.http_status, headers)

        return respond

    def _authenticated(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        try:
            credentials = base64.b64decode(given, validate=True)
        except binascii.Error:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(credentials, self._credentials)

    async def _create(self, request: Request) -> Response:
        async with request.form() as form:
            order = read_order(form)
        accepted = self._exchange.request(order)
        match accepted.fault:
            case RequestFault.ERROR_AFTER_ACCEPTING:
                raise Refusal(INTERNAL_ERROR)
            case RequestFault.GARBLED_ANSWER:
                return PlainTextResponse("<html>created</html>", 201)
            case RequestFault.HELD_ANSWER:
                # Not past the end of the process, which would have to wait for it.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._exchange.behaviour.hold_seconds):
                        await self._stopping.wait()
        return JSONResponse(self._resource(accepted.call), 201)

    async def _fetch(self, request: Request) -> Response:
        sid = request.path_params["sid"]
        call = self._exchange.truth.get(sid)
        if call is None:
            raise Refusal(NOT_FOUND, what=f"{self._path}/{sid}.json")
        return JSONResponse(self._resource(call))

    async def _change(self, request: Request) -> Response:
        async with request.form() as form:
            status = form.get("Status")
        if status not in ("canceled", "completed"):
            raise Refusal(
                BAD_PARAMETER, problem="Status is canceled or completed; the simulated carrier changes no more"
            )
        return JSONResponse(self._resource(self._exchange.change(request.path_params["sid"], str(status))))

    async def _list(self, request: Request) -> Response:
        """A page of calls, newest first. `PageToken` holds the place, so that new calls shift nothing."""
        query = request.query_params
        size = query.get("PageSize", str(_PAGE_SIZE))
        page, token = query.get("Page", "0"), query.get("PageToken", "")
        if not size.isdecimal() or not 1 <= int(size) <= _LARGEST_PAGE:
            raise Refusal(BAD_PARAMETER, problem=f"PageSize is a number from 1 to {_LARGEST_PAGE}, not {size!r}")
        if not page.isdecimal() or (token and not token.isdecimal()):
            raise Refusal(BAD_PARAMETER, problem="Page and PageToken are those of a next_page_uri")
        status = query.get("Status")
        if status is not None and status not in _STATUSES:
            raise Refusal(BAD_PARAMETER, problem=f"Status is one of {', '.join(Status)}, not {status!r}")
        day = {sign: _day(query.get(f"StartTime{sign}")) for sign in ("", "<", ">")}
        caller_id = query.get("From")
        found: list[Call] = []
        more = False
        for call in self._exchange.truth.newest_first(int(token) if token else None, query.get("To")):
            if status is not None and call.status != status:
                continue
            if (caller_id is not None and call.caller_id != caller_id) or not _started(call, day):
                continue
            if len(found) == int(size):
                more = True
                break
            found.append(call)
        filters = [(key, value) for key, value in query.items() if key not in ("Page", "PageToken")]
        base = f"{self._path}.json"
        following = [*filters, ("Page", str(int(page) + 1)), ("PageToken", str(found[-1].number))] if more else None
        return JSONResponse(
            {
                "calls": [self._resource(call) for call in found],
                "page": int(page),
                "page_size": int(size),
                "start": int(page) * int(size),
                "end": int(page) * int(size) + max(len(found) - 1, 0),
                "uri": f"{base}?{urlencode(query.multi_items())}",
                "first_page_uri": f"{base}?{urlencode([*filters, ('Page', '0')])}",
                "previous_page_uri": None,
                "next_page_uri": f"{base}?{urlencode(following)}" if following else None,
            }
        )

    def _resource(self, call: Call) -> dict[str, Any]:
        ended = call.ended_at
        return {
            "sid": call.sid,
            "account_sid": self._account_sid,
            "parent_call_sid": None,
            "date_created": rfc2822(call.requested_at),
            "date_updated": rfc2822(ended or call.answered_at or call.rang_at or call.dialled_at or call.requested_at),
            "to": call.to,
            "to_formatted": call.to,
            "from": call.caller_id,
            "from_formatted": call.caller_id,
            "phone_number_sid": None,
            "status": call.status,
            "start_time": rfc2822(call.dialled_at) if call.dialled_at else None,
            "end_time": rfc2822(ended) if ended else None,
            "duration": str(call.talk_seconds) if call.status is Status.COMPLETED else None,
            "price": None,
            "price_unit": "USD",
            "direction": "outbound-api",
            "answered_by": call.answered_by,
            "annotation": None,
            "api_version": "2010-04-01",
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": str(int(((call.dialled_at or call.requested_at) - call.requested_at) * 1000)),
            "trunk_sid": None,
            "uri": f"{self._path}/{call.sid}.json",
            "subresource_uris": {},
        }


def _day(value: str | None) -> str | None:
    """The day of a StartTime filter, which has no finer grain."""
    if value is None:
        return None
    match = _DAY.match(value)
    if match is None:
        raise Refusal(BAD_PARAMETER, problem=f"StartTime is a day such as 2026-03-31, not {value!r}")
    return match[1]


def _started(call: Call, day: dict[str, str | None]) -> bool:
    """Whether a call started on, at the latest on (<), and at the earliest on (>) the days given. Queued calls never."""
    if not any(day.values()):
        return True
    if call.dialled_at is None:
        return False
    started = datetime.fromtimestamp(call.dialled_at, UTC).date().isoformat()
    return (
        (day[""] is None or started == day[""])
        and (day["<"] is None or started <= day["<"])
        and (day[">"] is None or started >= day[">"])
    )
