"""The do-not-call list over HTTP: who is on it, who is put on it and taken off it, and the record of that."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.support.api import Api, refused

PHONE = "+14155550123"


async def add(api: Api, phone: str = PHONE, key: str | None = None, **fields: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post("/api/do-not-call", json={"phone": phone, **fields}, headers=headers)


async def remove(api: Api, phone: str = PHONE) -> httpx.Response:
    return await api.client.delete(f"/api/do-not-call/{phone}")


async def numbers(api: Api, **query: Any) -> list[str]:
    page = await api.client.get("/api/do-not-call", params=query)
    return [entry["phone"] for entry in page.json()["items"]]


async def test_a_number_is_put_on_the_list_once_and_keeps_what_was_first_said_of_it(api: Api) -> None:
    created = await add(api, "+1 (415) 555-0123", note=" By e-mail ")
    assert created.status_code == 201
    entry = created.json()
    assert (entry["phone"], entry["reason"], entry["call_id"], entry["note"]) == (PHONE, "asked", None, "By e-mail")
    again = await add(api, note="By telephone")
    assert (again.status_code, again.json()) == (200, entry)
    page = (await api.client.get("/api/do-not-call")).json()
    assert page == {"items": [entry], "next_cursor": None, "total": 1}


async def test_two_who_add_a_number_at_once_get_the_same_entry(api: Api) -> None:
    answers = await asyncio.gather(*(add(api, note=f"Clerk {number}") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1


async def test_a_request_that_is_sent_again_is_answered_again(api: Api) -> None:
    first, again = await add(api, key="k1"), await add(api, key="k1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotent-replayed"] == "true"


async def test_taking_a_number_off_is_on_record_with_who_did_it(api: Api) -> None:
    await add(api, note="By e-mail")
    assert (await remove(api)).status_code == 204
    assert await numbers(api) == []
    refused(await remove(api), 404, "not_found", "do-not-call list")
    await add(api)
    actor = (await api.client.get("/api/me")).json()["actor"]
    record = (await api.client.get(f"/api/do-not-call/{PHONE}/events")).json()
    assert [(event["change"], event["actor"], event["note"]) for event in record["items"]] == [
        ("added", actor, "By e-mail"),
        ("removed", actor, None),
        ("added", actor, None),
    ]
    assert [event["at"] for event in record["items"]] == sorted(event["at"] for event in record["items"])
    first = (await api.client.get(f"/api/do-not-call/{PHONE}/events", params={"limit": 2})).json()
    rest = await api.client.get(f"/api/do-not-call/{PHONE}/events", params={"cursor": first["next_cursor"]})
    assert first["items"] + rest.json()["items"] == record["items"]


async def test_the_list_is_paged_by_number_and_searched_for_one(api: Api) -> None:
    phones = [f"+1415555010{digit}" for digit in range(5)]
    for phone in reversed(phones):
        await add(api, phone)
    page = (await api.client.get("/api/do-not-call", params={"limit": 3})).json()
    assert ([entry["phone"] for entry in page["items"]], page["total"]) == (phones[:3], 5)
    assert await numbers(api, limit=3, cursor=page["next_cursor"]) == phones[3:]
    assert await numbers(api, number="+1 415 555 0102") == ["+14155550102"]
    assert await numbers(api, number="+14155550199") == []


async def test_an_address_takes_a_number_as_people_write_it(api: Api) -> None:
    await add(api)
    assert (await api.client.get("/api/do-not-call/%2B1-415-555-0123/events")).json()["total"] == 1
    assert (await remove(api, "%2B14155550123")).status_code == 204


@pytest.mark.parametrize("path", ["nobody", "4155550123", "+1415555012345678", "1" * 500], ids=lambda path: path[:12])
async def test_what_is_no_number_is_nowhere(api: Api, path: str) -> None:
    refused(await remove(api, path), 404, "not_found")
    refused(await api.client.get(f"/api/do-not-call/{path}/events"), 404, "not_found")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"phone": "12"}, "invalid_number"),
        ({"phone": "x" * 65}, "too_long"),
        ({"phone": None}, "wrong_type"),
        ({"note": "x" * 201}, "too_long"),
        ({"note": "two\nlines"}, "invalid_text"),
        ({"reason": "asked"}, "unknown_field"),
    ],
    ids=["no number", "long number", "null", "long note", "lines", "unknown"],
)
async def test_what_cannot_be_put_on_the_list_is_refused_with_a_sentence(
    api: Api, fields: dict[str, Any], code: str
) -> None:
    refused(await api.client.post("/api/do-not-call", json={"phone": PHONE} | fields), 400, code)
    assert await numbers(api) == []


@pytest.mark.parametrize(
    "query", [{"number": "nobody"}, {"cursor": "x"}, {"limit": 0}], ids=["number", "cursor", "limit"]
)
async def test_a_page_that_cannot_be_is_refused(api: Api, query: dict[str, Any]) -> None:
    answer = await api.client.get("/api/do-not-call", params=query)
    refused(answer, 400, {"number": "invalid_number", "cursor": "invalid_cursor", "limit": "out_of_range"}[min(query)])


async def test_one_account_neither_sees_nor_changes_the_list_of_another(api: Api) -> None:
    other = await api.another_account()
    await add(api, note="Private")
    assert await numbers(other) == []
    refused(await remove(other), 404, "not_found")
    assert (await other.client.get(f"/api/do-not-call/{PHONE}/events")).json()["items"] == []
    assert (await add(other)).status_code == 201
    assert (await remove(other)).status_code == 204
    assert await numbers(api) == [PHONE]
    await other.client.aclose()


async def test_a_number_on_the_list_is_left_out_of_what_a_preflight_counts(api: Api) -> None:
    await add(api)
    body = {"phone_numbers": [PHONE, "+14155550124"], "welcome_message": "Hello."}
    counted = (await api.client.post("/api/campaigns/preflight", json=body)).json()
    assert (counted["will_be_called"], counted["skipped"]["do_not_call"]) == (1, 1)
