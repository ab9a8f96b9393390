"""The API, as the commands ask it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

Json = dict[str, Any]

_PAGE = 500
"""Items of a page that the API gives at most."""
_PAUSES = (0.5, 2.0)
"""Seconds before a POST is sent again whose answer was lost, or whose server was out of reach."""
_LONGEST_FLIGHT = 35
"""Tries, one a second, for which a POST may be under way elsewhere: a server that died lets go of it within 30 s."""
_PASSING = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class Failure(Exception):
    """What ends a command, as a sentence for whoever typed it."""

    is_passing = False
    """Whether the same may succeed in a moment."""


class Unreachable(Failure):
    """No answer came, or only a part of one."""

    is_passing = True


class Refused(Failure):
    """The API said no. `code` is that of its problem; empty when somebody else answered."""

    def __init__(self, sentence: str, status: int, code: str = "", retry_after: float = 0) -> None:
        super().__init__(sentence)
        self.code = code
        self.is_passing = status in _PASSING
        self.retry_after = retry_after
        """Seconds that the API asks us to wait."""


class Api:
    """A client of one account. Every method raises `Unreachable` and `Refused`."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(30, connect=10),
            trust_env=not _is_this_machine(url),  # no proxy leads back here
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **query: object) -> Json:
        """What is at a path."""
        return self._ask("GET", path, params=_given(query))

    def items(self, path: str, *, limit: int | None, **query: object) -> Iterator[Json]:
        """The first `limit` items of a collection, or all of them, page by page as they are wanted."""
        left, cursor = limit, None
        while left is None or left > 0:
            page = self.get(path, limit=_PAGE if left is None else min(left, _PAGE), cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return
            if left is not None:
                left -= len(page["items"])

    def post(self, path: str, *, timeout: float = 60, **content: Any) -> Json:
        """Do something once, however often it has to be sent: all tries have the same `Idempotency-Key`.

        `content` is httpx's `json`, or `data` and `files`; files are read again from their beginnings. `timeout` is the
        seconds within which the answer has to begin once all is sent.
        """
        headers = {"Idempotency-Key": str(uuid4())}
        patience = httpx.Timeout(30, connect=10, read=timeout)
        tries = 0
        while True:
            try:
                return self._ask("POST", path, headers=headers, timeout=patience, **content)
            except Failure as failure:
                tries += 1
                pause = _pause(failure, tries)
                if pause is None:
                    raise
            self._sleep(pause)

    def patch(self, path: str, changes: Json) -> Json:
        """Change what is at a path, as it is now. Refused when somebody else changes it at that moment."""
        etag = self._response("GET", path).headers.get("ETag", "")
        return self._ask("PATCH", path, json=changes, headers={"If-Match": etag})

    def put(self, path: str, **content: Any) -> Json:
        """Replace what is at a path; what it is then."""
        return self._ask("PUT", path, **content)

    def delete(self, path: str) -> None:
        """Delete what is at a path."""
        self._ask("DELETE", path)

    @contextmanager
    def stream(
        self, path: str, *, headers: dict[str, str] | None = None, silence: float = 60
    ) -> Iterator[Iterator[bytes]]:
        """What a path sends, in pieces as they arrive. `Unreachable` after so many seconds of `silence`, too."""
        timeout = httpx.Timeout(30, connect=10, read=silence)
        with self._reaching(), self._client.stream("GET", path, headers=headers, timeout=timeout) as response:
            if not response.is_success:
                response.read()
                raise self._refusal(response)
            yield response.iter_bytes()

    def _response(self, method: str, path: str, **content: Any) -> httpx.Response:
        with self._reaching():
            response = self._client.request(method, path, **content)
        if not response.is_success:
            raise self._refusal(response)
        return response

    def _ask(self, method: str, path: str, **content: Any) -> Json:
        response = self._response(method, path, **content)
        if response.status_code == HTTPStatus.NO_CONTENT:
            return {}
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._stranger(response)
        return answer

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectError as error:
            raise Unreachable(
                f"Nothing answers at {self._url} ({error}). Start Belltower, or say with BELLTOWER_URL or --url where it is."
            ) from None
        except httpx.TimeoutException:
            raise Unreachable(f"{self._url} does not answer in time. Try again in a moment.") from None
        except httpx.RequestError as error:
            raise Unreachable(f"The connection to {self._url} was lost ({error}). Try again in a moment.") from None

    def _refusal(self, response: httpx.Response) -> Failure:
        """The problem (RFC 9457) of an answer, with a sentence for each field that is wrong."""
        try:
            problem = response.json()
            sentences = [str(error["detail"]) for error in problem.get("errors") or [problem]]
            code = str(problem["code"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._stranger(response)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            sentences.append("Check BELLTOWER_API_KEY, or the file of --key-file.")
        return Refused("\n".join(sentences), response.status_code, code, _retry_after(response))

    def _stranger(self, response: httpx.Response) -> Failure:
        return Refused(
            f"What answers at {self._url} is not Belltower's API, or something before it fails (HTTP {response.status_code})."
            " Check BELLTOWER_URL.",
            response.status_code,
        )


def _given(values: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}


def _pause(failure: Failure, tries: int) -> float | None:
    """Seconds after which a POST that failed so often is worth another try; None: it is not."""
    if isinstance(failure, Refused) and failure.code == "request_in_flight":
        return 1.0 if tries <= _LONGEST_FLIGHT else None
    return _PAUSES[tries - 1] if failure.is_passing and tries <= len(_PAUSES) else None


def _retry_after(response: httpx.Response) -> float:
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isascii() and seconds.isdecimal() else 0.0


def _is_this_machine(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
