"""A zone database that changes its rules moves what is meant for a wall time, and nothing else."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from tests.support.api import Api, created
from tests.support.books import Books

from belltower.db.engine import sql
from belltower.db.occurrences import LEAD, make_one
from belltower.domain.schedule import zone
from belltower_scheduler.wall_times import move_wall_times

LATER = {"is_scheduled": True, "scheduled_time": "2030-07-17T09:30", "timezone": "Europe/Berlin"}
SUMMER = datetime(2030, 7, 17, 7, 30, tzinfo=UTC)
WINTER = SUMMER + timedelta(hours=1)


def without_summer_time(name: str) -> tzinfo:
    """The zones of a world in which Berlin has given summer time up."""
    return timezone(timedelta(hours=1)) if name == "Europe/Berlin" else zone(name)


async def row(api: Api, campaign: dict[str, Any]) -> Any:
    return (await api.rows("SELECT * FROM campaigns WHERE id = :id", id=campaign["id"]))[0]


async def test_a_campaign_that_is_meant_for_a_wall_time_keeps_it(api: Api) -> None:
    campaign = await created(api, **LATER)
    assert (await row(api, campaign)).scheduled_time == SUMMER
    assert await move_wall_times(api.engine, without_summer_time) == 1
    moved = await row(api, campaign)
    assert moved.scheduled_time == moved.next_due_at == WINTER
    history = (await api.client.get(f"/api/campaigns/{campaign['id']}/events")).json()["items"]
    assert (history[-1]["from"], history[-1]["to"], history[-1]["actor"]) == ("scheduled", "scheduled", "scheduler")
    assert history[-1]["reason"] == (
        "The clocks of Europe/Berlin follow other rules now: 2030-07-17 09:30 there is 2030-07-17 08:30 UTC,"
        " and was 2030-07-17 07:30 UTC."
    )
    assert await move_wall_times(api.engine, without_summer_time) == 0
    assert await move_wall_times(api.engine, zone) == 1, "and back, should the rules come back"
    assert (await row(api, campaign)).scheduled_time == SUMMER


@pytest.mark.parametrize(
    "changes",
    [
        {**LATER, "scheduled_time": "2030-07-17T09:30+02:00"},
        {**LATER, "scheduled_time": "2030-07-17T07:30Z", "timezone": ...},
        {**LATER, "timezone": "Europe/Paris"},
    ],
)
async def test_what_is_meant_as_an_instant_or_elsewhere_stays(api: Api, changes: dict[str, Any]) -> None:
    campaign = await created(api, **changes)
    assert await move_wall_times(api.engine, without_summer_time) == 0
    assert (await row(api, campaign)).scheduled_time == SUMMER


async def test_a_paused_campaign_moves_and_starts_nothing(api: Api) -> None:
    campaign = await created(api, **LATER)
    await api.client.post(f"/api/campaigns/{campaign['id']}/pause")
    assert await move_wall_times(api.engine, without_summer_time) == 1
    moved = await row(api, campaign)
    assert (moved.status, moved.scheduled_time, moved.next_due_at) == ("paused", WINTER, None)
    resumed = (await api.client.post(f"/api/campaigns/{campaign['id']}/resume")).json()
    assert (resumed["status"], datetime.fromisoformat(resumed["next_due_at"])) == ("scheduled", WINTER)


async def test_what_is_due_within_a_minute_stays(api: Api) -> None:
    near = datetime.now(UTC) + timedelta(seconds=40)
    campaign = await created(api, is_scheduled=True, scheduled_time=near.isoformat()[:19], timezone="UTC")

    def an_hour_back(name: str) -> tzinfo:
        return timezone(timedelta(hours=-1))

    assert await move_wall_times(api.engine, an_hour_back) == 0
    assert (await row(api, campaign)).status == "scheduled"
    away = await created(
        api, is_scheduled=True, scheduled_time=(near + timedelta(minutes=2)).isoformat()[:19], timezone="UTC"
    )
    assert await move_wall_times(api.engine, an_hour_back) == 1
    assert (await row(api, away)).next_due_at == (near + timedelta(minutes=62)).replace(microsecond=0)


async def test_a_campaign_that_was_started_before_its_time_is_not_meant_for_it_any_more(api: Api) -> None:
    campaign = await created(api, **LATER)
    await api.client.post(f"/api/campaigns/{campaign['id']}/start")
    assert (await row(api, campaign)).wall_time_meant is False
    assert await move_wall_times(api.engine, without_summer_time) == 0


async def test_a_zone_that_is_gone_leaves_its_campaigns_and_the_others_are_moved(api: Api) -> None:
    lost = await created(api, **{**LATER, "timezone": "America/New_York"})
    campaign = await created(api, **LATER)
    before = await row(api, lost)

    def zones(name: str) -> tzinfo:
        return zone("Nowhere/Land") if name == "America/New_York" else without_summer_time(name)

    assert await move_wall_times(api.engine, zones) == 1
    assert (await row(api, campaign)).scheduled_time == WINTER
    assert (await row(api, lost)).scheduled_time == before.scheduled_time


async def test_the_occurrence_of_a_series_moves_and_is_decided_on_as_much_later(api: Api) -> None:
    rule = {"rrule": "FREQ=DAILY", "starts": "2030-07-17T09:30", "timezone": "Europe/Berlin"}
    answer = await api.client.post(
        "/api/series",
        json={"name": "R", "phone_numbers": ["+14155550123"], "welcome_message": "Hello.", "rule": rule},
    )
    assert answer.status_code == 201, answer.text
    await make_one(api.engine, api.settings.minimum_balance)
    assert await move_wall_times(api.engine, without_summer_time) == 1
    moved = (await api.rows("SELECT * FROM campaigns"))[0]
    assert moved.scheduled_time == moved.next_due_at == WINTER
    assert await api.one("SELECT next_due_at FROM series") == WINTER - LEAD
    assert moved.occurrence == datetime(2030, 7, 17, 9, 30)  # noqa: DTZ001


async def test_an_edit_that_comes_first_wins(books: Books, api: Api) -> None:
    campaign = await created(api, **LATER)
    await api.execute("UPDATE campaigns SET scheduled_wall = scheduled_wall + interval '1 day'")
    async with api.engine.begin() as connection:
        moved = await connection.execute(
            sql("move_wall_time"),
            {
                "campaign": campaign["id"],
                "wall": datetime(2030, 7, 17, 9, 30),  # noqa: DTZ001
                "timezone": "Europe/Berlin",
                "former": SUMMER,
                "instant": WINTER,
                "spared": 60.0,
                "reason": "x",
            },
        )
        assert moved.scalar_one_or_none() is None
