"""The clock: what is due is announced, once and in time; what was lost is announced again; who died is cleared away."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import aio_pika
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.support.books import Books
from tests.support.eventually import eventually
from tests.support.proxy import Proxy
from tests.support.world import listed

from belltower.db import ownership
from belltower.db.due import Due, get_scheduled_campaigns_to_run, next_wake
from belltower.db.engine import in_transaction
from belltower.db.notify import wake_scheduler
from belltower.db.occurrences import LEAD
from belltower.db.ownership import take_over
from belltower.db.series import create_series
from belltower.domain.definition import Definition
from belltower.domain.recurrence.occurrences import Recurrence
from belltower.domain.recurrence.reading import read_rule
from belltower.events import CampaignDue
from belltower.messaging import connection
from belltower.messaging.publisher import CampaignPublisher
from belltower.messaging.topology import DUE_QUEUE
from belltower.runtime.settings import BrokerSettings, DatabaseSettings
from belltower_scheduler import announce_due as announcing
from belltower_scheduler import materialise_series
from belltower_scheduler import scheduler as scheduler_module
from belltower_scheduler.announce_due import announce_due
from belltower_scheduler.held import AHEAD, DELIVERY, EARLY, GATHERING, Held
from belltower_scheduler.listener import listen
from belltower_scheduler.scheduler import RETRY_PAUSE, CampaignScheduler


@dataclass
class Clock:
    """A database with one account, a broker, and what schedulers are made of."""

    books: Books
    database: DatabaseSettings
    amqp_url: str

    def publisher(self, url: str | None = None) -> CampaignPublisher:
        """A publisher to the broker."""
        return CampaignPublisher(BrokerSettings(amqp_url=SecretStr(url or self.amqp_url)), name="test")

    def scheduler(self, publisher: CampaignPublisher, *, check_interval: float = 60) -> CampaignScheduler:
        """A scheduler that runs when the test lets it."""
        return CampaignScheduler(self.books.engine, publisher, self.database, check_interval=check_interval)

    async def execute(self, statement: str, **parameters: object) -> None:
        """Run a statement and commit."""
        async with self.books.engine.begin() as opened:
            await opened.execute(text(statement), parameters)

    async def campaigns(self, count: int = 1, *, due_in: float = 0) -> list[UUID]:
        """Write campaigns that are scheduled, without waking anybody."""
        async with self.books.engine.begin() as opened:
            rows = await opened.execute(
                text(
                    """INSERT INTO campaigns (id, account_id, name, welcome_message, language, voice, caller_id,
                           concurrency, max_attempts, retry_delay, is_scheduled, scheduled_time, timezone, contacts,
                           status, status_actor, next_due_at)
                       SELECT gen_random_uuid(), :account, 'Test', 'Hello.', 'en-US', 'alice', '+14155550100',
                           10, 1, 1, true, due.at, 'UTC', 0, 'scheduled', 'test', due.at
                       FROM generate_series(1, :count),
                            (SELECT clock_timestamp() + make_interval(secs => :due_in) AS at) AS due
                       RETURNING id"""
                ),
                {"account": self.books.account, "count": count, "due_in": due_in},
            )
            return list(rows.scalars())

    async def messages(self) -> list[list[UUID]]:
        """Take all messages out of the queue; the ids of each."""
        async with await aio_pika.connect(self.amqp_url) as opened:
            queue = await (await opened.channel()).get_queue(DUE_QUEUE)
            found = []
            while (message := await queue.get(no_ack=True, fail=False)) is not None:
                found.append(list(CampaignDue.decode(message.body).campaign_ids))
            return found

    async def arrive(self, ids: Sequence[UUID], *, timeout: float = 5) -> None:
        """Wait until these, and no others, have been announced, each once."""
        announced: list[UUID] = []

        async def check() -> bool:
            announced.extend(each for message in await self.messages() for each in message)
            assert sorted(announced) == sorted(ids)
            return True

        await eventually(check, timeout=timeout)

    async def only(self) -> Any:
        """The only campaign."""
        return await self.books.row("SELECT * FROM campaigns")

    async def announced_ago(self, seconds: float) -> None:
        """Make all announcements older."""
        await self.execute(
            "UPDATE campaigns SET announced_at = now() - make_interval(secs => :age) WHERE announced_at IS NOT NULL",
            age=seconds,
        )

    async def due_ago(self, seconds: float) -> None:
        """Have the instants of all campaigns lie in the past, without what a change of an instant brings about."""
        async with self.books.engine.begin() as opened:
            await opened.exec_driver_sql("SET LOCAL session_replication_role = replica")
            await opened.execute(
                text("UPDATE campaigns SET next_due_at = now() - make_interval(secs => :seconds)"), {"seconds": seconds}
            )

    async def own(self, campaign: UUID, *, lapsed: bool) -> None:
        """Have a dialer own a campaign, dead or alive."""
        await self.execute(
            "UPDATE dialers SET lapses_at = now() + make_interval(secs => :seconds)", seconds=-1 if lapsed else 10
        )
        await self.execute(
            """UPDATE campaigns SET owner = :dialer, epoch = epoch + 1, status = 'processing', announced_at = NULL,
                   taken_at = now(), started_at = now() WHERE id = :campaign""",
            dialer=self.books.dialer,
            campaign=campaign,
        )


def held() -> Held:
    """What holds claims whose instant is still to come, and keeps them to itself."""

    async def nobody(batch: Sequence[Due]) -> None:
        raise AssertionError(f"{batch} were announced")

    return Held(nobody)


@asynccontextmanager
async def connected(*publishers: CampaignPublisher) -> AsyncIterator[None]:
    """Publishers that have their connection, for the time of a block."""
    tasks = [asyncio.create_task(publisher.run()) for publisher in publishers]
    try:
        for publisher in publishers:
            await asyncio.wait_for(publisher.connected.wait(), 10)
        yield
    finally:
        await _end(tasks)


@asynccontextmanager
async def running(scheduler: CampaignScheduler) -> AsyncIterator[None]:
    """A scheduler at work, for the time of a block."""
    task = asyncio.create_task(scheduler.run())
    try:
        await eventually(lambda: _is_ready(scheduler))
        yield
        assert not task.done()
    finally:
        await _end([task])


async def _is_ready(scheduler: CampaignScheduler) -> bool:
    return await scheduler.ready() is None


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def clock(books: Books, database_url: str, amqp_url: str) -> Clock:
    """A database, a broker, no scheduler yet."""
    return Clock(books, DatabaseSettings.model_validate({"DATABASE_URL": database_url}), amqp_url)


async def test_two_schedulers_announce_each_of_10000_campaigns_once(clock: Clock) -> None:
    ids = await clock.campaigns(10_000)
    first, second = clock.publisher(), clock.publisher()
    async with connected(first, second):
        assert (
            await asyncio.gather(*(announce_due(clock.books.engine, each, held()) for each in (first, second)))
            == [True] * 2
        )
    announced = [each for message in await clock.messages() for each in message]
    assert len(announced) == 10_000
    assert set(announced) == set(ids)
    moved = await clock.books.row(
        "SELECT count(*) AS times FROM campaign_events WHERE from_status = 'scheduled' AND to_status = 'pending'"
    )
    assert moved.times == 10_000


async def test_a_lost_message_is_announced_again_after_five_seconds(clock: Clock) -> None:
    (campaign,) = await clock.campaigns()
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        await scheduler.tick()
        assert await clock.messages() == [[campaign]]  # and with that it is lost
        await clock.announced_ago(4)
        assert await scheduler.tick() < 1.1, "it has to look again when the announcement is five seconds old"
        assert await clock.messages() == []
        await clock.announced_ago(5)
        await scheduler.tick()
        assert await clock.messages() == [[campaign]]


async def test_while_messages_wait_nothing_is_announced_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dialers are busy: more messages would help nobody. Only a very old announcement is taken for lost."""
    monkeypatch.setattr(scheduler_module, "SWEEP_PAUSE", 0)
    (campaign,) = await clock.campaigns()
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        await scheduler.tick()
        await clock.announced_ago(60)
        await scheduler.tick()
        assert await publisher.ready_messages() == 1
        await clock.announced_ago(601)
        await scheduler.tick()
        assert await clock.messages() == [[campaign], [campaign]]


