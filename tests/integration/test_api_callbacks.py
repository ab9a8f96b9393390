"""What the carrier posts: signed, or not looked at; and once, however often it arrives."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert
from tests.support.api import AUTH_TOKEN, PUBLIC_URL, Api, refused
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from belltower.db.tables import attempts
from belltower.telephony.twilio import CALLBACK_PATH


def report(status: str = "ringing", number: int = 1, **more: str) -> dict[str, str]:
    return {"CallSid": "CA1", "AccountSid": "AC0", "CallStatus": status, "SequenceNumber": str(number), **more}


async def post(
    api: Api, form: dict[str, str], query: str, *, origin: str = PUBLIC_URL, token: str = AUTH_TOKEN, **headers: str
) -> httpx.Response:
    """POST a callback, signed as the carrier signs."""
    path = CALLBACK_PATH + (f"?{query}" if query else "")
    signature = RequestValidator(token).compute_signature(origin + path, form)
    async with httpx.AsyncClient(transport=api.client._transport, base_url="http://10.0.0.7:8080") as carrier:
        return await carrier.post(
            path,
            content=urlencode(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )


@pytest.fixture
async def attempt(api: Api) -> str:
    """A call that was placed, of a campaign with one contact."""
    campaign_id = (await api.create()).json()["id"]
    await api.execute("UPDATE campaigns SET status = 'processing', started_at = now()")
    contact = await api.one("UPDATE contacts SET status = 'calling', next_attempt_at = NULL RETURNING id")
    now, attempt_id = datetime.now(UTC), uuid4()
    async with api.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE contacts SET status = 'calling', next_attempt_at = NULL")
        await connection.exec_driver_sql("UPDATE campaign_progress SET contact_waiting = 0, contact_calling = 1")
        await connection.execute(
            insert(attempts).values(
                id=attempt_id,
                account_id=api.account,
                campaign_id=campaign_id,
                contact_id=contact,
                number=1,
                phone="+14155550123",
                caller_id="+14155550100",
                status="dialling",
                carrier="simulated",
                dialer=1,
                time_limit=600,
                ring_timeout=30,
                send_by=now,
                check_at=now + timedelta(seconds=60),
                hold="0.20",
            )
        )
    return str(attempt_id)


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
        await asyncio.sleep(0.2)
        await api.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        refused(await waiting, 503, "unavailable")
        await other.rollback()
    assert (await post(api, report(), f"attempt={attempt}")).status_code == 204
    assert await api.one("SELECT status FROM attempts") == "ringing"
