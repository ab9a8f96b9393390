"""Editing a campaign over HTTP: what it is, its time, its list; for which state, and what is never touched."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from tests.support.api import Api, a_call, created, refused

from belltower.db.campaigns import DEFINITION_COLUMNS
from belltower.db.engine import connect_directly
from belltower.db.notify import CHANNEL
from belltower_api.schemas.campaign_fields import CampaignFields
from belltower_api.schemas.edit import CampaignEdit

ANN, BEN, EVE, ZOE = (f"+1415555012{digit}" for digit in range(3, 7))
BERLIN = {"is_scheduled": True, "scheduled_time": "2035-07-01T09:30", "timezone": "Europe/Berlin"}
STATUSES = ("scheduled", "pending", "processing", "paused", "completed", "failed", "cancelled")


async def scheduled(api: Api, **changes: Any) -> str:
    """A campaign of Ann and Ben for 09:30 in Berlin; its path."""
    body = await created(api, **{**BERLIN, "phone_numbers": [ANN, BEN], **changes})
    return f"/api/campaigns/{body['id']}"


async def paused(api: Api, *, begun: bool = False, **changes: Any) -> str:
    """The same, paused; it may have begun."""
    path = await scheduled(api, **changes)
    assert (await api.client.post(f"{path}/pause")).status_code == 200
    if begun:
        await api.execute("UPDATE campaigns SET started_at = now(), scheduled_time = now()")
    return path


async def tag(api: Api, path: str) -> str:
    return str((await api.client.get(path)).headers["etag"])


async def edit(api: Api, path: str, *, if_match: str | None = "*", **patch: Any) -> httpx.Response:
    headers = {"If-Match": if_match} if if_match is not None else {}
    return await api.client.patch(path, json=patch, headers=headers)


async def edited(api: Api, path: str, **patch: Any) -> dict[str, Any]:
    """What an edit was answered, after a look whether that is so."""
    answer = await edit(api, path, **patch)
    assert answer.status_code == 200, answer.text
    now = await api.client.get(path)
    body: dict[str, Any] = answer.json()
    assert {name: body[name] for name in now.json()} == now.json()
    assert answer.headers["etag"] == now.headers["etag"]
    await progress_is_true(api)
    return body


async def progress_is_true(api: Api) -> None:
    """What is told of the list is what the list is."""
    for (campaign,) in await api.rows("SELECT id FROM campaigns"):
        told = (await api.client.get(f"/api/campaigns/{campaign}")).json()["progress"]
        real = {row.status: row.count for row in await api.rows(
            "SELECT status, count(*) FROM contacts WHERE campaign_id = :id GROUP BY status", id=campaign)}  # fmt: skip
        assert told["total"] == sum(real.values())
        assert (told["waiting"], told["skipped"]) == (real.get("waiting", 0), real.get("skipped", 0))
        counted = await api.one("SELECT contacts FROM campaigns WHERE id = :id", id=campaign)
        assert counted == sum(real.values())


async def listed(api: Api, path: str) -> dict[str, str]:
    """The numbers on a campaign's list, in its order, and how they stand."""
    rows = await api.rows("SELECT phone, status FROM contacts WHERE campaign_id = :id ORDER BY id", id=path[15:])
    return {row.phone: row.status for row in rows}


# ---- what it is


