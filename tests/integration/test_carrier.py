"""The carrier client and the simulated carrier, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr
from tests.support.eventually import eventually
from tests.support.processes import ACCOUNT_SID, AUTH_TOKEN, Service, Start
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from belltower.domain.call import CallStatus
from belltower.runtime.clock import boot_time
from belltower.runtime.settings import CarrierKind, CarrierSettings
from belltower.telephony.provider import (
    CallRequest,
    CarrierUnavailable,
    NotSent,
    Placed,
    Rejected,
    Unknown,
)
from belltower.telephony.twilio import client as twilio
from belltower.telephony.twilio.addresses import CALLBACK_PATH, KEY_PRESS_PATH
from belltower.telephony.twilio.callbacks import parse_callback, parse_key_press, signature_is_valid
from belltower.telephony.twilio.client import TwilioCarrier
from belltower_local import ports

CALLER = "+14155550100"
QUICK = {"ring_seconds": [0.05, 0.05], "talk_seconds": [0.1, 0.1]}


def settings(origin: str, public_url: str = "http://127.0.0.1:9") -> CarrierSettings:
    return CarrierSettings(
        carrier=CarrierKind.SIMULATED,
        carrier_url=origin,
        carrier_account_sid=ACCOUNT_SID,
        carrier_auth_token=SecretStr(AUTH_TOKEN),
        public_url=public_url,
    )


def request(to: str = "+14155550123", **changes: Any) -> CallRequest:
    wish: dict[str, Any] = {
        "attempt_id": uuid4(),
        "campaign_id": uuid4(),
        "to": to,
        "caller_id": CALLER,
        "message": "Good morning",
        "language": "en-US",
        "voice": "Polly.Joanna",
        "stream_url": None,
        "contact_id": 1,
        "ring_timeout": 30,
        "time_limit": 600,
        "send_by": boot_time() + 5,
    }
    return CallRequest(**(wish | changes))


@dataclass
class Callback:
    path: str
    form: dict[str, str]
    signature: str | None
    token: str | None


@dataclass
class Catcher:
    """Receives callbacks and keys where the API would; `answers` are given in turn, then 204 to a callback.

    `key_answers` are given to keys in turn; then the carrier is told to say goodbye.
    """

    url: str = ""
    caught: list[Callback] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    keys: list[Callback] = field(default_factory=list)
    key_answers: list[int] = field(default_factory=list)

    async def take(self, incoming: web.Request) -> web.Response:
        self.caught.append(await _callback(incoming))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)

    async def take_key(self, incoming: web.Request) -> web.Response:
        self.keys.append(await _callback(incoming))
        if self.key_answers:
            return web.Response(status=self.key_answers.pop(0))
        return web.Response(text="<Response><Say>Grüß Gott</Say><Hangup/></Response>", content_type="text/xml")

    def of(self, call_id: str) -> list[Callback]:
        return [callback for callback in self.caught if callback.form["CallSid"] == call_id]

    async def until(self, call_id: str, number: int) -> list[Callback]:
        async def enough() -> list[Callback] | None:
            found = self.of(call_id)
            return found if len(found) >= number else None

        found = await eventually(enough)
        assert found is not None
        return found


async def _callback(incoming: web.Request) -> Callback:
    form = {key: str(value) for key, value in (await incoming.post()).items()}
    headers = incoming.headers
    return Callback(
        incoming.raw_path, form, headers.get("X-Twilio-Signature"), headers.get("I-Twilio-Idempotency-Token")
    )


@pytest.fixture
async def catcher() -> AsyncIterator[Catcher]:
    port = ports.any_free()
    catcher = Catcher(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.router.add_post(CALLBACK_PATH, catcher.take)
    app.router.add_post(KEY_PRESS_PATH, catcher.take_key)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield catcher
    await runner.cleanup()


@pytest.fixture
def process(start: Start) -> Service:
    service = start("carrier")
    behave(service, **QUICK)
    return service


@pytest.fixture
async def carrier(process: Service, catcher: Catcher) -> AsyncIterator[TwilioCarrier]:
    carrier = TwilioCarrier(settings(process.url, catcher.url))
    yield carrier
    await carrier.close()


def ask(service: Service, method: str, what: str, **options: Any) -> httpx.Response:
    return httpx.request(method, f"{service.url}/_simulator/{what}", **options)


def behave(service: Service, **behaviour: Any) -> None:
    ask(service, "PUT", "behaviour", json=behaviour).raise_for_status()


def truth(service: Service, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ask(service, "GET", "calls", params=query).json()["items"]
    return items


async def ended(service: Service, to: str) -> dict[str, Any]:
    async def check() -> dict[str, Any] | None:
        calls = truth(service, to=to)
        return calls[-1] if calls and calls[-1]["ended_at"] else None

    call = await eventually(check)
    assert call is not None
    return call


@asynccontextmanager
async def script(serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that does just what the test says with a connection. Yields its origin."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length"))
    return head + await reader.readexactly(length)


async def place(origin: str, **changes: Any) -> Any:
    carrier = TwilioCarrier(settings(origin))
    try:
        return await carrier.place(request(**changes))
    finally:
        await carrier.close()


# ---- every outcome of a placement, from real sockets


async def test_a_refused_connection_is_not_sent() -> None:
    assert isinstance(await place(f"http://127.0.0.1:{ports.any_free()}"), NotSent)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b'HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"sid": "CA1"}', Placed),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n<ok>", Unknown),
        (b'HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"sid"', Unknown),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Unknown),
        (b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n", NotSent),
        (b"SMTP ready\r\n\r\n", Unknown),
        (b"", Unknown),
    ],
)
async def test_an_answer_and_what_it_means(answer: bytes, kind: type) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    async with script(serve) as origin:
        assert isinstance(await place(origin), kind)


async def test_a_connection_that_breaks_before_the_answer_is_unknown_and_is_not_tried_again() -> None:
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1
        writer.transport.abort()

    async with script(serve) as origin:
        assert isinstance(await place(origin), Unknown)
    assert requests == 1


async def test_an_idle_connection_that_the_carrier_closed_does_not_cost_a_call() -> None:
    closed = asyncio.Semaphore(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b'HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"sid": "CA1"}')
        writer.close()
        await writer.wait_closed()
        closed.release()

    async with script(serve) as origin:
        carrier = TwilioCarrier(settings(origin))
        for _ in range(3):
            assert isinstance(await carrier.place(request()), Placed)
            await closed.acquire()
        await carrier.close()


async def test_no_answer_in_time_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "_ANSWER_TIMEOUT", 0.2)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await reader.read()

    async with script(serve) as origin:
        assert isinstance(await place(origin), Unknown)


async def test_an_answer_that_trickles_is_unknown_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "_ANSWER_TIMEOUT", 0.5)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.1)

    async with script(serve) as origin:
        assert isinstance(await place(origin), Unknown)


async def test_nothing_is_sent_after_send_by() -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1

    async with script(serve) as origin:
        assert isinstance(await place(origin, send_by=boot_time() - 1), NotSent)
    assert connections == 0


@pytest.mark.parametrize(("readings", "sent"), [(1, b""), (2, b"POST ")])
async def test_send_by_is_checked_where_bytes_are_written(
    monkeypatch: pytest.MonkeyPatch, readings: int, sent: bytes
) -> None:
    """The process is held up after it connected, or after the headers: the form, which makes the call, never leaves."""
    received: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.set_result(await reader.read())

    late = boot_time()
    clock = iter([late] * readings + [late + 60] * 10)
    monkeypatch.setattr(twilio, "boot_time", lambda: next(clock))
    async with script(serve) as origin:
        assert isinstance(await place(origin, send_by=late + 5), NotSent)
        data = await asyncio.wait_for(received, 5)
    assert data[:5] == sent
    assert b"To=" not in data


async def test_waiting_for_a_connection_ends_at_send_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "_SHARDS", 1)
    monkeypatch.setattr(twilio, "_CONNECTIONS", 1)
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1
        await reader.read()

    async with script(serve) as origin:
        carrier = TwilioCarrier(settings(origin))
        first = asyncio.create_task(carrier.place(request()))

        async def taken() -> bool:
            return requests == 1

        await eventually(taken)
        assert isinstance(await carrier.place(request(send_by=boot_time() + 0.2)), NotSent)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await carrier.close()
    assert requests == 1


async def test_questions_without_an_answer_are_unavailable() -> None:
    carrier = TwilioCarrier(settings(f"http://127.0.0.1:{ports.any_free()}"))
    with pytest.raises(CarrierUnavailable):
        await carrier.fetch("CA1")
    with pytest.raises(CarrierUnavailable):
        await carrier.cancel("CA1")
    with pytest.raises(CarrierUnavailable):
        [call async for call in carrier.find("+14155550123", CALLER)]
    await carrier.close()


# ---- the client and the simulated carrier together


async def test_a_call_from_request_to_last_callback(process: Service, carrier: TwilioCarrier, catcher: Catcher) -> None:
    wish = request()
    placed = await carrier.place(wish)
    assert isinstance(placed, Placed)
    callbacks = sorted(
        await catcher.until(placed.carrier_call_id, 3), key=lambda callback: int(callback.form["SequenceNumber"])
    )
    assert [c.form["CallStatus"] for c in callbacks] == ["ringing", "in-progress", "completed"]
    for callback in callbacks:
        assert callback.path == f"{CALLBACK_PATH}?attempt={wish.attempt_id}"
        assert signature_is_valid(settings(process.url, catcher.url), callback.path, callback.form, callback.signature)
    last = parse_callback(callbacks[-1].form, str(wish.attempt_id))
    assert (last.status, last.duration, last.attempt_id) == (CallStatus.COMPLETED, 1, wish.attempt_id)
    call = await ended(process, wish.to)
    assert (call["heard"], call["attempt_id"], call["sid"]) == (
        "Good morning",
        str(wish.attempt_id),
        placed.carrier_call_id,
    )
    assert call["requested_at"] <= call["dialled_at"] <= call["rang_at"] < call["answered_at"] < call["ended_at"]
    fetched = await carrier.fetch(placed.carrier_call_id)
    assert fetched is not None
    assert (fetched.status, fetched.duration) == (CallStatus.COMPLETED, 1)


async def test_a_voice_agent_is_connected(process: Service, carrier: TwilioCarrier) -> None:
    wish = request(stream_url="wss://agent.example.com/talk")
    await carrier.place(wish)
    call = await ended(process, wish.to)
    assert call["stream"]["url"] == "wss://agent.example.com/talk"
    assert UUID(call["stream"]["parameters"]["campaign_id"]) == wish.campaign_id


@pytest.mark.parametrize(
    ("number", "kind", "rung"),
    [
        ("+12025559900", Placed, 1),
        ("+12025559904", Rejected, 0),
        ("+12025559905", NotSent, 0),
        ("+12025559906", Unknown, 0),
        ("+12025559907", Unknown, 1),
        ("+12025559914", Unknown, 1),
        ("+15005550001", Rejected, 0),
    ],
)
async def test_magic_numbers(process: Service, carrier: TwilioCarrier, number: str, kind: type, rung: int) -> None:
    assert isinstance(await carrier.place(request(number)), kind)
    assert len(truth(process, to=number)) == rung


async def test_a_held_answer_is_unknown_and_its_callbacks_still_bind_it(
    monkeypatch: pytest.MonkeyPatch, process: Service, carrier: TwilioCarrier, catcher: Catcher
) -> None:
    monkeypatch.setattr(twilio, "_ANSWER_TIMEOUT", 0.3)
    behave(process, **QUICK, hold_seconds=1)
    wish = request("+12025559908")
    assert isinstance(await carrier.place(wish), Unknown)
    call = await ended(process, wish.to)
    callbacks = await catcher.until(call["sid"], 3)
    assert {callback.path for callback in callbacks} == {f"{CALLBACK_PATH}?attempt={wish.attempt_id}"}


async def test_wrong_credentials_do_not_burn_the_contact(process: Service) -> None:
    wrong = settings(process.url).model_copy(update={"carrier_auth_token": SecretStr("wrong")})
    carrier = TwilioCarrier(wrong)
    placement = await carrier.place(request())
    await carrier.close()
    assert isinstance(placement, NotSent)
    assert placement.retry_after >= 30
    assert truth(process) == []


async def test_a_failed_delivery_is_tried_again_with_the_same_token(carrier: TwilioCarrier, catcher: Catcher) -> None:
    catcher.answers = [503]
    placed = await carrier.place(request("+12025559901"))
    assert isinstance(placed, Placed)
    callbacks = await catcher.until(placed.carrier_call_id, 2)
    assert sorted(callback.form["SequenceNumber"] for callback in callbacks) == ["0", "0"]
    assert len({callback.token for callback in callbacks}) == 1


async def test_a_key_is_posted_signed_and_what_it_is_answered_is_heard(
    process: Service, carrier: TwilioCarrier, catcher: Catcher
) -> None:
    wish = request("+12025559918")
    placed = await carrier.place(wish)
    assert isinstance(placed, Placed)
    call = await ended(process, wish.to)
    (key,) = catcher.keys
    assert signature_is_valid(settings(process.url, catcher.url), key.path, key.form, key.signature)
    attempt = key.path.partition("?attempt=")[2]
    press = parse_key_press(key.form, attempt)
    assert (press.attempt_id, press.carrier_call_id, press.key) == (wish.attempt_id, placed.carrier_call_id, "9")
    assert (call["status"], call["heard"]) == ("completed", "Good morning Grüß Gott")
    assert (await catcher.until(placed.carrier_call_id, 3))[-1].form["CallStatus"] == "completed"


async def test_a_key_that_meets_an_error_is_posted_again_with_the_same_token(
    process: Service, carrier: TwilioCarrier, catcher: Catcher
) -> None:
    catcher.key_answers = [503]
    await carrier.place(request("+12025559918"))
    assert (await ended(process, "+12025559918"))["heard"] == "Good morning Grüß Gott"
    assert (len(catcher.keys), len({key.token for key in catcher.keys})) == (2, 1)


async def test_a_key_that_nobody_takes_ends_the_call_and_its_end_is_reported(
    process: Service, carrier: TwilioCarrier, catcher: Catcher
) -> None:
    catcher.key_answers = [500] * 4
    placed = await carrier.place(request("+12025559918"))
    assert isinstance(placed, Placed)
    call = await ended(process, "+12025559918")
    assert (call["status"], call["heard"], call["pressed"]) == ("completed", "Good morning", "9")
    assert len(catcher.keys) == 4
    assert (await catcher.until(placed.carrier_call_id, 3))[-1].form["CallStatus"] == "completed"


async def test_doubled_and_reordered_callbacks_arrive_so(carrier: TwilioCarrier, catcher: Catcher) -> None:
    doubled = await carrier.place(request("+12025559910"))
    reordered = await carrier.place(request("+12025559911"))
    assert isinstance(doubled, Placed)
    assert isinstance(reordered, Placed)
    keys = [parse_callback(c.form, None).dedupe_key for c in await catcher.until(doubled.carrier_call_id, 6)]
    assert len(set(keys)) == 3
    sequence = [c.form["SequenceNumber"] for c in await catcher.until(reordered.carrier_call_id, 3)]
    assert sequence == ["1", "0", "2"]


async def test_calls_are_found_by_both_numbers_over_pages(
    monkeypatch: pytest.MonkeyPatch, process: Service, carrier: TwilioCarrier
) -> None:
    monkeypatch.setattr(twilio, "_PAGE_SIZE", 2)
    behave(process, **QUICK, calls_per_second=0.001)
    placed = {p.carrier_call_id for p in [await carrier.place(request()) for _ in range(5)] if isinstance(p, Placed)}
    await carrier.place(request(caller_id="+14155550199"))
    await carrier.place(request("+14155550124"))
    found = [call async for call in carrier.find("+14155550123", CALLER)]
    assert {call.carrier_call_id for call in found} == placed
    assert len(found) == 5
    assert sum(call.status is CallStatus.QUEUED for call in found) >= 4
    assert all(datetime.now(UTC) - call.created_at < timedelta(seconds=30) for call in found)


async def test_a_queued_call_is_cancelled_and_one_in_progress_is_left_alone(
    process: Service, carrier: TwilioCarrier, catcher: Catcher
) -> None:
    behave(process, ring_seconds=[0, 0], talk_seconds=[600, 600])
    queued, talking = await carrier.place(request("+12025559913")), await carrier.place(request())
    assert isinstance(queued, Placed)
    assert isinstance(talking, Placed)

    async def status() -> CallStatus:
        update = await carrier.fetch(talking.carrier_call_id)
        assert update is not None
        return update.status

    async def in_progress() -> bool:
        return await status() is CallStatus.IN_PROGRESS

    await eventually(in_progress)
    for call_id in (queued.carrier_call_id, talking.carrier_call_id, "CA0"):
        await carrier.cancel(call_id)
    assert await status() is CallStatus.IN_PROGRESS
    (callback,) = await catcher.until(queued.carrier_call_id, 1)
    assert parse_callback(callback.form, None).status is CallStatus.CANCELLED
    assert await carrier.fetch("CA0") is None


# ---- the official client


class Redirected(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own HTTP client, sent to another origin."""

    def __init__(self, origin: str) -> None:
        super().__init__(timeout=10)
        self._origin = origin

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self._origin), *args, **options)


