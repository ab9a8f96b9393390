"""The database or the broker is killed and comes back in the middle of a campaign: it goes on, and no process ends."""

import asyncio
from typing import Any

import pytest
from tests.support.eventually import eventually
from tests.support.servers import TestServer
from tests.support.world import World, numbers


@pytest.mark.parametrize("server", ["postgres_for_tests", "rabbitmq_for_tests"])
async def test_a_campaign_survives_the_end_of_a_server(
    world: World, server: str, request: pytest.FixtureRequest
) -> None:
    restarted: TestServer = request.getfixturevalue(server)
    if restarted.restart is None:
        pytest.skip("the server is not ours to restart")
    await world.behave(ring_seconds=[0.1, 0.3], talk_seconds=[0.3, 0.6])
    services = [world.start(name) for name in ("api", "scheduler", "dialer", "dialer")]
    first = await world.campaign(numbers(150), concurrency=20)

    async def under_way() -> Any:
        return await world.one("SELECT count(*) > 30 FROM attempts")

    await eventually(under_way)
    await asyncio.to_thread(restarted.restart)
    await world.engine.dispose()
    second = await world.campaign(numbers(10, start=1_000))
    await world.reaches(second, "completed", timeout=60)
    await world.reaches(first, "completed", timeout=60)
    assert all(service.is_running for service in services)
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'reached'") == 160
    await world.check()
