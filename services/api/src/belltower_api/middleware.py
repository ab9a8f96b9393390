"""Around every request: its id, its time, its size, and the answer to what nobody foresaw. Pure ASGI."""

import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from belltower_api.errors import TooLarge
from belltower_api.problems import unexpected

log = structlog.get_logger(__name__)

requests = Counter("belltower_http_requests_total", "Requests answered.", ["method", "route", "status"])
latency = Histogram(
    "belltower_http_request_seconds",
    "Seconds from a request's first byte to its answer's last; of streams, which have no last, nothing.",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

REQUEST_ID = "X-Request-Id"
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestScope:
    """Names each request, limits its body, counts it, and turns an unexpected error into an answer without a trace.

    `limit` is bytes; `limits` has those of routes that take more or less, by path.
    """

    def __init__(self, app: ASGIApp, *, limit: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = scope["request_id"] = _request_id(scope)
        status = 0
        is_stream = False

        async def respond(message: Message) -> None:
            nonlocal status, is_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                is_stream = headers.get("Content-Type", "").startswith("text/event-stream")
            await send(message)

        limit = self._limits.get(scope["path"], self._limit)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, _limited(scope, receive, limit), respond)
            except Exception as error:  # the last line before the socket
                response = unexpected(request_id, error)
                if status:
                    raise
                await response(scope, receive, respond)
            finally:
                seconds = time.perf_counter() - began
                route = getattr(scope.get("route"), "path", "unmatched")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                requests.labels(method, route, status).inc()
                if not is_stream:
                    latency.labels(method, route).observe(seconds)
                if status >= HTTPStatus.BAD_REQUEST:
                    log.info("request_refused", method=method, route=route, status=status, seconds=round(seconds, 4))


def _request_id(scope: Scope) -> str:
    """The caller's own id where it is one that logs can hold, else a new one."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _ACCEPTED_ID.fullmatch(given) else uuid4().hex


def _limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Receive a body of at most `limit` bytes; `TooLarge` at the first sign of more."""
    announced = Headers(scope=scope).get("Content-Length", "")
    received = 0

    async def receive_at_most() -> Message:
        nonlocal received
        if announced.isdecimal() and int(announced) > limit:
            raise _too_large(limit)
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return receive_at_most


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request is larger than the {limit / 2**20:g} MB that are taken here. Send less at a time.")