FIELDS: dict[str, Any] = {
    "name": "Another", "welcome_message": "Good day.", "language": "de-DE", "voice": "Polly.Vicki", "caller_id": "+14155550101",
    "concurrency": 7, "max_attempts": 4, "retry_delay": 60, "misfire_grace": 30, "retry_delays": {"busy": 60, "failed": None},
    "retry_backoff": 2.0, "answering_machine": "hang_up", "calls_per_second": 3,
    "calling_window": {"hours": [{"days": ["saturday"], "start": "10:00", "end": "18:00"}], "holidays": ["2030-12-25"]},
    "expires_at": "2035-07-02T09:30:00.000Z",
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
async def test_every_field_is_edited_alone(api: Api, field: str) -> None:
    path = await scheduled(api)
    before = (await api.client.get(path)).json()
    after = await edited(api, path, **{field: FIELDS[field]})
    assert after["changed"] == [field]
    assert {name for name in before if after[name] != before[name]} == {field, "version"}
    assert after[field] == FIELDS[field]


def test_every_field_is_among_these() -> None:
    assert set(FIELDS) == {*DEFINITION_COLUMNS, "expires_at"}


def test_whatever_a_campaign_is_created_with_can_be_edited() -> None:
    assert {"name", *CampaignFields.model_fields, "contacts"} == set(CampaignEdit.model_fields)


async def test_both_types_of_a_merge_patch_are_taken_and_no_other(api: Api) -> None:
    path = await scheduled(api)
    for number, media_type in enumerate(("application/merge-patch+json", "application/json")):
        answer = await api.client.patch(
            path, content=json.dumps({"name": f"{number}"}), headers={"Content-Type": media_type, "If-Match": "*"}
        )
        assert (answer.status_code, answer.json()["name"]) == (200, f"{number}")
    other = {"Content-Type": "application/json-patch+json", "If-Match": "*"}
    refused(await api.client.patch(path, content="[]", headers=other), 415, "unsupported_media_type")


async def test_null_is_as_in_a_new_campaign(api: Api) -> None:
    path = await scheduled(api, voice="man", caller_id="+14155550101", concurrency=3)
    after = await edited(api, path, voice=None, caller_id=None, concurrency=None, misfire_grace=None)
    assert (after["voice"], after["caller_id"], after["concurrency"]) == ("alice", "+14155550100", 10)
    assert after["misfire_grace"] is None, "null is a value of it"
    refused(await edit(api, path, name=None), 400, "missing", "name")


async def test_an_edit_that_changes_nothing_is_no_edit(api: Api) -> None:
    path = await scheduled(api)
    before = await api.client.get(path)
    after = await edited(api, path, name="Test", scheduled_time="2035-07-01T09:30", timezone="Europe/Berlin")
    assert (after["changed"], after["version"]) == ([], before.json()["version"])
    assert (await api.client.get(f"{path}/events")).json()["total"] == 1


@pytest.mark.parametrize(
    ("patch", "code", "said"),
    [
        ({"nam": "x"}, "unknown_field", "Did you mean name?"),
        ({"status": "paused"}, "unknown_field", "status"),
        ({"concurrency": 0}, "out_of_range", "concurrency"),
        ({"concurrency": "5"}, "wrong_type", "concurrency"),
        ({"welcome_message": "{{"}, "invalid_message", "welcome_message"),
        ({"contacts": None}, "wrong_type", "contacts"),
        ({"contacts": {"append": []}}, "unknown_field", "append"),
        ({"contacts": {"remove": ["12"]}}, "invalid_number", "contacts.remove[0]"),
        ({"contacts": {"add": {"phone_numbers": ["12"]}}}, "no_valid_number", "12"),
        ({"contacts": {"add": {}}}, "missing", "phone_numbers"),
        ({"contacts": {"replace": {"phone_numbers": [EVE]}, "remove": [ANN]}}, "replace_alone", "replace"),
        ({"contacts": {"remove": [ANN, BEN]}}, "no_contact_left", "Nobody"),
        ({"misfire_grace": -1}, "out_of_range", "misfire_grace"),
        ({"misfire_grace": 30 * 86_400 + 1}, "out_of_range", "misfire_grace"),
    ],
)
async def test_what_is_wrong_with_an_edit_is_said_and_nothing_is_done(
    api: Api, patch: dict[str, Any], code: str, said: str
) -> None:
    path = await scheduled(api)
    before = await api.rows("SELECT * FROM campaigns")
    refused(await edit(api, path, **patch), 400, code, said)
    assert await api.rows("SELECT * FROM campaigns") == before
    assert await listed(api, path) == {ANN: "waiting", BEN: "waiting"}


async def test_what_is_wrong_with_a_list_that_is_added_is_said_where_it_stands(api: Api) -> None:
    path = await scheduled(api)
    problem = refused(await edit(api, path, contacts={"add": {"phone_numbers": "12"}}), 400, "no_valid_number")
    assert problem["errors"][0]["pointer"] == "/contacts/add/phone_numbers"


# ---- for which state


async def test_an_edit_says_which_state_it_is_made_for(api: Api) -> None:
    path = await scheduled(api)
    refused(await edit(api, path, if_match=None, name="x"), 428, "precondition_required", "If-Match")
    known = await tag(api, path)
    first = await edit(api, path, if_match=known, name="first")
    assert first.status_code == 200
    second = await edit(api, path, if_match=known, name="second")
    refused(second, 412, "precondition_failed", "Read it again")
    assert second.headers["etag"] == first.headers["etag"] == await tag(api, path)
    assert (await edit(api, path, if_match=second.headers["etag"], name="second")).status_code == 200
    refused(await edit(api, path, if_match='"something else"', name="x"), 412, "precondition_failed")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"1", {}', "{},", '"0.x",W/{}'])
async def test_the_state_may_be_one_of_several_and_marked_by_a_server_on_the_way(api: Api, form: str) -> None:
    path = await scheduled(api)
    await edited(api, path, name="x")
    assert (await edit(api, path, if_match=form.format(await tag(api, path)), name="y")).status_code == 200
    compressed = (await tag(api, path)).removesuffix('"') + '-gzip"'
    assert (await edit(api, path, if_match=compressed, name="z")).status_code == 200


async def test_a_move_wins_over_an_edit_and_calls_do_not(api: Api) -> None:
    path = await scheduled(api)
    known = await tag(api, path)
    await api.client.post(f"{path}/pause")
    refused(await edit(api, path, if_match=known, name="x"), 412, "precondition_failed")
    known = await tag(api, path)
    await api.execute("UPDATE contacts SET status = 'reached', next_attempt_at = NULL WHERE phone = :ann", ann=ANN)
    await api.execute(
        """INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_reached)
           SELECT account_id, id, -1, 1 FROM campaigns"""
    )
    assert await tag(api, path) != known, "it is shown otherwise"
    assert (await edit(api, path, if_match=known, name="x")).status_code == 200


async def test_a_reader_that_has_what_there_is_gets_304_and_no_other(api: Api) -> None:
    path = await scheduled(api)
    known = await tag(api, path)
    assert (await api.client.get(path, headers={"If-None-Match": known})).status_code == 304
    await api.execute(
        "INSERT INTO unfolded (account_id, campaign_id, call_busy) SELECT account_id, id, 1 FROM campaigns"
    )
    changed = await api.client.get(path, headers={"If-None-Match": known})
    assert (changed.status_code, changed.json()["progress"]["dispositions"]["busy"]) == (200, 1)
    assert (await edit(api, path, if_match=changed.headers["etag"], name="x")).status_code == 200
    assert (await api.client.get(path, headers={"If-None-Match": changed.headers["etag"]})).status_code == 200


@pytest.mark.parametrize("status", STATUSES)
async def test_only_what_nobody_works_on_is_edited(api: Api, status: str) -> None:
    path = await scheduled(api)
    if status == "processing":
        await api.execute("UPDATE campaigns SET status = 'processing', owner = 1, epoch = 1, started_at = now()")
    elif status != "scheduled":
        await api.execute(
            "UPDATE campaigns SET status = :status, next_due_at = CASE WHEN :status = 'pending' THEN now() END",
            status=status,
        )
    before = await api.rows("SELECT * FROM campaigns")
    answer = await edit(api, path, name="x", contacts={"remove": [ANN]})
    if status in ("scheduled", "paused"):
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        return
    problem = refused(answer, 409, "illegal_transition", f"The campaign is {status}")
    assert ("Duplicate" in problem["detail"]) == (status in ("completed", "failed", "cancelled"))
    assert await api.rows("SELECT * FROM campaigns") == before
    assert set(await listed(api, path)) == {ANN, BEN}


async def test_anothers_campaign_and_one_that_was_deleted_are_not_there(api: Api) -> None:
    path = await scheduled(api)
    other = await api.another_account()
    refused(await edit(other, path, name="x"), 404, "not_found")
    assert (await api.client.delete(path)).status_code == 204
    refused(await edit(api, path, name="x"), 404, "not_found")


# ---- its time


async def test_wall_time_alone_is_of_the_campaigns_zone(api: Api) -> None:
    path = await scheduled(api)
    after = await edited(api, path, scheduled_time="2035-12-01T10:00")
    assert (after["scheduled_time"], after["timezone"]) == ("2035-12-01T09:00:00.000Z", "Europe/Berlin")
    assert after["next_due_at"] == after["scheduled_time"]
    assert after["changed"] == ["scheduled_time"]
    assert await api.one("SELECT scheduled_wall::text FROM campaigns") == "2035-12-01 10:00:00"


async def test_an_instant_alone_keeps_the_campaigns_zone(api: Api) -> None:
    path = await scheduled(api)
    after = await edited(api, path, scheduled_time="2035-12-01T10:00:00-05:00")
    assert (after["scheduled_time"], after["timezone"]) == ("2035-12-01T15:00:00.000Z", "Europe/Berlin")


async def test_a_zone_alone_keeps_the_hour(api: Api) -> None:
    path = await scheduled(api)
    after = await edited(api, path, timezone="America/New_York")
    assert (after["scheduled_time"], after["timezone"]) == ("2035-07-01T13:30:00.000Z", "America/New_York")
    assert after["changed"] == ["scheduled_time", "timezone"]


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"scheduled_time": "2020-01-01T10:00"}, "scheduled_time_in_past"),
        ({"scheduled_time": "2095-01-01T10:00"}, "scheduled_time_too_far"),
        ({"scheduled_time": "2035-03-25T02:30"}, "scheduled_time_skipped"),
        ({"scheduled_time": "soon"}, "invalid_scheduled_time"),
        ({"timezone": "Europe/Atlantis"}, "invalid_timezone"),
        ({"scheduled_time": "2035-07-01T09:30:00+09:00", "timezone": "Europe/Berlin"}, "timezone_disagrees"),
        ({"is_scheduled": False, "scheduled_time": "2035-07-02T09:30"}, "scheduled_time_unexpected"),
        ({"is_scheduled": True, "scheduled_time": None}, "scheduled_time_missing"),
        ({"is_scheduled": False}, "would_start"),
        ({"scheduled_time": None}, "would_start"),
    ],
)
async def test_a_time_follows_the_rules_of_creation(api: Api, patch: dict[str, Any], code: str) -> None:
    path = await scheduled(api)
    before = await api.rows("SELECT * FROM campaigns")
    refused(await edit(api, path, **patch), 400, code)
    assert await api.rows("SELECT * FROM campaigns") == before


