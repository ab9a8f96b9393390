"""Lists of campaigns and calls in every order there is, and the calls of all campaigns."""

import base64
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.support.api import Api, a_call, created, refused

START = datetime(2031, 3, 1, 9, 30, tzinfo=UTC)
NAMES = ["alpha", "Beta", "ALPHA", "gamma", "Alpha", "delta"]
OVER = {"status": "completed", "check_at": None, "hold": "0"}


def at(minutes: int) -> str:
    """An instant as the API writes it."""
    return (START + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def a_campaign(api: Api, dice: random.Random) -> dict[str, Any]:
    """A campaign whose name and time others may have, too; one in three starts at once."""
    scheduled = {"is_scheduled": True, "scheduled_time": at(dice.randrange(3))} if dice.randrange(3) else {}
    return await created(api, name=dice.choice(NAMES), **scheduled)


def sorted_by(sort: str, campaigns: list[dict[str, Any]]) -> list[str]:
    """The ids of campaigns in an order; those without a value last."""
    field = sort.removeprefix("-")
    valued = [each for each in campaigns if each[field] is not None]
    key = {"name": lambda each: (each[field].lower(), each["id"])}.get(field, lambda each: (each[field], each["id"]))
    without = [each for each in campaigns if each[field] is None]
    backwards = sort.startswith("-")
    return [
        each["id"]
        for each in sorted(valued, key=key, reverse=backwards)
        + sorted(without, key=lambda each: each["id"], reverse=backwards)
    ]


async def page(api: Api, path: str = "/api/campaigns", **query: Any) -> dict[str, Any]:
    """A page of a list."""
    answer = await api.client.get(path, params={name: value for name, value in query.items() if value is not None})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("sort", ["-created_at", "created_at", "name", "-name", "scheduled_time", "-scheduled_time"])
async def test_pages_bring_every_campaign_once_and_in_order_while_others_are_created(api: Api, sort: str) -> None:
    dice = random.Random(sort)
    there = [await a_campaign(api, dice) for _ in range(10)]
    everybody = {each["id"]: each for each in there}
    walked: list[str] = []
    cursor = None
    while True:
        found = await page(api, sort=sort, limit=3, cursor=cursor)
        walked += [each["id"] for each in found["items"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
        late = await a_campaign(api, dice)
        everybody[late["id"]] = late

    assert len(walked) == len(set(walked))
    assert walked == sorted_by(sort, [everybody[each] for each in walked])
    assert [each for each in walked if each in {one["id"] for one in there}] == sorted_by(sort, there)


async def test_campaigns_are_listed_newest_first_unless_asked_otherwise(api: Api) -> None:
    dice = random.Random(7)
    for _ in range(3):
        await a_campaign(api, dice)
    assert await page(api) == await page(api, sort="-created_at")
    assert (await page(api, sort="created_at"))["items"] == (await page(api))["items"][::-1]
    refused(await api.client.get("/api/campaigns", params={"sort": "status"}), 400, "invalid_choice", "sort")


async def test_an_order_and_a_filter_go_together(api: Api) -> None:
    for minutes in (2, 1, 3):
        await created(api, name=f"spring {minutes}", is_scheduled=True, scheduled_time=at(minutes))
    await created(api, name="autumn")
    first = await page(api, sort="scheduled_time", search="spring", limit=2)
    rest = await page(api, sort="scheduled_time", search="spring", limit=2, cursor=first["next_cursor"])
    assert [each["name"] for each in first["items"] + rest["items"]] == ["spring 1", "spring 2", "spring 3"]
    assert (first["total"], rest["next_cursor"]) == (3, None)


async def test_a_name_of_the_greatest_length_makes_a_cursor_that_is_taken(api: Api) -> None:
    for _ in range(2):
        await created(api, name="\U0001f514" * 200)
    first = await page(api, sort="name", limit=1)
    rest = await page(api, sort="name", limit=1, cursor=first["next_cursor"])
    assert first["items"][0]["id"] < rest["items"][0]["id"]


async def test_the_cursor_of_another_order_is_refused(api: Api) -> None:
    for _ in range(2):
        await created(api)
    cursor = (await page(api, sort="name", limit=1))["next_cursor"]
    for sort in (None, "-name", "created_at"):
        query = {"cursor": cursor} | ({"sort": sort} if sort else {})
        refused(await api.client.get("/api/campaigns", params=query), 400, "invalid_cursor", "order")


ID = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(f'{{"sort": "-created_at", "value": "noon", "id": "{ID}"}}', id="no instant"),
        pytest.param(f'{{"sort": "-created_at", "value": "2030-01-01T00:00:00", "id": "{ID}"}}', id="no offset"),
        pytest.param(
            f'{{"sort": "-created_at", "value": "0001-01-01T00:00:00+14:00", "id": "{ID}"}}', id="out of range"
        ),
        pytest.param('{"sort": "-created_at", "value": "2030-01-01T00:00:00Z", "id": 1}', id="no id"),
        pytest.param(f'{{"sort": "name", "value": "\\u0000", "id": "{ID}"}}', id="no text"),
        pytest.param(f'{{"sort": "name", "value": 1, "id": "{ID}"}}', id="a number"),
        pytest.param("[]", id="no object"),
        pytest.param("{", id="no JSON"),
        pytest.param(ID, id="an id"),
    ],
)
async def test_a_cursor_that_no_page_gave_is_refused(api: Api, forged: str) -> None:
    cursor = base64.urlsafe_b64encode(forged.encode()).decode()
    for sort in ("-created_at", "name"):
        query = {"cursor": cursor, "sort": sort}
        refused(await api.client.get("/api/campaigns", params=query), 400, "invalid_cursor", "cursor")


async def test_a_cursor_without_a_value_ends_a_list_in_which_everything_has_one(api: Api) -> None:
    await created(api)
    for sort in ("name", "created_at"):
        forged = f'{{"sort": "{sort}", "value": null, "id": "{ID}"}}'
        cursor = base64.urlsafe_b64encode(forged.encode()).decode()
        assert (await page(api, sort=sort, cursor=cursor))["items"] == []


async def calls_of_two_campaigns(api: Api) -> tuple[list[str], list[UUID]]:
    """Two campaigns, and a call a minute, by turns; two of them at the same instant."""
    campaigns = [(await created(api))["id"] for _ in range(2)]
    calls = []
    for number, minutes in enumerate((0, 1, 2, 2, 3)):
        columns = {"number": number + 1, "gated_at": START + timedelta(minutes=minutes), **OVER}
        calls.append(await a_call(api, campaigns[number % 2], **columns))
    return campaigns, calls


@pytest.mark.parametrize("sort", ["-placed_at", "placed_at"])
async def test_the_calls_of_all_campaigns_are_listed_in_pages(api: Api, sort: str) -> None:
    await calls_of_two_campaigns(api)
    walked: list[dict[str, Any]] = []
    cursor = None
    while not walked or cursor:
        found = await page(api, "/api/calls", sort=sort, limit=2, cursor=cursor)
        assert found["total"] == 5
        walked += found["items"]
        cursor = found["next_cursor"]

    expected = sorted(walked, key=lambda call: (call["placed_at"], call["id"]), reverse=sort.startswith("-"))
    assert (len({call["id"] for call in walked}), walked) == (5, expected)
    assert walked[0]["placed_at"] == at(3 if sort == "-placed_at" else 0)
    other = {"placed_at": "-placed_at", "-placed_at": "placed_at"}[sort]
    cursor = (await page(api, "/api/calls", sort=sort, limit=2))["next_cursor"]
    refused(await api.client.get("/api/calls", params={"sort": other, "cursor": cursor}), 400, "invalid_cursor")


async def test_the_calls_of_a_campaign_are_sorted_in_the_same_way(api: Api) -> None:
    campaigns, calls = await calls_of_two_campaigns(api)
    path = f"/api/campaigns/{campaigns[1]}/calls"
    assert [call["id"] for call in (await page(api, path))["items"]] == [str(calls[3]), str(calls[1])]
    first = await page(api, path, sort="placed_at", limit=1)
    rest = await page(api, path, sort="placed_at", limit=1, cursor=first["next_cursor"])
    assert [call["id"] for call in first["items"] + rest["items"]] == [str(calls[1]), str(calls[3])]


async def test_calls_are_found_by_campaign_instant_number_and_end(api: Api) -> None:
    campaigns, calls = await calls_of_two_campaigns(api)
    busy = await a_call(api, campaigns[0], number=9, phone="+14155550124", gated_at=START, **{**OVER, "status": "busy"})

    async def found(**query: str) -> list[UUID]:
        body = await page(api, "/api/calls", sort="placed_at", **query)
        assert body["total"] == len(body["items"])
        return [UUID(call["id"]) for call in body["items"]]

    assert await found(campaign_id=campaigns[1]) == [calls[1], calls[3]]
    assert await found(campaign_id=ID) == []
    assert await found(placed_from=at(1), placed_to=at(2)) == [calls[1]]
    assert (
        await found(number="+1 415 555 0124") == await found(disposition="busy") == await found(status="busy") == [busy]
    )
    assert await found(campaign_id=campaigns[1], status="busy") == []
    for name, value, code in (
        ("campaign_id", "7", "invalid_id"),
        ("placed_to", "noon", "invalid_instant"),
        ("number", "12", "invalid_number"),
    ):
        refused(await api.client.get("/api/calls", params={name: value}), 400, code, name)


async def test_the_calls_of_a_deleted_campaign_are_still_listed(api: Api) -> None:
    campaigns, calls = await calls_of_two_campaigns(api)
    await api.execute("UPDATE campaigns SET status = 'completed', next_due_at = NULL")
    assert (await api.client.delete(f"/api/campaigns/{campaigns[1]}")).status_code == 204
    assert (await page(api, "/api/calls"))["total"] == len(calls)
    answer: httpx.Response = await api.client.get(f"/api/campaigns/{campaigns[1]}/calls")
    refused(answer, 404, "not_found")


async def test_nobody_sees_another_accounts_calls(api: Api) -> None:
    campaigns, _ = await calls_of_two_campaigns(api)
    other = await api.another_account()
    for query in ({}, {"campaign_id": campaigns[0]}, {"number": "+14155550123"}):
        answer = await other.client.get("/api/calls", params=query)
        assert answer.json() == {"items": [], "next_cursor": None, "total": 0}
