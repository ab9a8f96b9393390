"""What the carrier posts: signed, or not looked at; and once, however often it arrives."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.support.api import AUTH_TOKEN, PUBLIC_URL, Api, refused
from tests.support.callbacks import cut_off_who_waits_for_a_lock, placed_call, post
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from belltower.telephony.twilio.addresses import CALLBACK_PATH


def report(status: str = "ringing", number: int = 1, **more: str) -> dict[str, str]:
    return {"CallSid": "CA1", "AccountSid": "AC0", "CallStatus": status, "SequenceNumber": str(number), **more}


@pytest.fixture
async def attempt(api: Api) -> str:
    """A call that was placed, of a campaign with one contact."""
    return await placed_call(api)


async def test_a_signed_report_moves_the_call_and_its_end_is_charged_once(api: Api, attempt: str) -> None:
    query = f"attempt={attempt}"
    end = report("completed", 3, CallDuration="61")

    assert (await post(api, report("ringing", 1), query)).status_code == 204
    assert await api.one("SELECT status FROM attempts") == "ringing"
    answers = await asyncio.gather(*(post(api, end, query) for _ in range(5)))
    late = await post(api, report("in-progress", 2), query)

    assert {answer.status_code for answer in (*answers, late)} == {204}
    wallet = (await api.client.get("/api/wallet")).json()
    assert (wallet["balance"], wallet["held"]) == ("99.96", "0.00")
    campaign = (await api.client.get("/api/campaigns")).json()["items"][0]
    assert (campaign["status"], campaign["progress"]["successful"]) == ("completed", 1)
    calls = (await api.client.get(f"/api/campaigns/{campaign['id']}/calls")).json()["items"]
    assert [(call["status"], call["duration"], call["carrier_call_id"]) for call in calls] == [("completed", 61, "CA1")]


@pytest.mark.parametrize(
    "change",
    [
        {"token": "another token"},
        {"origin": "http://10.0.0.7:8080"},
        {"X_Twilio_Signature": ""},
        {"X_Twilio_Signature": "bm90IGEgc2lnbmF0dXJl"},
    ],
    ids=["token", "origin", "none", "wrong"],
)
async def test_what_the_carrier_did_not_sign_is_403(api: Api, attempt: str, change: dict[str, Any]) -> None:
    refused(await post(api, report(), f"attempt={attempt}", **change), 403, "signature_invalid")
    assert await api.one("SELECT status FROM attempts") == "dialling"


async def test_the_signature_covers_the_query_and_the_form(api: Api, attempt: str) -> None:
    path = f"{CALLBACK_PATH}?attempt={attempt}"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC_URL + path, report())
    for url, form in ((path, report("completed")), (f"{path}&x=1", report()), (CALLBACK_PATH, report())):
        response = await api.client.post(url, data=form, headers={"X-Twilio-Signature": signature})
        refused(response, 403, "signature_invalid")
    assert (await api.client.post(path, data=report(), headers={"X-Twilio-Signature": signature})).status_code == 204


async def test_a_report_about_no_call_of_ours_is_404(api: Api) -> None:
    refused(await post(api, report(), f"attempt={uuid4()}"), 404, "not_found")
    refused(await post(api, report(), ""), 404, "not_found")


@pytest.mark.parametrize(
    ("form", "query", "code"),
    [
        ({"CallSid": "CA1", "CallStatus": "dancing"}, "", "unknown_status"),
        ({"CallStatus": "ringing"}, "", "missing"),
        (report(), "attempt=x", "not_a_uuid"),
        (report("completed", CallDuration="long"), "", "not_a_number"),
        ({f"f{n}": "" for n in range(300)}, "", "malformed_request"),
    ],
)
async def test_what_no_carrier_sends_is_400(api: Api, form: dict[str, str], query: str, code: str) -> None:
    refused(await post(api, form, query), 400, code)


async def test_a_callback_as_large_as_none_is_413(api: Api) -> None:
    refused(await post(api, report(more="x" * 70_000), ""), 413, "too_large")


async def test_a_report_that_could_not_be_stored_asks_to_be_sent_again(api: Api, attempt: str) -> None:
    async with api.engine.connect() as other:
        await other.exec_driver_sql("SELECT FROM attempts FOR UPDATE")
        waiting = asyncio.create_task(post(api, report(), f"attempt={attempt}"))
        await cut_off_who_waits_for_a_lock(api)
        refused(await waiting, 503, "unavailable")
        await other.rollback()
    assert (await post(api, report(), f"attempt={attempt}")).status_code == 204
    assert await api.one("SELECT status FROM attempts") == "ringing"