async def test_a_campaign_expires_after_it_starts(api: Api) -> None:
    path = await scheduled(api)
    after = await edited(api, path, expires_at="2035-07-01T18:00")
    assert after["expires_at"] == "2035-07-01T16:00:00.000Z", "wall time of the campaign's zone"
    assert (await edited(api, path, expires_at="2035-07-01T18:00:00-04:00"))["expires_at"] == "2035-07-01T22:00:00.000Z"
    refused(await edit(api, path, expires_at="2035-07-01T09:30"), 400, "expires_before_start", "2035-07-01T07:30:00Z")
    refused(await edit(api, path, scheduled_time="2035-07-03T09:30"), 400, "expires_before_start")
    both = await edited(api, path, scheduled_time="2035-07-03T09:30", expires_at="2035-07-03T10:00")
    assert both["changed"] == ["scheduled_time", "expires_at"]
    assert (await edited(api, path, expires_at=None))["expires_at"] is None


async def test_who_waits_for_a_window_is_judged_anew_when_an_edit_changes_it(api: Api) -> None:
    path = await paused(api, begun=True)
    await api.execute(
        """UPDATE contacts SET next_attempt_at = now() + interval '9 hours', window_zone = 'Europe/Berlin' WHERE phone = :ann""",
        ann=ANN,
    )
    await edited(api, path, name="Another")
    assert (await api.rows("SELECT hours_changed_at FROM campaigns"))[0].hours_changed_at is None
    await edited(api, path, calling_window=FIELDS["calling_window"])
    assert (await api.rows("SELECT hours_changed_at FROM campaigns"))[0].hours_changed_at is not None


