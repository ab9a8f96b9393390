"""A new version replaces the old one while campaigns run: each process is told to end once another stands beside it."""

import asyncio

import pytest
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db.audit import audit
from belltower.db.migrate import migrate


@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_while_every_process_is_replaced(world: World) -> None:
    await world.behave(ring_seconds=[0.1, 0.3], talk_seconds=[0.2, 0.5], outcomes={"answered": 8, "busy": 2})
    api = world.start("api")
    old = [world.start(name) for name in ("dialer", "dialer", "scheduler", "scheduler")]
    large = await world.campaign(numbers(250), concurrency=15, max_attempts=2, retry_delay=1)
    small = [
        await world.campaign(numbers(5, start=1_000 + 5 * index), due_in=2 * index, max_attempts=2)
        for index in range(6)
    ]

    async def under_way() -> bool:
        return bool(await world.one("SELECT count(*) > 20 FROM attempts"))

    await eventually(under_way, timeout=60)
    await migrate(world.engine)
    for leaving in old:
        world.start(leaving.name.split("-")[0])
        assert await asyncio.to_thread(leaving.terminate) == 0, leaving.logs
        async with world.engine.connect() as connection:
            assert await audit(connection) == [], f"while {leaving.name} is replaced"
    assert await asyncio.to_thread(api.terminate) == 0, (
        "its address is the carrier's: for a moment nobody answers there"
    )
    await asyncio.to_thread(api.start_again)
    assert await world.status(large) == "processing", "all of that happened in its middle"
    for campaign in (large, *small):
        await world.reaches(campaign, "completed", timeout=120)
    assert await world.one("SELECT count(*) FROM contacts WHERE status IN ('reached', 'unreached')") == 280
    assert await world.one("SELECT sum(evictions) FROM campaigns") == 0, "all gave back what they had"
    await world.check()
