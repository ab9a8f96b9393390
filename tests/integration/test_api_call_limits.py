"""The limits of calls over HTTP, and what a campaign says of retries, machines and its rate."""

import csv
import io
import json
from typing import Any

import pytest
from tests.support.api import PASSWORD, Api, a_call, created, refused
from tests.support.callbacks import placed_call, post

from belltower.domain.principal import Role
from belltower.telephony.twilio.addresses import WHO_ANSWERED_PATH

NONE: dict[str, Any] = {
    "max_concurrent_calls": None,
    "calls_per_second": None,
    "caller_ids": [],
    "frequency_cap": None,
    "circuit_breaker": None,
}
BY_DEFAULT = NONE | {"circuit_breaker": {"window_calls": 20, "within": 120, "failed_share": 0.5}}
SOME = {
    "max_concurrent_calls": 200,
    "calls_per_second": 10,
    "caller_ids": [{"caller_id": "+14155550100", "max_concurrent_calls": 5, "calls_per_second": None}],
    "frequency_cap": {"calls": 3, "period": 604_800},
    "circuit_breaker": {"window_calls": 50, "within": 600, "failed_share": 0.75},
}
PACING: dict[str, Any] = {
    "retry_delays": {"busy": 300, "voicemail": 14_400, "failed": None},
    "retry_backoff": 1.5,
    "answering_machine": "hang_up",
    "calls_per_second": 3,
}


async def replace(api: Api, **changes: Any) -> Any:
    return await api.client.put("/api/call-limits", json=NONE | changes)


async def limits(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = (await api.client.get("/api/call-limits")).json()
    return found


async def test_limits_are_read_and_replaced_as_a_whole(api: Api) -> None:
    assert await limits(api) == BY_DEFAULT
    answer = await api.client.put("/api/call-limits", json=SOME)
    assert (answer.status_code, answer.json()) == (200, SOME)
    assert await limits(api) == SOME
    assert await limits(await api.another_account()) == BY_DEFAULT
    assert (await replace(api)).status_code == 200
    assert await limits(api) == NONE


async def test_caller_ids_are_kept_in_e164_and_each_has_one_limit(api: Api) -> None:
    one = {"caller_id": "+1 (415) 555-0100", "calls_per_second": 2}
    (kept,) = (await replace(api, caller_ids=[one])).json()["caller_ids"]
    assert kept == {"caller_id": "+14155550100", "calls_per_second": 2, "max_concurrent_calls": None}
    refused(await replace(api, caller_ids=[one, kept]), 400, "repeated", "+14155550100")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"max_concurrent_calls": 0}, "out_of_range", "at least 1"),
        ({"calls_per_second": 10_001}, "out_of_range", "at most 10000"),
        ({"calls_per_second": "fast"}, "wrong_type", "whole number"),
        ({"caller_ids": [{"caller_id": "nobody"}]}, "invalid_number", "no telephone number"),
        ({"caller_ids": [{}]}, "missing", "caller_id is required"),
        ({"frequency_cap": {"calls": 1}}, "missing", "frequency_cap.period is required"),
        ({"frequency_cap": {"calls": 0, "period": 60}}, "out_of_range", "at least 1"),
        ({"circuit_breaker": {"failed_share": 0}}, "out_of_range", "more than 0"),
        ({"circuit_breaker": {"failed_share": "half"}}, "wrong_type", "a number"),
        ({"circuit_breaker": {"share": 1}}, "unknown_field", "not a field"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    api: Api, change: dict[str, Any], code: str, said: str
) -> None:
    refused(await replace(api, **change), 400, code, said)
    assert await limits(api) == BY_DEFAULT


@pytest.mark.parametrize("field", sorted(NONE))
async def test_nothing_is_left_out_by_mistake(api: Api, field: str) -> None:
    body = {name: value for name, value in NONE.items() if name != field}
    refused(await api.client.put("/api/call-limits", json=body), 400, "missing", field)


async def test_members_read_and_administrators_replace(api: Api) -> None:
    await api.add_person("member@example.com", Role.MEMBER)
    await api.add_person("admin@example.com")
    for email, status in (("member@example.com", 403), ("admin@example.com", 200)):
        async with api.browser() as browser:
            await browser.post("/api/session", json={"email": email, "password": PASSWORD})
            assert (await browser.get("/api/call-limits")).json() == BY_DEFAULT
            answer = await browser.put("/api/call-limits", json=BY_DEFAULT)
            assert answer.status_code == status
            if status == 403:
                refused(answer, 403, "administrators_only")


async def test_a_campaign_says_how_it_rings_again_and_how_fast_and_its_retry_says_the_same(api: Api) -> None:
    campaign = await created(api, **PACING)
    assert {name: campaign[name] for name in PACING} == PACING
    shown = (await api.client.get(f"/api/campaigns/{campaign['id']}")).json()
    assert {name: shown[name] for name in PACING} == PACING
    await api.execute("UPDATE contacts SET status = 'unreached', next_attempt_at = NULL")
    await api.execute("UPDATE campaigns SET status = 'completed', status_actor = 'test', next_due_at = NULL")
    retry = await api.client.post(f"/api/campaigns/{campaign['id']}/retry")
    assert retry.status_code == 201, retry.text
    assert {name: retry.json()[name] for name in PACING} == PACING


