"""The do-not-call list over HTTP: who is on it, who is put on it and taken off it, and the record of that."""

import asyncio
import csv
import io
from typing import Any

import httpx
import pytest
from tests.support.api import Api, refused
from tests.support.callbacks import placed_call, post

from belltower.telephony.twilio.addresses import KEY_PRESS_PATH

PHONE = "+14155550123"


async def add(api: Api, phone: str = PHONE, key: str | None = None, **fields: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post("/api/do-not-call", json={"phone": phone, **fields}, headers=headers)


async def remove(api: Api, phone: str = PHONE) -> httpx.Response:
    return await api.client.delete(f"/api/do-not-call/{phone}")


async def add_many(api: Api, key: str | None = None, **fields: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post("/api/do-not-call/batch", json=fields, headers=headers)


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


async def test_the_newest_come_first_where_that_is_asked_for(api: Api) -> None:
    phones = [f"+1415555010{digit}" for digit in (2, 0, 4, 1, 3)]
    for phone in phones:
        await add(api, phone)
    page = (await api.client.get("/api/do-not-call", params={"sort": "-created_at", "limit": 2})).json()
    assert ([entry["phone"] for entry in page["items"]], page["total"]) == (phones[:2:-1], 5)
    rest = await numbers(api, sort="-created_at", cursor=page["next_cursor"])
    assert rest == phones[2::-1]
    refused(await api.client.get("/api/do-not-call", params={"cursor": page["next_cursor"]}), 400, "invalid_cursor")


async def test_numbers_of_one_moment_are_all_on_its_pages(api: Api) -> None:
    phones = [f"+1415555{number:04}" for number in range(25)]
    await add_many(api, phone_numbers=phones)
    seen: list[str] = []
    query: dict[str, Any] = {"sort": "-created_at", "limit": 10}
    while True:
        page = (await api.client.get("/api/do-not-call", params=query)).json()
        seen += [entry["phone"] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == phones[::-1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "(415) 555-0123", "default_country": "US"}, [PHONE]),
        ({"search": "+1 415"}, [PHONE]),
        ({"search": "+141"}, [PHONE, "+14195550123"]),
        ({"search": "+1419"}, ["+14195550123"]),
        ({"search": "0049 151"}, ["+4915155501234"]),
        ({"search": "0151", "default_country": "DE"}, ["+4915155501234"]),
        ({"search": "+999"}, []),
        ({"search": " "}, [PHONE, "+14195550123", "+4915155501234"]),
    ],
)
async def test_a_number_is_found_by_its_beginning_however_that_is_written(
    api: Api, query: dict[str, str], found: list[str]
) -> None:
    await add_many(api, phone_numbers=[PHONE, "+14195550123", "+4915155501234"])
    assert await numbers(api, **query) == found
    assert sorted(await numbers(api, **query, sort="-created_at")) == found


async def test_many_numbers_are_added_at_once_and_what_is_none_is_told(api: Api) -> None:
    await add(api, note="By e-mail")
    typed = f"(415) 555-0124; {PHONE}, n/a\n+14155550125\n+1 415 555 0125"
    answer = await add_many(api, "k1", phone_numbers=typed, default_country="US", note="Robinson list")
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert (result["added"], result["already_listed"], result["duplicates"]) == (2, 1, 1)
    assert [(each["line"], each["value"], each["code"]) for each in result["rejected"]["items"]] == [
        (3, "n/a", "not_a_phone_number")
    ]
    page = (await api.client.get("/api/do-not-call")).json()
    assert [(entry["phone"], entry["reason"], entry["note"]) for entry in page["items"]] == [
        (PHONE, "asked", "By e-mail"),
        ("+14155550124", "asked", "Robinson list"),
        ("+14155550125", "asked", "Robinson list"),
    ]
    record = (await api.client.get("/api/do-not-call/+14155550125/events")).json()["items"]
    actor = (await api.client.get("/api/me")).json()["actor"]
    assert [(event["change"], event["actor"], event["note"]) for event in record] == [("added", actor, "Robinson list")]
    again = await add_many(api, "k1", phone_numbers=typed, default_country="US", note="Robinson list")
    assert (again.json(), again.headers["idempotent-replayed"]) == (result, "true")


async def test_a_file_is_put_on_the_list(api: Api) -> None:
    file = f"Name;Mobil;Amt\nAnn;{PHONE};+14155550190\nBen;n/a;\nCid;0151 55501234;\n"
    uploaded = await api.client.post("/api/imports", files={"file": ("robinson.csv", file)})
    import_id = uploaded.json()["id"]
    result = (await add_many(api, import_id=import_id, phone_column="Mobil", default_country="DE")).json()
    assert (result["added"], result["already_listed"], result["rejected"]["count"]) == (2, 0, 1)
    assert result["rejected"]["items"][0]["source"] == "file"
    page = (await api.client.get("/api/do-not-call")).json()
    assert [(entry["phone"], entry["reason"]) for entry in page["items"]] == [
        (PHONE, "imported"),
        ("+4915155501234", "imported"),
    ]