async def test_a_contact_that_an_edit_adds_has_its_zone(api: Api) -> None:
    path = await scheduled(api)
    await edited(api, path, contacts={"add": {"contacts": [{"phone": EVE, "timezone": "Europe/Berlin"}]}})
    zones = await api.rows("SELECT phone, timezone FROM contacts ORDER BY id")
    assert [tuple(row) for row in zones] == [(ANN, None), (BEN, None), (EVE, "Europe/Berlin")]
    copied = await api.client.post(
        f"{path}/duplicate", json={"is_scheduled": True, "scheduled_time": "2035-07-01T09:30"}
    )
    zones = await api.rows(
        "SELECT phone, timezone FROM contacts WHERE campaign_id = :id ORDER BY id", id=copied.json()["id"]
    )
    assert [tuple(row) for row in zones] == [(ANN, None), (BEN, None), (EVE, "Europe/Berlin")]


async def test_a_time_that_is_edited_is_meant_as_it_is_written(api: Api) -> None:
    path = await scheduled(api, scheduled_time="2035-07-01T09:30:00+02:00")
    assert await api.one("SELECT wall_time_meant FROM campaigns") is False
    await edited(api, path, scheduled_time="2035-07-02T09:30")
    assert await api.one("SELECT wall_time_meant FROM campaigns") is True
    await edited(api, path, scheduled_time="2035-07-02T09:30:00+01:00")
    assert await api.one("SELECT wall_time_meant FROM campaigns") is False


