"""Somebody presses 9 in a call, and is not called again."""

import asyncio
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import httpx
import pytest
from tests.support.api import Api, refused
from tests.support.callbacks import cut_off_who_waits_for_a_lock, placed_call, post

from belltower.domain import opt_out
from belltower.telephony.twilio.addresses import CALLBACK_PATH, KEY_PRESS_PATH

PHONE = "+14155550123"


async def press(api: Api, query: str, key: str = "9", *, sid: str = "CA1", **changes: Any) -> httpx.Response:
    """POST a key as the carrier does."""
    form = {"CallSid": sid, "AccountSid": "AC0", "CallStatus": "in-progress", "To": PHONE, "Digits": key}
    return await post(api, form, query, path=KEY_PRESS_PATH, **changes)


async def listed(api: Api) -> list[dict[str, Any]]:
    """The account's do-not-call list."""
    return list((await api.client.get("/api/do-not-call")).json()["items"])


async def test_who_presses_9_is_on_the_list_with_the_call_and_is_told_so(api: Api) -> None:
    call = await placed_call(api, language="de-DE", voice="Polly.Vicki")
    answer = await press(api, f"attempt={call}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    say, hangup = ElementTree.fromstring(answer.content)
    assert (say.text, say.attrib) == (opt_out.farewell("de"), {"language": "de-DE", "voice": "Polly.Vicki"})
    assert hangup.tag == "Hangup"

    (entry,) = await listed(api)
    assert (entry["phone"], entry["reason"], entry["call_id"], entry["note"]) == (PHONE, "key_press", call, None)
    (event,) = (await api.client.get(f"/api/do-not-call/{PHONE}/events")).json()["items"]
    assert (event["change"], event["actor"], event["call_id"]) == ("added", "the person called", call)
    assert (await api.client.get(f"/api/calls/{call}")).json()["opted_out_at"] == event["at"]


async def test_a_key_pressed_again_and_again_is_one_entry(api: Api) -> None:
    call = await placed_call(api)
    answers = await asyncio.gather(*(press(api, f"attempt={call}") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(await listed(api)) == 1
    assert (await api.client.get(f"/api/do-not-call/{PHONE}/events")).json()["total"] == 1


@pytest.mark.parametrize("key", ["1", "#", "99", ""], ids=["1", "hash", "two", "none"])
async def test_another_key_changes_nothing_and_the_carrier_listens_on(api: Api, key: str) -> None:
    call = await placed_call(api)
    answer = await press(api, f"attempt={call}", key)
    assert answer.status_code == 200
    (gather,) = ElementTree.fromstring(answer.content)
    assert (gather.tag, list(gather)) == ("Gather", [])
    assert f"attempt={call}" in gather.attrib["action"]
    assert await listed(api) == []
    assert (await api.client.get(f"/api/calls/{call}")).json()["opted_out_at"] is None


async def test_a_key_counts_before_the_carriers_name_for_the_call_is_known_and_after(api: Api) -> None:
    """What our own request was answered may come later than the key, or never."""
    call = await placed_call(api)
    refused(await press(api, ""), 404, "not_found")
    assert (await press(api, f"attempt={call}", sid="CA7")).status_code == 200
    assert len(await listed(api)) == 1
    await api.client.delete(f"/api/do-not-call/{PHONE}")
    await post(api, {"CallSid": "CA7", "CallStatus": "in-progress", "SequenceNumber": "2"}, f"attempt={call}")
    assert (await press(api, "", sid="CA7")).status_code == 200
    assert len(await listed(api)) == 1


async def test_a_key_after_the_end_of_the_call_still_counts(api: Api) -> None:
    call = await placed_call(api)
    await post(api, {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "7"}, f"attempt={call}")
    assert (await press(api, f"attempt={call}")).status_code == 200
    assert len(await listed(api)) == 1


@pytest.mark.parametrize(
    "change",
    [{"token": "another token"}, {"origin": "http://10.0.0.7:8080"}, {"X_Twilio_Signature": ""}],
    ids=["token", "origin", "none"],
)
async def test_a_key_that_the_carrier_did_not_sign_is_403_and_changes_nothing(api: Api, change: dict[str, Any]) -> None:
    call = await placed_call(api)
    refused(await press(api, f"attempt={call}", **change), 403, "signature_invalid")
    assert await listed(api) == []


async def test_a_signature_of_a_status_is_none_of_a_key(api: Api) -> None:
    call = await placed_call(api)
    form = {"CallSid": "CA1", "CallStatus": "in-progress", "Digits": "9"}
    signed = await post(api, form, f"attempt={call}", path=CALLBACK_PATH)
    signature = signed.request.headers["X-Twilio-Signature"]
    moved = await post(api, form, f"attempt={call}", path=KEY_PRESS_PATH, X_Twilio_Signature=signature)
    refused(moved, 403, "signature_invalid")


async def test_a_key_in_no_call_of_ours_is_404(api: Api) -> None:
    refused(await press(api, f"attempt={uuid4()}"), 404, "not_found")


@pytest.mark.parametrize(
    ("form", "query", "code"),
    [
        ({"CallSid": "CA1"}, "", "missing"),
        ({"Digits": "9"}, "", "missing"),
        ({"CallSid": "CA1", "Digits": "9"}, "attempt=x", "not_a_uuid"),
    ],
    ids=["no key", "no call", "no uuid"],
)
async def test_a_key_that_no_carrier_posts_is_400(api: Api, form: dict[str, str], query: str, code: str) -> None:
    refused(await post(api, form, query, path=KEY_PRESS_PATH), 400, code)


async def test_a_key_with_more_than_any_key_has_is_413(api: Api) -> None:
    refused(await press(api, "", "9" * 70_000), 413, "too_large")


async def test_the_list_of_one_account_is_not_that_of_another(api: Api) -> None:
    other = await api.another_account()
    call, others = await placed_call(api), await placed_call(other)
    await press(api, f"attempt={call}")
    assert await listed(other) == []
    refused(await other.client.get(f"/api/calls/{call}"), 404, "not_found")
    assert (await other.client.get(f"/api/calls/{others}")).json()["opted_out_at"] is None
    await other.client.aclose()


async def test_a_key_that_could_not_be_stored_asks_to_be_posted_again(api: Api) -> None:
    call = await placed_call(api)
    async with api.engine.connect() as gate:
        await gate.exec_driver_sql("SELECT FROM accounts FOR NO KEY UPDATE")
        waiting = asyncio.create_task(press(api, f"attempt={call}"))
        await cut_off_who_waits_for_a_lock(api)
        refused(await waiting, 503, "unavailable")
        await gate.rollback()
    assert (await press(api, f"attempt={call}")).status_code == 200
    assert len(await listed(api)) == 1
