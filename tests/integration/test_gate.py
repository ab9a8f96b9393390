"""The gate: who is let through, and who never is. On a real database, with real commits, several gates at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.support.dialers import HOLD, Dialers, HangingUpCarrier, RecordingCarrier, TestDialer, ended
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db import do_not_call
from belltower.db.due import evict_lapsed
from belltower.db.engine import in_transaction
from belltower.db.wallet import get_wallet
from belltower.domain.call import CallStatus
from belltower.telephony.provider import CallUpdate
from belltower_dialer import gate as gate_module
from belltower_dialer import placing
from belltower_dialer.gate import Verdict
from belltower_dialer.process_campaign import OUT_OF_MONEY, Ending


def requests(dialer: TestDialer) -> list[str]:
    """The numbers that a dialer asked its carrier to ring."""
    assert isinstance(dialer.carrier, RecordingCarrier)
    return [request.to for request in dialer.carrier.requests]


def most_at_once(calls: Sequence[Any]) -> int:
    """The most calls that were live at one time, by when they passed the gate and when they ended."""
    changes = sorted([(call.gated_at, 1) for call in calls] + [(call.ended_at, -1) for call in calls if call.ended_at])
    live = most = 0
    for _, change in changes:
        live += change
        most = max(most, live)
    return most


async def calls_of(world: World) -> list[Any]:
    """All calls that passed the gate, in their order."""
    return await world.rows("SELECT id, phone, gated_at, ended_at FROM attempts ORDER BY gated_at")


async def test_a_do_not_call_contact_is_skipped(world: World, dialers: Dialers) -> None:
    phones = numbers(5)
    await dialers.execute(
        "INSERT INTO do_not_call (account_id, phone, reason) VALUES (:account, :phone, 'asked')",
        account=world.account,
        phone=phones[2],
    )
    dialer = await dialers()
    assert await dialer.run(await world.campaign(phones)) == [Ending.RELEASED]
    assert sorted(requests(dialer)) == [*phones[:2], *phones[3:]]
    skipped = await world.rows("SELECT phone, reason FROM contacts WHERE status = 'skipped'")
    assert [tuple(row) for row in skipped] == [(phones[2], "do_not_call")]
    await world.check_records()


async def test_everybody_hears_their_own_message(world: World, dialers: Dialers) -> None:
    ann, ben = numbers(2)
    campaign = await world.campaign([ann, ben])
    await dialers.execute("UPDATE campaigns SET welcome_message = 'Hello {{name|you}}, {{time}} suits.'")
    await dialers.execute(
        "UPDATE contacts SET name = 'Ann', fields = CAST(:fields AS json) WHERE phone = :phone",
        phone=ann,
        fields='{"Time": "10:00 & later"}',
    )
    dialer = await dialers()
    await dialer.run(campaign)
    assert isinstance(dialer.carrier, RecordingCarrier)
    said = {request.to: request.message for request in dialer.carrier.requests}
    assert said == {ann: "Hello Ann, 10:00 & later suits.", ben: "Hello you, suits."}


async def test_who_presses_9_is_skipped_wherever_they_wait_in_the_account_and_only_there(
    world: World, dialers: Dialers
) -> None:
    """One campaign has called them in vain and will try again, another has not come to them; a third calls for others."""
    (phone,) = numbers(1)
    dialer = await dialers()
    retrying = await world.campaign([phone], max_attempts=2)
    await dialer.run(retrying)
    (call,) = await calls_of(world)
    await dialers.outcomes.apply(CallUpdate(call.id, None, CallStatus.BUSY, dedupe_key="1"), source="callback")
    reaching = await world.campaign([phone], max_attempts=2)
    await dialer.run(reaching)
    waiting, others = [await world.campaign([phone]) for _ in range(2)]
    await _give_to_another_account(dialers, others)

    (call,) = (await calls_of(world))[1:]
    async with dialers.engine.begin() as connection:
        assert await do_not_call.opt_out(connection, world.account, phone, call_id=call.id)
    await dialers.outcomes.apply(ended(call.id), source="callback")
    await dialers.execute("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")
    await dialers.execute("UPDATE campaigns SET next_due_at = now() WHERE id = :id", id=retrying)
    await dialer.run(retrying, waiting, others)

    contacts = {row.campaign_id: row for row in await world.rows("SELECT campaign_id, status, reason FROM contacts")}
    assert [contacts[each].reason for each in (retrying, waiting)] == ["do_not_call"] * 2
    assert [contacts[each].status for each in (retrying, reaching, waiting, others)] == [
        "skipped", "reached", "skipped", "calling"
    ]  # fmt: skip
    assert requests(dialer) == [phone] * 3
    assert [await world.status(each) for each in (retrying, reaching, waiting)] == ["completed"] * 3


async def test_once_a_number_is_on_the_list_no_gate_goes_by_an_older_one(world: World, dialers: Dialers) -> None:
    (phone,) = numbers(1)
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign([phone]))
    async with dialers.engine.connect() as clerk:
        async with clerk.begin():
            await do_not_call.add(clerk, world.account, phone, actor="test", note=None)
            verdict = asyncio.ensure_future(dialer.gate.admit(campaign))
            await eventually(lambda: _somebody_waits_for_a_lock(world))
        await verdict
    assert requests(dialer) == []
    assert await world.one("SELECT status FROM contacts") == "skipped"


async def test_a_number_in_two_campaigns_is_on_one_live_call_only(world: World, dialers: Dialers) -> None:
    first, second = await dialers(), await dialers()
    phones = numbers(20)
    campaigns = [await world.campaign(phones, concurrency=20) for _ in range(2)]
    await asyncio.gather(first.run(campaigns[0]), second.run(campaigns[1]))
    assert sorted(requests(first) + requests(second)) == phones
    waiting = await world.rows(
        """SELECT reason, extract(epoch FROM next_attempt_at - clock_timestamp())::float AS waits
           FROM contacts WHERE status = 'waiting'"""
    )
    assert len(waiting) == 20
    assert all(row.reason == "number_busy" and 25 < row.waits <= 30 for row in waiting)
    for call in await calls_of(world):
        await dialers.outcomes.apply(ended(call.id), source="callback")
    await dialers.execute("UPDATE contacts SET next_attempt_at = now() WHERE status = 'waiting'")
    await dialers.execute("UPDATE campaigns SET next_due_at = now() WHERE next_due_at IS NOT NULL")
    open_ones = await world.rows("SELECT id FROM campaigns WHERE next_due_at IS NOT NULL")
    await first.run(*(row.id for row in open_ones))
    assert sorted(requests(first) + requests(second)) == sorted(2 * phones)
    await world.check_records()


async def test_the_accounts_simultaneous_calls_hold_across_gates(world: World, dialers: Dialers) -> None:
    await dialers.execute("UPDATE accounts SET max_concurrent_calls = 7")
    both = [await dialers(HangingUpCarrier(dialers.outcomes, after=0.03)) for _ in range(2)]
    campaigns = [await world.campaign(numbers(20, start=20 * index), concurrency=20) for index in range(4)]
    await asyncio.gather(both[0].run(*campaigns[:2]), both[1].run(*campaigns[2:]))
    await asyncio.gather(*(dialer.carrier.close() for dialer in both))
    calls = await calls_of(world)
    assert len(calls) == 80
    assert most_at_once(calls) == 7
    assert all(len(requests(dialer)) > 10 for dialer in both)
    await world.check_records()


async def test_the_accounts_calls_per_second_hold_across_gates(world: World, dialers: Dialers) -> None:
    await dialers.execute("UPDATE accounts SET calls_per_second = 6")
    both = [await dialers(), await dialers()]
    campaigns = [await world.campaign(numbers(8, start=8 * index), concurrency=20) for index in range(2)]
    await asyncio.gather(*(dialer.run(campaign) for dialer, campaign in zip(both, campaigns, strict=True)))
    at = [call.gated_at for call in await calls_of(world)]
    assert len(at) == 16
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in zip(at, at[6:], strict=False))
    assert at[-1] - at[0] < timedelta(seconds=4)


async def test_a_campaigns_concurrency_is_never_exceeded(world: World, dialers: Dialers) -> None:
    dialer = await dialers(HangingUpCarrier(dialers.outcomes, after=0.02))
    campaign = await world.campaign(numbers(30), concurrency=3)
    await dialer.run(campaign)
    await dialer.carrier.close()
    calls = await calls_of(world)
    assert len(calls) == 30
    assert most_at_once(calls) == 3
    assert await world.status(campaign) == "completed"
    await world.check_records()


async def test_holds_never_exceed_the_balance_however_many_gates_there_are(world: World, dialers: Dialers) -> None:
    await _leave_in_the_wallet(world, dialers, 11 * HOLD + HOLD / 2)
    four = [await dialers() for _ in range(4)]
    owned = [(await dialer.read(await world.campaign(numbers(10, start=10 * n))))[0] for n, dialer in enumerate(four)]
    verdicts = await asyncio.gather(*(dialer.gate.admit(each) for dialer, each in zip(four, owned, strict=True)))
    await asyncio.gather(*(dialer.placer.drained() for dialer in four))
    assert Verdict.OUT_OF_MONEY not in verdicts, "money is held by calls that may yet cost nothing"
    assert sum(len(requests(dialer)) for dialer in four) == 11
    async with world.engine.connect() as connection:
        wallet = await get_wallet(connection, world.account)
    assert wallet.held == 11 * HOLD
    assert wallet.available == HOLD / 2


async def test_a_campaign_that_ran_out_of_money_is_paused_with_the_reason(world: World, dialers: Dialers) -> None:
    await _leave_in_the_wallet(world, dialers, 2 * HOLD)
    dialer = await dialers(HangingUpCarrier(dialers.outcomes, after=0.05))
    campaign = await world.campaign(numbers(30), concurrency=10)
    assert await dialer.run(campaign) == [Ending.PAUSED]
    row = (await world.rows("SELECT status, status_reason, owner, next_due_at FROM campaigns"))[0]
    assert tuple(row) == ("paused", OUT_OF_MONEY, None, None)
    # 0.40 pay for calls of 0.02 each until less than a hold of 0.20 is left.
    assert len(requests(dialer)) == 11
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'waiting'") == 19
    await world.check_records()


async def _leave_in_the_wallet(world: World, dialers: Dialers, amount: Decimal) -> None:
    async with world.engine.connect() as connection:
        change = amount - (await get_wallet(connection, world.account)).available
    parameters = {"account": world.account, "change": change}
    await dialers.execute(
        "INSERT INTO ledger_entries (account_id, kind, amount) VALUES (:account, 'top_up', :change)", **parameters
    )
    await dialers.execute("INSERT INTO unfolded (account_id, amount) VALUES (:account, :change)", **parameters)


STOPPED = {
    "paused": "UPDATE campaigns SET status = 'paused', owner = NULL, epoch = epoch + 1, next_due_at = NULL",
    "cancelled": "UPDATE campaigns SET status = 'cancelled', owner = NULL, epoch = epoch + 1, next_due_at = NULL",
    "evicted": "UPDATE campaigns SET owner = NULL, epoch = epoch + 1",
    "evicted and taken over by the same dialer": "UPDATE campaigns SET epoch = epoch + 2",
}


@pytest.mark.parametrize("statement", STOPPED.values(), ids=STOPPED)
async def test_after_its_commit_nobody_of_a_stopped_campaign_is_let_through(
    world: World, dialers: Dialers, statement: str
) -> None:
    """The gate meets the row while the other's transaction is still open, and waits for what comes of it."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    async with dialers.engine.connect() as stopping:
        async with stopping.begin():
            await stopping.exec_driver_sql(statement)
            verdict = asyncio.ensure_future(dialer.gate.admit(campaign))
            await eventually(lambda: _somebody_waits_for_a_lock(world))
        assert await verdict is Verdict.LOST
    assert requests(dialer) == []
    assert await world.one("SELECT count(*) FROM attempts") == 0


