"""Folding what gates and outcomes append, while they append it: nothing is lost, nothing counted twice, no reader notices."""

import asyncio
from decimal import Decimal
from itertools import count
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.support.books import OPENING_BALANCE, TARIFF, Books
from tests.support.eventually import eventually

from belltower.db import progress
from belltower.db.accounts import NewAccount, create_account
from belltower.db.campaigns import get_creation_terms
from belltower.db.progress import accounts_to_fold, fold, get_progress
from belltower.db.wallet import get_wallet, top_up
from belltower.domain.call import CallStatus

STEP = Decimal("0.000001")


async def unfolded(books: Books) -> int:
    return int((await books.row("SELECT count(*) AS number FROM unfolded")).number)


async def fold_everything(books: Books) -> int:
    """As the scheduler does, for every account that has something unfolded."""
    total = 0
    for account in await accounts_to_fold(books.engine):
        while folded := await fold(books.engine, account):
            total += folded
    return total


async def run_a_call(books: Books, campaign: UUID, ended: CallStatus) -> None:
    for attempt in await books.gate(campaign):
        await books.outcomes.apply(attempt.report(CallStatus.RINGING), source="callback")
        report = attempt.report(ended, "end", duration=42 if ended is CallStatus.COMPLETED else None)
        await books.outcomes.apply(report, source="callback")


async def test_folding_changes_where_it_stands_and_not_what_is_read(books: Books) -> None:
    campaign = await books.campaign(3)
    first, second, _ = await books.gate(campaign)
    await books.outcomes.apply(first.report(CallStatus.COMPLETED, duration=42), source="callback")
    await books.outcomes.apply(second.report(CallStatus.BUSY), source="callback")
    async with books.engine.connect() as connection:
        before = (await get_wallet(connection, books.account), await get_progress(connection, [campaign]))
    assert await fold_everything(books) > 0
    async with books.engine.connect() as connection:
        after = (await get_wallet(connection, books.account), await get_progress(connection, [campaign]))
    assert after == before
    assert await unfolded(books) == 0
    row = await books.row("SELECT balance FROM accounts")
    assert row.balance == OPENING_BALANCE - TARIFF.cost(42)
    row = await books.row("SELECT * FROM campaign_progress")
    assert (row.contact_waiting, row.contact_calling, row.contact_reached, row.contact_unreached) == (0, 1, 1, 1)
    assert (row.call_completed, row.call_busy) == (1, 1)
    await books.check([campaign])


async def test_folding_nothing_changes_nothing(books: Books) -> None:
    assert await fold(books.engine, books.account) == 0
    assert await accounts_to_fold(books.engine) == []
    assert await fold(books.engine, uuid4()) == 0


async def test_a_fold_takes_a_batch_at_a_time(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "FOLD_BATCH", 4)
    await books.execute(
        "INSERT INTO unfolded (account_id, amount) SELECT :id, 0.5 FROM generate_series(1, 10)", id=books.account
    )
    assert [await fold(books.engine, books.account) for _ in range(4)] == [4, 4, 2, 0]
    assert (await books.wallet()).balance == OPENING_BALANCE + 5


