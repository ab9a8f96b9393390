"""One action for many campaigns: what comes of each, and that none of them stands in another's way."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.support.api import Api, a_call, created, refused
from tests.support.eventually import eventually

from belltower_api import move_campaign

LATER = {"is_scheduled": True, "scheduled_time": "2035-07-01T09:30"}


async def some(api: Api, count: int, **changes: Any) -> list[str]:
    """Campaigns; their ids."""
    return [(await created(api, **changes))["id"] for _ in range(count)]


async def do(api: Api, action: str, ids: list[str], headers: dict[str, str] | None = None) -> httpx.Response:
    return await api.client.post("/api/campaigns/bulk", json={"action": action, "ids": ids}, headers=headers)


async def results(api: Api, action: str, ids: list[str]) -> list[dict[str, Any]]:
    answer = await do(api, action, ids)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    found: list[dict[str, Any]] = body["results"]
    assert [each["id"] for each in found] == list(dict.fromkeys(ids))
    assert body["refused"] == sum(each["problem"] is not None for each in found) == len(found) - body["succeeded"]
    for each in found:
        if each["campaign"] is not None:
            assert each["campaign"] == (await api.client.get(f"/api/campaigns/{each['id']}")).json()
    return found


@pytest.mark.parametrize(
    ("begins", "action", "becomes"),
    [
        ("scheduled", "pause", "paused"),
        ("scheduled", "cancel", "cancelled"),
        ("scheduled", "start", "pending"),
        ("paused", "resume", "scheduled"),
    ],
)
async def test_every_campaign_is_moved_as_by_itself(api: Api, begins: str, action: str, becomes: str) -> None:
    ids = await some(api, 3, **LATER)
    if begins == "paused":
        await do(api, "pause", ids)
    found = await results(api, action, ids)
    assert [(each["status"], each["campaign"]["status"], each["dialling"]) for each in found] == [(200, becomes, 0)] * 3


async def test_what_is_over_is_archived_taken_back_and_deleted(api: Api) -> None:
    ids = await some(api, 2, **LATER)
    await do(api, "cancel", ids)
    assert all(each["campaign"]["archived_at"] for each in await results(api, "archive", ids))
    assert not any(each["campaign"]["archived_at"] for each in await results(api, "unarchive", ids))
    assert [(each["status"], each["campaign"], each["problem"]) for each in await results(api, "delete", ids)] == [
        (204, None, None)
    ] * 2
    refused(await api.client.get(f"/api/campaigns/{ids[0]}"), 404, "not_found")


async def test_a_bad_one_does_not_stop_the_others(api: Api) -> None:
    other = await api.another_account()
    good, ended, last = await some(api, 3, **LATER)
    (foreign,) = await some(other, 1, **LATER)
    await do(api, "cancel", [ended])
    found = await results(api, "pause", [good, ended, str(uuid4()), foreign, last, good])
    assert [each["status"] for each in found] == [200, 409, 404, 404, 200]
    assert [(each["problem"] or {}).get("code") for each in found] == [
        None, "illegal_transition", "not_found", "not_found", None,
    ]  # fmt: skip
    assert found[1]["problem"]["detail"].startswith("The campaign is cancelled")
    assert await other.one("SELECT status FROM campaigns WHERE id = :id", id=foreign) == "scheduled"


async def test_one_that_meets_an_error_nobody_foresaw_does_not_stop_the_others(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, bad, last = await some(api, 3, **LATER)
    stop = move_campaign.stop_now

    async def sometimes(resources: Any, principal: Any, campaign_id: Any, *rest: Any) -> Any:
        if str(campaign_id) == bad:
            raise RuntimeError("secret")
        return await stop(resources, principal, campaign_id, *rest)

    monkeypatch.setattr(move_campaign, "stop_now", sometimes)
    found = await results(api, "cancel", [first, bad, last])
    assert [each["status"] for each in found] == [200, 500, 200]
    assert found[1]["problem"]["code"] == "internal_error"
    assert "secret" not in str(found[1])


async def test_too_little_money_is_told_of_each(api: Api) -> None:
    ids = await some(api, 2, **LATER)
    await api.execute("UPDATE accounts SET balance = 9.99")
    found = await results(api, "start", ids)
    assert [(each["status"], each["problem"]["code"], each["problem"]["balance"]) for each in found] == [
        (402, "insufficient_funds", "9.99")
    ] * 2


async def test_stops_wait_for_calls_that_are_being_placed_together_and_not_one_by_one(api: Api) -> None:
    ids = await some(api, 3)
    quiet = (await some(api, 1))[0]
    for number, each in enumerate(ids):
        await a_call(api, each, phone=f"+1415555300{number}")
        await api.execute(
            "UPDATE contacts SET status = 'calling', next_attempt_at = NULL WHERE campaign_id = :id", id=each
        )
    began = time.monotonic()
    found = await results(api, "pause", [*ids, quiet])
    assert move_campaign.PATIENCE <= time.monotonic() - began < 2 * move_campaign.PATIENCE
    assert [(each["status"], each["dialling"]) for each in found] == [(202, 1)] * 3 + [(200, 0)]


async def test_a_stop_waits_no_longer_than_it_has_to(api: Api) -> None:
    ids = await some(api, 2)
    calls = [await a_call(api, each, phone=f"+1415555300{number}") for number, each in enumerate(ids)]

    async def are_paused() -> bool:
        return bool(await api.one("SELECT bool_and(status = 'paused') FROM campaigns"))

    async def placed() -> None:
        await eventually(are_paused, interval=0.005)
        await api.execute("UPDATE attempts SET status = 'queued' WHERE id = ANY(:ids)", ids=calls)

    began = time.monotonic()
    answer, _ = await asyncio.gather(do(api, "pause", ids), placed())
    assert time.monotonic() - began < move_campaign.PATIENCE
    assert [(each["status"], each["dialling"]) for each in answer.json()["results"]] == [(200, 0)] * 2


async def test_each_is_done_in_a_transaction_of_its_own(api: Api) -> None:
    first, held, last = await some(api, 3, **LATER)

    async def first_is_paused() -> bool:
        return bool(await api.one("SELECT status = 'paused' FROM campaigns WHERE id = :id", id=first))

    async with api.engine.begin() as holding:
        await holding.execute(text("SELECT FROM campaigns WHERE id = :id FOR UPDATE"), {"id": held})
        answer = asyncio.create_task(do(api, "pause", [first, held, last]))
        await eventually(first_is_paused, interval=0.005)
    assert [each["status"] for each in (await answer).json()["results"]] == [200] * 3


async def test_it_is_done_once_for_a_key(api: Api) -> None:
    ids = await some(api, 2, **LATER)
    first = await do(api, "pause", ids, {"Idempotency-Key": "k"})
    await do(api, "resume", ids)
    again = await do(api, "pause", ids, {"Idempotency-Key": "k"})
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert await api.one("SELECT count(*) FROM campaigns WHERE status = 'scheduled'") == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action": "pause", "ids": []}, "too_short"),
        ({"action": "pause", "ids": [str(uuid4()) for _ in range(101)]}, "too_long"),
        ({"action": "explode", "ids": [str(uuid4())]}, "invalid_choice"),
        ({"action": "pause", "ids": ["x"]}, "invalid_id"),
        ({"ids": [str(uuid4())]}, "missing"),
    ],
)
async def test_what_is_wrong_is_said(api: Api, body: dict[str, Any], code: str) -> None:
    refused(await api.client.post("/api/campaigns/bulk", json=body), 400, code)


async def test_a_hundred_are_taken(api: Api) -> None:
    (real,) = await some(api, 1, **LATER)
    found = await results(api, "pause", [real, *(str(uuid4()) for _ in range(99))])
    assert [each["status"] for each in found] == [200] + [404] * 99
