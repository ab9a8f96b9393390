"""HTTP/1.1 with people on the other side who mean harm, or have gone.

Uvicorn waits as long as it takes for a request's head, for the rest of a body that was answered already, and for whoever does
not read an answer. Here each has a time. (How long a body may take is the application's to say: it has to answer.) And what is
no HTTP at all is answered as all errors are: with problem+json (RFC 9457).
"""

import asyncio
import json
import sys
from http import HTTPStatus
from uuid import uuid4

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

log = structlog.get_logger(__name__)

HEAD_TIMEOUT = 10.0
"""Seconds in which the head of a request arrives, from its first byte or from the connection's beginning; also those in which
the rest of a body arrives that nobody waits for any more."""
READ_TIMEOUT = 60.0
"""Seconds that an answer may wait until its reader takes some of it."""

_SENTENCES = {
    HTTPStatus.BAD_REQUEST: ("malformed_request", "This is not HTTP/1.1. Send a well-formed request."),
    HTTPStatus.REQUEST_TIMEOUT: (
        "too_slow",
        f"The request's head did not arrive within {HEAD_TIMEOUT:.0f} seconds. Send all of it at once.",
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "too_large",
        "The request's headers are larger than the 64 KB that are taken here. Send fewer, or shorter ones.",
    ),
}


class ImpatientProtocol(H11Protocol):
    """A connection that ends when its other side takes too long."""

    _head_timer: asyncio.TimerHandle | None = None
    _read_timer: asyncio.TimerHandle | None = None
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._time_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_head_timer()
        self._stop_read_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes: a part of a head, or the end of it."""
        if not self._is_refused:
            super().data_received(data)
            self._time_head()

    def on_response_complete(self) -> None:
        """Begin to wait for the rest of the request, where there is one, or of the next."""
        super().on_response_complete()
        self._time_head()

    def pause_writing(self) -> None:
        """The other side reads slower than we write."""
        super().pause_writing()
        self._read_timer = self._read_timer or self.loop.call_later(READ_TIMEOUT, self._give_up)

    def resume_writing(self) -> None:
        """It has read some."""
        self._stop_read_timer()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        error = sys.exception()
        hint = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else HTTPStatus.BAD_REQUEST
        too_large = hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST)

    def _time_head(self) -> None:
        """Have the time run while a part of a request is missing that nobody waits for; more bytes do not stop it."""
        theirs, ours = self.conn.their_state, self.conn.our_state
        is_begun = theirs is h11.IDLE and self.timeout_keep_alive_task is None  # between requests that time runs
        if is_begun or (theirs is h11.SEND_BODY and ours in (h11.DONE, h11.MUST_CLOSE)):
            self._head_timer = self._head_timer or self.loop.call_later(HEAD_TIMEOUT, self._head_is_late)
        else:
            self._stop_head_timer()

    def _head_is_late(self) -> None:
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_read_timer(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None

    def _give_up(self) -> None:
        log.info("answer_not_read", seconds=READ_TIMEOUT)
        self.transport.abort()

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, if nothing was said yet, and hang up."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            code, detail = _SENTENCES[status]
            problem = {
                "type": "about:blank",
                "title": status.phrase,
                "status": int(status),
                "code": code,
                "detail": detail,
                "request_id": uuid4().hex,
            }
            body = json.dumps(problem).encode()
            headers = [
                ("Content-Type", "application/problem+json"),
                ("Content-Length", str(len(body))),
                ("X-Request-Id", str(problem["request_id"])),
                ("Connection", "close"),
            ]
            answer = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode())
            for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event))
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        # Whoever still sends would not see the answer if we closed at once (RFC 9112, 9.6): what comes yet is dropped.
        self._is_refused = True
        self._stop_head_timer()
        self.transport.write_eof()
        self.transport.resume_reading()
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self.transport.close)
