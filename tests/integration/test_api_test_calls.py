"""Test calls."""

from tests.support.api import Api, refused
from tests.support.calling_hours import closed_now, set_hours

A = "+14155550123"
ANN = {"phone": A, "name": "Ann", "welcome_message": "Hello {{name}}, at {{time|noon}}."}


async def test_one_number_is_rung_at_once_with_what_it_would_hear(api: Api) -> None:
    response = await api.client.post("/api/test-calls", json={**ANN, "fields": {"Time": "10:00"}})
    body = response.json()

    assert response.status_code == 201, body
    assert response.headers["location"] == f"/api/test-calls/{body['id']}"
    assert (body["phone"], body["message"]) == (A, "Hello Ann, at 10:00.")
    assert (body["status"], body["call"]) == ("waiting", None)
    assert await api.one("SELECT next_due_at <= clock_timestamp() FROM campaigns WHERE is_test")
    assert (await api.client.get(response.headers["location"])).json() == body
    assert (await api.client.get("/api/campaigns")).json()["total"] == 0, "it is no campaign of anybody's"
    assert (await api.client.get(f"/api/campaigns/{body['id']}")).json()["is_test"]


async def test_a_test_is_refused_when_a_campaign_would_not_ring(api: Api) -> None:
    await set_hours(api.engine, api.account, closed_now("Europe/London"))
    british = {**ANN, "phone": "+442079460000"}
    refused(await api.client.post("/api/test-calls", json=british), 400, "outside_calling_window", "opens ")
    lost = {**ANN, "timezone": "Mars/Base"}
    refused(await api.client.post("/api/test-calls", json=lost), 400, "invalid_timezone")
    unknown = {**ANN, "phone": "+8835100000000"}
    refused(await api.client.post("/api/test-calls", json=unknown), 400, "outside_calling_window", "time zone")
    poor = await api.another_account(balance="0.00")
    refused(await poor.client.post("/api/test-calls", json=ANN), 402, "insufficient_funds")
    long = {**ANN, "fields": {"time": "&" * 1000}}
    refused(await poor.client.post("/api/test-calls", json=long), 400, "message_too_long")
    for changes in ({"phone": "x"}, {"phone": "0171 5550171"}):
        refused(await api.client.post("/api/test-calls", json={**ANN, **changes}), 400, "invalid_number")
    assert await api.one("SELECT count(*) FROM campaigns") == 0


async def test_the_number_may_be_written_as_at_home(api: Api) -> None:
    german = {**ANN, "phone": "0171 5550171", "default_country": "DE"}
    assert (await api.client.post("/api/test-calls", json=german)).json()["phone"] == "+491715550171"


async def test_a_test_that_is_sent_again_rings_once(api: Api) -> None:
    key = {"Idempotency-Key": "once"}
    answers = [await api.client.post("/api/test-calls", json=ANN, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await api.one("SELECT count(*) FROM campaigns") == 1


async def test_nobody_sees_another_accounts_tests_and_a_campaign_is_none(api: Api) -> None:
    test_id = (await api.client.post("/api/test-calls", json=ANN)).json()["id"]
    campaign_id = (await api.create()).json()["id"]
    other = await api.another_account()
    refused(await other.client.get(f"/api/test-calls/{test_id}"), 404, "not_found")
    refused(await api.client.get(f"/api/test-calls/{campaign_id}"), 404, "not_found")
