"""Having lists leave out what is over."""

from typing import Any

import httpx
import pytest
from tests.support.api import Api, created, refused


async def ended(api: Api, name: str = "Test", status: str = "completed") -> str:
    """A campaign that is over; its path."""
    body = await created(api, name=name)
    await api.execute(
        "UPDATE campaigns SET status = :status, next_due_at = NULL WHERE id = :id", status=status, id=body["id"]
    )
    return f"/api/campaigns/{body['id']}"


async def names(api: Api, **query: Any) -> list[str]:
    page = (await api.client.get("/api/campaigns", params={"sort": "name", **query})).json()
    assert page["total"] == len(page["items"])
    return [each["name"] for each in page["items"]]


async def act(api: Api, path: str, action: str) -> httpx.Response:
    return await api.client.post(f"{path}/{action}")


async def test_what_is_archived_is_on_no_list_but_its_own_and_can_be_read(api: Api) -> None:
    await ended(api, "Ada")
    path = await ended(api, "Bea")
    assert await names(api) == ["Ada", "Bea"]
    archived = await act(api, path, "archive")
    assert (archived.status_code, archived.json()) == (200, (await api.client.get(path)).json())
    assert archived.json()["archived_at"] is not None
    assert (await names(api), await names(api, archived=True)) == (["Ada"], ["Bea"])
    assert await names(api, archived="true", status="completed", search="be") == ["Bea"]
    for part in ("events", "contacts", "calls", "stats", "download"):
        assert (await api.client.get(f"{path}/{part}")).status_code == 200
    back = await act(api, path, "unarchive")
    assert back.json()["archived_at"] is None
    assert (await names(api), await names(api, archived=True)) == (["Ada", "Bea"], [])


async def test_it_is_in_the_history_once(api: Api) -> None:
    path = await ended(api)
    first = (await act(api, path, "archive")).json()
    assert (await act(api, path, "archive")).json() == first, "it is so already"
    await act(api, path, "unarchive")
    await act(api, path, "unarchive")
    events = (await api.client.get(f"{path}/events")).json()["items"][-2:]
    assert [(each["from"], each["to"], each["changed"]) for each in events] == [
        ("completed", "completed", ["archived_at"])
    ] * 2
    assert [each["detail"] for each in events] == ["It was archived.", "It was taken out of the archive."]


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_whatever_has_ended_can_be_archived(api: Api, status: str) -> None:
    assert (await act(api, await ended(api, status=status), "archive")).status_code == 200


@pytest.mark.parametrize("status", ["scheduled", "pending", "processing", "paused"])
async def test_what_has_not_ended_cannot(api: Api, status: str) -> None:
    scheduled = {"is_scheduled": True, "scheduled_time": "2035-07-01T09:30"} if status == "scheduled" else {}
    body = await created(api, **scheduled)
    if status != "scheduled":
        await api.execute(
            "UPDATE campaigns SET status = :status, next_due_at = CASE WHEN :status <> 'paused' THEN now() END",
            status=status,
        )
    path = f"/api/campaigns/{body['id']}"
    refused(await act(api, path, "archive"), 409, "illegal_transition", f"The campaign is {status}")
    assert (await act(api, path, "unarchive")).status_code == 200, "it is so"
    assert await names(api) == ["Test"]


async def test_anothers_campaign_is_not_there(api: Api) -> None:
    path = await ended(api)
    other = await api.another_account()
    for action in ("archive", "unarchive"):
        refused(await act(other, path, action), 404, "not_found")
