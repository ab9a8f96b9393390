"""Whatever stands in whatever place of whatever operation: it is refused with a sentence, or it is harmless.

Every value of every body, every parameter of every address and every name of a field is replaced by what nobody means well
with, one at a time. `make fuzz` does so with all of them; here each place gets a few, chosen by a seed.
"""

import json
import os
import random
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.hostile.test_other_accounts import an_account_with_everything
from tests.support.api import Api, campaign
from tests.support.callbacks import placed_call, post
from tests.support.operations import FORM, Operation, operations, places, replaced
from tests.support.tables import counted

from belltower.telephony.twilio.addresses import CALLBACK_PATH, KEY_PRESS_PATH, WHO_ANSWERED_PATH

TEXTS = [
    "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufffe\uffff", "a\nb\r\nInjected: yes", "\x1b[31mred\x1b[0m", "\u2028\u2029",
    "\u202eevil\u2066", "' OR '1'='1'; DROP TABLE campaigns; --", '"; SELECT pg_sleep(9) --', "%", "\\", "\\x00", "%00",
    "$1", ":id", "%(id)s", "{{" * 2000, "{{name|" + "{" * 900, "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
    "../../../../etc/passwd", "a" * 100_000, "\u0301" * 3_000, "👩‍👩‍👧‍👦" * 500, "ﷺ" * 2_000, "ı@İ.ß", "１２３", "٣",
    "+1415555" + "0" * 50, "NaN", "1e999", "-0", "9" * 4_000, "2030-05-17T07:30:00+99:99", "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z", "2030-02-30", "-infinity", "now", "epoch", "P" * 1000, "FREQ=SECONDLY", "FREQ=YEARLY;COUNT=" + "9" * 99,  # noqa: E501
]  # fmt: skip
VALUES: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, float("nan"), float("inf"), 0.1, [], {}, [[]], [None],
    [[[[[[]]]]]], {"": {"": {}}}, {"$ref": "#"}, {"__proto__": 1}, ["a"] * 5_000, {str(n): n for n in range(500)},
]  # fmt: skip
LEAKS = re.compile(
    r"Traceback|site-packages|belltower_api|asyncpg|sqlalchemy|psycopg|pydantic|File \"|\bSELECT .* FROM\b|INSERT INTO|/home/"
)
SEED = int(os.environ.get("SEED", "1"))
EACH = None if os.environ.get("MINUTES") else 3
"""How many values a place gets; None: all."""
REFUSALS = {400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429}


def chosen(values: list[Any], place: object) -> list[Any]:
    """Some of the values, other ones for each place."""
    return values if EACH is None else random.Random(f"{SEED} {place}").sample(values, min(EACH, len(values)))


def harmless(response: httpx.Response, what: object) -> None:
    """An answer that is a sentence for whoever asked, or what they asked for."""
    assert response.status_code < 400 or response.status_code in REFUSALS, (what, response.status_code, response.text)
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json", what
        problem = response.json()
        assert problem["detail"].endswith((".", "?")), (what, problem)
        assert len(response.content) < 200_000, (what, len(response.content))
        assert not LEAKS.search(response.text), (what, response.text)
    for name, value in response.headers.items():
        assert "Injected" not in name + value, what


async def refused_or_done(api: Api, what: object, response: httpx.Response, before: dict[str, int]) -> dict[str, int]:
    """After an answer: a refusal left nothing behind. The rows that there are now."""
    harmless(response, what)
    if response.status_code >= 400:
        now = await counted(api.engine)
        assert now == before, (what, {name: (before[name], now[name]) for name in now if now[name] != before[name]})
        return before
    return await counted(api.engine)


@pytest.mark.timeout(900 if EACH is None else 240)
@pytest.mark.parametrize("part", range(4))
async def test_no_value_of_a_body_does_harm(api: Api, part: int) -> None:
    ids = await an_account_with_everything(api)
    rows = await counted(api.engine)
    for operation in [each for each in operations() if each.media_type not in (None, FORM)][part::4]:
        for place in places(operation.body):
            for value in chosen([*TEXTS, *VALUES], (operation.name, place)):
                response = await operation.ask(api.client, ids, replaced(operation.body, place, value))
                rows = await refused_or_done(api, (operation.name, place, str(value)[:40]), response, rows)
        for name in chosen(TEXTS, operation.name):
            response = await operation.ask(api.client, ids, {**operation.body, name: 1})
            rows = await refused_or_done(api, (operation.name, "a field called", name[:40]), response, rows)


@pytest.mark.timeout(900 if EACH is None else 240)
async def test_no_field_of_a_form_does_harm(api: Api) -> None:
    rows = await counted(api.engine)
    for operation in [each for each in operations() if each.media_type == FORM]:
        for place in places(operation.body):
            for value in chosen([text for text in TEXTS if not re.search("[\ud800-\udfff]", text)], place):
                response = await operation.ask(api.client, {}, replaced(operation.body, place, value))
                rows = await refused_or_done(api, (operation.name, place, value[:40]), response, rows)


