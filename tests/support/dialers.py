"""Dialers inside the test's process, on a real database: the test decides what happens when, and nothing is announced."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.support.processes import ACCOUNT_SID, AUTH_TOKEN
from tests.support.world import World

from belltower.db.engine import create_engine
from belltower.db.ownership import take_over
from belltower.domain.call import CallStatus
from belltower.domain.money import Tariff
from belltower.outcomes import Outcomes
from belltower.runtime.settings import CarrierKind, CarrierSettings, DatabaseSettings
from belltower.telephony.provider import CallRequest, CallUpdate, Carrier, CarrierCall, Placed, Placement
from belltower.telephony.twilio.client import TwilioCarrier
from belltower_dialer.contacts import ContactReader
from belltower_dialer.gate import Gate, Terms
from belltower_dialer.giving_back import GivingBack
from belltower_dialer.heartbeat import Heartbeat
from belltower_dialer.owned import OwnedCampaign
from belltower_dialer.placing import Placer
from belltower_dialer.process_campaign import Ending, Switchboard, process_campaign
from belltower_dialer.reconcile import Reconciler
from belltower_dialer.rush import Rush
from belltower_dialer.slots import Slots
from belltower_dialer.upkeep import Upkeep

TARIFF = Tariff(Decimal("0.02"), 60)
TIME_LIMIT = 600
RING_TIMEOUT = 30
HOLD = TARIFF.hold(TIME_LIMIT)
"""0.20: what a call sets aside."""


class RecordingCarrier:
    """A carrier that takes every call, rings nobody, and remembers what it was asked for."""

    name = "simulated"

    def __init__(self) -> None:
        self.requests: list[CallRequest] = []

    async def place(self, request: CallRequest) -> Placement:
        """Take the call."""
        self.requests.append(request)
        return Placed(f"CA{request.attempt_id.hex}")

    async def fetch(self, carrier_call_id: str) -> CallUpdate | None:
        """It remembers no call beyond its request."""
        return None

    async def find(self, to: str, caller_id: str) -> AsyncIterator[CarrierCall]:
        """It lists nothing."""
        nothing: tuple[CarrierCall, ...] = ()
        for call in nothing:
            yield call

    async def hang_up(self, carrier_call_id: str) -> None:
        raise AssertionError(f"no call of this test is hung up on: {carrier_call_id}")

    async def cancel(self, carrier_call_id: str) -> None:
        """Nothing rings."""

    async def close(self) -> None:
        """Nothing is open."""


class HangingUpCarrier(RecordingCarrier):
    """One whose callees hang up a moment after they were called."""

    def __init__(self, outcomes: Outcomes, after: float) -> None:
        super().__init__()
        self._outcomes = outcomes
        self._after = after
        self._talking: set[asyncio.Task[None]] = set()

    async def place(self, request: CallRequest) -> Placement:
        """Take the call, and report its end by itself."""
        self._talking.add(asyncio.create_task(self._talk(request.attempt_id)))
        return await super().place(request)

    async def _talk(self, attempt: UUID) -> None:
        await asyncio.sleep(self._after)
        await self._outcomes.apply(ended(attempt), source="callback")

    async def close(self) -> None:
        """Let everybody hang up."""
        await asyncio.gather(*self._talking)


def ended(attempt: UUID, duration: int = 5) -> CallUpdate:
    """The carrier's report that a call was answered and has ended."""
    return CallUpdate(
        attempt, f"CA{attempt.hex}", CallStatus.COMPLETED, dedupe_key=f"CA{attempt.hex}:3", duration=duration
    )