async def test_a_campaign_that_says_nothing_of_it_is_as_campaigns_always_were(api: Api) -> None:
    campaign = await created(api)
    assert {name: campaign[name] for name in PACING} == {
        "retry_delays": {},
        "retry_backoff": 1,
        "answering_machine": "treat_as_answered",
        "calls_per_second": None,
    }


async def test_a_form_says_it_too(api: Api) -> None:
    form: dict[str, Any] = PACING | {"retry_delays": json.dumps(PACING["retry_delays"])}
    answer = await api.upload("+14155550123\n", **form)
    assert answer.status_code == 201, answer.text
    assert {name: answer.json()[name] for name in PACING} == PACING
    for text in ("soon", "300"):
        refused(await api.upload("+14155550123\n", retry_delays=text), 400, "invalid_retry_delays", "JSON")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"retry_delays": {"busy": -1}}, "out_of_range", "at least 0"),
        ({"retry_delays": {"busy": 2_592_001}}, "out_of_range", "at most 2592000"),
        ({"retry_delays": {"cancelled": 60}}, "invalid_choice", "voicemail"),
        ({"retry_delays": [60]}, "wrong_type", "JSON object"),
        ({"retry_backoff": 0.5}, "out_of_range", "at least 1"),
        ({"retry_backoff": 11}, "out_of_range", "at most 10"),
        ({"retry_backoff": "twice"}, "wrong_type", "a number"),
        ({"answering_machine": "shout"}, "invalid_choice", "hang_up"),
        ({"calls_per_second": 0}, "out_of_range", "at least 1"),
    ],
)
async def test_pacing_that_makes_no_sense_is_refused(api: Api, change: dict[str, Any], code: str, said: str) -> None:
    refused(await api.create(**change), 400, code, said)


async def test_calls_that_a_machine_answered_are_found_as_voicemail(api: Api) -> None:
    campaign = await created(api)
    ended = {"status": "completed", "check_at": None, "hold": 0}
    machine, fax, person, nobody_looked = [
        str(await a_call(api, campaign["id"], number=number, answered_by=answered_by, **ended))
        for number, answered_by in enumerate(["machine_end_beep", "fax", "human", None], start=1)
    ]
    live = str(await a_call(api, campaign["id"], number=5, answered_by="machine_start", status="in_progress"))

    async def ids(**query: str) -> set[str]:
        answer = await api.client.get("/api/calls", params=query)
        return {call["id"] for call in answer.json()["items"]}

    assert await ids(disposition="voicemail") == {machine, fax}
    assert await ids(disposition="completed") == {person, nobody_looked}
    assert await ids(status="completed") == {machine, fax, person, nobody_looked}
    assert await ids(disposition="voicemail", status="busy") == set()
    shown = {call["id"]: call["disposition"] for call in (await api.client.get("/api/calls")).json()["items"]}
    assert [shown[each] for each in (machine, person, live)] == ["voicemail", "completed", None]
    refused(await api.client.get("/api/calls", params={"disposition": "ringing"}), 400, "invalid_choice", "voicemail")


async def test_the_carrier_says_who_answered_and_the_results_tell(api: Api) -> None:
    attempt = await placed_call(api, answering_machine="hang_up")
    query = f"attempt={attempt}"
    who = {"CallSid": "CA1", "AccountSid": "AC0", "AnsweredBy": "machine_start", "MachineDetectionDuration": "900"}
    refused(await post(api, who, query, path=WHO_ANSWERED_PATH, token="wrong"), 403, "signature_invalid")
    refused(await post(api, {"CallSid": "CA1"}, query, path=WHO_ANSWERED_PATH), 400, "missing", "AnsweredBy")
    for _ in range(2):
        assert (await post(api, who, query, path=WHO_ANSWERED_PATH)).status_code == 204
    end = {"CallSid": "CA1", "CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "4"}
    assert (await post(api, end, query)).status_code == 204
    call = (await api.client.get(f"/api/calls/{attempt}")).json()
    assert (call["status"], call["disposition"], call["answered_by"]) == ("completed", "voicemail", "machine_start")
    campaign = (await api.client.get("/api/campaigns")).json()["items"][0]
    progress = campaign["progress"]
    assert (progress["failed"], progress["dispositions"]["voicemail"], progress["dispositions"]["completed"]) == (
        1,
        1,
        0,
    )
    results = await api.client.get(f"/api/campaigns/{campaign['id']}/download")
    (row,) = csv.DictReader(io.StringIO(results.content.decode("utf-8-sig")))
    assert "voicemail" in row.values()


async def test_the_forecast_goes_by_the_least_of_all_limits(api: Api) -> None:
    phones = [f"+1415{2_000_000 + each}" for each in range(60)]

    async def duration(**changes: Any) -> int:
        body = {"phone_numbers": phones, "welcome_message": "Hello.", "concurrency": 60, **changes}
        answer = await api.client.post("/api/campaigns/preflight", json=body)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["estimated_duration"])

    assert await duration() == 60
    assert await duration(calls_per_second=1) == 60 + 60
    await replace(api, caller_ids=[{"caller_id": "+14155550100", "max_concurrent_calls": 6, "calls_per_second": None}])
    assert await duration() == 10 * 60
    assert await duration(caller_id="+14155550101") == 60