async def test_what_the_broker_does_not_confirm_is_due_again_and_not_tried_in_haste(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_confirmed(ids: Sequence[UUID]) -> list[UUID]:
        return list(ids)

    await clock.campaigns(3)
    publisher = clock.publisher()
    async with connected(publisher):
        monkeypatch.setattr(publisher, "publish", nothing_confirmed)
        assert await clock.scheduler(publisher).tick() == RETRY_PAUSE
    rows = await clock.books.rows("SELECT status, announced_at, next_due_at FROM campaigns")
    assert all(row.status == "pending" and row.announced_at is None and row.next_due_at for row in rows)


async def test_without_a_broker_nothing_is_claimed(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "RETRY_PAUSE", 0.05)
    monkeypatch.setattr(connection, "_PAUSES", (0.1,))
    async with Proxy(clock.amqp_url) as proxy:
        publisher = clock.publisher(proxy.url)
        scheduler = clock.scheduler(publisher)
        async with running(scheduler):
            await proxy.cut()

            async def noticed() -> bool:
                return await scheduler.ready() == "There is no connection to RabbitMQ."

            await eventually(noticed)
            ids = await clock.campaigns()
            await wake_scheduler(clock.books.engine)
            await scheduler.tick()
            await scheduler.tick()
            campaign = await clock.only()
            assert (campaign.status, campaign.announced_at) == ("scheduled", None)
            await proxy.mend()
            await clock.arrive(ids)


async def test_only_a_lapsed_owner_is_evicted_and_its_campaign_announced_in_the_same_tick(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler_module, "STEADY", 0.0)
    (campaign,) = await clock.campaigns()
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        await clock.own(campaign, lapsed=False)
        assert await scheduler.tick() <= 10, "it has to look again when the heartbeat would lapse"
        row = await clock.only()
        assert (row.owner, row.epoch) == (clock.books.dialer, 1)
        await clock.own(campaign, lapsed=True)
        await scheduler.tick()
        row = await clock.only()
        assert (row.owner, row.epoch, row.status, row.evictions) == (None, 3, "processing", 1)
        assert await clock.messages() == [[campaign]]


async def test_a_scheduler_evicts_nobody_just_after_it_was_away_itself(clock: Clock) -> None:
    """The dialers may have been without the database for as long."""
    (campaign,) = await clock.campaigns()
    await clock.own(campaign, lapsed=True)
    publisher = clock.publisher()
    async with connected(publisher):
        await clock.scheduler(publisher).tick()
    assert (await clock.only()).owner == clock.books.dialer


async def test_a_campaign_that_loses_three_owners_without_a_call_is_paused(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler_module, "STEADY", 0.0)
    campaign = await clock.books.campaign(2)
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)

    async def lose_an_owner() -> Any:
        await clock.own(campaign, lapsed=True)
        await scheduler.tick()
        return await clock.only()

    async with connected(publisher):
        for evictions in (1, 2):
            row = await lose_an_owner()
            assert (row.status, row.evictions) == ("processing", evictions)
        row = await lose_an_owner()
    assert (row.status, row.owner, row.next_due_at) == ("paused", None, None)
    assert row.status_reason.startswith("Three dialers in a row were lost")