async def test_a_paused_campaign_is_given_another_time_and_waits_for_it_when_it_is_resumed(api: Api) -> None:
    path = await paused(api)
    after = await edited(api, path, scheduled_time="2036-01-01T10:00")
    assert (after["status"], after["next_due_at"]) == ("paused", None)
    resumed = (await api.client.post(f"{path}/resume")).json()
    assert (resumed["status"], resumed["next_due_at"]) == ("scheduled", "2036-01-01T09:00:00.000Z")


async def test_a_paused_campaign_without_its_time_starts_when_it_is_resumed(api: Api) -> None:
    path = await paused(api)
    after = await edited(api, path, scheduled_time=None)
    assert (after["is_scheduled"], after["scheduled_time"], after["timezone"]) == (False, None, "Europe/Berlin")
    assert (await api.client.post(f"{path}/resume")).json()["status"] == "pending"


async def test_a_campaign_that_has_begun_keeps_its_time(api: Api) -> None:
    path = await paused(api, begun=True)
    then = await api.one("SELECT scheduled_time FROM campaigns")
    refused(await edit(api, path, scheduled_time="2036-01-01T10:00"), 409, "illegal_transition", "begun")
    refused(await edit(api, path, is_scheduled=False), 409, "illegal_transition", "begun")
    await edited(api, path, name="x", scheduled_time=then.isoformat(), is_scheduled=True)
    assert await api.one("SELECT scheduled_time FROM campaigns") == then


async def test_an_edit_withdraws_an_announcement_and_wakes_the_scheduler_only_for_what_is_near(api: Api) -> None:
    path = await scheduled(api)
    heard: list[object] = []
    listener = await connect_directly(api.settings, name="listener")
    try:
        await listener.add_listener(CHANNEL, lambda *_: heard.append(1))
        await api.execute("UPDATE campaigns SET announced_at = now()")
        await edited(api, path, name="x")
        assert await api.one("SELECT announced_at FROM campaigns") is None
        await _delivered(listener)
        assert not heard, "it is years ahead"
        soon = (datetime.now(UTC) + timedelta(seconds=30)).isoformat()
        await edited(api, path, scheduled_time=soon)
        await _delivered(listener)
        assert heard == [1]
    finally:
        await listener.close()


async def _delivered(listener: asyncpg.Connection) -> None:
    """What was notified before arrives with the answer to the next statement."""
    await listener.execute("SELECT")


# ---- its list


async def test_contacts_are_added_and_removed(api: Api) -> None:
    path = await scheduled(api)
    more = {"phone_numbers": [EVE, ANN, "12"], "contacts": [{"phone": ZOE, "name": "Zoe"}]}
    after = await edited(api, path, contacts={"add": more, "remove": [BEN]})
    assert list(await listed(api, path)) == [ANN, ZOE, EVE]
    assert after["changed"] == ["contacts"]
    assert after["list_edited"] == {"added": 2, "removed": 1, "skipped": 0, "kept": {"count": 0, "items": []}}
    assert (after["duplicates"], after["rejected"]["count"], after["progress"]["total"]) == (1, 1, 3)
    assert (await api.client.get(f"{path}/rejected")).json()["items"][0]["value"] == "12"


