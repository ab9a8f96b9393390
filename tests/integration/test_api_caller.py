"""Who calls for an account: over HTTP, and what becomes of it in calls."""

from typing import Any

import httpx
import pytest
from tests.support.api import PASSWORD, Api, created, refused
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.domain.principal import Role

AGENT = "wss://agent.example.com:8443/calls"
BY_DEFAULT = {"caller_id": "+14155550100", "voice_agent": None}


async def caller(api: Api) -> Any:
    return (await api.client.get("/api/caller")).json()


async def replace(api: Api, **changes: Any) -> httpx.Response:
    return await api.client.put("/api/caller", json=BY_DEFAULT | changes)


async def test_who_calls_is_read_and_replaced_as_a_whole(api: Api) -> None:
    assert await caller(api) == BY_DEFAULT
    wanted = {"caller_id": "+1 415 555 0177", "voice_agent": AGENT}
    answer = await api.client.put("/api/caller", json=wanted)
    kept = {"caller_id": "+14155550177", "voice_agent": AGENT}
    assert (answer.status_code, answer.json()) == (200, kept)
    assert await caller(api) == kept
    assert (await api.client.get("/api/me")).json()["account"]["caller_id"] == "+14155550177"
    assert (await caller(await api.another_account()))["voice_agent"] is None


async def test_campaigns_show_the_accounts_number_and_those_that_there_are_keep_theirs(api: Api) -> None:
    before = await created(api)
    await replace(api, caller_id="+14155550177")
    assert (await created(api))["caller_id"] == "+14155550177"
    assert (await api.client.get(f"/api/campaigns/{before['id']}")).json()["caller_id"] == before["caller_id"]
    await replace(api, caller_id=None)
    refused(await api.create(), 400, "missing", "caller_id is required")
    assert (await created(api, caller_id="+14155550188"))["caller_id"] == "+14155550188"


@pytest.mark.parametrize(
    "address",
    [
        "https://agent.example.com/calls",
        "wss:///calls",
        "wss://agent.example.com/calls?secret=1",
        "wss://agent.example.com/#calls",
        "wss://ada:secret@agent.example.com/calls",
        "wss://agent.example.com:port/calls",
        "wss://agent example.com/calls",
        "wss://agent.example.com/calls\n",
        "wss://ägent.example.com/calls",
        "wss://[agent/calls",
        "somebody",
    ],
)
async def test_what_no_carrier_can_connect_to_is_refused_and_changes_nothing(api: Api, address: str) -> None:
    refused(await replace(api, voice_agent=address), 400, "invalid_voice_agent", "wss://")
    assert await caller(api) == BY_DEFAULT


@pytest.mark.parametrize("field", sorted(BY_DEFAULT))
async def test_nothing_is_left_out_by_mistake(api: Api, field: str) -> None:
    body = {name: value for name, value in BY_DEFAULT.items() if name != field}
    refused(await api.client.put("/api/caller", json=body), 400, "missing", field)
    refused(await replace(api, caller_id="nobody"), 400, "invalid_caller_id")


async def test_members_read_and_administrators_replace(api: Api) -> None:
    await api.add_person("member@example.com", Role.MEMBER)
    await api.add_person("admin@example.com")
    for email, status in (("member@example.com", 403), ("admin@example.com", 200)):
        async with api.browser() as browser:
            await browser.post("/api/session", json={"email": email, "password": PASSWORD})
            assert (await browser.get("/api/caller")).json() == BY_DEFAULT
            assert (await browser.put("/api/caller", json=BY_DEFAULT)).status_code == status


async def test_a_voice_agent_speaks_in_calls_instead_of_the_message(world: World) -> None:
    api, _ = world.start("api"), world.start("scheduler")
    world.start("dialer")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False) as client:
        answer = await client.put("/api/caller", json={"caller_id": None, "voice_agent": AGENT})
        assert answer.status_code == 200, answer.text
        campaign = await world.campaign(numbers(1))

        async def is_done() -> bool:
            return bool((await client.get(f"/api/campaigns/{campaign}")).json()["status"] == "completed")

        await eventually(is_done)
    async with httpx.AsyncClient(trust_env=False) as client:
        (call,) = (await client.get(f"{world.carrier.url}/_simulator/calls")).json()["items"]
    assert call["heard"] == ""
    assert call["stream"]["url"] == AGENT
    assert call["stream"]["parameters"]["campaign_id"] == str(campaign)
