"""What a person does with a campaign whose start was missed, and how long it may be late."""

from typing import Any

import pytest
from tests.support.api import Api, created

from belltower.db.due import get_scheduled_campaigns_to_run

LATER = {"is_scheduled": True, "scheduled_time": "2035-07-01T09:30", "timezone": "Europe/Berlin"}


async def missed(api: Api, **changes: Any) -> str:
    """A campaign that a scheduler finds two hours and ten minutes after its time; its path."""
    body = await created(api, **LATER, **changes)
    await api.execute(
        """UPDATE campaigns SET scheduled_time = now() - interval '2 hours 10 minutes',
               next_due_at = now() - interval '2 hours 10 minutes'"""
    )
    await get_scheduled_campaigns_to_run(api.engine, 10)
    return f"/api/campaigns/{body['id']}"


async def test_a_campaign_may_be_an_hour_late_unless_it_says_otherwise(api: Api) -> None:
    assert (await created(api))["misfire_grace"] == 3600
    assert (await created(api, misfire_grace=0))["misfire_grace"] == 0
    assert (await created(api, misfire_grace=None))["misfire_grace"] is None
    uploaded = await api.upload("+14155550123", misfire_grace=60)
    assert uploaded.json()["misfire_grace"] == 60


@pytest.mark.parametrize(("grace", "status"), [(3600, "paused"), (3 * 3600, "pending"), (None, "pending")])
async def test_the_grace_of_a_campaign_decides(api: Api, grace: int | None, status: str) -> None:
    shown = (await api.client.get(await missed(api, misfire_grace=grace))).json()
    assert shown["status"] == status


async def test_it_says_by_how_much_it_was_missed_and_starts_when_somebody_says_so(api: Api) -> None:
    path = await missed(api)
    shown = (await api.client.get(path)).json()
    assert shown["status_reason"] == "Missed by 2 h 10 min. Start it now, or give it another time and resume it."
    event = (await api.client.get(f"{path}/events")).json()["items"][-1]
    assert (event["to"], event["reason"], event["actor"]) == ("paused", shown["status_reason"], "scheduler")
    started = (await api.client.post(f"{path}/start")).json()
    assert (started["status"], started["status_reason"]) == ("pending", None)
    assert [str(due.id) for due in await get_scheduled_campaigns_to_run(api.engine, 10)] == [started["id"]], "for good"


async def test_it_is_given_another_time_and_waits_for_that(api: Api) -> None:
    path = await missed(api)
    edited = await api.client.patch(path, json={"scheduled_time": "2036-01-01T10:00"}, headers={"If-Match": "*"})
    assert edited.status_code == 200
    resumed = (await api.client.post(f"{path}/resume")).json()
    assert (resumed["status"], resumed["next_due_at"]) == ("scheduled", "2036-01-01T09:00:00.000Z")


async def test_what_somebody_paused_over_its_time_was_not_missed(api: Api) -> None:
    body = await created(api, **LATER, misfire_grace=0)
    path = f"/api/campaigns/{body['id']}"
    await api.client.post(f"{path}/pause")
    await api.execute("UPDATE campaigns SET scheduled_time = now() - interval '1 day'")
    assert (await api.client.post(f"{path}/resume")).json()["status"] == "pending"
    assert [due.announced_at is not None for due in await get_scheduled_campaigns_to_run(api.engine, 10)] == [True]