async def test_the_official_client_works_unchanged(process: Service) -> None:
    behave(process, ring_seconds=[0, 0], talk_seconds=[60, 60], calls_per_second=1000)
    http = Redirected(process.url)
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)

    def use() -> None:
        made = [
            client.calls.create(
                to=f"+1415555010{i}",
                from_="+15005550006",
                twiml="<Response><Say>Hello</Say></Response>",
                timeout=20,
                time_limit=120,
                status_callback="http://127.0.0.1:9/x",
                status_callback_event=["initiated", "completed"],
            )
            for i in range(3)
        ]
        assert {call.status for call in made} <= {"queued", "ringing"}
        assert made[0].date_created.tzinfo is not None
        assert [call.sid for call in client.calls.list(page_size=1)] == [call.sid for call in reversed(made)]
        assert [call.sid for call in client.calls.list(to="+14155550101")] == [made[1].sid]
        today = datetime.now(UTC)
        assert len(client.calls.list(start_time_after=today - timedelta(days=1))) == 3
        assert client.calls.list(start_time_before=today - timedelta(days=2)) == []
        assert client.calls.list(status="failed") == []
        fetched = client.calls(made[0].sid).fetch()
        assert (fetched.to, fetched.direction) == ("+14155550100", "outbound-api")
        assert client.calls(made[0].sid).update(status="completed").status in ("completed", "canceled")
        with pytest.raises(TwilioRestException) as refused:
            client.calls.create(to="+15005550002", from_="+15005550006", twiml="<Response/>")
        assert (refused.value.code, refused.value.status) == (21214, 400)
        with pytest.raises(TwilioRestException) as missing:
            client.calls("CA" + "0" * 32).fetch()
        assert missing.value.code == 20404

    try:
        await asyncio.to_thread(use)
    finally:
        http.session.close()


