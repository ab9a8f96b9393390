"""What the API refuses, and that it says what to send instead, whichever way a campaign comes."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.support.api import Api, api_settings, campaign, refused

from belltower.db.engine import create_engine
from belltower_api.app import create_app

LONG = "x" * 4000
SCHEDULED: dict[str, Any] = {"is_scheduled": True}

ALIKE: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("scheduled without a time", SCHEDULED, "scheduled_time_missing", ["scheduled_time", "ISO 8601"]),
    ("blank time", SCHEDULED | {"scheduled_time": " "}, "scheduled_time_missing", ["ISO 8601"]),
    ("no date", SCHEDULED | {"scheduled_time": "tomorrow"}, "invalid_scheduled_time", ["ISO 8601"]),
    ("date without time", SCHEDULED | {"scheduled_time": "2031-01-17"}, "invalid_scheduled_time", ["ISO 8601"]),
    ("impossible date", SCHEDULED | {"scheduled_time": "2031-02-30T09:30"}, "invalid_scheduled_time", ["ISO 8601"]),
    ("year 9999", SCHEDULED | {"scheduled_time": "9999-12-31T23:59-23:59"}, "invalid_scheduled_time", ["ISO 8601"]),
    ("past", SCHEDULED | {"scheduled_time": "2020-01-17T09:30:00Z"}, "scheduled_time_in_past", ["future"]),
    ("past wall", SCHEDULED | {"scheduled_time": "2020-01-17T09:30"}, "scheduled_time_in_past", ["future"]),
    ("far", SCHEDULED | {"scheduled_time": "2300-01-17T09:30:00Z"}, "scheduled_time_too_far", ["ten years"]),
    (
        "time though immediate",
        {"scheduled_time": "2031-01-17T09:30:00Z"},
        "scheduled_time_unexpected",
        ["is_scheduled true"],
    ),
    (
        "explicitly immediate",
        {"is_scheduled": False, "scheduled_time": "2031-01-17T09:30:00Z"},
        "scheduled_time_unexpected",
        ["is_scheduled true"],
    ),
    (
        "skipped by daylight saving",
        SCHEDULED | {"scheduled_time": "2031-03-30T02:30", "timezone": "Europe/Berlin"},
        "scheduled_time_skipped",
        ["2031-03-30T03:00:00"],
    ),
    (
        "zone and offset disagree",
        SCHEDULED | {"scheduled_time": "2031-01-17T09:30+05:00", "timezone": "Europe/Berlin"},
        "timezone_disagrees",
        ["Europe/Berlin"],
    ),
    (
        "UTC and offset disagree",
        SCHEDULED | {"scheduled_time": "2031-01-17T09:30+05:00", "timezone": "UTC"},
        "timezone_disagrees",
        ["UTC"],
    ),
    (
        "no zone",
        SCHEDULED | {"scheduled_time": "2031-01-17T09:30", "timezone": "Mars/Olympus"},
        "invalid_timezone",
        ["IANA"],
    ),
    ("zone traversal", {"timezone": "../../etc/passwd"}, "invalid_timezone", ["IANA"]),
    ("no caller id", {"caller_id": "nobody"}, "invalid_caller_id", ["+14155550100"]),
    ("long caller id", {"caller_id": "+1" * 100}, "too_long", ["caller_id"]),
    ("no country", {"default_country": "Germany"}, "invalid_country", ["default_country", "ISO 3166"]),
    ("no code of a country", {"default_country": "UK"}, "invalid_country", ["GB"]),
    ("no concurrency", {"concurrency": 0}, "out_of_range", ["concurrency", "at least 1"]),
    ("much concurrency", {"concurrency": 10001}, "out_of_range", ["concurrency", "at most 10000"]),
    ("huge concurrency", {"concurrency": 10**30}, "out_of_range", ["concurrency"]),
    ("no attempts", {"max_attempts": 0}, "out_of_range", ["max_attempts"]),
    ("many attempts", {"max_attempts": 21}, "out_of_range", ["max_attempts"]),
    ("negative delay", {"retry_delay": -1}, "out_of_range", ["retry_delay"]),
    ("concurrency in words", {"concurrency": "ten"}, "wrong_type", ["concurrency", "whole number"]),
    ("neither true nor false", {"is_scheduled": "perhaps"}, "wrong_type", ["is_scheduled", "true or false"]),
    ("long name", {"name": LONG}, "too_long", ["name", "200"]),
    ("two lines of name", {"name": "a\nb"}, "invalid_text", ["name"]),
    ("NUL in the name", {"name": "a\0b"}, "invalid_text", ["name"]),
    ("NUL in the message", {"welcome_message": "a\0b"}, "invalid_text", ["welcome_message"]),
    ("NUL in the zone", {"timezone": "UTC\0"}, "invalid_timezone", ["IANA"]),
    ("NUL in the time", SCHEDULED | {"scheduled_time": "2031-01-17T09:30\0"}, "invalid_scheduled_time", ["ISO 8601"]),
    ("long message", {"welcome_message": LONG}, "too_long", ["welcome_message", "3000"]),
    ("blank message", {"welcome_message": " "}, "too_short", ["welcome_message"]),
    ("no language", {"language": "english please"}, "invalid_language", ["en-US"]),
    ("no voice", {"voice": "../voice"}, "invalid_voice", ["alice"]),
    ("near miss", {"concurency": 5}, "unknown_field", ["concurency", "Did you mean concurrency?"]),
    ("far miss", {"colour": "red"}, "unknown_field", ["colour"]),
]


async def test_json_and_upload_refuse_alike(api: Api) -> None:
    """The client's rules and every limit: the same code, and the same sentence, for both ways to create a campaign."""
    for case, change, code, said in ALIKE:
        as_json = refused(await api.create(**change), 400, code, *said)
        as_form = refused(await api.upload("+14155550123", **change), 400, code, *said)
        assert as_json["errors"][0]["pointer"] == as_form["errors"][0]["pointer"], case
        if code != "scheduled_time_in_past":  # which says what time it is
            assert as_json["detail"] == as_form["detail"], case
    assert await api.one("SELECT count(*) FROM campaigns") == 0


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": ...}, "/name", "missing"),
        ({"name": "  "}, "/name", "too_short"),
        ({"name": None}, "/name", "wrong_type"),
        ({"name": 5}, "/name", "wrong_type"),
        ({"phone_numbers": ...}, "/phone_numbers", "missing"),
        ({"phone_numbers": []}, "/phone_numbers", "no_valid_number"),
        ({"phone_numbers": " ; "}, "/phone_numbers", "no_valid_number"),
        ({"phone_numbers": ["x", "y"]}, "/phone_numbers", "no_valid_number"),
        ({"phone_numbers": 14155550123}, "/phone_numbers", "wrong_type"),
        ({"phone_numbers": {"a": 1}}, "/phone_numbers", "wrong_type"),
        ({"phone_numbers": ["+14155550123", 14155550124, None]}, "/phone_numbers/1", "wrong_type"),
        ({"phone_numbers": ["+14155550123", ["+14155550124"]]}, "/phone_numbers/1", "wrong_type"),
        ({"welcome_message": ...}, "/welcome_message", "missing"),
        ({"concurrency": "10"}, "/concurrency", "wrong_type"),
        ({"concurrency": True}, "/concurrency", "wrong_type"),
        ({"concurrency": 1.5}, "/concurrency", "wrong_type"),
        ({"is_scheduled": "true"}, "/is_scheduled", "wrong_type"),
        ({"is_scheduled": 1}, "/is_scheduled", "wrong_type"),
        ({"scheduled_time": 1893456000, "is_scheduled": True}, "/scheduled_time", "wrong_type"),
        ({"timezone": 1}, "/timezone", "wrong_type"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown_field"),
        ({"x" * 5000: 1}, "/" + "x" * 64, "unknown_field"),
    ],
)
async def test_json_takes_types_at_their_word(api: Api, change: dict[str, Any], pointer: str, code: str) -> None:
    problem = refused(await api.create(**change), 400, code)
    assert problem["errors"][0]["pointer"] == pointer