async def _somebody_waits_for_a_lock(world: World) -> bool:
    return bool(await world.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


async def test_a_lapsed_owner_loses_its_campaign(world: World, dialers: Dialers) -> None:
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    await dialers.execute("UPDATE dialers SET lapses_at = now() - interval '1 second'")
    assert [each[0] for each in await evict_lapsed(dialers.engine)] == [campaign.taken.id]
    assert await dialer.gate.admit(campaign) is Verdict.LOST
    assert requests(dialer) == []


async def test_a_transaction_in_which_a_lapsed_owner_stands_still_holds_nobody_up(
    world: World, dialers: Dialers, database_url: str
) -> None:
    """Not even one between the parts of a statement, which Postgres does not take for idle."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    name = await world.one("SELECT name FROM dialers")
    stopped = await asyncpg.connect(database_url, server_settings={"application_name": name})
    await stopped.execute("BEGIN")
    await stopped.execute("SELECT FROM accounts FOR NO KEY UPDATE")
    await stopped.execute("SELECT FROM campaigns FOR SHARE")
    await stopped.prepare("SELECT 1")
    assert await world.one("SELECT state FROM pg_stat_activity WHERE application_name = :name", name=name) == "active"
    assert await evict_lapsed(dialers.engine) == [], "it lives"
    await dialers.execute("UPDATE dialers SET lapses_at = now() - interval '1 second'")

    async def evicted() -> bool:
        return [each[0] for each in await evict_lapsed(dialers.engine)] == [campaign.taken.id]

    await eventually(evicted, timeout=5)
    assert stopped.is_closed()


async def test_a_dialer_that_lost_its_lock_lets_nobody_through(world: World, dialers: Dialers) -> None:
    """Its heartbeat has not lapsed, and yet others may take it for dead."""
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    assert dialer.heartbeat.is_alive()
    await dialers.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'heartbeat of%'"
    )
    await eventually(lambda: _is_not_alive(dialer), timeout=1, interval=0.001)
    assert await dialer.gate.admit(campaign) is Verdict.LOST
    assert requests(dialer) == []


async def _is_not_alive(dialer: TestDialer) -> bool:
    return not dialer.heartbeat.is_alive()


BROKEN_COMMITS = {
    "refused": "RAISE EXCEPTION 'no commit today'",
    "cut off": "PERFORM pg_terminate_backend(pg_backend_pid())",
}


@pytest.mark.parametrize("trouble", BROKEN_COMMITS.values(), ids=BROKEN_COMMITS)
async def test_nothing_is_placed_when_the_gates_commit_fails(
    world: World, dialers: Dialers, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "COMMIT_DOUBT", 0.0)
    await dialers.execute(
        f"CREATE FUNCTION break_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {trouble}; RETURN NULL; END $$"
    )
    await dialers.execute(
        """CREATE CONSTRAINT TRIGGER break_commit AFTER INSERT ON attempts DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION break_commit()"""
    )
    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    with pytest.raises(DBAPIError):
        await dialer.gate.admit(campaign)
    await dialer.placer.drained()
    assert requests(dialer) == []
    assert await world.one("SELECT count(*) FROM attempts") == 0
    assert await world.one("SELECT count(*) FROM contacts WHERE status = 'waiting'") == 5


async def test_calls_whose_commit_was_confirmed_to_nobody_are_taken_back(
    world: World, dialers: Dialers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit happened, its answer was lost: the dialer cannot know, rings nobody, and says so later."""
    monkeypatch.setattr(placing, "COMMIT_DOUBT", 0.0)

    async def cut_off(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        await in_transaction(engine, work)
        raise ConnectionResetError("cut off")

    dialer = await dialers()
    (campaign,) = await dialer.read(await world.campaign(numbers(5)))
    with monkeypatch.context() as broken:
        broken.setattr(gate_module, "in_transaction", cut_off)
        with pytest.raises(ConnectionResetError):
            await dialer.gate.admit(campaign)
    await dialer.placer.drained()
    assert requests(dialer) == []
    assert await world.one("SELECT count(*) FROM attempts WHERE status = 'not_placed'") == 5
    assert await dialer.gate.admit(campaign) is Verdict.GO_ON
    await dialer.placer.drained()
    assert sorted(requests(dialer)) == numbers(5)
    await world.check_records()


async def test_one_campaign_that_cannot_pass_does_not_hold_up_the_others_of_its_account(
    world: World, dialers: Dialers
) -> None:
    await dialers.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'a row that nobody can write'; END $$"""
    )
    bad = numbers(1, start=500)[0]
    await dialers.execute(
        f"CREATE TRIGGER refuse BEFORE INSERT ON attempts FOR EACH ROW WHEN (NEW.phone = '{bad}') EXECUTE FUNCTION refuse()"
    )
    dialer = await dialers()
    campaigns = [await world.campaign(phones) for phones in (numbers(3), [bad], numbers(3, start=10))]
    owned = await dialer.read(*campaigns)
    results = await asyncio.gather(*(dialer.gate.admit(each) for each in owned), return_exceptions=True)
    by_campaign = {each.taken.id: result for each, result in zip(owned, results, strict=True)}
    assert isinstance(by_campaign[campaigns[1]], DBAPIError)
    assert [by_campaign[campaigns[0]], by_campaign[campaigns[2]]] == [Verdict.GO_ON, Verdict.GO_ON]
    dialer.placer.close()
    assert len(requests(dialer)) == 6


async def test_no_more_requests_are_under_way_than_a_dialer_may_have(world: World, dialers: Dialers) -> None:
    """Many accounts pass the gate at once, each by a transaction of its own."""

    class Slow(RecordingCarrier):
        under_way = most = 0

        async def place(self, request: Any) -> Any:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await asyncio.sleep(0.01)
            self.under_way -= 1
            return await super().place(request)

    slow = Slow()
    dialer = await dialers(slow, at_once=5)
    campaigns = [await world.campaign(numbers(6, start=6 * index)) for index in range(6)]
    for campaign in campaigns:
        await _give_to_another_account(dialers, campaign)
    await dialer.run(*campaigns)
    assert len(slow.requests) == 36
    assert slow.most == 5


async def _give_to_another_account(dialers: Dialers, campaign: UUID) -> None:
    await dialers.execute(
        """WITH account AS (
             INSERT INTO accounts (id, name, currency, balance, caller_id)
             SELECT gen_random_uuid(), 'Another', currency, 100, caller_id FROM accounts LIMIT 1 RETURNING id)
           UPDATE campaigns SET account_id = account.id FROM account WHERE campaigns.id = :campaign""",
        campaign=campaign,
    )
