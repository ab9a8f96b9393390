"""Poison: a campaign that fails, or ends its dialer, each time it is run is paused with the reason, and holds up nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from structlog.testing import capture_logs
from tests.support.dialers import Dialers, RecordingCarrier
from tests.support.eventually import eventually, eventually_sync
from tests.support.world import World, numbers

from belltower.db.notify import wake_scheduler
from belltower_dialer import giving_back
from belltower_dialer.dialer import Dialer
from belltower_dialer.gate import Verdict
from belltower_dialer.settings import DialerSettings

CANNOT_BE_TAKEN = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'Ann, +14155550123'; END $$;
"""
WHOEVER = """
CREATE TRIGGER refuse BEFORE UPDATE OF owner ON campaigns FOR EACH ROW WHEN (NEW.name = 'Poison' AND NEW.owner IS NOT NULL)
EXECUTE FUNCTION refuse()
"""


@asynccontextmanager
async def dialling(world: World, dialers: Dialers, database_url: str, amqp_url: str) -> AsyncIterator[Dialer]:
    """A dialer in the test's process, consumer and all."""
    settings = DialerSettings.model_validate(
        {
            "DATABASE_URL": database_url,
            "AMQP_URL": SecretStr(amqp_url),
            "carrier": "simulated",
            "carrier_url": world.carrier.url,
            "carrier_account_sid": "AC0",
            "carrier_auth_token": SecretStr("x"),
            "public_url": world.start.public_url,
        }
    )
    dialer = Dialer(settings, dialers.engine, RecordingCarrier(), name="test dialer")
    running = asyncio.create_task(dialer.run())
    try:
        yield dialer
        assert not running.done(), "it ended"
    finally:
        await dialer.drain()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def calls(world: World, campaign: UUID) -> bool:
    """Whether a campaign has called everybody."""
    return bool(
        await world.one(
            "SELECT (SELECT count(*) FROM attempts WHERE campaign_id = :id) = contacts FROM campaigns WHERE id = :id",
            id=campaign,
        )
    )


async def reason(world: World, campaign: UUID) -> str:
    """Why a campaign is paused."""
    return str(await world.one("SELECT status_reason FROM campaigns WHERE id = :id", id=campaign))


async def test_campaigns_that_raise_are_paused_with_the_reason_and_those_beside_them_run(
    world: World, dialers: Dialers, database_url: str, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One cannot be taken over, in the same message as the others; one cannot say its message, in the gate's same round."""
    monkeypatch.setattr(giving_back, "RETRY_DELAY", 0.2)
    await dialers.execute(CANNOT_BE_TAKEN)
    await dialers.execute(WHOEVER)
    untaken, mute, healthy, another = [
        await world.campaign(numbers(3, start=10 * start), due_in=1.5) for start in range(4)
    ]
    await dialers.execute("UPDATE campaigns SET name = 'Poison' WHERE id = :id", id=untaken)
    await dialers.execute("UPDATE campaigns SET welcome_message = 'Hello {{name}}.' WHERE id = :id", id=mute)
    await dialers.execute("UPDATE contacts SET fields = '[7]' WHERE campaign_id = :id", id=mute)
    world.start("scheduler")
    # Rendered for a terminal, the traceback of a failed takeover takes seconds, in which this process does nothing else.
    with capture_logs():
        async with dialling(world, dialers, database_url, amqp_url):
            for campaign in (healthy, another):
                await eventually(lambda campaign=campaign: calls(world, campaign), timeout=20)  # type: ignore[misc]
            for campaign in (untaken, mute):
                await world.reaches(campaign, "paused", timeout=30)
    assert "No dialer could take this campaign over" in await reason(world, untaken)
    assert "failed three times" in await reason(world, mute)
    assert await world.one("SELECT count(*) FROM attempts WHERE campaign_id = :id", id=mute) == 0

    async def recorded() -> bool:
        (row,) = await world.rows("SELECT * FROM dead_letters")
        assert (row.reason, row.campaign_ids) == ("failed", [untaken])
        assert "Ann" not in row.detail
        return True

    await eventually(recorded)


@pytest.mark.timeout(240)
async def test_a_campaign_that_ends_its_dialer_each_time_is_told_from_those_beside_it(world: World) -> None:
    world.start("scheduler")
    poison, *others = [await world.campaign(numbers(2, start=10 * start), due_in=2) for start in range(6)]
    fault = {"BELLTOWER_FAULT": f"campaign.begun:kill:{poison}"}

    async def lapse() -> None:
        """Whoever owns campaigns is dead: its lease need not be waited for."""
        async with world.engine.begin() as connection:
            await connection.execute(text("UPDATE dialers SET lapses_at = clock_timestamp()"))
        await wake_scheduler(world.engine)

    for _ in range(3):
        dialer = world.start.begin("dialer", **fault)
        eventually_sync(lambda dialer=dialer: not dialer.is_running, timeout=90)  # type: ignore[misc]
        await lapse()
    await world.reaches(poison, "paused", timeout=60)
    assert "Three dialers in a row were lost" in await reason(world, poison)
    world.start("dialer", **fault)
    for campaign in others:
        await eventually(lambda campaign=campaign: calls(world, campaign), timeout=60)  # type: ignore[misc]
    assert await world.one("SELECT max(evictions) FROM campaigns WHERE id <> :id", id=poison) < 3
    assert await world.one("SELECT count(*) FROM campaigns WHERE status = 'paused'") == 1


async def test_where_there_is_room_for_one_call_campaigns_take_turns(world: World, dialers: Dialers) -> None:
    """A large one asks first each time: the small one that came later is not passed over."""
    dialer = await dialers(at_once=1)
    large = await world.campaign(numbers(100))
    small = await world.campaign(numbers(3, start=500))
    big, little = await dialer.read(large, small)
    admitted = []
    for _ in range(3):
        assert set(await asyncio.gather(dialer.gate.admit(big), dialer.gate.admit(little))) == {Verdict.GO_ON}
        admitted.append(await world.one("SELECT count(*) FROM attempts WHERE campaign_id = :id", id=small))
        await dialer.placer.drained()
    assert admitted == [1, 2, 3]
    assert await world.one("SELECT count(*) FROM attempts WHERE campaign_id = :id", id=large) == 3