async def test_a_long_list_is_added_whole(api: Api) -> None:
    lines = "\n".join(f"+1415{number:07}" for number in range(2_000_000, 2_012_345))
    import_id = (await api.client.post("/api/imports", files={"file": ("long.txt", lines)})).json()["id"]
    first, again = await add_many(api, import_id=import_id), await add_many(api, import_id=import_id)
    assert (first.json()["added"], first.json()["already_listed"]) == (12_345, 0)
    assert (again.json()["added"], again.json()["already_listed"]) == (0, 12_345)
    assert (await api.client.get("/api/do-not-call", params={"limit": 1})).json()["total"] == 12_345
    assert await api.one("SELECT count(*) FROM do_not_call_events") == 12_345
    downloaded = await api.client.get("/api/do-not-call/download")
    assert len(downloaded.text.splitlines()) == 12_346


async def test_two_who_add_the_same_numbers_at_once_add_each_once(api: Api) -> None:
    phones = [f"+1415{number:07}" for number in range(2_000_000, 2_003_000)]
    answers = await asyncio.gather(
        add_many(api, phone_numbers=phones), add_many(api, phone_numbers=phones[::-1]), add(api, phones[1_500])
    )
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    added = sum(answer.json()["added"] for answer in answers[:2]) + (answers[2].status_code == 201)
    assert added == await api.one("SELECT count(*) FROM do_not_call_events") == 3_000


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 400, "missing"),
        ({"phone_numbers": []}, 400, "no_valid_number"),
        ({"phone_numbers": ["n/a"]}, 400, "no_valid_number"),
        ({"phone_numbers": [PHONE], "phone_column": "Mobile"}, 400, "column_unexpected"),
        ({"phone_numbers": [PHONE], "default_country": "XX"}, 400, "invalid_country"),
        ({"phone_numbers": [PHONE], "contacts": []}, 400, "unknown_field"),
        ({"import_id": "01976f5c-3c4d-7a02-8e5f-9b1c6d3e2f43"}, 404, "not_found"),
    ],
)
async def test_a_batch_that_cannot_be_is_refused_and_adds_nothing(
    api: Api, fields: dict[str, Any], status: int, code: str
) -> None:
    refused(await add_many(api, **fields), status, code)
    assert await numbers(api) == []


async def test_the_list_is_downloaded_as_a_table_with_the_campaign_of_the_call(api: Api) -> None:
    call = await placed_call(api)
    form = {"CallSid": "CA1", "AccountSid": "AC0", "CallStatus": "in-progress", "To": PHONE, "Digits": "9"}
    assert (await post(api, form, f"attempt={call}", path=KEY_PRESS_PATH)).status_code == 200
    await add(api, "+14155550124", note="=1+1")
    campaign = (await api.client.get(f"/api/calls/{call}")).json()["campaign_id"]
    name = (await api.client.get(f"/api/campaigns/{campaign}")).json()["name"]
    entry = (await api.client.get("/api/do-not-call", params={"number": PHONE})).json()["items"][0]
    assert (entry["call_id"], entry["campaign_id"], entry["campaign_name"]) == (call, campaign, name)

    answer = await api.client.get("/api/do-not-call/download")
    assert answer.headers["content-disposition"] == 'attachment; filename="do-not-call.csv"'
    pressed, asked = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (pressed["phone"], pressed["reason"], pressed["campaign_id"], pressed["call_id"], pressed["campaign_name"]) == (
        PHONE, "key_press", campaign, call, name,
    )  # fmt: skip
    assert (asked["phone"], asked["reason"], asked["note"]) == ("+14155550124", "asked", "'=1+1")

    await api.execute("UPDATE campaigns SET deleted_at = now(), next_due_at = NULL")
    entry = (await api.client.get("/api/do-not-call", params={"number": PHONE})).json()["items"][0]
    assert (entry["campaign_id"], entry["campaign_name"]) == (campaign, None)


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
    "query",
    [{"number": "nobody"}, {"cursor": "x"}, {"limit": 0}, {"search": "nobody"}, {"sort": "-phone"}],
    ids=["number", "cursor", "limit", "search", "sort"],
)
async def test_a_page_that_cannot_be_is_refused(api: Api, query: dict[str, Any]) -> None:
    answer = await api.client.get("/api/do-not-call", params=query)
    codes = {
        "number": "invalid_number",
        "cursor": "invalid_cursor",
        "limit": "out_of_range",
        "search": "invalid_number",
    }
    refused(answer, 400, codes.get(min(query), "invalid_choice"))


async def test_one_account_neither_sees_nor_changes_the_list_of_another(api: Api) -> None:
    other = await api.another_account()
    await add(api, note="Private")
    assert await numbers(other) == []
    assert PHONE not in (await other.client.get("/api/do-not-call/download")).text
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