async def test_every_wrong_field_is_told(api: Api) -> None:
    problem = refused(await api.create(name=..., concurrency=0, max_attempts="x", colour="red"), 400, "out_of_range")
    assert sorted(error["pointer"] for error in problem["errors"]) == [
        "/colour",
        "/concurrency",
        "/max_attempts",
        "/name",
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed_json"),
        (b'{"name": "x",}', "malformed_json"),
        (b"\xff\xfe{}", "malformed_json"),
        (b'{"name": "\xff"}', "malformed_request"),
        (b"[" * 100_000, "malformed_request"),
        (b'{"name": ' * 20_000, "malformed_request"),
        (b'{"concurrency": ' + b"9" * 5_000 + b"}", "malformed_request"),
        (b'{"concurrency": 1e999, "name": "x", "phone_numbers": "x", "welcome_message": "x"}', "wrong_type"),
        (b'{"concurrency": NaN, "name": "x", "phone_numbers": "x", "welcome_message": "x"}', "wrong_type"),
        (b'{"welcome_message": "\\ud800", "name": "x", "phone_numbers": "x"}', "invalid_text"),
        (b'{"\\ud800": 1}', "invalid_text"),
        (b'{"phone_numbers": ["\\udfff"], "name": "x", "welcome_message": "x"}', "invalid_text"),
        (b"[]", "wrong_type"),
        (b"null", "wrong_type"),
        (b'"text"', "wrong_type"),
        (b"", "missing"),
        (json.dumps({f"field {n}": n for n in range(5_000)}).encode(), "too_many_fields"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else value,
)
async def test_hostile_bodies_are_refused_and_nothing_else_happens(api: Api, body: bytes, code: str) -> None:
    response = await api.client.post("/api/campaigns", content=body, headers={"Content-Type": "application/json"})
    refused(response, 400, code)


async def test_a_body_of_another_type_is_415(api: Api) -> None:
    for path, content_type in (
        ("/api/campaigns", "text/plain"),
        ("/api/campaigns", "multipart/form-data; boundary=x"),
        ("/api/campaigns/upload", "application/json"),
        ("/api/campaigns/upload", "application/x-www-form-urlencoded"),
    ):
        response = await api.client.post(path, content=b"x=1", headers={"Content-Type": content_type})
        refused(response, 415, "unsupported_media_type", "Content-Type")
    response = await api.client.post("/api/campaigns", content=json.dumps(campaign()).encode())
    refused(response, 415, "unsupported_media_type", "application/json")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_413(api: Api, announced: bool) -> None:
    body = json.dumps(campaign(phone_numbers=["+14155550123"] * 50_000)).encode()

    async def chunks() -> Any:
        for start in range(0, len(body), 4096):
            yield body[start : start + 4096]

    response = await api.client.post(
        "/api/campaigns", content=body if announced else chunks(), headers={"Content-Type": "application/json"}
    )
    refused(response, 413, "too_large", "0.25 MB")


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer bt_wrong", "Basic YTpi", "Bearer \xff\xfe", "Bearer " + "k" * 5000],
    ids=["none", "empty", "no key", "blank", "wrong", "basic", "bytes", "long"],
)
async def test_without_a_valid_key_nothing_is_shown_or_read(api: Api, authorization: str | None) -> None:
    headers = [] if authorization is None else [(b"Authorization", authorization.encode("latin-1"))]
    async with httpx.AsyncClient(
        transport=api.client._transport, base_url=api.client.base_url, headers=headers
    ) as stranger:
        for method, path in (
            ("GET", "/api/campaigns"),
            ("POST", "/api/campaigns"),
            ("POST", "/api/campaigns/upload"),
            ("GET", "/api/campaigns/00000000-0000-0000-0000-000000000000"),
            ("DELETE", "/api/campaigns/00000000-0000-0000-0000-000000000000"),
            ("GET", "/api/wallet"),
        ):
            response = await stranger.request(method, path, content=b"{" if method == "POST" else None)
            refused(response, 401, "unauthorised")
            assert response.headers["www-authenticate"].startswith('Bearer realm="belltower"')


