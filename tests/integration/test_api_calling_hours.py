"""Calling hours over HTTP: of the account and of campaigns, the zones of contacts, and what is said before and of a campaign."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support.api import EMAIL, PASSWORD, Api, a_call, created, refused
from tests.support.calling_hours import CALIFORNIA, closed_now, open_now, set_hours, window

from belltower.domain.principal import Role
from belltower.runtime.settings import CarrierKind
from belltower_api.routes import preflight as preflight_route

ANN, BERLINER, SATELLITE = "+14155550123", "+4930123456", "+8835100000000"
WEEKEND = {"hours": [{"days": ["saturday", "sunday"], "start": "10:00", "end": "18:00"}], "holidays": ["2030-12-25"]}


async def put(api: Api, **hours: Any) -> Any:
    """Replace the account's calling hours."""
    return await api.client.put("/api/calling-hours", json=hours)


async def test_calling_hours_are_replaced_as_a_whole(api: Api) -> None:
    assert (await api.client.get("/api/calling-hours")).json() == {"calling_window": None, "unknown_zone": "closed"}
    hours = {
        "calling_window": {
            "hours": [{"days": ["sunday", "monday", "monday"], "start": "18:00", "end": "02:00"}],
            "holidays": ["2030-12-26", "2030-12-25", "2030-12-25"],
        },
        "unknown_zone": "europe/berlin",
    }
    answer = await put(api, **hours)
    assert answer.status_code == 200
    assert answer.json() == {
        "calling_window": {
            "hours": [{"days": ["monday", "sunday"], "start": "18:00", "end": "02:00"}],
            "holidays": ["2030-12-25", "2030-12-26"],
        },
        "unknown_zone": "Europe/Berlin",
    }
    assert (await api.client.get("/api/calling-hours")).json() == answer.json()
    other = await api.another_account()
    assert (await other.client.get("/api/calling-hours")).json()["calling_window"] is None
    await other.client.aclose()
    assert (await put(api, calling_window=None, unknown_zone="open")).json()["calling_window"] is None


def _hours(**changes: Any) -> dict[str, Any]:
    return {"hours": [{"days": ["monday"], "start": "08:00", "end": "21:00", **changes}]}


@pytest.mark.parametrize(
    ("calling_window", "code", "pointer"),
    [
        (_hours(start="8:00"), "invalid_time_of_day", "/calling_window/hours/0/start"),
        (_hours(start="24:00"), "invalid_time_of_day", "/calling_window/hours/0/start"),
        (_hours(end="24:01"), "invalid_time_of_day", "/calling_window/hours/0/end"),
        (_hours(days=[]), "too_short", "/calling_window/hours/0/days"),
        (_hours(days=["Monday"]), "invalid_choice", "/calling_window/hours/0/days/0"),
        (_hours(from_="08:00"), "unknown_field", "/calling_window/hours/0/from_"),
        ({"hours": []}, "too_short", "/calling_window/hours"),
        ({"hours": _hours()["hours"] * 101}, "too_long", "/calling_window/hours"),
        ({"holidays": ["2030-02-29"]}, "invalid_date", "/calling_window/holidays/0"),
        ({"holidays": ["2030-12-25T00:00:00Z"]}, "invalid_date", "/calling_window/holidays/0"),
        ({"holidays": ["2030-12-25"] * 1001}, "too_long", "/calling_window/holidays"),
        ("always", "invalid_calling_window", "/calling_window"),
    ],
)
async def test_hours_that_mean_nothing_are_refused(api: Api, calling_window: Any, code: str, pointer: str) -> None:
    if code != "invalid_calling_window":
        problem = refused(await put(api, calling_window=calling_window, unknown_zone="closed"), 400, code)
        assert problem["errors"][0]["pointer"] == pointer
    problem = refused(await api.create(calling_window=calling_window), 400, code)
    assert problem["errors"][0]["pointer"] == pointer


async def test_both_parts_are_required_and_an_unknown_zone_is_a_zone(api: Api) -> None:
    refused(await put(api, unknown_zone="closed"), 400, "missing", "calling_window")
    refused(await put(api, calling_window=None), 400, "missing", "unknown_zone")
    refused(await put(api, calling_window=None, unknown_zone="Mars/Base"), 400, "invalid_timezone", "closed nor open")