# ---- the simulator itself


async def test_the_truth_is_read_page_by_page(process: Service, carrier: TwilioCarrier) -> None:
    for i in range(5):
        await carrier.place(request(f"+1415555010{i}"))
    seen: list[str] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = ask(process, "GET", "calls", params={"limit": 2, "cursor": cursor}).json()
        seen += [call["to"] for call in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"+1415555010{i}" for i in range(5)]
    assert truth(process, **{"from": "+19999999999"}) == []


def test_a_behaviour_that_cannot_be_is_refused_with_sentences(process: Service) -> None:
    refused = ask(process, "PUT", "behaviour", json={"ring_seconds": [3, 1], "colour": "blue"})
    assert refused.status_code == 400
    assert len(refused.json()["errors"]) == 2
    assert ask(process, "PUT", "behaviour", content=b"{").status_code == 400
    assert ask(process, "PUT", "behaviour", content=b"[]").status_code == 400
    assert ask(process, "GET", "behaviour").json()["ring_seconds"] == QUICK["ring_seconds"]
    assert ask(process, "DELETE", "behaviour").json()["ring_seconds"] == [0.5, 2.0]
    assert ask(process, "GET", "calls", params={"limit": "0", "who": "me"}).status_code == 400


async def test_the_truth_outlives_kill_9(start: Start, catcher: Catcher, tmp_path: Path) -> None:
    log = tmp_path / "truth.jsonl"
    process = start("carrier", BELLTOWER_CARRIER_LOG=str(log))
    behave(process, ring_seconds=[0, 0], talk_seconds=[600, 600])
    carrier = TwilioCarrier(settings(process.url, catcher.url))
    talks, waits = await carrier.place(request("+14155550101")), await carrier.place(request("+12025559913"))
    assert isinstance(talks, Placed)
    assert isinstance(waits, Placed)
    await catcher.until(talks.carrier_call_id, 2)
    process.kill9()
    with log.open("a") as file:
        file.write('{"sid": "CA')
    process.start_again()
    await catcher.until(waits.carrier_call_id, 1)
    callbacks = await catcher.until(talks.carrier_call_id, 3)
    assert {c.form["SequenceNumber"] for c in callbacks} == {"0", "1", "2"}
    assert [call["status"] for call in truth(process)] == ["completed", "failed"]
    fetched = await carrier.fetch(talks.carrier_call_id)
    assert fetched is not None
    assert fetched.status is CallStatus.COMPLETED
    await carrier.close()
    assert process.terminate() == 0
    assert len({json.loads(line)["sid"] for line in log.read_text().splitlines()}) == 2


async def test_sigterm_ends_it_with_0_whatever_goes_on(process: Service, carrier: TwilioCarrier) -> None:
    behave(process, ring_seconds=[60, 60], hold_seconds=60)
    await carrier.place(request())
    held = asyncio.create_task(carrier.place(request("+12025559908")))

    async def accepted() -> bool:
        return len(truth(process)) == 2

    await eventually(accepted)
    assert await asyncio.to_thread(process.terminate, 8) == 0
    await held


async def test_a_log_that_cannot_be_written_ends_it_with_a_sentence(start: Start) -> None:
    process = start.begin("carrier", BELLTOWER_CARRIER_LOG="/nowhere/truth.jsonl")
    assert process.wait() == 1
    assert (
        process.logs.strip()
        == "BELLTOWER_CARRIER_LOG: /nowhere/truth.jsonl cannot be used (No such file or directory)."
    )