async def test_a_revoked_key_is_not_valid(api: Api) -> None:
    await api.execute("UPDATE api_keys SET revoked_at = now()")
    response = await api.client.get("/api/wallet")
    refused(response, 401, "unauthorised")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


async def test_unknown_addresses_methods_and_ids_are_problems_too(api: Api) -> None:
    refused(await api.client.get("/api/nothing"), 404, "not_found", "/docs")
    refused(await api.client.get("/api/campaigns/"), 404, "not_found")
    refused(await api.client.get("/api/campaigns/not-an-id"), 404, "not_found")
    refused(await api.client.get("/api/campaigns/00000000-0000-0000-0000-000000000000"), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/campaigns", "GET, POST"),
        ("OPTIONS", f"/api/campaigns/{UUID(int=0)}", "DELETE, GET, PATCH"),
        ("GET", "/api/campaigns/upload", "POST"),
        ("DELETE", "/api/campaigns/preflight", "POST"),
        ("PATCH", f"/api/campaigns/{UUID(int=0)}/stats", "GET"),
        ("POST", "/api/wallet", "GET"),
        ("DELETE", "/livez", "GET, HEAD"),
    ],
)
async def test_a_method_that_an_address_does_not_take_is_answered_with_all_that_it_takes(
    api: Api, method: str, path: str, allowed: str
) -> None:
    response = await api.client.request(method, path)
    refused(response, 405, "method_not_allowed")
    assert ", ".join(sorted(response.headers["allow"].split(", "))) == allowed


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "out_of_range"),
        ("limit=501", "out_of_range"),
        ("limit=x", "wrong_type"),
        ("cursor=%00", "invalid_cursor"),
        ("cursor=zzz", "invalid_cursor"),
        ("cursor=MQ", "invalid_cursor"),
        ("cursor=" + "A" * 2_000, "too_long"),
        ("status=sleeping", "invalid_choice"),
        ("stauts=failed", "unknown_field"),
    ],
)
async def test_a_query_that_cannot_be_meant_is_refused(api: Api, query: str, code: str) -> None:
    problem = refused(await api.client.get(f"/api/campaigns?{query}"), 400, code)
    if code == "unknown_field":
        assert "Did you mean status?" in problem["detail"]