@pytest.mark.parametrize("placed", [True, False])
async def test_a_call_that_was_placed_between_two_evictions_clears_a_campaign_of_suspicion(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, placed: bool
) -> None:
    """One that only passed the gate does not: dialers that die between the gate and the carrier would do so for ever."""
    monkeypatch.setattr(scheduler_module, "STEADY", 0.0)
    campaign = await clock.books.campaign(2)
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        for _ in range(2):
            await clock.own(campaign, lapsed=True)
            await scheduler.tick()
        await clock.own(campaign, lapsed=True)
        await clock.books.gate(campaign)
        if placed:
            await clock.books.execute("UPDATE attempts SET carrier_call_id = 'CA' || id")
        await scheduler.tick()
    row = await clock.only()
    assert (row.status, row.evictions) == (("processing", 0) if placed else ("paused", 3))


async def test_a_notification_wakes_the_scheduler(clock: Clock) -> None:
    async with running(clock.scheduler(clock.publisher(), check_interval=60)):
        await _asleep(clock)
        ids = await clock.campaigns()
        await wake_scheduler(clock.books.engine)
        await clock.arrive(ids, timeout=2)


async def test_without_a_notification_the_next_look_finds_it(clock: Clock) -> None:
    async with running(clock.scheduler(clock.publisher(), check_interval=0.3)):
        await _asleep(clock)
        await clock.arrive(await clock.campaigns(), timeout=2)


