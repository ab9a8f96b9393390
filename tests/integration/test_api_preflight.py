"""What a campaign would do, without creating it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.api import Api, campaign, refused
from tests.support.calling_hours import set_hours, window

A, B, C = "+14155550123", "+14155550124", "+442079460000"


async def _preflight(api: Api, **changes: Any) -> httpx.Response:
    body = campaign(name=..., **changes)
    return await api.client.post("/api/campaigns/preflight", json=body)


async def test_it_says_how_many_would_be_called_and_for_how_much_and_writes_nothing(api: Api) -> None:
    await api.execute(
        "INSERT INTO do_not_call (account_id, phone, reason) VALUES (:id, :p, 'asked')", id=api.account, p=B
    )
    response = await _preflight(api, phone_numbers=[A, A, B, C, "nonsense"], concurrency=1)
    body = response.json()

    assert response.status_code == 200
    assert (body["contacts"], body["will_be_called"], body["skipped"]) == (
        3, 2, {"do_not_call": 1, "unknown_time_zone": 0, "window_never_opens": 0},
    )  # fmt: skip
    assert (body["duplicates"], body["rejected"]["count"]) == (1, 1)
    assert (body["estimated_duration"], body["estimated_cost"], body["based_on_calls"]) == (120, "0.04", 0)
    assert (body["available"], body["covers_cost"], body["can_be_created"]) == ("100.00", True, True)
    assert body["first_call_at"] == body["starts_at"]
    assert await api.one("SELECT count(*) FROM campaigns") == 0


async def test_estimates_come_from_the_accounts_own_latest_calls(api: Api) -> None:
    created = (await api.create()).json()
    await api.execute(
        "INSERT INTO attempts (id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier, dialer,"
        " time_limit, ring_timeout, gated_at, ended_at, send_by, hold, cost)"
        " SELECT gen_random_uuid(), :account, :campaign, (SELECT min(id) FROM contacts), n, :phone, :phone, 'completed',"
        " 'simulated', 1, 600, 30, now() - interval '30 seconds', now(), now(), 0, 0.05 FROM generate_series(1, 20) AS n",
        account=api.account,
        campaign=created["id"],
        phone=A,
    )
    await api.execute("UPDATE accounts SET max_concurrent_calls = 2, balance = 0.10")
    body = (await _preflight(api, phone_numbers=[A, B, C], concurrency=10)).json()
    assert (body["based_on_calls"], body["estimated_cost"], body["estimated_duration"]) == (20, "0.15", 45)
    assert (body["covers_cost"], body["can_be_created"]) == (False, False)


async def test_the_first_call_waits_for_the_calling_window(api: Api) -> None:
    await set_hours(api.engine, api.account, window("08:00", "21:00"))
    year = datetime.now(UTC).year + 1
    at = f"{year}-01-15T03:00:00Z"  # 03:00 in London, 19:00 in San Francisco
    scheduled = {"is_scheduled": True, "scheduled_time": at}
    body = (await _preflight(api, phone_numbers=[C], **scheduled)).json()
    assert (body["starts_at"], body["first_call_at"]) == (f"{year}-01-15T03:00:00.000Z", f"{year}-01-15T08:00:00.000Z")
    body = (await _preflight(api, phone_numbers=[C, A], **scheduled)).json()
    assert body["first_call_at"] == body["starts_at"]


async def test_whom_nobody_knows_where_to_find_will_not_be_called(api: Api) -> None:
    satellite = "+8835100000000"
    assert (await _preflight(api, phone_numbers=[A, satellite])).json()["will_be_called"] == 2
    await set_hours(api.engine, api.account, window("00:00", "24:00"))
    body = (await _preflight(api, phone_numbers=[A, satellite])).json()
    assert (body["will_be_called"], body["skipped"]["unknown_time_zone"]) == (1, 1)
    body = (await _preflight(api, phone_numbers=[satellite])).json()
    assert (body["will_be_called"], body["first_call_at"], body["estimated_cost"]) == (0, None, "0.00")


@pytest.mark.parametrize("numbers", [["nonsense"], ["+1202555", "12"], []])
async def test_a_list_that_is_still_being_written_is_no_error(api: Api, numbers: list[str]) -> None:
    await set_hours(api.engine, api.account, window("00:00", "24:00"))
    body = (await _preflight(api, phone_numbers=numbers)).json()
    assert (body["contacts"], body["will_be_called"], body["estimated_cost"]) == (0, 0, "0.00")
    assert body["rejected"]["count"] == len(numbers)
    assert body["first_call_at"] is None
    request = {"phone_numbers": numbers, "welcome_message": "Hello {{name}}."}
    preview = (await api.client.post("/api/campaigns/preview", json=request)).json()
    assert (preview["items"], preview["warnings"], preview["rejected"]) == ([], [], body["rejected"])


async def test_it_refuses_what_creating_would_refuse(api: Api) -> None:
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    refused(await _preflight(api, is_scheduled=True, scheduled_time=past), 400, "scheduled_time_in_past")
    refused(await _preflight(api, concurrency=0), 400, "out_of_range")
    nameless = await api.another_account(caller_id=None)
    refused(await _preflight(nameless), 400, "missing", "caller_id")
    await nameless.client.aclose()


async def test_a_key_is_not_used_up_by_what_changes_nothing(api: Api) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    for _ in range(2):
        answer = await api.client.post("/api/campaigns/preflight", json=campaign(), headers=headers)
        assert answer.status_code == 200
    assert await api.one("SELECT count(*) FROM idempotency_keys") == 0
