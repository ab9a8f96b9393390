"""The gateway, attacked as anybody on the internet could: `deploy/check-compose.sh` runs this on the containers that it started.

BELLTOWER_URL says where it is, BELLTOWER_API_KEY who may ask.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from tests.hostile.conftest import everything
from tests.support.api import campaign

ADDRESS = urlsplit(os.environ["BELLTOWER_URL"])
AUTHORIZATION = f"Authorization: Bearer {os.environ['BELLTOWER_API_KEY']}\r\n".encode()
POST = b"POST /api/campaigns HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + AUTHORIZATION
BODY = json.dumps(campaign()).encode()
MB = 2**20


async def said(parts: Sequence[bytes], *, pause: float = 0.0, timeout: float = 30.0) -> bytes:
    """All that is answered to these parts, until the gateway hangs up. Raises `TimeoutError` if it does not within `timeout`."""
    reader, writer = await asyncio.open_connection(ADDRESS.hostname, ADDRESS.port)
    answer = asyncio.create_task(everything(reader))
    try:
        async with asyncio.timeout(timeout):
            for part in parts:
                if answer.done():
                    break
                writer.write(part)
                with suppress(ConnectionError):
                    await writer.drain()
                await asyncio.sleep(pause)  # slow on purpose, where it is
            return await answer
    finally:
        writer.close()


async def is_well() -> None:
    """Others are answered, and at once."""
    answer = await said([b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"], timeout=5)
    assert answer.startswith(b"HTTP/1.1 200 "), answer


def status_of(answer: bytes) -> int:
    return int(answer.split()[1])


async def how_many_campaigns() -> int:
    async with httpx.AsyncClient(base_url=ADDRESS.geturl(), trust_env=False) as client:
        headers = {"Authorization": AUTHORIZATION.decode().strip().partition(" ")[2]}
        return int((await client.get("/api/campaigns", params={"limit": 1}, headers=headers)).json()["total"])


@pytest.mark.timeout(90)
async def test_five_hundred_who_never_end_their_head_hold_up_nobody_and_are_sent_away() -> None:
    slow = [asyncio.create_task(said([POST, *[b"X-Drop: 1\r\n"] * 80], pause=0.5, timeout=45)) for _ in range(500)]
    await asyncio.sleep(2)
    await is_well()
    for answer in await asyncio.gather(*slow):
        assert answer == b"" or status_of(answer) in (400, 408), answer
    await is_well()


async def test_a_head_that_is_too_long_is_refused() -> None:
    for head in (POST + b"X: " + b"x" * 3 * MB, POST + b"X: 1\r\n" * 400_000, b"GET /" + b"x" * 3 * MB):
        answer = await said([head, b" HTTP/1.1\r\n\r\n", b"\r\n\r\n"])
        assert answer == b"" or status_of(answer) in (400, 414, 431), answer[:300]
    await is_well()


@pytest.mark.parametrize("length", [b"Content-Length: 1099511627776\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
async def test_a_body_without_end_is_refused_at_the_limit(length: bytes) -> None:
    before = await how_many_campaigns()
    chunk = b"[" * MB
    piece = b"%x\r\n%b\r\n" % (MB, chunk) if b"chunked" in length else chunk
    answer = await said([POST + b"Connection: close\r\n" + length, *[piece] * 64], timeout=60)
    assert status_of(answer) == 413, answer[:300]
    assert b'"detail":' in answer
    assert await how_many_campaigns() == before


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"X: 1\r\n X: folded\r\n",
        b"X\x00: 1\r\n",
    ],
)
async def test_nobody_slips_a_second_request_in(head: bytes) -> None:
    before = await how_many_campaigns()
    second = POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    answer = await said([POST + b"Connection: close\r\n" + head + b"\r\n0\r\n\r\n" + second])
    assert answer.count(b"HTTP/1.1 ") <= 1, answer
    assert answer == b"" or 400 <= status_of(answer) < 500 or status_of(answer) == 501, answer
    assert await how_many_campaigns() == before
    await is_well()


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2f..%2fetc/passwd",
        "/assets/..%5c..%5cetc%5cpasswd",
        "/assets/%00/etc/passwd",
        "//etc/passwd",
        "/etc/caddy/Caddyfile",
        "/%2e%2e/etc/caddy/Caddyfile",
        "/.git/config",
        "/metrics",
        "/api/../metrics",
        "/api/..%2fmetrics",
        "/_simulator/calls",
        "/carrier/../_simulator/calls",
        "/carrier/..%2f_simulator%2fcalls",
        "/api//campaigns",
        "/api/%2e%2e/admin",
    ],
)
async def test_no_address_leads_to_what_nobody_shall_see(path: str) -> None:
    answer = await said([f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()])
    for leak in (b"root:", b"reverse_proxy", b"[core]", b"belltower_", b"python_gc", b'"rang_at"'):
        assert leak not in answer, answer[:500]
    assert status_of(answer) in (200, 301, 308, 400, 401, 403, 404), answer[:300]
    if status_of(answer) == 200:
        assert b'<div id="root">' in answer, answer[:500]  # a page of the web app, which says that there is nothing


async def test_every_answer_is_hardened_and_names_no_software() -> None:
    async with httpx.AsyncClient(base_url=ADDRESS.geturl(), trust_env=False) as client:
        for path in ("/", "/api/campaigns", "/api/nothing", "/assets/nothing.js", "/docs", "/carrier/nothing"):
            answer = await client.get(path)
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["x-frame-options"] == "DENY", path
            assert "server" not in answer.headers, path
            assert "caddy" not in answer.text.lower(), path


async def test_an_invented_address_does_not_win_more_tries_to_sign_in() -> None:
    async with httpx.AsyncClient(base_url=ADDRESS.geturl(), trust_env=False) as client:
        seen = []
        for number in range(105):  # a hundred of one client are looked at
            headers = {"X-Forwarded-For": f"198.51.100.{number}", "Sec-Fetch-Site": "same-origin"}
            body = {"email": f"nobody{number}@example.com", "password": "wrong horse battery"}
            seen.append((await client.post("/api/session", json=body, headers=headers)).status_code)
    assert seen[0] == 401
    assert seen[-1] == 429
