"""No account sees, changes or learns of what is another's, by any id in any place of any operation."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from tests.support.api import Api, a_call, campaign, created
from tests.support.operations import ids_in, operations, replaced
from tests.support.tables import contents

OF_ACCOUNTS = [each for each in operations() if "/operations/" not in each.path]
"""What belongs to an account. The others are an operator's, and refused to everybody else, whatever the id."""
BY_ID = [each for each in OF_ACCOUNTS if each.path_parameters]
IN_BODY = [(each, place) for each in operations() for place in ids_in(each)]
IN_QUERY = [(each, name) for each in operations() for name in each.query if name.endswith("_id")]
PAGED = [each for each in OF_ACCOUNTS if "cursor" in each.query]
PLAIN = {"name", "welcome_message", "import_id", "ids", "action", "rule", "contacts"}
NUMBER = "+14155550123"
NAMED = {"X-Request-Id": "the-same-request"}
"""So that two answers differ in nothing but what they say."""


async def an_account_with_everything(api: Api) -> dict[str, str]:
    """One of each thing that has an id, by the names that these have in paths, bodies and queries."""
    post = api.client.post
    campaign_id = (
        await created(api, phone_numbers=[NUMBER, "nobody"], is_scheduled=True, scheduled_time="2031-05-17T09:30:00Z")
    )["id"]
    call_id = str(await a_call(api, campaign_id, status="completed", check_at=None, ended_at=datetime.now(UTC)))
    ended = {"check_at": None, "ended_at": datetime.now(UTC)}
    unknown_id = str(await a_call(api, campaign_id, number=2, status="unknown", **ended))
    series = {
        "name": "Weekly",
        "phone_numbers": [NUMBER],
        "welcome_message": "Hello.",
        "rule": {"rrule": "FREQ=WEEKLY", "starts": "2031-05-17T09:30", "timezone": "UTC"},
    }
    found: dict[str, httpx.Response] = {
        "series_id": await post("/api/series", json=series),
        "import_id": await post("/api/imports", files={"file": ("people.csv", NUMBER)}),
        "feed_id": await post("/api/calendar-feeds", json={"name": "Calendar"}),
        "key_id": await post("/api/api-keys", json={"name": "Key"}),
        "number": await post("/api/do-not-call", json={"phone": NUMBER}),
    }
    for name, response in found.items():
        assert response.status_code in (200, 201), (name, response.text)
    ids = {name: str(response.json().get("id")) for name, response in found.items()}
    return ids | {"campaign_id": campaign_id, "call_id": unknown_id, "test_call_id": call_id, "phone": NUMBER}


def nobodys(ids: dict[str, str]) -> dict[str, str]:
    """Ids like these that are of nothing."""
    return {name: "+14155550987" if name in ("phone", "number") else str(uuid4()) for name in ids}


def said(response: httpx.Response) -> Any:
    """An answer without what differs between any two."""
    content = response.json() if response.content else None
    return response.status_code, {**content, "request_id": "", "instance": ""} if isinstance(content, dict) else content


async def test_every_path_answers_another_accounts_id_as_one_that_does_not_exist(api: Api) -> None:
    ids = await an_account_with_everything(api)
    other = await api.another_account()
    random = nobodys(ids)
    before = await contents(api.engine)

    assert len(BY_ID) > 35
    for operation in BY_ID:
        theirs, nothing = [said(await operation.ask(other.client, each, headers=NAMED)) for each in (ids, random)]
        assert theirs == nothing, operation.name
        assert theirs[0] == 404 or theirs[1]["total"] == 0, (operation.name, theirs)

    assert await contents(api.engine) == before


async def test_every_body_is_answered_so_too(api: Api) -> None:
    ids = await an_account_with_everything(api)
    other = await api.another_account()
    own = await an_account_with_everything(other)
    before = await contents(api.engine)

    assert len(IN_BODY) >= 8
    for operation, place in IN_BODY:
        name = "import_id" if "import_id" in place else "campaign_id"
        # What else a body could be refused for would hide what is said of the id.
        plain = {key: value for key, value in operation.body.items() if key in operation.required | PLAIN}
        random = str(uuid4())
        theirs, nothing = [
            said(await operation.ask(other.client, own, replaced(plain, place, value), headers=NAMED))
            for value in (ids[name], random)
        ]
        assert str(theirs).replace(ids[name], "") == str(nothing).replace(random, ""), operation.name
        each = theirs[1].get("results", theirs[1].get("items", ()))
        statuses = [item["status"] if "status" in item else item["problem"]["status"] for item in each]
        assert 404 in (theirs[0], *statuses), (operation.name, theirs)

    assert await contents(api.engine) == before


async def test_every_filter_finds_nothing_of_others(api: Api) -> None:
    ids = await an_account_with_everything(api)
    other = await api.another_account()
    assert IN_QUERY
    for operation, name in IN_QUERY:
        theirs = await operation.ask(other.client, {}, params={name: ids[name]})
        nothing = await operation.ask(other.client, {}, params={name: str(uuid4())})
        assert said(theirs) == said(nothing)
        assert theirs.json()["items"] == []


async def test_every_list_and_cursor_shows_only_ones_own(api: Api) -> None:
    """A cursor holds another account's position, and nothing of it."""
    ids = await an_account_with_everything(api)
    await an_account_with_everything(api)
    other = await api.another_account()
    for operation in PAGED:
        first = (await operation.ask(api.client, ids, params={"limit": 1})).json()
        assert first["items"], operation.name
        own = await an_account_with_everything(other) if operation.path_parameters else ids
        if (cursor := first["next_cursor"]) is not None:
            page = await operation.ask(other.client, own, params={"cursor": cursor})
            assert page.status_code == 200, page.text
            for item in first["items"]:
                assert str(item.get("id", item)) not in page.text


async def test_an_idempotency_key_of_another_account_is_ones_own(api: Api) -> None:
    other = await api.another_account()
    key = {"Idempotency-Key": "the-same"}
    first = await api.client.post("/api/campaigns", json=campaign(), headers=key)
    second = await other.client.post("/api/campaigns", json=campaign(), headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