async def test_the_whole_list_is_replaced(api: Api) -> None:
    path = await scheduled(api, contacts=[{"phone": ANN, "name": "Ann", "fields": {"day": "Monday"}}])
    new = {
        "contacts": [{"phone": ZOE, "fields": {"hour": "10"}}, {"phone": ANN, "name": "Anna", "fields": {"hour": "9"}}]
    }
    after = await edited(api, path, contacts={"replace": new})
    assert list(await listed(api, path)) == [ZOE, ANN]
    names = await api.rows("SELECT name, fields ->> 'hour' AS hour FROM contacts ORDER BY id")
    assert [tuple(row) for row in names] == [(None, "10"), ("Anna", "9")]
    assert after["contact_fields"] == ["hour"]


async def test_a_file_that_was_imported_is_added(api: Api) -> None:
    path = await scheduled(api)
    content = f"name,phone,day\nEve,{EVE},Monday\nBen,{BEN},\nx,n/a,\n"
    imported = (await api.client.post("/api/imports", files={"file": ("people.csv", content)})).json()
    after = await edited(api, path, contacts={"add": {"import_id": imported["id"]}})
    assert list(await listed(api, path)) == [ANN, BEN, EVE]
    assert after["contact_fields"] == ["day"]
    assert (after["duplicates"], after["rejected"]["items"][0]["line"]) == (1, 4)
    gone = {"import_id": "01976f5c-3c4d-7a02-8e5f-9b1c6d3e2f43"}
    refused(await edit(api, path, contacts={"add": gone}), 404, "not_found")


async def become(api: Api, phone: str, status: str, *, called: bool = True) -> None:
    """Have a contact of the only campaign be as after a call."""
    before = await api.rows("SELECT id, campaign_id, status FROM contacts WHERE phone = :phone", phone=phone)
    contact = before[0]
    if called:
        live = status == "calling"
        await a_call(
            api, str(contact.campaign_id), contact_id=contact.id, phone=phone,
            **({} if live else {"status": "no_answer", "check_at": None, "hold": 0}),
        )  # fmt: skip
    waits = status == "waiting"
    await api.execute(
        "UPDATE contacts SET status = :status, next_attempt_at = CASE WHEN :waits THEN now() END, attempts = 1 WHERE id = :id",
        status=status,
        waits=waits,
        id=contact.id,
    )
    await api.execute(
        f"""INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_{status})
            SELECT account_id, id, -1, 1 FROM campaigns"""
        if not waits
        else "SELECT"
    )


@pytest.mark.parametrize("way", ["remove", "replace"])
async def test_who_was_called_is_never_lost(api: Api, way: str) -> None:
    final, calling, again, never = ANN, BEN, EVE, ZOE
    path = await paused(api, begun=True, phone_numbers=[final, calling, again, never])
    await become(api, final, "unreached")
    await become(api, calling, "calling")
    await become(api, again, "waiting")
    before = {row.phone: row for row in await api.rows("SELECT * FROM contacts")}
    wish = (
        {"remove": [final, calling, again, never]}
        if way == "remove"
        else {"replace": {"phone_numbers": ["+14155550199"]}}
    )
    after = await edited(api, path, contacts=wish)
    new = {"+14155550199": "waiting"} if way == "replace" else {}
    assert await listed(api, path) == {final: "unreached", calling: "calling", again: "skipped", **new}
    rows = {row.phone: row for row in await api.rows("SELECT * FROM contacts")}
    assert rows[final] == before[final]
    assert rows[calling] == before[calling]
    assert (rows[again].reason, rows[again].attempts, rows[again].next_attempt_at) == ("removed", 1, None)
    told = after["list_edited"]
    assert (told["removed"], told["skipped"]) == (1, 1)
    assert {each["phone"]: each["code"] for each in told["kept"]["items"]} == (
        {final: "already_final", calling: "being_called"} if way == "remove" else {}
    )


async def test_a_new_list_does_not_touch_who_was_called_before_and_is_on_it(api: Api) -> None:
    path = await paused(api, begun=True, phone_numbers=[ANN, BEN, EVE])
    await become(api, ANN, "reached")
    await become(api, BEN, "waiting")
    before = await api.rows("SELECT * FROM contacts WHERE phone IN (:ann, :ben) ORDER BY id", ann=ANN, ben=BEN)
    new = {"contacts": [{"phone": number, "name": "New"} for number in (ANN, BEN, EVE, ZOE)]}
    after = await edited(api, path, contacts={"replace": new})
    assert await api.rows("SELECT * FROM contacts WHERE phone IN (:ann, :ben) ORDER BY id", ann=ANN, ben=BEN) == before
    assert await listed(api, path) == {ANN: "reached", BEN: "waiting", EVE: "waiting", ZOE: "waiting"}
    assert after["duplicates"] == 2