async def test_members_read_the_hours_and_administrators_replace_them(api: Api) -> None:
    await api.add_person(role=Role.MEMBER)
    async with api.browser() as browser:
        signed_in = await browser.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
        assert signed_in.is_success
        assert (await browser.get("/api/calling-hours")).status_code == 200
        hours = {"calling_window": None, "unknown_zone": "open"}
        refused(await browser.put("/api/calling-hours", json=hours), 403, "administrators_only")


async def test_the_first_administrators_account_calls_live_people_in_the_usual_hours_only(api: Api) -> None:
    await api.another_account()  # of two accounts neither is whoever comes first
    for carrier, expected in ((CarrierKind.SIMULATED, None), (CarrierKind.TWILIO, "08:00")):
        await api.execute("DELETE FROM sessions")
        await api.execute("DELETE FROM users")
        async with api.at(carrier=carrier).browser() as browser:
            person = {"email": "eve@example.com", "password": PASSWORD, "account_name": "New"}
            answer = await browser.post("/api/administrator", json=person)
            assert answer.status_code == 201, answer.text
            found = (await browser.get("/api/calling-hours")).json()["calling_window"]
        assert (found and found["hours"][0]["start"]) == expected


async def test_a_campaign_has_a_window_of_its_own_and_a_retry_copies_it(api: Api) -> None:
    campaign = await created(api, calling_window=WEEKEND)
    assert campaign["calling_window"] == WEEKEND
    assert (await api.client.get(f"/api/campaigns/{campaign['id']}")).json()["calling_window"] == WEEKEND
    assert (await created(api))["calling_window"] is None
    await api.execute("UPDATE contacts SET status = 'unreached', next_attempt_at = NULL, timezone = 'Asia/Kolkata'")
    await api.execute("UPDATE campaigns SET status = 'completed', next_due_at = NULL")
    retry = (await api.client.post(f"/api/campaigns/{campaign['id']}/retry")).json()
    assert retry["calling_window"] == WEEKEND
    (contact,) = (await api.client.get(f"/api/campaigns/{retry['id']}/contacts")).json()["items"]
    assert contact["timezone"] == "Asia/Kolkata"


async def test_a_form_has_the_window_as_json(api: Api) -> None:
    response = await api.upload("+14155550123\n", calling_window=json.dumps(WEEKEND))
    assert response.status_code == 201, response.text
    assert response.json()["calling_window"] == WEEKEND
    for text in ("{", "null"):
        refused(await api.upload("+14155550123\n", calling_window=text), 400, "invalid_calling_window")
    assert (await api.upload("+14155550123\n", calling_window="")).json()["calling_window"] is None


async def test_contacts_say_where_they_are_and_zones_that_nobody_knows_are_reported(api: Api) -> None:
    campaign = await created(
        api,
        phone_numbers=...,
        contacts=[
            {"phone": ANN, "timezone": "america/new york"},
            {"phone": BERLINER},
            {"phone": "+4930123457", "timezone": "Mars/Base"},
            {"phone": "+4930123458", "timezone": "  "},
        ],
    )
    (left_out,) = campaign["rejected"]["items"]
    assert (left_out["line"], left_out["value"], left_out["code"]) == (3, "+4930123457", "unknown_timezone")
    assert "'Mars/Base'" in left_out["reason"]
    contacts = (await api.client.get(f"/api/campaigns/{campaign['id']}/contacts")).json()["items"]
    assert {each["phone"]: each["timezone"] for each in contacts} == {
        ANN: "America/New_York", BERLINER: None, "+4930123458": None,
    }  # fmt: skip
    download = await api.client.get(f"/api/campaigns/{campaign['id']}/download")
    rows = csv.DictReader(io.StringIO(download.content.decode("utf-8-sig")))
    assert {row["phone"]: row["timezone"] for row in rows} == {
        ANN: "America/New_York", BERLINER: "", "+4930123458": "",
    }  # fmt: skip


