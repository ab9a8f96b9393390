"""A new version replaces the old one while campaigns run: each process is told to end once another stands beside it.

The old version is this one, too, or that of the checkout at OLD_CHECKOUT, whose migrations must be the first of ours.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db.audit import audit
from belltower.db.migrate import migrate

QUICK_CALLS = {"BELLTOWER_RING_TIMEOUT": "5", "BELLTOWER_CALL_TIME_LIMIT": "10"}
"""So that calls whose callbacks met no API are asked about soon."""


def old_version() -> dict[str, str]:
    """The environment in which a process is of the old version."""
    checkout = os.environ.get("OLD_CHECKOUT")
    if checkout is None:
        return {}
    sources = (Path(checkout) / "shared/src", *sorted(Path(checkout).glob("services/*/src")))
    found = {"PYTHONPATH": os.pathsep.join(map(str, sources))}
    where = [
        sys.executable,
        "-c",
        "import belltower, belltower_dialer; print(belltower.__file__, belltower_dialer.__file__)",
    ]
    told = subprocess.run(where, env=os.environ | found, check=True, capture_output=True, text=True).stdout
    assert told.count(str(Path(checkout))) == 2, told
    return found


@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_while_every_process_is_replaced(world: World) -> None:
    await world.behave(ring_seconds=[0.1, 0.3], talk_seconds=[0.2, 0.5], outcomes={"answered": 8, "busy": 2})
    old_ways = old_version()
    api = world.start("api", **old_ways)
    old = [world.start(name, **QUICK_CALLS, **old_ways) for name in ("dialer", "dialer", "scheduler", "scheduler")]
    campaigns: list[UUID] = []

    async def in_the_middle() -> None:
        """A campaign calls, and another will while something is replaced."""
        first = 100 * len(campaigns)
        running = await world.campaign(numbers(25, start=first), concurrency=3, max_attempts=2, retry_delay=1)
        soon = await world.campaign(numbers(5, start=first + 50), due_in=2, max_attempts=2, retry_delay=1)
        campaigns.extend((running, soon))

        async def calls() -> bool:
            return bool(await world.one("SELECT count(*) > 3 FROM attempts WHERE campaign_id = :id", id=running))

        await eventually(calls, timeout=60)

    await migrate(world.engine)
    for leaving in old:
        await in_the_middle()
        world.start(leaving.name.split("-")[0], **QUICK_CALLS)
        assert await asyncio.to_thread(leaving.terminate) == 0, leaving.logs
        async with world.engine.connect() as connection:
            assert await audit(connection) == [], f"while {leaving.name} is replaced"
    await in_the_middle()
    assert await asyncio.to_thread(api.terminate) == 0, (
        "its address is the carrier's: for a moment nobody answers there"
    )
    api.environment.pop("PYTHONPATH", None)
    await asyncio.to_thread(api.start_again)
    for campaign in campaigns:
        await world.reaches(campaign, "completed", timeout=100)
    assert await world.one("SELECT count(*) FROM contacts WHERE status IN ('reached', 'unreached')") == 150
    assert await world.one("SELECT sum(evictions) FROM campaigns") == 0, "all gave back what they had"
    await world.check()