@dataclass
class TestDialer:
    """What a dialer's process is made of, without its consumer."""

    __test__ = False

    engine: AsyncEngine
    carrier: Carrier
    heartbeat: Heartbeat
    placer: Placer
    gate: Gate
    board: Switchboard
    reconciler: Reconciler

    @property
    def id(self) -> int:
        """Its row among the dialers."""
        return self.heartbeat.dialer_id

    async def take(self, *campaigns: UUID) -> list[OwnedCampaign]:
        """Take campaigns over that are due."""
        taken = await take_over(self.engine, self.id, campaigns, actor="test")
        assert len(taken) == len(campaigns)
        return [OwnedCampaign(each) for each in taken]

    async def read(self, *campaigns: UUID) -> list[OwnedCampaign]:
        """Take campaigns over and read their first contacts, ready for the gate."""
        owned = await self.take(*campaigns)
        for campaign in owned:
            campaign.contacts.extend(await self.board.contacts.read(campaign))
        return owned

    async def run(self, *campaigns: UUID) -> list[Ending]:
        """Take campaigns over and run them to the end of what can be done now; how each ended."""
        owned = await self.take(*campaigns)
        endings = await asyncio.gather(*(process_campaign(campaign, self.board) for campaign in owned))
        await self.placer.drained()
        return endings


@dataclass
class Dialers:
    """Makes dialers on a test's database."""

    world: World
    engine: AsyncEngine
    outcomes: Outcomes
    _database: DatabaseSettings
    _made: list[TestDialer] = field(default_factory=list)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    async def __call__(self, carrier: Carrier | None = None, *, at_once: int = 64) -> TestDialer:
        """A dialer that is alive, and calls through `carrier`; by default one that only records."""
        heartbeat = Heartbeat(self._database, name=f"test {len(self._made)}", on_renewal=lambda *_: None)
        chosen: Carrier = carrier or RecordingCarrier()
        placer = Placer(self.engine, chosen, self.outcomes, limit=at_once)
        gate = Gate(self.engine, heartbeat, placer, Terms(chosen.name, RING_TIMEOUT, TIME_LIMIT, TARIFF), Rush())
        slots = Slots(self.engine)
        giving_back = GivingBack(self.engine, heartbeat, actor="test", check_interval=60)
        board = Switchboard(ContactReader(self.engine), gate, slots, giving_back, Upkeep(self.engine, heartbeat))
        reconciler = Reconciler(self.engine, chosen, self.outcomes, heartbeat, placer)
        self._loops += [asyncio.create_task(heartbeat.run()), asyncio.create_task(slots.run())]
        await asyncio.wait_for(heartbeat.registered.wait(), 10)
        made = TestDialer(self.engine, chosen, heartbeat, placer, gate, board, reconciler)
        self._made.append(made)
        return made

    def simulated(self) -> Carrier:
        """The test's simulated carrier, as a dialer speaks to it."""
        world = self.world
        return TwilioCarrier(
            CarrierSettings(
                carrier=CarrierKind.SIMULATED,
                carrier_url=world.carrier.url,
                carrier_account_sid=ACCOUNT_SID,
                carrier_auth_token=SecretStr(AUTH_TOKEN),
                public_url=world.start.public_url,
            )
        )

    async def execute(self, statement: str, **parameters: object) -> int:
        """Run a statement and commit; how many rows it touched."""
        async with self.engine.begin() as connection:
            return (await connection.execute(text(statement), parameters)).rowcount

    async def end(self) -> None:
        """Leave nothing running."""
        for dialer in self._made:
            dialer.placer.close()
            await dialer.gate.drained()
            await dialer.placer.drained()
            await dialer.heartbeat.retire()
            await dialer.carrier.close()
        for loop in self._loops:
            loop.cancel()
            with suppress(asyncio.CancelledError):
                await loop


@pytest.fixture
async def dialers(world: World, database_url: str) -> AsyncIterator[Dialers]:
    """Makes dialers that are parts of the test: `dialer = await dialers()`."""
    settings = DatabaseSettings.model_validate({"DATABASE_URL": database_url, "database_pool_size": 30})
    engine = create_engine(settings, name="test dialers")
    made = Dialers(world, engine, Outcomes(engine, TARIFF, check_interval=60.0), settings)
    yield made
    await made.end()
    await engine.dispose()
