"""Requests that are none, that never end, that lie about their length, and headers that nobody would send."""

import asyncio
import json
import re
from contextlib import suppress
from typing import Any

import psutil
import pytest
from tests.hostile.conftest import Wire, everything
from tests.support.api import campaign
from tests.support.eventually import eventually
from tests.support.servers import CHECKOUT
from tests.support.tables import contents

from belltower.runtime import http_protocol
from belltower_api import middleware

HEAD = b"POST /api/campaigns HTTP/1.1\r\nHost: x\r\n"
JSON = b"Content-Type: application/json\r\n"
BODY = json.dumps(campaign()).encode()


def problem_in(answer: bytes, *statuses: int) -> dict[str, Any]:
    """The problem that an answer ends with, which is the only one."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert int(head.split()[1]) in statuses, answer
    assert b"content-type: application/problem+json" in head.lower(), answer
    problem: dict[str, Any] = json.loads(body)
    assert problem["detail"].endswith("."), problem
    assert problem["request_id"]
    for leak in ("Traceback", "site-packages", ".py", "SELECT", "h11", "asyncpg"):
        assert leak not in answer.decode("latin-1"), answer
    return problem


async def dripping(wire: Wire, start: bytes, drop: bytes) -> bytes:
    """What is answered to whoever sends a start, and then a drop every tenth of a second for as long as it may."""
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    answer = asyncio.create_task(everything(reader))
    writer.write(start)
    with suppress(ConnectionError):
        async with asyncio.timeout(15):
            while not answer.done():
                writer.write(drop)
                await writer.drain()
                await asyncio.sleep(0.1)  # it is slow on purpose
    writer.close()
    return await answer


async def test_whoever_is_slow_is_not_waited_for(wire: Wire) -> None:
    begun = HEAD + JSON + wire.authorization
    before = await contents(wire.api.engine)
    head, nothing, body, chunks, after_the_answer = await asyncio.gather(
        dripping(wire, HEAD, b"X-Drop: 1\r\n"),
        wire.said(b""),
        dripping(wire, begun + b"Content-Length: 100000\r\n\r\n{", b" "),
        dripping(wire, begun + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        dripping(wire, HEAD + JSON + b"Content-Length: 100000\r\n\r\n{", b" "),
    )
    assert problem_in(head, 408)["code"] == "too_slow"
    assert nothing == b""
    assert problem_in(body, 408)["code"] == "too_slow"
    assert problem_in(chunks, 408)["code"] == "too_slow"
    problem_in(after_the_answer, 401)
    silent = await wire.said(begun + b"Content-Length: 100000\r\n\r\n{")
    assert problem_in(silent, 408)["code"] == "too_slow"
    await wire.is_well()
    assert await contents(wire.api.engine) == before


async def test_many_who_are_slow_hold_up_nobody(wire: Wire) -> None:
    held = [await asyncio.open_connection("127.0.0.1", wire.port) for _ in range(500)]
    for number, (_, writer) in enumerate(held):
        writer.write(HEAD if number % 2 else HEAD + JSON + wire.authorization + b"Content-Length: 9\r\n\r\n{")
    await wire.is_well()
    async with asyncio.timeout(10):
        for reader, writer in held:
            await reader.read()
            writer.close()


async def test_an_answer_that_nobody_reads_is_given_up(wire: Wire) -> None:
    rows = "\n".join(f"+1415{number:07d},{'a' * 900},{'b' * 900},{'c' * 900}" for number in range(2_000_000, 2_002_500))
    campaign_id = (await wire.api.upload(f"phone,a,b,c\n{rows}")).json()["id"]
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port, limit=1024)
    writer.transport.get_extra_info("socket").setsockopt(1, 8, 4096)  # SO_RCVBUF
    writer.write(f"GET /api/campaigns/{campaign_id}/download HTTP/1.1\r\nHost: x\r\n".encode())
    writer.write(wire.authorization + b"Connection: close\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    own_port = writer.get_extra_info("sockname")[1]

    async def is_given_up() -> bool:
        here = psutil.Process().net_connections("tcp")
        return not any(each.raddr and each.raddr.port == own_port for each in here)

    await eventually(is_given_up, timeout=60)
    writer.close()
    await wire.is_well()


NO_HTTP = {
    "noise": bytes(range(256)) * 4,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300) + b"\r\n\r\n",
    "HTTP/0.9": b"GET /livez\r\n\r\n",
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "space in a name": b"GET /livez HTTP/1.1\r\nHost : x\r\n\r\n",
    "NUL in a value": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    "NUL in the path": b"GET /liv\0ez HTTP/1.1\r\nHost: x\r\n\r\n",
    "no name": b"GET /livez HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
    "space in the path": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "huge header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET /livez HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n",
    "huge path": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "huge cookie": b"GET /livez HTTP/1.1\r\nHost: x\r\nCookie: a=" + b"b" * 200_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("request_", NO_HTTP.values(), ids=NO_HTTP)
async def test_what_is_no_http_is_refused_with_a_sentence(wire: Wire, request_: bytes) -> None:
    problem_in(await wire.said(request_), 400, 431)
    await wire.is_well()


NEXT = b"GET /api/wallet HTTP/1.1\r\nHost: x\r\nX-Smuggled: yes\r\n\r\n"
SMUGGLED = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "both, the other way": b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n" % (5 + len(NEXT))
    + NEXT,
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(NEXT) + NEXT,
    "list of lengths": b"Content-Length: 0, %d\r\n\r\n" % len(NEXT) + NEXT,
    "signed length": b"Content-Length: +5\r\n\r\n12345" + NEXT,
    "negative length": b"Content-Length: -1\r\n\r\n" + NEXT,
    "hexadecimal length": b"Content-Length: 0x10\r\n\r\n" + NEXT,
    "no length": b"Content-Length: \r\n\r\n" + NEXT,
    "huge length": b"Content-Length: 99999999999999999999999999\r\n\r\n" + NEXT,
    "unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + NEXT,
    "two codings": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + NEXT,
    "coding twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "no size of a chunk": b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n" + NEXT,
    "negative size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + NEXT,
    "huge size": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n" + NEXT,
    "long extension": b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 200_000 + b"\r\n{\r\n0\r\n\r\n" + NEXT,
}


@pytest.mark.parametrize("rest", SMUGGLED.values(), ids=SMUGGLED)
async def test_nobody_slips_a_second_request_in(wire: Wire, rest: bytes) -> None:
    """The first is refused, the connection ends with it, and nothing behind it is taken for a request."""
    before = await contents(wire.api.engine)
    answer = await wire.said(HEAD + JSON + wire.authorization + rest)
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    problem_in(answer, 400, 408, 413, 431)
    await wire.is_well()
    assert await contents(wire.api.engine) == before


async def test_a_length_that_lies_creates_nothing(wire: Wire) -> None:
    begun = HEAD + JSON + wire.authorization + b"Connection: close\r\n"
    short = await wire.said(begun + b"Content-Length: %d\r\n\r\n" % (len(BODY) - 5) + BODY)
    problem_in(short, 400)
    long = await wire.said(begun + b"Content-Length: %d\r\n\r\n" % (len(BODY) + 5) + BODY)
    problem_in(long, 408)
    assert await wire.api.one("SELECT count(*) FROM campaigns") == 0


async def test_a_body_that_never_ends_is_refused_at_the_limit(wire: Wire) -> None:
    chunk = b"10000\r\n" + b" " * 2**16 + b"\r\n"
    begun = HEAD + JSON + wire.authorization + b"Transfer-Encoding: chunked\r\n\r\n"
    problem_in(await wire.said(begun, *[chunk] * 200), 413)
    await wire.is_well()


async def test_large_bodies_wait_for_a_place_and_are_shed_with_the_time_to_come_again(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "LARGE_BODY", 10)
    monkeypatch.setattr(middleware, "PLACE_TIMEOUT", 0.05)
    begun = HEAD + JSON + wire.authorization + b"Content-Length: 100000\r\n\r\n" + b" " * 1000
    answers = await asyncio.gather(*[wire.said(begun) for _ in range(middleware.MOST_TEXTS + 3)])
    codes = sorted(problem_in(answer, 408, 503)["code"] for answer in answers)
    assert codes == ["busy"] * 3 + ["too_slow"] * middleware.MOST_TEXTS
    assert all(b"retry-after: " in answer.lower() for answer in answers if b"busy" in answer)
    created = await wire.said(
        HEAD + JSON + wire.authorization + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
    )
    assert created.startswith(b"HTTP/1.1 201"), "every place was given back"


async def test_what_strangers_send_is_short(wire: Wire) -> None:
    for path in (b"/api/session", b"/api/administrator"):
        begun = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n" + JSON
        problem_in(await wire.said(begun + b"Content-Length: 1000000\r\nConnection: close\r\n\r\n{"), 413)


AUTHORIZATIONS = [
    b"Bearer", b"bearer ", b"Bearer  bt_x y", b"Bearer " + b"\xff" * 40, b"Bearer null", b"Bearer %00", b"Basic Og==",
    b"Digest x", b"Bearer bt_' OR '1'='1", b"Bearer " + b"a" * 60_000, b"\xe2\x80\xae", b"Bearer,Bearer", b"=",
]  # fmt: skip
COOKIES = [
    b"belltower_session", b"belltower_session=", b"belltower_session=x; belltower_session=y", b";;;;=;=;==", b"=x",
    b'belltower_session="\\000\\"', b"belltower_session=" + b"z" * 60_000, b"a=b; " * 10_000, b"\xff\xfe",
    b"belltower_session=' OR 1=1 --", b"$Version=1; belltower_session=x", b'belltower_session="unclosed',
]  # fmt: skip
OTHERS = [
    b"X-Request-Id: " + b"a" * 5_000, b"X-Request-Id: a\tb", b"If-None-Match: " + b'"a",' * 10_000,
    b"If-Match: " + b'"1",' * 10_000, b"Last-Event-ID: " + b"9" * 5_000, b"Idempotency-Key: " + b"k" * 5_000,
    b"Idempotency-Key: \xff\xfe", b"Accept: " + b"*/*," * 5_000, b"Accept-Language: \xff", b"Range: bytes=0-,0-,0-",
    b"Expect: 200-ok", b"X-Forwarded-For: ' OR 1=1", b"X-Forwarded-Host: evil.example", b"X-Forwarded-Proto: javascript",
    b"Forwarded: for=\"_x\";host=evil.example", b"Upgrade: websocket\r\nConnection: upgrade", b"Content-Type: \xff/\xfe",
    b"Content-Encoding: gzip", b"X-HTTP-Method-Override: DELETE", b"X-Original-URL: /api/wallet", b"TE: trailers",
]  # fmt: skip


def all_headers() -> list[bytes]:
    """Every odd header, one at a time."""
    return [
        *(b"Authorization: " + value for value in AUTHORIZATIONS),
        *(b"Cookie: " + value for value in COOKIES),
        *OTHERS,
    ]


async def test_no_header_does_harm(wire: Wire) -> None:
    before = await contents(wire.api.engine)
    for header in all_headers():
        own = b"" if header.startswith((b"Authorization", b"Cookie")) else wire.authorization
        for method in (b"GET", b"DELETE"):
            start = method + b" /api/campaigns/00000000-0000-0000-0000-000000000000 HTTP/1.1\r\nHost: evil.example\r\n"
            answer = await wire.said(start + own + b"Connection: close\r\n" + header + b"\r\n\r\n")
            problem_in(answer, *((404, 400) if own else (401, 403)))
            assert b"evil.example" not in answer
    await wire.is_well()
    assert await contents(wire.api.engine) == before


async def test_a_session_of_another_and_a_key_of_ones_own_do_not_mix(wire: Wire) -> None:
    """With both, the key says who asks; with two cookies of the name, neither makes a session of nothing."""
    await wire.api.add_person()
    async with wire.api.browser() as browser:
        signed_in = await browser.post(
            "/api/session", json={"email": "ada@example.com", "password": "correct horse battery staple"}
        )
        cookie = signed_in.headers["set-cookie"].partition(";")[0].encode()
    get = b"GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    assert b'"email":"ada@example.com"' in await wire.said(get + b"Cookie: " + cookie + b"\r\n\r\n")
    wrong = get + b"Authorization: Bearer bt_wrong\r\nCookie: " + cookie + b"\r\n\r\n"
    problem_in(await wire.said(wrong), 401)
    shadowed = get + b"Cookie: " + cookie + b"; belltower_session=x\r\n\r\n"
    problem_in(await wire.said(shadowed), 401)


def test_the_gateway_is_as_impatient() -> None:
    """It has the same times for a head and a body, and takes X-Forwarded-For from nobody: it trusts no proxy."""
    caddyfile = (CHECKOUT / "deploy" / "gateway" / "Caddyfile").read_text(encoding="utf-8")
    assert f"read_header {http_protocol.HEAD_TIMEOUT:.0f}s" in caddyfile
    assert f"read_body {middleware.BODY_TIMEOUT / 60:.0f}m" in caddyfile
    assert re.search(r"^\s*idle \d", caddyfile, re.MULTILINE)
    assert not re.search(r"^\s*trusted_proxies", caddyfile, re.MULTILINE)