@pytest.mark.timeout(1800 if EACH is None else 240)
async def test_no_address_does_harm(api: Api) -> None:
    """Ids in paths and parameters of queries, as they are and as bytes that are no UTF-8."""
    ids = await an_account_with_everything(api)
    rows = await counted(api.engine)
    client = api.client

    def asked(operation: Operation, path: str, query: str = "") -> Any:
        url = httpx.URL(str(client.base_url)).copy_with(raw_path=(path + (f"?{query}" if query else "")).encode())
        return client.request(
            operation.method, url, headers={"If-Match": "*", "Content-Type": operation.media_type or "x"}
        )

    for operation in operations():
        for name in operation.path_parameters:
            for text in chosen(
                [*map(_quoted, TEXTS), "%ff%fe", "%00", "%2e%2e%2f", "%252e", " "], (operation.name, name)
            ):
                response = await asked(operation, operation.path.format(**{**ids, name: text[:3_000]}))
                rows = await refused_or_done(api, (operation.name, name, text[:40]), response, rows)
        for name in operation.query:
            for text in chosen(
                [*map(_quoted, TEXTS), "%ff%fe", "%00", "&" * 2_000, ";" * 2_000], (operation.name, name)
            ):
                response = await asked(operation, operation.at(ids), f"{name}={text[:3_000]}")
                rows = await refused_or_done(api, (operation.name, name, text[:40]), response, rows)


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogatepass")[:1_000])


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "a", "name": "b"}',
        '{"phone_numbers": ["+14155550123"], "phone_numbers": "+14155550124", "name": "x", "welcome_message": "y"}',
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"contacts": ' + "[" * 5_000 + "]" * 5_000 + "}",
        "[" + "[]," * 80_000 + "[]]",
        '{"concurrency": ' + "1" * 4_000 + "}",
        '{"concurrency": 1' + "0" * 100_000 + "}",
        '{"concurrency": -Infinity}',
        '{"concurrency": 0x10}',
        "\ufeff{}",
        '{"name": "\\u0000"}',
        '{"name": "\\ud800\\u0000"}',
        "{'name': 'x'}",
        '{"name": "x"} {"name": "y"}',
        "\0" * 1000,
        " " * 200_000,
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_no_json_does_harm(api: Api, body: str) -> None:
    before = await counted(api.engine)
    for encoded in (body.encode(), body.encode("utf-16"), body.encode("utf-32")):
        for path in ("/api/campaigns", "/api/do-not-call", "/api/series", "/api/session"):
            response = await api.client.post(
                path, content=encoded, headers={"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
            )
            harmless(response, path)
            assert response.status_code in (400, 413), response.text
    assert await counted(api.engine) == before


async def test_a_member_that_comes_twice_is_not_taken_silently(api: Api) -> None:
    """Two servers in a row might go by another of the two."""
    body = json.dumps(campaign()).removesuffix("}") + ', "name": "Another"}'
    response = await api.client.post("/api/campaigns", content=body, headers={"Content-Type": "application/json"})
    harmless(response, "twice")
    assert response.status_code == 400


@pytest.mark.timeout(600)
async def test_no_report_of_a_carrier_does_harm(api: Api) -> None:
    """Signed, and nonsense: the carrier's account, too, may be somebody else's one day."""
    attempt = await placed_call(api)
    form = {
        "CallSid": "CA" + "0" * 32, "CallStatus": "ringing", "SequenceNumber": "1", "Timestamp": "Fri, 17 May 2030 07:30:00 +0000",  # noqa: E501
        "CallDuration": "1", "Duration": "1", "SipResponseCode": "200", "AnsweredBy": "human", "Digits": "9", "From": "+1", "To": "+1",  # noqa: E501
    }  # fmt: skip
    before = await counted(api.engine)
    for path in (CALLBACK_PATH, WHO_ANSWERED_PATH, KEY_PRESS_PATH):
        for name in form:
            texts = [text for text in TEXTS if not re.search("[\ud800-\udfff]", text)]
            for text in ["\0", "a" * 50_000, *chosen(texts, (path, name))]:
                changed = {**form, name: text}
                if name not in ("CallSid", "Digits") and path == KEY_PRESS_PATH:
                    continue
                response = await post(api, changed, f"attempt={uuid4()}", path=path)
                assert response.status_code < 500, (path, name, text, response.text)
                response = await post(api, changed, f"attempt={attempt}", path=path)
                assert response.status_code < 500, (path, name, text, response.text)
        for query in (
            "attempt=%00",
            "attempt=" + "a" * 2_000,
            f"attempt={attempt}&attempt=x",
            "attempt",
            "%ff=%ff",
            "attempt=1;2",
        ):
            assert (await post(api, form, query, path=path)).status_code < 500, (path, query)
    assert await api.one("SELECT count(*) FROM attempts") == 1
    assert (await counted(api.engine))["contacts"] == before["contacts"]
