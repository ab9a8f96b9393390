"""The contacts that a campaign did not reach, as a new campaign."""

import asyncio
from typing import Any

import httpx
from tests.support.api import Api, refused

PHONES = [f"+1415555010{number}" for number in range(6)]
STATUSES = ["reached", "unreached", "unreached", "skipped", "expired", "unknown"]


async def _ended(api: Api, status: str = "completed", **changes: Any) -> str:
    """A campaign that has ended, with a contact of each kind; its path."""
    created = await api.create(name="May", phone_numbers=PHONES, concurrency=7, max_attempts=3, **changes)
    assert created.status_code == 201, created.text
    campaign_id = created.json()["id"]
    for phone, contact in zip(PHONES, STATUSES, strict=True):
        await api.execute(
            "UPDATE contacts SET status = :status, next_attempt_at = NULL WHERE campaign_id = :id AND phone = :phone",
            id=campaign_id,
            phone=phone,
            status=contact,
        )
    await _move(api, campaign_id, status)
    return f"/api/campaigns/{campaign_id}"


async def _move(api: Api, campaign_id: str, status: str) -> None:
    await api.execute("UPDATE campaigns SET status = :s, next_due_at = NULL WHERE id = :id", s=status, id=campaign_id)


async def _retry(api: Api, path: str, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post(f"{path}/retry", headers=headers, json=body or None)


async def test_those_who_were_not_reached_become_a_new_campaign_like_the_old_one(api: Api) -> None:
    path = await _ended(api, welcome_message="Hello again.")
    response = await _retry(api, path)
    body = response.json()

    assert response.status_code == 201
    assert response.headers["location"] == f"/api/campaigns/{body['id']}"
    assert (body["name"], body["status"], body["retry_of"]) == ("May (retry)", "pending", path.rpartition("/")[2])
    assert (body["welcome_message"], body["concurrency"], body["max_attempts"]) == ("Hello again.", 7, 3)
    assert (body["progress"]["total"], body["progress"]["waiting"]) == (2, 2)
    assert await api.phones(body["id"]) == PHONES[1:3]
    assert (await api.client.get(response.headers["location"])).json()["retry_of"] == body["retry_of"]
    assert (await api.client.get(path)).json()["retry_of"] is None


async def test_a_retry_may_show_another_number(api: Api) -> None:
    refused_by_carrier = await _ended(api, "failed", caller_id="+14155550100")
    refused(await _retry(api, refused_by_carrier, caller_id="12"), 400, "invalid_caller_id")
    assert (await _retry(api, refused_by_carrier, caller_id="+1 415 555 0102")).json()["caller_id"] == "+14155550102"
    assert (await _retry(api, await _ended(api, caller_id="+14155550100"))).json()["caller_id"] == "+14155550100"


async def test_nobody_is_on_the_lists_of_two_retries(api: Api) -> None:
    path = await _ended(api)
    answers = await asyncio.gather(*(_retry(api, path) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused(await _retry(api, path), 409, "illegal_transition", "already")

    others = await _retry(api, path, statuses=["unreached", "unknown", "expired"])
    assert await api.phones(others.json()["id"]) == PHONES[4:]
    first = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    await _move(api, first, "completed")
    assert (await api.client.delete(f"/api/campaigns/{first}")).status_code == 204
    assert (await _retry(api, path)).status_code == 201, "a retry that was deleted rings nobody"


async def test_a_retry_that_is_sent_again_is_made_once(api: Api) -> None:
    path = await _ended(api)
    first = await _retry(api, path, "k1")
    assert (await _retry(api, path, "k1")).json() == first.json()
    refused(await _retry(api, await _ended(api), "k1"), 422, "idempotency_key_reused")


async def test_a_retry_may_be_scheduled_in_the_campaigns_zone(api: Api) -> None:
    path = await _ended(api, timezone="Europe/Berlin")
    body = (await _retry(api, path, name="Later", is_scheduled=True, scheduled_time="2035-07-01T09:30:00")).json()
    assert (body["name"], body["status"], body["timezone"]) == ("Later", "scheduled", "Europe/Berlin")
    assert body["scheduled_time"] == "2035-07-01T07:30:00.000Z"
    refused(await _retry(api, path, scheduled_time="2035-07-01T09:30:00"), 400, "scheduled_time_unexpected")


async def test_a_campaign_that_has_not_ended_or_is_anothers_is_not_retried(api: Api) -> None:
    for status in ("pending", "paused", "cancelled"):
        refused(await _retry(api, await _ended(api, status)), 409, "illegal_transition", status)
    path = await _ended(api, "failed")
    other = await api.another_account()
    refused(await _retry(other, path), 404, "not_found")
    refused(await _retry(api, path, statuses=[]), 400, "too_short")
    refused(await _retry(api, path, statuses=["unknown"] * 5), 400, "too_long", "4 entries")
    refused(await _retry(api, path, statuses=["reached"]), 400, "invalid_choice")
    assert await api.one("SELECT count(*) FROM campaigns WHERE retry_of IS NOT NULL") == 0
    await other.client.aclose()


async def test_a_retry_needs_the_minimum_balance(api: Api) -> None:
    path = await _ended(api)
    await api.execute("UPDATE accounts SET balance = 1")
    refused(await _retry(api, path), 402, "insufficient_funds")