@pytest.mark.parametrize("title", ["timezone", "Time Zone", "time_zone", "TZ", "Zeitzone", "タイムゾーン"])
async def test_a_column_of_time_zones_is_found_by_its_name(api: Api, title: str) -> None:
    file = f"phone,{title},City\n{ANN},America/Chicago,Chicago\n{BERLINER},,Berlin\n+4930123457,PST,Bonn\n"
    looked_into = (await api.client.post("/api/imports", files={"file": ("people.csv", file)})).json()
    assert [column["used_as"] for column in looked_into["columns"]] == ["phone", "timezone", "field"]
    assert [contact["timezone"] for contact in looked_into["sample"]] == ["America/Chicago", None]
    assert looked_into["rejected"]["by_reason"] == {"unknown_timezone": 1}
    campaign = await created(api, phone_numbers=..., import_id=looked_into["id"])
    assert campaign["contact_fields"] == ["City"]
    zones = await api.rows("SELECT timezone FROM contacts WHERE campaign_id = :id ORDER BY id", id=campaign["id"])
    assert [row.timezone for row in zones] == ["America/Chicago", None]


async def test_a_column_is_said_to_be_the_time_zone_or_not_to_be_it(api: Api) -> None:
    file = f"phone,Where,Timezone\n{ANN},America/Chicago,Pacific\n"
    said = json.dumps({"Where": "timezone", "Timezone": "zone text"})
    campaign = (await api.upload(file, columns=said)).json()
    assert campaign["rejected"]["count"] == 0
    assert campaign["contact_fields"] == ["zone text"]
    assert await api.one("SELECT timezone FROM contacts") == "America/Chicago"
    twice = json.dumps({"Where": "timezone", "Timezone": "tz"})
    refused(await api.upload(file, columns=twice), 400, "invalid_columns")


async def test_a_campaign_expires_after_its_start(api: Api) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)
    campaign = await created(api, expires_at=soon.isoformat())
    assert campaign["expires_at"] == soon.isoformat().replace("+00:00", ".000Z")
    assert (await created(api))["expires_at"] is None
    scheduled = {"is_scheduled": True, "scheduled_time": "2031-05-17T09:30", "timezone": "Europe/Berlin"}
    later = await created(api, **scheduled, expires_at="2031-05-17T18:00")
    assert later["expires_at"] == "2031-05-17T16:00:00.000Z"
    refused(await api.create(**scheduled, expires_at="2031-05-17T09:30"), 400, "expires_before_start", "expires_at")
    refused(await api.create(**scheduled, expires_at="2031-03-30T02:30"), 400, "invalid_expires_at", "does not exist")
    refused(await api.create(expires_at="soon"), 400, "invalid_expires_at", "expires_at is not a date")
    refused(await api.create(expires_at="2020-01-01T00:00:00Z"), 400, "expires_before_start")
    preflight = {"welcome_message": "Hello.", "phone_numbers": [ANN], "expires_at": "2020-01-01T00:00:00Z"}
    refused(await api.client.post("/api/campaigns/preflight", json=preflight), 400, "expires_before_start")


async def test_a_retry_has_an_end_of_its_own(api: Api) -> None:
    campaign = await created(api, expires_at="2031-05-17T16:00:00Z")
    await api.execute("UPDATE contacts SET status = 'expired', next_attempt_at = NULL")
    await api.execute("UPDATE campaigns SET status = 'completed', next_due_at = NULL")
    path = f"/api/campaigns/{campaign['id']}/retry"
    answer = await api.client.post(path, json={"statuses": ["expired"], "expires_at": "2032-05-17T16:00:00Z"})
    assert answer.json()["expires_at"] == "2032-05-17T16:00:00.000Z"


async def test_a_campaign_says_for_which_window_it_waits(api: Api) -> None:
    campaign = await created(api)
    path = f"/api/campaigns/{campaign['id']}"
    assert campaign["waiting_for"] is None
    await api.execute(
        "UPDATE campaigns SET status = 'processing', next_due_at = '2031-05-17T06:00Z', window_zone = 'Europe/Berlin'"
    )
    waiting = {"reason": "calling_window", "until": "2031-05-17T06:00:00.000Z", "timezone": "Europe/Berlin"}
    assert (await api.client.get(path)).json()["waiting_for"] == waiting
    assert (await api.client.get("/api/campaigns")).json()["items"][0]["waiting_for"] == waiting
    paused = (await api.client.post(f"{path}/pause")).json()
    assert paused["waiting_for"] is None