async def _asleep(clock: Clock) -> None:
    """Wait until the listener hears and a first campaign went through."""

    async def listening() -> bool:
        rows = await clock.books.rows(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'scheduler listener' AND datname = current_database()"
        )
        return bool(rows)

    await eventually(listening)
    ids = await clock.campaigns()
    await wake_scheduler(clock.books.engine)
    await clock.arrive(ids)
    await clock.execute("UPDATE campaigns SET announced_at = NULL, next_due_at = NULL, status = 'cancelled'")


async def test_what_is_due_after_its_next_look_wakes_no_scheduler(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dialers give campaigns back by the dozen, to go on in some seconds."""
    scheduler = clock.scheduler(clock.publisher())
    tick, ticks = scheduler.tick, 0

    async def count() -> float:
        nonlocal ticks
        pause = await tick()
        ticks += 1
        return pause

    async def looks(notification: str) -> bool:
        await asyncio.sleep(0.2)
        before = ticks
        await clock.execute(f"NOTIFY belltower_due, '{notification}'")
        await asyncio.sleep(0.4)
        return ticks > before

    monkeypatch.setattr(scheduler, "tick", count)
    async with running(scheduler):
        await _asleep(clock)  # for five seconds, after which it asks what became of its announcement
        assert not await looks("30")
        assert not await looks("59.9")
        assert await looks(f"{AHEAD + 0.1}")
        assert await looks("now")
        assert await looks("nan")


async def test_a_campaign_is_claimed_a_moment_ahead_and_announced_for_its_instant(clock: Clock) -> None:
    ids = await clock.campaigns(due_in=AHEAD + 1)
    due = (await clock.only()).next_due_at
    async with running(clock.scheduler(clock.publisher())):

        async def claimed() -> Any:
            return (await clock.only()).announced_at

        at = await eventually(claimed)
        assert AHEAD - GATHERING - 0.5 < (due - at).total_seconds() < AHEAD
        assert (await clock.only()).status == "scheduled"
        await clock.arrive(ids, timeout=AHEAD + 5)
        early = (due - (await clock.books.row("SELECT clock_timestamp() AS now")).now).total_seconds()
        assert -0.2 < early <= DELIVERY


async def test_what_is_due_next_is_claimed_together(clock: Clock) -> None:
    for more in (1.0, 1.03, 1.06, 1.1):
        await clock.campaigns(due_in=AHEAD + more)
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        pause = await scheduler.tick()
        assert 0.5 < pause <= 1 + GATHERING
        await asyncio.sleep(pause)
        await scheduler.tick()
    assert (await clock.books.row("SELECT count(announced_at) AS claimed FROM campaigns")).claimed == 4


async def test_what_is_held_as_the_scheduler_ends_is_announced_or_claimed_by_another(clock: Clock) -> None:
    heard, hears = asyncio.Event(), asyncio.Event()
    listening = asyncio.create_task(listen(clock.database, woken=lambda _: heard.set(), connected=hears.set))
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher), asyncio.timeout(10):
        await hears.wait()
        heard.clear()
        later = await clock.campaigns(due_in=AHEAD - 0.1)
        soon = await clock.campaigns(due_in=EARLY - 0.2)
        await scheduler.tick()
        assert (await clock.books.row("SELECT count(announced_at) AS claimed FROM campaigns")).claimed == 2
        assert await clock.messages() == []
        await scheduler.drain()
        assert await clock.messages() == [soon]
        assert list(await clock.books.rows("SELECT id FROM campaigns WHERE announced_at IS NULL")) == [(later[0],)]
        await heard.wait()
    await _end([listening])


async def test_what_no_dialer_takes_is_pending_after_five_seconds_though_its_message_waits(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler_module, "SWEEP_PAUSE", 0)
    (campaign,) = await clock.campaigns(due_in=0.4)
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        await scheduler.tick()
        await scheduler.drain()
        assert await publisher.ready_messages() == 1
        await clock.announced_ago(8)
        await clock.due_ago(4)
        await scheduler.tick()
        assert (await clock.only()).status == "scheduled"
        await clock.due_ago(5)
        await scheduler.tick()
        row = await clock.only()
        assert (row.status, row.status_actor) == ("pending", "scheduler")
        assert await clock.messages() == [[campaign]], "announced once"


async def test_what_is_held_and_not_confirmed_is_due_again(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing_confirmed(ids: Sequence[UUID]) -> list[UUID]:
        return list(ids)

    await clock.campaigns(due_in=0.4)
    publisher = clock.publisher()
    scheduler = clock.scheduler(publisher)
    async with connected(publisher):
        await scheduler.tick()
        monkeypatch.setattr(publisher, "publish", nothing_confirmed)
        await scheduler.drain()
    campaign = await clock.only()
    assert (campaign.status, campaign.announced_at) == ("scheduled", None)


async def test_of_what_is_due_in_a_moment_no_more_is_claimed_than_is_held(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "BATCH", 2)
    monkeypatch.setattr("belltower_scheduler.held.MOST", 3)
    await clock.campaigns(9, due_in=0.4)
    publisher = clock.publisher()
    async with connected(publisher):
        await announce_due(clock.books.engine, publisher, held())
    assert (await clock.books.row("SELECT count(announced_at) AS claimed FROM campaigns")).claimed == 4


async def test_a_thousand_missed_starts_hold_nobody_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch of them is paused, and nothing of it waits for the broker."""
    monkeypatch.setattr(announcing, "BATCH", 10)
    await missed(clock, "2 hours", 3600, count=1_000)
    ids = await clock.campaigns()
    publisher = clock.publisher()
    async with connected(publisher), asyncio.timeout(60):
        await announce_due(clock.books.engine, publisher, held())
    assert await clock.messages() == [ids]


@pytest.mark.parametrize(
    "change",
    [
        "SET scheduled_time = scheduled_time + interval '1 hour', next_due_at = next_due_at + interval '1 hour'",
        "SET next_due_at = next_due_at - interval '0.1 seconds'",
        "SET status = 'cancelled', next_due_at = NULL",
    ],
    ids=["later", "sooner", "never"],
)
async def test_a_claim_ahead_is_void_once_the_instant_is_another(clock: Clock, change: str) -> None:
    await clock.campaigns(due_in=0.4)
    publisher = clock.publisher()
    async with connected(publisher):
        await clock.scheduler(publisher).tick()
        assert (await clock.only()).announced_at is not None
        await clock.execute(f"UPDATE campaigns {change}")
    assert (await clock.only()).announced_at is None


async def test_a_claim_ahead_stays_when_anything_else_changes(clock: Clock) -> None:
    await clock.campaigns(due_in=5)
    await clock.execute("UPDATE campaigns SET announced_at = now()")
    await clock.execute("UPDATE campaigns SET name = 'Another'")
    assert (await clock.only()).announced_at is not None


async def test_a_takeover_waits_for_the_instant_and_its_history_has_both_moves(clock: Clock) -> None:
    (campaign,) = await clock.campaigns(due_in=0.5)
    await get_scheduled_campaigns_to_run(clock.books.engine, 10, ahead=1)
    (taken,) = await take_over(clock.books.engine, clock.books.dialer, [campaign], actor="a dialer")
    assert 0 <= taken.lateness < 3
    moves = await clock.books.rows("SELECT from_status, to_status, actor FROM campaign_events ORDER BY id")
    assert [tuple(move) for move in moves] == [
        (None, "scheduled", "test"),
        ("scheduled", "pending", "scheduler"),
        ("pending", "processing", "a dialer"),
    ]


async def test_what_comes_due_while_a_dialer_looks_is_taken_at_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instant passes after the takeover and before the question what became of it: nobody has locked it."""
    (campaign,) = await clock.campaigns(due_in=0.2)

    async def slowly(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        done = await in_transaction(engine, work)
        await asyncio.sleep(0.4)
        return done

    monkeypatch.setattr(ownership, "in_transaction", slowly)
    monkeypatch.setattr(ownership, "_LOCKED_PAUSE", 3600)
    async with asyncio.timeout(20):
        (taken,) = await take_over(clock.books.engine, clock.books.dialer, [campaign], actor="a dialer")
    assert taken.id == campaign


async def test_an_edit_in_the_last_moment_wins(clock: Clock) -> None:
    """A dialer has the announcement already, and waits for an instant that is another one when it comes."""
    (campaign,) = await clock.campaigns(due_in=0.5)
    await get_scheduled_campaigns_to_run(clock.books.engine, 10, ahead=1)
    taking = asyncio.create_task(take_over(clock.books.engine, clock.books.dialer, [campaign], actor="a dialer"))
    await asyncio.sleep(0.1)
    await clock.execute("UPDATE campaigns SET next_due_at = next_due_at + interval '1 hour'")
    assert await taking == []
    row = await clock.only()
    assert (row.status, row.owner, row.announced_at) == ("scheduled", None, None)


async def test_the_next_wake_is_of_what_is_neither_announced_nor_owned(clock: Clock) -> None:
    near, announced, owned, late = [(await clock.campaigns(due_in=seconds))[0] for seconds in (100, 10, 20, 200)]
    await clock.execute("UPDATE campaigns SET announced_at = now() WHERE id = :id", id=announced)
    await clock.own(owned, lapsed=False)
    due = await clock.books.row("SELECT next_due_at FROM campaigns WHERE id = :id", id=near)
    wake = await next_wake(clock.books.engine)
    assert wake.next_due_at == due.next_due_at
    assert wake.announced_at is not None
    assert wake.lapses_at is not None
    await clock.execute("UPDATE campaigns SET next_due_at = NULL, announced_at = NULL, owner = NULL")
    wake = await next_wake(clock.books.engine)
    assert (wake.next_due_at, wake.announced_at, wake.lapses_at) == (None, None, None)
    assert late


async def test_a_failed_tick_does_not_stop_the_next(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "RETRY_PAUSE", 0.05)
    failures = 3

    async def fails_at_first(*arguments: Any) -> bool:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise RuntimeError("not today")
        return await announce_due(*arguments)

    monkeypatch.setattr(scheduler_module, "announce_due", fails_at_first)
    ids = await clock.campaigns()
    async with running(clock.scheduler(clock.publisher())):
        await clock.arrive(ids)
    assert failures < 0


# ---- a start that was missed


async def missed(clock: Clock, late: str, grace: int | None, count: int = 1) -> list[UUID]:
    """Campaigns whose time is so long ago, while no scheduler ran."""
    ids = await clock.campaigns(count)
    await clock.execute(
        """UPDATE campaigns SET misfire_grace = :grace, scheduled_time = now() - CAST(CAST(:late AS text) AS interval),
               next_due_at = now() - CAST(CAST(:late AS text) AS interval)""",
        grace=grace,
        late=late,
    )
    return ids


async def test_a_campaign_whose_time_passes_without_a_scheduler_is_paused_by_the_one_that_comes(clock: Clock) -> None:
    punctual, late = await clock.campaigns(2, due_in=0.5)
    await clock.execute("UPDATE campaigns SET misfire_grace = 0 WHERE id = :id", id=late)

    async def is_over() -> bool:
        row = await clock.books.row("SELECT bool_and(scheduled_time < now() - interval '10 seconds') FROM campaigns")
        return bool(row[0])

    await eventually(is_over, timeout=20)
    publisher = clock.publisher()
    async with connected(publisher), running(clock.scheduler(publisher)):
        await clock.arrive([punctual])
    row = await clock.books.row("SELECT * FROM campaigns WHERE id = :id", id=late)
    assert (row.status, row.next_due_at, row.announced_at, row.owner) == ("paused", None, None, None)
    assert re.fullmatch(r"Missed by \d+ s\. Start it now, or give it another time and resume it\.", row.status_reason)
    event = await clock.books.row(
        "SELECT * FROM campaign_events WHERE campaign_id = :id AND to_status = 'paused'", id=late
    )
    assert (event.from_status, event.actor, event.reason) == ("scheduled", "scheduler", row.status_reason)


@pytest.mark.parametrize(
    ("late", "grace", "words"),
    [
        ("11 seconds", 0, r"\d+ s"),
        ("50 seconds", 20, r"5\d s"),
        ("61 seconds", 60, "1 min"),
        ("2 hours 10 minutes 30 seconds", 3600, "2 h 10 min"),
        ("1 hour", 3599, "1 h 0 min"),
        ("3 days 4 hours", 86_400, "3 d 4 h"),
        ("6 seconds", 0, None),
        ("59 minutes", 3600, None),
        ("29 days 23 hours", 30 * 86_400, None),
        ("5 years", None, None),
    ],
)
async def test_a_start_is_missed_when_it_is_later_than_its_grace(
    clock: Clock, late: str, grace: int | None, words: str | None
) -> None:
    ids = await missed(clock, late, grace)
    publisher = clock.publisher()
    async with connected(publisher):
        await announce_due(clock.books.engine, publisher, held())
    row = await clock.only()
    if words is None:
        assert (row.status, row.status_reason) == ("pending", None)
        assert await clock.messages() == [ids]
    else:
        assert row.status == "paused"
        assert re.match(rf"Missed by {words}\. ", row.status_reason)
        assert await clock.messages() == []


@pytest.mark.parametrize("status", ["pending", "processing"])
async def test_only_a_first_start_can_be_missed(clock: Clock, status: str) -> None:
    (campaign,) = await missed(clock, "1 day", 0)
    await clock.execute("UPDATE campaigns SET status = :status, started_at = now() - interval '1 day'", status=status)
    publisher = clock.publisher()
    async with connected(publisher):
        await announce_due(clock.books.engine, publisher, held())
    assert (await clock.only()).status == status
    assert await clock.messages() == [[campaign]]


async def test_schedulers_side_by_side_pause_what_was_missed_once_and_announce_the_rest(clock: Clock) -> None:
    late = await missed(clock, "2 hours", 3600, count=1_200)
    ids = await clock.campaigns(700)
    first, second = clock.publisher(), clock.publisher()
    async with connected(first, second):
        await asyncio.gather(*(announce_due(clock.books.engine, each, held()) for each in (first, second)))
    announced = [each for message in await clock.messages() for each in message]
    assert sorted(announced) == sorted(ids)
    paused = await clock.books.rows("SELECT campaign_id FROM campaign_events WHERE to_status = 'paused'")
    assert sorted(row.campaign_id for row in paused) == sorted(late)


async def test_the_occurrences_of_a_series_are_made_and_decided_on_without_waiting_for_a_look(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(materialise_series, "LOOK", 60.0)
    scheduler = clock.scheduler(clock.publisher())
    async with running(scheduler):
        await scheduler.tick()
        now = (await clock.books.row("SELECT clock_timestamp() AS now")).now
        starts = (now + LEAD + timedelta(seconds=3)).replace(microsecond=0, tzinfo=None)
        with listed(["+14155550123"]) as contacts:
            async with clock.books.engine.begin() as opened:
                await create_series(
                    opened,
                    clock.books.account,
                    Definition(
                        name="Daily",
                        welcome_message="Hello.",
                        language="en-US",
                        voice="alice",
                        caller_id="+14155550100",
                        concurrency=10,
                        max_attempts=1,
                        retry_delay=1,
                    ),
                    Recurrence(read_rule("FREQ=DAILY", "UTC"), starts, "UTC"),
                    contacts,
                    skip_if_running=True,
                    actor="test",
                    now=now,
                )
        await wake_scheduler(clock.books.engine)

        async def there_are(number: int) -> bool:
            rows = await clock.books.rows("SELECT status, clock_timestamp() AS now, scheduled_time FROM campaigns")
            assert {row.status for row in rows} <= {"scheduled"}
            return len(rows) == number

        await eventually(lambda: there_are(1), timeout=2)
        await eventually(lambda: there_are(2), timeout=5)  # seconds before the first one starts
