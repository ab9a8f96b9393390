"""Around every request: its id, its time, its size, and the answer to what nobody foresaw. Pure ASGI."""

import asyncio
import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from belltower_api.errors import AmbiguousLength, Busy, TooLarge, TooSlow
from belltower_api.problems import unexpected

log = structlog.get_logger(__name__)

requests = Counter("belltower_http_requests_total", "Requests answered.", ["method", "route", "status"])
latency = Histogram(
    "belltower_http_request_seconds",
    "Seconds from a request's first byte to its answer's last; of streams, which have no last, nothing.",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

LARGE_BODY = 2**20
"""Bytes of a body that takes its place among large ones."""
MOST_FILES = 16
"""Forms with large files that are received and read at once: they lie on the disk."""
MOST_TEXTS = 4
"""Other large bodies: as JSON is read, it takes up to thirty times its size of memory."""
PLACE_TIMEOUT = 20.0
"""Seconds that a large body waits for its place. Its sender waits, too: nothing more is read of it."""
BODY_PAUSE = 20.0
"""Seconds for which nothing of a body may come."""
BODY_TIMEOUT = 300.0
"""Seconds in which all of it comes, as at the gateway."""

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
        self._files, self._texts = asyncio.Semaphore(MOST_FILES), asyncio.Semaphore(MOST_TEXTS)

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

        is_file = Headers(scope=scope).get("Content-Type", "").lower().startswith("multipart/")
        limit = self._limits.get(scope["path"], self._limit)
        body = _Body(scope, receive, limit, self._files if is_file else self._texts)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, body.receive, respond)
            except Exception as error:  # the last line before the socket
                response = unexpected(request_id, error)
                if status:
                    raise
                await response(scope, receive, respond)
            finally:
                body.close()
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


class _Body:
    """The body of a request: how much of it comes, in what time, and among how many other large ones."""

    def __init__(self, scope: Scope, receive: Receive, limit: int, large: asyncio.Semaphore) -> None:
        headers = Headers(scope=scope)
        announced = headers.get("Content-Length", "")
        self._announced = int(announced) if announced.isdecimal() else 0
        self._is_ambiguous = "Content-Length" in headers and "Transfer-Encoding" in headers
        self._receive, self._limit, self._large = receive, limit, large
        self._received = 0
        self._waited = 0.0
        self._is_whole = False
        self._has_place = False

    async def receive(self) -> Message:
        """The next of it. Raises `TooLarge`, `TooSlow`, `Busy` and `AmbiguousLength`."""
        if self._is_whole:  # what comes now is that the client goes
            return await self._receive()
        if self._is_ambiguous:
            raise AmbiguousLength
        if self._announced > self._limit:
            raise _too_large(self._limit)
        message = await self._in_time()
        self._received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._received > self._limit:
            raise _too_large(self._limit)
        if self._received > LARGE_BODY and not self._has_place:
            await self._take_place()
        return message

    def close(self) -> None:
        """The request was answered."""
        if self._has_place:
            self._large.release()

    async def _in_time(self) -> Message:
        began = time.monotonic()
        try:
            async with asyncio.timeout(min(BODY_PAUSE, BODY_TIMEOUT - self._waited)):
                return await self._receive()
        except TimeoutError:
            raise TooSlow(
                f"The body did not arrive: nothing came for {BODY_PAUSE:.0f} seconds, or all of it took more than"
                f" {BODY_TIMEOUT / 60:.0f} minutes. Send it again, or less of it."
            ) from None
        finally:
            self._waited += time.monotonic() - began

    async def _take_place(self) -> None:
        try:
            async with asyncio.timeout(PLACE_TIMEOUT):
                await self._large.acquire()
        except TimeoutError:
            raise Busy from None
        self._has_place = True


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request is larger than the {limit / 2**20:g} MB that are taken here. Send less at a time.")