async def test_a_call_says_why_it_was_inside_its_window(api: Api) -> None:
    campaign = await created(api)
    kept = {
        "windows": ["account"],
        "timezone_source": "number",
        "local_times": [{"timezone": CALIFORNIA, "at": "2030-01-14T19:20:00-08:00"}],
        "closes_at": "2030-01-15T05:00:00+00:00",
    }
    call = await a_call(api, campaign["id"], calling_window=kept)
    shown = (await api.client.get(f"/api/calls/{call}")).json()["calling_window"]
    assert shown == {**kept, "closes_at": "2030-01-15T05:00:00.000Z"}
    await api.execute("UPDATE attempts SET calling_window = NULL")
    assert (await api.client.get(f"/api/calls/{call}")).json()["calling_window"] is None


async def preflight(api: Api, **fields: Any) -> dict[str, Any]:
    """What a campaign would do."""
    answer = await api.client.post("/api/campaigns/preflight", json={"welcome_message": "Hello.", **fields})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_before_it_is_created_a_campaign_says_who_waits_until_when_and_who_is_never_called(api: Api) -> None:
    """At 19:20 in California it is 04:20 in Berlin."""
    year = datetime.now(UTC).year + 1
    start = {"is_scheduled": True, "scheduled_time": f"{year}-01-15T03:20:00Z"}
    people = [{"phone": ANN}, {"phone": BERLINER}, {"phone": "+4930123457"}, {"phone": SATELLITE},
              {"phone": "+14155550124", "timezone": "Asia/Kolkata"}]  # fmt: skip
    assert (await preflight(api, contacts=people, **start))["calling_window"] is None
    await set_hours(api.engine, api.account, window("08:00", "21:00"))
    told = await preflight(api, contacts=people, **start)
    assert told["will_be_called"] == 4
    assert told["calling_window"] == {
        "at_start": 2,
        "waiting": 2,
        "never": 1,
        "waits": [
            {"timezone": "Europe/Berlin", "contacts": 2, "opens_at": f"{year}-01-15T07:00:00.000Z",
             "detail": "opens at 08:00 in Berlin (CET)"}
        ],
    }  # fmt: skip
    narrowed = await preflight(api, contacts=people, calling_window=window("09:00", "21:00"), **start)
    assert [wait["timezone"] for wait in narrowed["calling_window"]["waits"]] == ["Asia/Kolkata", "Europe/Berlin"]
    over = await preflight(api, contacts=people, expires_at=f"{year}-01-15T06:00:00Z", **start)
    assert over["skipped"] == {"do_not_call": 0, "unknown_time_zone": 1, "window_never_opens": 2}
    assert (over["will_be_called"], over["calling_window"]["waiting"], over["calling_window"]["never"]) == (2, 0, 3)


async def test_an_immediate_campaign_outside_the_window_says_so(api: Api) -> None:
    await set_hours(api.engine, api.account, closed_now())
    told = await preflight(api, phone_numbers=[ANN])
    assert (told["calling_window"]["at_start"], told["calling_window"]["waiting"]) == (0, 1)
    assert told["first_call_at"] == told["calling_window"]["waits"][0]["opens_at"]
    await set_hours(api.engine, api.account, open_now())
    told = await preflight(api, phone_numbers=[ANN])
    assert (told["calling_window"]["at_start"], told["first_call_at"]) == (1, told["starts_at"])


async def test_of_a_long_list_the_beginning_stands_for_all(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight_route, "_LOOKED_AT", 10)
    await set_hours(api.engine, api.account, closed_now())
    numbers = [f"+1415{2_000_000 + number}" for number in range(45)]
    told = await preflight(api, phone_numbers=numbers)
    assert told["calling_window"]["waiting"] == 45