async def test_a_cursor_of_a_number_that_no_event_can_have_is_refused(api: Api) -> None:
    campaign_id = (await api.create()).json()["id"]
    for cursor in ("LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "9w"):
        response = await api.client.get(f"/api/campaigns/{campaign_id}/events", params={"cursor": cursor})
        refused(response, 400, "invalid_cursor")


async def test_a_request_keeps_the_id_that_it_brings(api: Api) -> None:
    response = await api.client.get("/api/nothing", headers={"X-Request-Id": "my-request.1"})
    assert refused(response, 404, "not_found")["request_id"] == "my-request.1"
    response = await api.client.get("/api/nothing", headers={"X-Request-Id": "not acceptable \t"})
    assert refused(response, 404, "not_found")["request_id"] != "not acceptable"


async def test_a_database_out_of_reach_is_503_and_the_process_is_not_ready() -> None:
    settings = api_settings("postgresql://nobody@127.0.0.1:1/none")
    engine = create_engine(settings, name="test")
    transport = httpx.ASGITransport(create_app(settings, engine))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        response = await client.get("/api/wallet", headers={"Authorization": "Bearer bt_x"})
        refused(response, 503, "unavailable")
        assert int(response.headers["retry-after"]) > 0
        assert (await client.get("/livez")).status_code == 200
        not_ready = await client.get("/readyz")
        assert (not_ready.status_code, not_ready.json()["status"]) == (503, "unavailable")
    await engine.dispose()


async def test_connections_that_the_database_ended_are_replaced(api: Api) -> None:
    assert (await api.client.get("/api/wallet")).status_code == 200
    async with api.engine.connect() as killer:
        await killer.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    answers = [(await api.client.get("/api/wallet")).status_code for _ in range(5)]
    assert set(answers) <= {200, 503}
    assert answers[-1] == 200


async def test_an_unforeseen_error_is_500_without_a_trace(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    campaign_id = (await api.create()).json()["id"]
    await api.execute("ALTER TABLE campaign_progress RENAME TO gone")

    problem = refused(await api.client.get(f"/api/campaigns/{campaign_id}"), 500, "internal_error")

    assert problem["request_id"] in problem["detail"]
    assert "campaign_progress" not in json.dumps(problem)


async def test_a_parameter_that_is_sent_twice_is_refused(api: Api) -> None:
    problem = refused(await api.client.get("/api/campaigns?status=completed&status=pending"), 400, "repeated", "status")
    assert problem["errors"][0]["pointer"] == "/status"