async def test_who_is_not_on_the_list_is_told(api: Api) -> None:
    path = await scheduled(api)
    after = await edited(api, path, contacts={"remove": [ZOE, ZOE, ANN]})
    assert [each["code"] for each in after["list_edited"]["kept"]["items"]] == ["not_listed"]
    assert list(await listed(api, path)) == [BEN]


async def test_who_is_removed_and_added_is_listed_anew(api: Api) -> None:
    path = await scheduled(api)
    await edited(api, path, contacts={"remove": [ANN], "add": {"contacts": [{"phone": ANN, "name": "Ann"}]}})
    assert list(await listed(api, path)) == [BEN, ANN]


async def test_a_list_does_not_grow_beyond_its_limit(api: Api) -> None:
    path = await scheduled(api)
    await api.execute("UPDATE campaigns SET contacts = 999999")
    answer = await edit(api, path, contacts={"add": {"phone_numbers": [EVE, ZOE]}})
    refused(answer, 413, "too_large", "1,000,001")
    assert list(await listed(api, path)) == [ANN, BEN]


# ---- the message and the list


async def test_placeholders_of_a_new_message_are_looked_for_in_the_list(api: Api) -> None:
    people = [
        {"phone": ANN, "name": "Ann", "fields": {"Delivery day": "Monday"}},
        {"phone": BEN, "fields": {"Delivery day": ""}},
    ]
    path = await scheduled(api, phone_numbers=..., contacts=people)
    after = await edited(api, path, welcome_message="Hi {{name}}, on {{delivery-day}} at {{hour|noon}} to {{phone}}.")
    assert [(each["code"], each["placeholder"], each["contacts"]) for each in after["warnings"]] == [
        ("missing_value", "name", 1),
        ("missing_value", "delivery-day", 1),
        ("unknown_placeholder", "hour", 2),
    ]
    fresh = await created(api, contacts=people, phone_numbers=..., welcome_message=after["welcome_message"])
    assert fresh["warnings"] == after["warnings"], "as at creation"


async def test_a_message_that_is_too_long_with_a_contacts_values_is_refused(api: Api) -> None:
    people = [{"phone": ANN, "name": "Ann"}, {"phone": BEN, "name": "Ben", "fields": {"story": "&" * 500}}]
    path = await scheduled(api, phone_numbers=..., contacts=people)
    long = "x" * 900 + " {{story}}"
    refused(await edit(api, path, welcome_message=long), 400, "message_too_long", BEN, "3,401")
    await edited(api, path, welcome_message=long[1:])
    await edited(api, path, welcome_message="Hello.", contacts={"remove": [BEN]})
    await edited(api, path, welcome_message=long)


async def test_whom_the_new_message_would_be_too_long_for_is_left_out_when_added(api: Api) -> None:
    path = await scheduled(api)
    people = {"contacts": [{"phone": EVE, "fields": {"story": "&" * 500}}, {"phone": ZOE}]}
    after = await edited(api, path, welcome_message="x" * 900 + " {{story}}", contacts={"add": people})
    assert after["rejected"]["by_reason"] == {"message_too_long": 1}
    assert list(await listed(api, path)) == [ANN, BEN, ZOE]


# ---- its history


async def test_an_edit_is_in_the_history_and_is_no_move(api: Api) -> None:
    path = await scheduled(api)
    await edited(api, path, welcome_message="Good day.", scheduled_time="2036-01-01T10:00", contacts={"remove": [ANN]})
    creation, event = (await api.client.get(f"{path}/events")).json()["items"]
    assert creation["changed"] is None
    assert (event["from"], event["to"]) == ("scheduled", "scheduled")
    assert event["changed"] == ["welcome_message", "scheduled_time", "contacts"]
    assert event["reason"] == "1 contact removed"
    assert event["detail"] == "Edited: message, time, contacts (1 contact removed)."
    assert event["actor"] == creation["actor"]
