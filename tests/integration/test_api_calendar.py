"""The calendar, and its feed as a parser that is not ours reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event
from tests.support.api import Api, created, refused

from belltower.db.occurrences import make_one
from belltower_api import written_calendars
from belltower_api.routes import calendar as calendar_route
from belltower_api.routes import calendar_feeds

NEXT_YEAR = datetime.now(UTC).year + 1
RULE = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "starts": f"{NEXT_YEAR}-03-01T09:30", "timezone": "Europe/Berlin"}


async def series(api: Api, **changes: Any) -> dict[str, Any]:
    body = {"name": "Weekly", "phone_numbers": ["+14155550123"], "welcome_message": "Hello.", "rule": RULE, **changes}
    answer = await api.client.post("/api/series", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def entries(api: Api, start: str, end: str) -> list[dict[str, Any]]:
    answer = await api.client.get("/api/calendar", params={"from": start, "to": end})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def feed(api: Api, name: str = "Ada") -> str:
    """The path of a new feed."""
    answer = await api.client.post("/api/calendar-feeds", json={"name": name})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    url = answer.json()["url"]
    assert url.startswith("https://calls.example.com/api/calendar.ics?token=")
    return str(url.removeprefix("https://calls.example.com"))


async def read(api: Api, path: str) -> Calendar:
    """What somebody who has nothing but the address reads, without what was written before."""
    async with api.browser() as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text.isascii() or answer.encoding == "utf-8"
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n")), "RFC 5545, 3.1"
    assert "+1415" not in answer.text, "nobody's number"
    return IcsCalendarStream.calendar_from_ics(answer.text)


def by_uid(calendar: Calendar) -> dict[str, Event]:
    found = {str(event.uid): event for event in calendar.events}
    assert len(found) == len(calendar.events)
    return found


# ---- the calendar


async def test_campaigns_and_occurrences_to_come_are_in_their_span(api: Api) -> None:
    found = await series(api)
    await make_one(api.engine, api.settings.minimum_balance)
    at = f"{NEXT_YEAR}-03-10T12:00:00Z"
    campaign = await created(api, is_scheduled=True, scheduled_time=at)
    items = await entries(api, f"{NEXT_YEAR}-03-01T00:00:00Z", f"{NEXT_YEAR}-04-01T00:00:00Z")
    mondays = [day for day in range(1, 32) if datetime(NEXT_YEAR, 3, day, tzinfo=UTC).weekday() == 0]
    assert len(items) == len(mondays) + 1
    assert items == sorted(items, key=lambda item: str(item["at"]))
    assert [item["campaign_id"] for item in items if item["kind"] == "campaign" and not item["series_id"]] == [
        campaign["id"]
    ]
    made, *virtual = [item for item in items if item["series_id"]]
    assert (made["kind"], made["status"], made["series_id"]) == ("campaign", "scheduled", found["id"])
    assert {(item["kind"], item["campaign_id"], item["is_paused"]) for item in virtual} == {("occurrence", None, False)}
    await api.client.post(f"/api/series/{found['id']}/pause")
    items = await entries(api, f"{NEXT_YEAR}-03-01T00:00:00Z", f"{NEXT_YEAR}-04-01T00:00:00Z")
    assert [item["is_paused"] for item in items if item["series_id"]] == [True] * len(mondays)


async def test_a_campaign_that_started_at_once_is_where_it_was_created(api: Api) -> None:
    campaign = await created(api)
    now = datetime.now(UTC)
    items = await entries(api, (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat())
    assert [item["campaign_id"] for item in items] == [campaign["id"]]
    assert await entries(api, (now + timedelta(hours=1)).isoformat(), (now + timedelta(hours=2)).isoformat()) == []


async def test_what_was_archived_is_out_of_the_way(api: Api) -> None:
    found = await series(api)
    made = await make_one(api.engine, api.settings.minimum_balance)
    campaign = await created(api, is_scheduled=True, scheduled_time=f"{NEXT_YEAR}-03-10T12:00:00Z")
    span = f"{NEXT_YEAR}-01-01T00:00:00Z", f"{NEXT_YEAR}-04-01T00:00:00Z"
    before = await entries(api, *span)
    for each in (
        campaign["id"],
        next(item["campaign_id"] for item in before if item["series_id"] and item["campaign_id"]),
    ):
        for move in ("cancel", "archive"):
            answer = await api.client.post(f"/api/campaigns/{each}/{move}")
            assert answer.status_code in {200, 202}, answer.text
    after = await entries(api, *span)
    assert made is not None
    assert found["id"] in {item["series_id"] for item in after}
    assert after == [item for item in before if item["campaign_id"] is None]


async def test_a_span_is_bounded(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for start, end in ((f"{NEXT_YEAR}-01-01", f"{NEXT_YEAR + 2}-01-01"), (f"{NEXT_YEAR}-01-02", f"{NEXT_YEAR}-01-01")):
        answer = await api.client.get("/api/calendar", params={"from": f"{start}T00:00:00Z", "to": f"{end}T00:00:00Z"})
        refused(answer, 400, "invalid_span", "400 days")
    refused(await api.client.get("/api/calendar"), 400, "missing")
    monkeypatch.setattr(calendar_route, "MOST", 5)
    await series(api, rule={**RULE, "rrule": "FREQ=DAILY"})
    span = {"from": f"{NEXT_YEAR}-03-01T00:00:00Z", "to": f"{NEXT_YEAR}-03-20T00:00:00Z"}
    refused(await api.client.get("/api/calendar", params=span), 400, "span_too_full", "more than 5 entries")


async def test_the_calendar_is_its_accounts(api: Api) -> None:
    await series(api)
    await created(api)
    other = await api.another_account()
    now = datetime.now(UTC)
    assert await entries(other, now.isoformat(), (now + timedelta(days=399)).isoformat()) == []


# ---- the feed


async def test_a_calendar_reads_campaigns_and_occurrences_without_a_key(api: Api) -> None:
    at = datetime(NEXT_YEAR, 1, 10, 12, 30, tzinfo=UTC)
    name = "Rëminder, with; all \\ that has to be escaped, and so long that its line has to be folded more than once"
    campaign = await created(api, name=name, is_scheduled=True, scheduled_time=at.isoformat())
    found = await series(api, rule={**RULE, "rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=3"})
    events = by_uid(await read(api, await feed(api)))
    assert len(events) == 4
    event = events[f"{campaign['id']}@belltower"]
    assert (event.summary, event.dtstart, event.status) == (name, at, "CONFIRMED")
    assert str(event.url) == f"https://calls.example.com/campaigns/{campaign['id']}"
    assert event.dtend is not None
    assert event.dtend > at
    assert event.last_modified is not None
    starts = [event.dtstart for uid, event in events.items() if uid.startswith(found["id"])]
    assert [isinstance(each, datetime) and each.astimezone(UTC).weekday() for each in starts] == [0, 0, 0]


async def test_an_event_stays_the_same_when_its_occurrence_is_made_and_edited(api: Api) -> None:
    found = await series(api)
    path = await feed(api)
    before = by_uid(await read(api, path))
    await make_one(api.engine, api.settings.minimum_balance)
    made = by_uid(await read(api, path))
    assert made.keys() == before.keys()
    (uid,) = (uid for uid, event in made.items() if "/campaigns/" in str(event.url))
    (campaign,) = await api.rows("SELECT id FROM campaigns")
    await api.execute(
        """UPDATE campaigns SET scheduled_time = scheduled_time + interval '1 hour', is_exception = true,
               next_due_at = next_due_at + interval '1 hour'"""
    )
    edited = by_uid(await read(api, path))
    assert edited.keys() == before.keys()
    assert edited[uid].dtstart - made[uid].dtstart == timedelta(hours=1)  # type: ignore[operator]
    await api.client.post(f"/api/campaigns/{campaign.id}/cancel")
    cancelled = by_uid(await read(api, path))
    assert cancelled[uid].status == "CANCELLED"
    sequences = [each[uid].sequence or 0 for each in (before, made, edited, cancelled)]
    assert sequences == sorted(set(sequences)), "grows with every change"
    paused = await api.client.post(f"/api/series/{found['id']}/pause")
    assert paused.status_code == 200
    others = {event.status for other, event in by_uid(await read(api, path)).items() if other != uid}
    assert others == {"TENTATIVE"}


async def test_a_feed_is_revoked_for_good(api: Api) -> None:
    path = await feed(api)
    await feed(api, "Ben")
    listed = (await api.client.get("/api/calendar-feeds")).json()
    assert [each["name"] for each in listed["items"]] == ["Ben", "Ada"]
    assert "url" not in listed["items"][0]
    assert listed["items"][1]["last_used_at"] is None
    await read(api, path)
    listed = (await api.client.get("/api/calendar-feeds")).json()
    assert listed["items"][1]["last_used_at"] is not None
    other = await api.another_account()
    address = f"/api/calendar-feeds/{listed['items'][1]['id']}"
    refused(await other.client.delete(address), 404, "not_found")
    assert (await other.client.get("/api/calendar-feeds")).json()["total"] == 0
    assert (await api.client.delete(address)).status_code == 204
    refused(await api.client.delete(address), 404, "not_found")
    refused(await api.client.get(path), 410, "feed_revoked")
    refused(await api.client.get("/api/calendar.ics?token=wrong"), 404, "not_found")
    refused(await api.client.get("/api/calendar.ics"), 400, "missing")
    refused(await api.client.get(f"/api/calendar.ics?token={'x' * 201}"), 400, "too_long")


async def test_the_address_is_kept_nowhere_and_shown_once(
    api: Api, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await api.client.post("/api/calendar-feeds", json={"name": "Ada"}, headers=headers)
    token = first.json()["url"].partition("token=")[2]
    again = await api.client.post("/api/calendar-feeds", json={"name": "Ada"}, headers=headers)
    assert (again.json()["id"], again.json()["url"]) == (first.json()["id"], None)
    feeds = await api.rows("SELECT * FROM calendar_feeds")
    kept = [*feeds, *await api.rows("SELECT body, headers FROM idempotency_keys")]
    assert token not in repr(kept)
    assert len(token) >= 43
    for _ in range(2):
        await api.client.get(f"/api/calendar.ics?token={token}")
    await api.client.delete(f"/api/calendar-feeds/{feeds[0].id}")
    await api.client.get(f"/api/calendar.ics?token={token}")  # refused, and told in the log
    said = capsys.readouterr()
    assert "request_refused" in said.out + said.err + caplog.text
    assert token not in said.out + said.err + caplog.text


async def test_a_calendar_that_did_not_change_is_not_sent_again_and_not_written_for_everybody(api: Api) -> None:
    await created(api)
    path = await feed(api)
    async with api.browser() as client:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (
            again.headers["cache-control"]
            == first.headers["cache-control"]
            == f"private, max-age={written_calendars.FRESH}"
        )
        await created(api, name="Second")
        assert "Second" not in (await client.get(path)).text, "for a minute it is given again"
    assert [event.summary for event in (await read(api, path)).events] == ["Test", "Second"]
    other = await api.another_account()
    assert (await read(other, await feed(other))).events == []


async def test_a_feed_is_bounded(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_feeds, "MOST_EVENTS", 4)
    await created(api)
    await series(api, rule={**RULE, "rrule": "FREQ=DAILY"})
    assert len((await read(api, await feed(api))).events) == 4


async def test_an_account_has_so_many_feeds(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("belltower.db.calendar_feeds.MOST_FEEDS", 1)
    await feed(api)
    refused(await api.client.post("/api/calendar-feeds", json={"name": "B"}), 409, "limit_reached", "at most 1")


def test_calendars_that_were_written_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = written_calendars.WrittenCalendars()
    monkeypatch.setattr(written_calendars, "_MOST_KEPT", 2)
    for number in range(3):
        kept.keep(UUID(int=number), b"x")
    assert [kept.get(UUID(int=number)) for number in range(3)] == [None, b"x", b"x"]
    monkeypatch.setattr(written_calendars, "boot_time", lambda: 1e12)
    assert kept.get(UUID(int=2)) is None