async def test_folders_and_writers_at_once_lose_and_double_nothing(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls are gated and end while three folders race with small batches; every look in between is exact."""
    monkeypatch.setattr(progress, "FOLD_BATCH", 5)
    campaigns = [await books.campaign(2) for _ in range(24)]
    endings = [CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED]
    folded, looks, done = count(), count(), asyncio.Event()

    async def keep_folding() -> None:
        while not done.is_set():
            for _ in range(await fold(books.engine, books.account)):
                next(folded)
            await asyncio.sleep(0)

    async def keep_looking() -> None:
        while not done.is_set():
            await books.check(campaigns)
            next(looks)

    async def work() -> None:
        await asyncio.gather(
            *(run_a_call(books, campaign, endings[number % 4]) for number, campaign in enumerate(campaigns))
        )
        done.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for task in (work(), keep_looking(), *(keep_folding() for _ in range(3))):
            tasks.create_task(task)
    assert next(looks) > 2
    assert next(folded) > 0
    while await fold(books.engine, books.account):
        pass
    assert await unfolded(books) == 0
    await books.check(campaigns)
    sums = await books.row(
        "SELECT sum(contact_reached) AS reached, sum(contact_unreached) AS missed FROM campaign_progress"
    )
    assert (sums.reached, sums.missed) == (12, 36)
    assert (await books.row("SELECT balance FROM accounts")).balance == OPENING_BALANCE - 12 * TARIFF.cost(42)


async def test_a_balance_read_while_it_is_folded_is_exact_at_every_moment(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every append is a millionth: what a reader sees can only grow, by whole steps, never beyond what was committed."""
    monkeypatch.setattr(progress, "FOLD_BATCH", 3)
    done = asyncio.Event()
    committed = 0

    async def append() -> None:
        nonlocal committed
        for _ in range(60):
            async with books.engine.begin() as connection:
                await top_up(connection, books.account, STEP, "test")
            committed += 1

    async def keep_folding() -> None:
        while not done.is_set():
            await fold(books.engine, books.account)

    async def look(read: str) -> None:
        last = Decimal(0)
        while not done.is_set():
            at_least = committed
            async with books.engine.connect() as connection:
                if read == "wallet":
                    balance = (await get_wallet(connection, books.account)).balance
                else:
                    balance = (await get_creation_terms(connection, books.account)).balance
            seen = (balance - OPENING_BALANCE) / STEP
            assert seen >= at_least
            assert seen >= last
            assert seen == int(seen) <= 180
            last = seen

    async def write() -> None:
        await asyncio.gather(append(), append(), append())
        done.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for task in (write(), keep_folding(), keep_folding(), look("wallet"), look("terms")):
            tasks.create_task(task)
    assert (await books.wallet()).balance == OPENING_BALANCE + 180 * STEP


async def test_an_append_that_commits_late_is_folded_later(books: Books) -> None:
    """Its id is lower than those that were folded meanwhile: folding goes by rows and not by a position."""
    async with books.engine.connect() as late, late.begin():
        await top_up(late, books.account, Decimal(1), "late")
        async with books.engine.begin() as connection:
            await top_up(connection, books.account, Decimal(2), "early")
        assert await fold(books.engine, books.account) == 1
    assert await fold(books.engine, books.account) == 1
    assert (await books.row("SELECT balance FROM accounts")).balance == OPENING_BALANCE + 3


async def test_a_fold_that_is_cut_off_has_folded_nothing(books: Books) -> None:
    await books.execute("INSERT INTO unfolded (account_id, amount) VALUES (:id, 7)", id=books.account)
    async with books.engine.connect() as connection:
        await connection.execute(text("SELECT FROM accounts FOR NO KEY UPDATE"))
        folding = asyncio.create_task(fold(books.engine, books.account))
        await eventually(books.somebody_waits)
        folding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await folding
    assert await unfolded(books) == 1
    assert (await books.wallet()).balance == OPENING_BALANCE + 7
    assert await fold(books.engine, books.account) == 1


async def test_accounts_are_folded_each_by_itself(books: Books) -> None:
    async with books.engine.begin() as connection:
        other = await create_account(
            connection, NewAccount("Other", "other@example.com", "x", None, "USD", Decimal(5)), "bt_other"
        )
    for account, amount in ((books.account, 1), (other, 2), (books.account, 4)):
        async with books.engine.begin() as connection:
            await top_up(connection, account, Decimal(amount), "test")
    assert set(await accounts_to_fold(books.engine)) == {books.account, other}
    assert await fold(books.engine, books.account) == 2
    assert await accounts_to_fold(books.engine) == [other]
    assert await fold_everything(books) == 1
    rows = await books.rows("SELECT id, balance FROM accounts")
    assert {row.id: row.balance for row in rows} == {books.account: OPENING_BALANCE + 5, other: Decimal(7)}
