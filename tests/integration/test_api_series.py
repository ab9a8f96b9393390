"""Series over HTTP, with the scheduler's steps taken one by one: what is made, decided on, followed, left out, and when."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.support.api import Api, created, refused

from belltower.db import moves, occurrences
from belltower.db.due import get_scheduled_campaigns_to_run, next_wake
from belltower.db.occurrences import LEAD, decide_occurrences, make_one
from belltower.domain.campaign import CampaignStatus

BERLIN = ZoneInfo("Europe/Berlin")
MINIMUM = Decimal("10.00")
TOMORROW = (datetime.now(BERLIN) + timedelta(days=1)).replace(hour=9, minute=30, second=0, microsecond=0)
DAILY = {"rrule": "FREQ=DAILY", "starts": f"{TOMORROW:%Y-%m-%dT%H:%M}", "timezone": "Europe/Berlin"}
NUMBERS = ["+14155550123", "+14155550124", "+14155550125"]


def day(index: int) -> datetime:
    """The instant of an occurrence of DAILY."""
    return (TOMORROW + timedelta(days=index)).astimezone(UTC)


def body(**changes: Any) -> dict[str, Any]:
    return {"name": "Reminder", "phone_numbers": NUMBERS, "welcome_message": "Hello.", "rule": DAILY, **changes}


async def series(api: Api, **changes: Any) -> dict[str, Any]:
    """A series that was created."""
    response = await api.client.post("/api/series", json=body(**changes))
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    assert response.headers["location"] == f"/api/series/{found['id']}"
    return found


async def make_all(api: Api, *, piece: int = 20_000) -> int:
    """Take every step there is to take."""
    steps = 0
    while await make_one(api.engine, MINIMUM, piece=piece) is not None:
        steps += 1
        assert steps < 1000
    return steps


async def decide(api: Api) -> int:
    return await decide_occurrences(api.engine, MINIMUM, 500)


async def is_due(api: Api, at: datetime) -> None:
    """Turn the clock on to just before `at`: everything that is written moves back by as much."""
    gap = at - datetime.now(UTC) - LEAD / 2
    await api.execute(
        """UPDATE series SET starts = starts - CAST(:gap AS interval), decided_until = decided_until - :gap,
               next_due_at = next_due_at - :gap""",
        gap=gap,
    )
    await api.execute(
        """UPDATE campaigns SET scheduled_time = scheduled_time - CAST(:gap AS interval), occurrence = occurrence - :gap,
               scheduled_wall = scheduled_wall - :gap, next_due_at = next_due_at - :gap""",
        gap=gap,
    )


async def campaigns(api: Api) -> list[Any]:
    """The campaigns that can be seen, by their time."""
    return await api.rows("SELECT * FROM campaigns WHERE deleted_at IS NULL ORDER BY scheduled_time")


async def events(api: Api, series_id: str) -> list[dict[str, Any]]:
    answer = await api.client.get(f"/api/series/{series_id}/events")
    return list(answer.json()["items"])


async def patched(api: Api, found: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    response = await patch(api, found["id"], f'"{found["version"]}"', **changes)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def patch(api: Api, series_id: str, tag: str | None, **changes: Any) -> httpx.Response:
    headers = {} if tag is None else {"If-Match": tag}
    return await api.client.patch(f"/api/series/{series_id}", json=changes, headers=headers)


# ---- making


async def test_the_next_occurrence_is_an_ordinary_campaign_that_is_there_ahead(api: Api) -> None:
    found = await series(api)
    assert (found["status"], found["words"], found["contacts"]) == (
        "active",
        "every day at 09:30, Europe/Berlin",
        3,
    )
    assert datetime.fromisoformat(found["next_occurrence"]["at"]) == day(0)
    assert await make_all(api) == 1
    (campaign,) = await campaigns(api)
    assert (campaign.status, campaign.scheduled_time, campaign.next_due_at) == ("scheduled", day(0), day(0))
    assert str(campaign.series_id) == found["id"]
    assert await api.phones(str(campaign.id)) == NUMBERS
    shown = (await api.client.get(f"/api/campaigns/{campaign.id}")).json()
    assert (shown["series_id"], shown["name"], shown["progress"]["waiting"]) == (found["id"], "Reminder", 3)
    assert shown["occurrence"] == f"{TOMORROW:%Y-%m-%dT%H:%M:%S}"
    assert await make_all(api) == 0, "one is enough"


async def test_as_an_occurrence_falls_due_the_next_is_made(api: Api) -> None:
    await series(api)
    await make_all(api)
    assert await decide(api) == 0, "it is not due yet"
    await is_due(api, day(0))
    assert await decide(api) == 1
    assert await decide(api) == 0
    await make_all(api)
    first, second = await campaigns(api)
    assert second.scheduled_time - first.scheduled_time == timedelta(days=1)
    assert (first.status, second.status) == ("scheduled", "scheduled")


async def test_a_series_ends_after_its_last_occurrence(api: Api) -> None:
    found = await series(api, rule={**DAILY, "rrule": "FREQ=DAILY;COUNT=1"})
    await make_all(api)
    await is_due(api, day(0))
    await decide(api)
    await make_all(api)
    shown = (await api.client.get(f"/api/series/{found['id']}")).json()
    assert (shown["status"], shown["next_occurrence"]) == ("ended", None)
    assert len(await campaigns(api)) == 1
    assert [event["kind"] for event in await events(api, found["id"])] == ["created", "ended"]
    refused(await patch(api, found["id"], "*", name="X"), 409, "illegal_transition", "has ended")
    refused(await api.client.post(f"/api/series/{found['id']}/resume"), 409, "illegal_transition", "has ended")


async def test_a_campaign_is_not_seen_and_not_due_before_its_contacts_are_whole(api: Api) -> None:
    numbers = [f"+1415555{index:04d}" for index in range(100, 350)]
    found = await series(api, phone_numbers=numbers)
    for _ in range(2):
        await make_one(api.engine, MINIMUM, piece=100)
        assert await campaigns(api) == []
        assert (await api.client.get("/api/campaigns")).json()["total"] == 0
        assert (await api.rows("SELECT next_due_at FROM campaigns"))[0].next_due_at is None
    assert await api.one("SELECT count(*) FROM contacts") == 200
    await make_one(api.engine, MINIMUM, piece=100)
    (campaign,) = await campaigns(api)
    assert await api.phones(str(campaign.id)) == numbers, found["id"]


async def test_schedulers_side_by_side_make_every_occurrence_once_with_every_contact_once(api: Api) -> None:
    numbers = [f"+1415555{index:04d}" for index in range(100, 200)]
    for index in range(20):
        await series(api, name=f"Series {index}", phone_numbers=numbers)

    async def scheduler() -> int:
        steps = 0
        while await make_one(api.engine, MINIMUM, piece=30) is not None:
            steps += 1
        return steps

    steps = await asyncio.gather(*(scheduler() for _ in range(4)))
    while (
        await make_one(api.engine, MINIMUM, piece=30) is not None
    ):  # what another held as one looked for the last time
        pass
    assert sum(1 for each in steps if each) > 1, "they worked side by side"
    assert len(await campaigns(api)) == 20
    rows = await api.rows(
        "SELECT campaign_id, count(*) AS number, count(DISTINCT phone) AS phones FROM contacts GROUP BY 1"
    )
    assert [(row.number, row.phones) for row in rows] == [(100, 100)] * 20
    assert await api.one("SELECT count(DISTINCT series_id) FROM campaigns") == 20


async def test_its_campaigns_are_found_among_all(api: Api) -> None:
    found = await series(api)
    await series(api)
    await make_all(api)
    await created(api)
    of_series = {"series_id": found["id"]}
    listed = (await api.client.get("/api/campaigns", params=of_series)).json()
    assert (listed["total"], [each["series_id"] for each in listed["items"]]) == (1, [found["id"]])
    other = await api.another_account()
    assert (await other.client.get("/api/campaigns", params=of_series)).json()["total"] == 0


async def test_an_occurrence_cannot_be_made_twice(api: Api) -> None:
    """Not even by a scheduler that has forgotten what it made."""
    await series(api)
    await make_all(api)
    await api.execute("UPDATE series SET ahead = NULL, next_due_at = now(), decided_until = now()")
    await make_all(api)
    times = [campaign.scheduled_time for campaign in await campaigns(api)]
    assert times == [day(0), day(1)]


async def test_occurrences_that_nobody_could_make_are_one_entry_in_the_history(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    await is_due(api, day(5))  # five days without a scheduler
    assert await decide(api) == 1
    await make_all(api)
    missed = [event for event in await events(api, found["id"]) if event["kind"] == "missed"]
    assert [event["occurrences"] for event in missed] == [4]
    assert "did not run" in missed[0]["reason"]
    first, second, third = await campaigns(api)
    assert second.scheduled_time - first.scheduled_time == timedelta(days=5), "the one that is due now is made"
    assert third.scheduled_time - second.scheduled_time == timedelta(days=1)


async def test_a_series_that_cannot_be_made_holds_no_other_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = await series(api)
    await api.execute("UPDATE series SET rrule = 'FREQ=NEVER'")
    with pytest.raises(Exception, match="FREQ is DAILY"):
        await make_one(api.engine, MINIMUM)
    await occurrences.postpone(api.engine)
    healthy = await series(api)
    await make_all(api)
    assert [str(campaign.series_id) for campaign in await campaigns(api)] == [healthy["id"]]
    assert broken["id"] != healthy["id"]


# ---- deciding


async def running_before(api: Api, **changes: Any) -> tuple[dict[str, Any], UUID]:
    """A series whose first occurrence runs while its second falls due; the second."""
    found = await series(api, misfire_grace=None, **changes)
    await make_all(api)
    await is_due(api, day(0))
    await decide(api)
    await make_all(api)
    first, second = await campaigns(api)
    await is_due(api, second.scheduled_time)
    assert [due.id for due in await get_scheduled_campaigns_to_run(api.engine, 10)] == [first.id]
    assert await decide(api) == 1
    return found, second.id


async def test_an_occurrence_whose_predecessor_still_runs_is_left_out(api: Api) -> None:
    found, second = await running_before(api)
    row = (await api.rows("SELECT * FROM campaigns WHERE id = :id", id=second))[0]
    assert (row.status, row.next_due_at) == ("cancelled", None)
    assert row.status_reason == "An occurrence of the series before this one still ran."
    skipped = [event for event in await events(api, found["id"]) if event["kind"] == "skipped"]
    assert [event["occurrences"] for event in skipped] == [1]
    await make_all(api)
    assert [each.status for each in await campaigns(api)] == ["pending", "cancelled", "scheduled"]


async def test_unless_the_series_says_otherwise(api: Api) -> None:
    _, second = await running_before(api, skip_if_running=False)
    assert await api.one("SELECT status FROM campaigns WHERE id = :id", id=second) == "scheduled"


async def test_an_occurrence_is_paused_when_the_wallet_holds_too_little(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    await is_due(api, day(0))
    await api.execute("UPDATE accounts SET balance = 9.5")
    await decide(api)
    (campaign,) = await campaigns(api)
    assert (campaign.status, campaign.next_due_at) == ("paused", None)
    assert (
        campaign.status_reason == "The wallet held 9.50 USD; to call takes at least 10.00 USD. Top it up, and resume."
    )
    assert (await events(api, found["id"]))[-1]["kind"] == "held"
    refused(await api.client.post("/api/series", json=body()), 402, "insufficient_funds")


async def test_what_is_made_at_the_last_moment_is_decided_on_before_anybody_can_announce_it(api: Api) -> None:
    await series(api)
    await is_due(api, day(0))
    await api.execute("UPDATE accounts SET balance = 1")
    await make_all(api)
    assert [each.status for each in await campaigns(api)] == ["paused", "scheduled"]


async def test_an_occurrence_that_was_edited_by_itself_is_not_decided_on(api: Api) -> None:
    await series(api)
    await make_all(api)
    await is_due(api, day(0))
    await api.execute("UPDATE accounts SET balance = 1")
    await api.execute("UPDATE campaigns SET is_exception = true")
    assert await decide(api) == 1
    assert [each.status for each in await campaigns(api)] == ["scheduled"]


async def test_the_scheduler_wakes_for_what_is_to_be_decided_and_made(api: Api) -> None:
    await series(api)
    wake = await next_wake(api.engine)
    assert wake.decision_at is None
    assert wake.unmade_since is not None
    await make_all(api)
    wake = await next_wake(api.engine)
    assert (wake.decision_at, wake.unmade_since) == (day(0) - LEAD, None)
    assert wake.next_due_at == day(0)


# ---- changing


async def test_a_change_of_what_is_said_reaches_the_occurrence_that_is_made_where_it_is(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    (before,) = await campaigns(api)
    changed = await patched(api, found, welcome_message="Good morning.", concurrency=3)
    assert (changed["definition"]["welcome_message"], changed["version"]) == ("Good morning.", 2)
    (after,) = await campaigns(api)
    assert (after.id, after.welcome_message, after.concurrency) == (before.id, "Good morning.", 3)
    assert (after.scheduled_time, after.next_due_at) == (day(0), day(0))


async def test_a_change_of_the_rule_moves_it_with_its_contacts(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    (before,) = await campaigns(api)
    await patched(api, found, rule={"starts": f"{TOMORROW:%Y-%m-%d}T15:00"})
    assert await campaigns(api) == [], "it waits to be placed"
    await make_all(api)
    (after,) = await campaigns(api)
    assert (after.id, after.status) == (before.id, "scheduled")
    assert after.scheduled_time == after.next_due_at == day(0) + timedelta(hours=5.5)
    assert await api.phones(str(after.id)) == NUMBERS


async def test_other_contacts_make_it_anew(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    changed = await patched(api, found, phone_numbers=["+14155550199"])
    assert changed["contacts"] == 1
    await make_all(api)
    (campaign,) = await campaigns(api)
    assert await api.phones(str(campaign.id)) == ["+14155550199"]
    assert campaign.scheduled_time == day(0)
    assert await api.one("SELECT count(*) FROM contacts") == 1


async def test_an_occurrence_that_was_edited_by_itself_is_left_alone(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    await api.execute("UPDATE campaigns SET is_exception = true, welcome_message = 'Today only.'")
    found = await patched(api, found, welcome_message="Good morning.")
    await patched(api, found, rule={"starts": f"{TOMORROW:%Y-%m-%d}T15:00"}, phone_numbers=["+14155550199"])
    await make_all(api)
    edited, other = await campaigns(api)
    assert (edited.welcome_message, edited.scheduled_time, edited.contacts) == ("Today only.", day(0), 3)
    assert (other.welcome_message, other.contacts) == ("Good morning.", 1)


async def test_an_occurrence_becomes_an_exception_by_an_edit(api: Api) -> None:
    people = [{"phone": NUMBERS[0], "timezone": "Asia/Tokyo"}]
    found = await series(
        api, phone_numbers=[], contacts=people, calling_window={"hours": None, "holidays": ["2030-12-25"]}
    )
    await make_all(api)
    (made,) = await campaigns(api)
    assert made.calling_window["holidays"] == ["2030-12-25"]
    assert await api.one("SELECT timezone FROM contacts WHERE campaign_id = :id", id=made.id) == "Asia/Tokyo"
    answer = await api.client.patch(f"/api/campaigns/{made.id}", json={"name": "By hand"}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["is_exception"]) == (200, True)
    await patched(api, found, name="By the series", calling_window={"hours": None, "holidays": ["2031-12-25"]})
    assert [each.name for each in await campaigns(api)] == ["By hand"]
    own = (await api.client.get(f"/api/series/{found['id']}")).json()["definition"]["calling_window"]
    assert own == {"hours": None, "holidays": ["2031-12-25"]}


async def test_what_runs_is_left_alone(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    await is_due(api, day(0))
    await api.execute("UPDATE campaigns SET next_due_at = now()")
    await get_scheduled_campaigns_to_run(api.engine, 10)
    await patched(api, found, welcome_message="Good morning.", phone_numbers=["+14155550199"])
    (campaign,) = await campaigns(api)
    assert (campaign.status, campaign.welcome_message) == ("pending", "Hello.")
    assert await api.phones(str(campaign.id)) == NUMBERS


async def test_a_change_says_what_it_is_a_change_of(api: Api) -> None:
    found = await series(api)
    read = await api.client.get(f"/api/series/{found['id']}")
    tag = read.headers["etag"]
    refused(await patch(api, found["id"], None, name="Other"), 428, "precondition_required")
    assert (await patch(api, found["id"], tag, name="Other")).status_code == 200
    refused(await patch(api, found["id"], tag, name="Third"), 412, "precondition_failed")
    assert (await api.client.get(f"/api/series/{found['id']}")).json()["name"] == "Other"
    assert (await patch(api, found["id"], "*", name="Third")).status_code == 200


async def test_of_two_changes_at_once_one_wins(api: Api) -> None:
    found = await series(api)
    answers = await asyncio.gather(*(patch(api, found["id"], '"1"', name=f"Name {index}") for index in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"rule": {"rrule": "FREQ=HOURLY"}}, "invalid_rrule", "once a day at most"),
        ({"rule": {"timezone": "Mars"}}, "invalid_timezone", "rule.timezone is not known"),
        ({"rule": {"starts": "2030-05-17T09:30:00Z"}}, "invalid_wall_time", "without an offset"),
        ({"rule": {"ends": "2020-05-17T09:30"}}, "no_occurrence", "no occurrence in the ten years"),
        ({"rule": {"exdates": ["2030-05-17T08:00"]}}, "invalid_exdate", "09:30"),
        ({"concurrency": 0}, "out_of_range", "at least 1"),
        ({"concurrency": None}, "wrong_type", "whole number"),
        ({"nmae": "X"}, "unknown_field", "Did you mean name?"),
        ({"welcome_message": "Hello {{"}, "invalid_message", "{{"),
    ],
)
async def test_a_change_is_checked_as_a_creation_is(api: Api, changes: Any, code: str, said: str) -> None:
    found = await series(api)
    refused(await patch(api, found["id"], "*", **changes), 400, code, said)
    created_anew = body(**{**changes, "rule": {**DAILY, **changes.get("rule", {})}})
    refused(await api.client.post("/api/series", json=created_anew), 400, code)
    assert (await api.client.get(f"/api/series/{found['id']}")).json()["version"] == 1


async def test_this_and_all_that_follow_are_another_series(api: Api) -> None:
    found = await series(api, rule={**DAILY, "rrule": "FREQ=DAILY;COUNT=5"})
    await make_all(api)
    answer = await api.client.post(
        f"/api/series/{found['id']}/split", json={"from": day(2).isoformat(), "welcome_message": "Good morning."}
    )
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert (new["split_from"], new["contacts"], new["definition"]["welcome_message"]) == (
        found["id"],
        3,
        "Good morning.",
    )
    assert new["rule"]["rrule"] == "FREQ=DAILY;COUNT=3"
    assert await times(api, found["id"]) == [day(0), day(1)]
    assert await times(api, new["id"]) == [day(2), day(3), day(4)]
    await make_all(api)
    assert [(str(each.series_id), each.scheduled_time, each.welcome_message) for each in await campaigns(api)] == [
        (found["id"], day(0), "Hello."),
        (new["id"], day(2), "Good morning."),
    ]
    first, second = await campaigns(api)
    assert await api.phones(str(second.id)) == await api.phones(str(first.id)) == NUMBERS
    refused(
        await api.client.post(f"/api/series/{found['id']}/split", json={"from": day(2).isoformat()}),
        400,
        "no_such_occurrence",
    )


async def times(api: Api, series_id: str) -> list[datetime]:
    answer = await api.client.get(f"/api/series/{series_id}/occurrences")
    assert answer.status_code == 200, answer.text
    return [datetime.fromisoformat(each["at"]) for each in answer.json()["items"]]


async def test_one_occurrence_is_left_out(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    for index in (0, 2):
        answer = await api.client.post(f"/api/series/{found['id']}/skip", json={"at": day(index).isoformat()})
        assert answer.status_code == 200, answer.text
    assert (await times(api, found["id"]))[:2] == [day(1), day(3)]
    (campaign,) = await campaigns(api)
    assert (campaign.status, campaign.next_due_at) == ("cancelled", None)
    await is_due(api, day(0))
    await decide(api)
    assert [event["kind"] for event in await events(api, found["id"])] == ["created", "skipped", "skipped"]
    again = await api.client.post(f"/api/series/{found['id']}/skip", json={"at": day(0).isoformat()})
    refused(again, 400, "no_such_occurrence")


async def test_a_paused_series_starts_nothing_and_goes_on_with_its_next(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    paused = await api.client.post(f"/api/series/{found['id']}/pause")
    assert (paused.status_code, paused.json()["status"], paused.json()["next_occurrence"]) == (200, "paused", None)
    assert await campaigns(api) == []
    assert await make_all(api) == 0
    resumed = await api.client.post(f"/api/series/{found['id']}/resume")
    assert (resumed.status_code, resumed.json()["status"]) == (200, "active")
    await make_all(api)
    (campaign,) = await campaigns(api)
    assert (campaign.scheduled_time, campaign.next_due_at) == (day(0), day(0))
    assert await api.phones(str(campaign.id)) == NUMBERS
    assert [event["kind"] for event in await events(api, found["id"])] == ["created", "paused", "resumed"]


async def test_an_edited_occurrence_is_paused_with_its_series(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    await api.execute("UPDATE campaigns SET is_exception = true")
    await api.client.post(f"/api/series/{found['id']}/pause")
    (campaign,) = await campaigns(api)
    assert (campaign.status, campaign.status_reason) == ("paused", "Its series was paused.")


async def test_when_all_calling_is_stopped_series_are_paused(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    assert (await api.client.post("/api/pause-all")).status_code == 200
    assert (await api.client.get(f"/api/series/{found['id']}")).json()["status"] == "paused"
    assert await make_all(api) == 0


async def test_nothing_of_a_deleted_series_starts(api: Api) -> None:
    found = await series(api)
    await make_all(api)
    assert (await api.client.delete(f"/api/series/{found['id']}")).status_code == 204
    refused(await api.client.get(f"/api/series/{found['id']}"), 404, "not_found")
    assert await campaigns(api) == []
    assert await make_all(api) == 0
    assert await decide(api) == 0
    assert (await api.client.get("/api/series")).json()["total"] == 0


async def test_an_occurrence_that_was_cancelled_by_hand_stays_so(api: Api) -> None:
    await series(api)
    await make_all(api)
    (campaign,) = await campaigns(api)
    async with api.engine.begin() as connection:
        await moves.lock_one(connection, api.account, campaign.id)
        await moves.stop(connection, [campaign.id], CampaignStatus.CANCELLED, actor="test")
    await is_due(api, day(0))
    await decide(api)
    await make_all(api)
    assert [each.status for each in await campaigns(api)] == ["cancelled", "scheduled"]


# ---- looking


async def test_occurrences_show_their_offsets_their_campaigns_and_why_they_were_moved(api: Api) -> None:
    rule = {"rrule": "FREQ=DAILY", "starts": "2030-03-30T02:30", "timezone": "Europe/Berlin"}
    found = await series(api, rule=rule)
    await make_all(api)
    answer = await api.client.get(f"/api/series/{found['id']}/occurrences", params={"limit": 3})
    first, second, third = answer.json()["items"]
    (campaign,) = await campaigns(api)
    assert first == {
        "at": "2030-03-30T01:30:00.000Z",
        "wall": "2030-03-30T02:30:00",
        "utc_offset": "+01:00",
        "moved": None,
        "campaign_id": str(campaign.id),
        "status": "scheduled",
        "is_exception": False,
        "scheduled_time": "2030-03-30T01:30:00.000Z",
    }
    assert (second["at"], second["wall"], second["utc_offset"], second["campaign_id"]) == (
        "2030-03-31T01:00:00.000Z",
        "2030-03-31T03:00:00",
        "+02:00",
        None,
    )
    assert second["moved"] == "02:30 does not exist in Europe/Berlin on 2030-03-31; 03:00 instead."
    assert (third["at"], third["moved"]) == ("2030-04-01T00:30:00.000Z", None)


async def test_a_rule_is_shown_before_it_is_kept(api: Api) -> None:
    rule = {
        "rrule": "RRULE:FREQ=WEEKLY;BYDAY=FR,MO,TU,WE,TH",
        "starts": "2030-05-17T09:30",
        "timezone": "Europe/Berlin",
    }
    answer = await api.client.post("/api/series/preview", json={"rule": rule})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["words"], answer.json()["rrule"]) == (
        "every weekday at 09:30, Europe/Berlin",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    )
    assert [each["at"][:10] for each in answer.json()["occurrences"]] == [
        f"2030-05-{each}" for each in (17, 20, 21, 22, 23, 24, 27, 28, 29, 30)
    ]
    hopeless = {**rule, "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}
    refused(await api.client.post("/api/series/preview", json={"rule": hopeless}), 400, "no_occurrence")


async def test_series_are_those_of_their_account(api: Api) -> None:
    found = await series(api)
    other = await api.another_account()
    address = f"/api/series/{found['id']}"
    assert (await other.client.get("/api/series")).json()["total"] == 0
    for response in (
        await other.client.get(address),
        await other.client.patch(address, json={"name": "X"}, headers={"If-Match": "*"}),
        await other.client.patch(address, json={"phone_numbers": NUMBERS}, headers={"If-Match": "*"}),
        await other.client.delete(address),
        await other.client.post(f"{address}/pause"),
        await other.client.post(f"{address}/resume"),
        await other.client.post(f"{address}/skip", json={"at": day(0).isoformat()}),
        await other.client.post(f"{address}/split", json={"from": day(0).isoformat()}),
        await other.client.get(f"{address}/occurrences"),
        await other.client.get(f"{address}/events"),
    ):
        refused(response, 404, "not_found")


async def test_a_series_is_created_once_for_each_key(api: Api) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await api.client.post("/api/series", json=body(), headers=headers)
    again = await api.client.post("/api/series", json=body(), headers=headers)
    assert first.json() == again.json()
    assert (await api.client.get("/api/series")).json()["total"] == 1


async def test_pages_of_series(api: Api) -> None:
    ids = [(await series(api, name=f"Series {index}"))["id"] for index in range(3)]
    page = (await api.client.get("/api/series", params={"limit": 2})).json()
    rest = (await api.client.get("/api/series", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [each["id"] for each in page["items"] + rest["items"]] == ids[::-1]


async def test_an_account_has_so_many_series(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("belltower.db.series.MOST_SERIES", 1)
    await series(api)
    refused(await api.client.post("/api/series", json=body()), 409, "limit_reached", "at most 1 series")


async def test_a_campaign_of_no_series_says_so(api: Api) -> None:
    campaign = await created(api)
    assert (campaign["series_id"], campaign["occurrence"], campaign["is_exception"]) == (None, None, False)
