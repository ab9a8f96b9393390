"""Delivers callbacks as Twilio does: signed, with time-outs, tried again as the URL's fragment says, in no promised order.

Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides and /webhooks-security. How long Twilio waits between two
attempts is not documented; half a second, doubled each time, is assumed here. All attempts together have 15 s.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import parse_qs, urldefrag, urlencode

import aiohttp
import structlog
from prometheus_client import Counter
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from yarl import URL

log = structlog.get_logger(__name__)

_DELIVERED = Counter("belltower_carrier_callbacks", "Callbacks, by what became of them.", ["result"])

_UNDER_WAY = 100
"""Callbacks sent at once; the others wait as a line of a list each."""
_FIRST_PAUSE = 0.5

Answered = Callable[[str | None], None]
"""Told the body of a good answer, None when there was none."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a callback URL's fragment asks for. Seconds."""

    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    total_timeout: float = 15.0
    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})
    """After what it is tried again: `ct` no connection, `rt` no answer, `4xx`, `5xx`, or `all` of these."""

    def again_after(self, failure: str) -> bool:
        """Whether `failure` (one of the policies' words) is worth another attempt."""
        return failure in self.policies or "all" in self.policies


def overrides(fragment: str) -> Overrides:
    """Read a fragment such as `ct=2000&rc=3&rp=all`; what is missing or makes no sense keeps Twilio's default."""
    given = {key: values[0] for key, values in parse_qs(fragment).items()}

    def seconds(key: str, most: int, default: float) -> float:
        value = given.get(key, "")
        return int(value) / 1000 if value.isdecimal() and 100 <= int(value) <= most else default

    retries = given.get("rc", "")
    return Overrides(
        connect_timeout=seconds("ct", 10_000, 5.0),
        read_timeout=seconds("rt", 15_000, 15.0),
        total_timeout=seconds("tt", 15_000, 15.0),
        retries=int(retries) if retries.isdecimal() and int(retries) <= 5 else 1,
        policies=frozenset(given["rp"].split(",")) if "rp" in given else frozenset({"ct"}),
    )


class Courier:
    """Sends callbacks. Made inside a running loop; `close` drops what was not sent."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_UNDER_WAY), headers={"User-Agent": "TwilioProxy/1.1"}
        )
        self._waiting: deque[tuple[str, dict[str, str], Answered | None]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def deliver(self, url: str, params: dict[str, str], delay: float, answered: Answered | None = None) -> None:
        """Send a callback in `delay` seconds; `answered` is told what came of it."""
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self.deliver, url, params, 0.0, answered)
            return
        self._waiting.append((url, params, answered))
        if len(self._tasks) < _UNDER_WAY and not self._session.closed:
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop sending."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _work(self) -> None:
        while self._waiting:
            url, params, answered = self._waiting.popleft()
            failure, body = await self._send(url, params)
            _DELIVERED.labels(result=failure or "delivered").inc()
            if answered is not None:
                answered(None if failure else body)

    async def _send(self, url: str, params: dict[str, str]) -> tuple[str, str]:
        """Send one callback, as often as its URL asks for; returns the last failure (empty: none) and what was answered."""
        target, fragment = urldefrag(url)
        wishes = overrides(fragment)
        body = urlencode(params)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            # Over the URL without its fragment, which names only how to deliver.
            "X-Twilio-Signature": self._validator.compute_signature(target, params),
            "I-Twilio-Idempotency-Token": token_hex(16),
        }
        failure = "tt"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wishes.total_timeout):
                for attempt in range(wishes.retries + 1):
                    failure, answer = await self._attempt(target, body, headers, wishes)
                    if not failure:
                        return "", answer
                    if attempt == wishes.retries or not wishes.again_after(failure):
                        break
                    await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
        log.info("callback_not_delivered", sid=params["CallSid"], status=params.get("CallStatus", ""), failure=failure)
        return failure, ""

    async def _attempt(self, url: str, body: str, headers: dict[str, str], wishes: Overrides) -> tuple[str, str]:
        """One attempt; returns the policy word of its failure (empty: none) and what was answered."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=wishes.connect_timeout, sock_read=wishes.read_timeout, ceil_threshold=60
        )
        try:
            async with self._session.post(
                URL(url, encoded=True), data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                answer = await response.text(encoding="utf-8", errors="replace")
                if response.status < 400:
                    return "", answer
                return "5xx" if response.status >= 500 else "4xx", ""
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return "ct", ""
        except (aiohttp.ClientError, TimeoutError):
            return "rt", ""
