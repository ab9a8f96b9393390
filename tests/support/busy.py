"""A database in which everything is under way: campaigns in each status, calls at each point of their lives, money, series."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.support.books import TARIFF, Books
from tests.support.world import CALLER_ID, listed, numbers

from belltower.db import do_not_call, edits, moves
from belltower.db.accounts import NewAccount, create_account
from belltower.db.campaigns import NewCampaign, create_campaign, delete_campaign, get_campaign
from belltower.db.due import get_scheduled_campaigns_to_run
from belltower.db.engine import create_engine
from belltower.db.occurrences import make_one
from belltower.db.progress import fold
from belltower.db.series import create_series
from belltower.domain.call import CallStatus
from belltower.domain.campaign import CampaignStatus
from belltower.domain.definition import Definition
from belltower.domain.recurrence.occurrences import Recurrence
from belltower.domain.recurrence.reading import read_rule
from belltower.domain.schedule import ScheduledTime
from belltower.outcomes import Outcomes
from belltower.runtime.settings import DatabaseSettings


@dataclass(frozen=True, slots=True)
class Busy:
    """Where it is, and whose the most of it is."""

    url: str
    account: UUID


async def make_busy(url: str) -> Busy:
    """Fill an empty database with the product's own statements, and leave it in the middle of everything."""
    engine = create_engine(DatabaseSettings.model_validate({"DATABASE_URL": url}), name="test")
    try:
        return Busy(url, await _fill(engine))
    finally:
        await engine.dispose()


async def _fill(engine: AsyncEngine) -> UUID:
    accounts = []
    for name in ("test", "other"):
        new = NewAccount(name, f"{name}@example.com", "x", CALLER_ID, "USD", Decimal(1000))
        async with engine.begin() as connection:
            accounts.append(await create_account(connection, new, f"bt_{name}"))
    async with engine.begin() as connection:
        registered = await connection.execute(
            text("INSERT INTO dialers (name, lapses_at) VALUES ('test', now() + interval '1 day') RETURNING id")
        )
        dialer = registered.scalar_one()
    books = Books(engine, accounts[0], dialer, Outcomes(engine, TARIFF, check_interval=60.0))
    await _call(books)
    await fold(engine, books.account)
    await _stop(books)
    await _plan(books)
    await _refuse(books)
    other = Books(engine, accounts[1], dialer, books.outcomes)
    (attempt,) = await other.gate(await other.campaign(owned=True))
    await other.placed(attempt)
    return books.account


async def _call(books: Books) -> None:
    """Calls at each point of their lives, and campaigns that go on, wait for a retry, and are completed."""
    apply = books.outcomes.apply
    running = await books.campaign(7, owned=True)
    calls = await books.gate(running)
    for call in calls[1:]:
        await books.placed(call)
    await apply(calls[2].report(CallStatus.RINGING), source="callback")
    await apply(calls[3].report(CallStatus.IN_PROGRESS), source="callback")
    await apply(calls[4].report(CallStatus.COMPLETED, duration=61), source="callback")
    await apply(calls[5].report(CallStatus.COMPLETED, duration=5, answered_by="machine_start"), source="callback")
    await apply(calls[6].ours(CallStatus.UNKNOWN), source="reconciler")

    waits = await books.campaign(3, max_attempts=3, retry_delay=1800)
    busy, silent, never = await books.gate(waits)
    await apply(busy.report(CallStatus.BUSY), source="callback")
    await apply(silent.report(CallStatus.NO_ANSWER), source="callback")
    await apply(never.ours(CallStatus.NOT_PLACED), source="response")
    (again,) = await books.gate(waits)
    await books.placed(again)
    await apply(never.report(CallStatus.RINGING), source="callback")  # it was placed after all

    done = await books.campaign(2)
    for call in await books.gate(done):
        await apply(call.report(CallStatus.COMPLETED, duration=30), source="callback")
    assert (await books.row("SELECT status FROM campaigns WHERE id = :id", id=done)).status == "completed"
    corrected = await books.call()
    await apply(corrected.report(CallStatus.FAILED), source="callback")
    await apply(corrected.report(CallStatus.COMPLETED, duration=90), source="callback")


async def _stop(books: Books) -> None:
    """Campaigns that were paused, resumed, cancelled, edited and deleted while calls of theirs were under way."""
    for status in (CampaignStatus.PAUSED, CampaignStatus.CANCELLED):
        stopped = await books.campaign(3)
        first, *_ = await books.gate(stopped)
        await books.placed(first)
        async with books.engine.begin() as connection:
            await moves.lock_one(connection, books.account, stopped)
            await moves.stop(connection, [stopped], status, actor="test")
    resumed = await books.campaign(2)
    for move in (moves.stop, moves.go_on):
        async with books.engine.begin() as connection:
            await moves.lock_one(connection, books.account, resumed)
            if move is moves.stop:
                await moves.stop(connection, [resumed], CampaignStatus.PAUSED, actor="test")
            else:
                await moves.go_on(connection, resumed, CampaignStatus.PENDING, actor="test")
    assert await get_scheduled_campaigns_to_run(books.engine, 10), "announced, and nobody took it yet"


async def _plan(books: Books) -> None:
    """Campaigns that are scheduled, edited, deleted, and a series with its next occurrence."""
    now = (await books.row("SELECT clock_timestamp() AS now")).now
    at = now + timedelta(hours=1)
    planned = []
    for _ in range(2):
        with listed(numbers(3, start=5_000)) as people:
            async with books.engine.begin() as connection:
                created = await create_campaign(
                    connection,
                    books.account,
                    NewCampaign(_definition(), "UTC", ScheduledTime(at, at.replace(tzinfo=None), "UTC")),
                    people,
                    actor="test",
                    now=now,
                )
                planned.append(created.id)
    await delete_campaign(books.engine, books.account, planned[1])
    async with books.engine.begin() as connection:
        await moves.lock_one(connection, books.account, planned[0])
        campaign = await get_campaign(connection, books.account, planned[0])
        removed = await edits.remove_contacts(connection, planned[0], numbers(1, start=5_000))
        await edits.write(
            connection,
            campaign,
            definition=campaign.definition,
            timing=None,
            expires_at=None,
            list_change=removed,
            contact_fields=[],
            changed=["contacts"],
            actor="test",
        )
    with listed(numbers(4, start=6_000)) as people:
        async with books.engine.begin() as connection:
            starts = (now + timedelta(days=1)).replace(tzinfo=None, microsecond=0)
            await create_series(
                connection,
                books.account,
                _definition(),
                Recurrence(read_rule("FREQ=DAILY", "UTC"), starts, "UTC"),
                people,
                skip_if_running=True,
                actor="test",
                now=now,
            )
    assert await make_one(books.engine, Decimal(0))
    await books.execute(
        """INSERT INTO idempotency_keys (account_id, route, key, fingerprint, token, status, headers, body)
           VALUES (:account, 'POST /api/campaigns', 'test', '', gen_random_uuid(), 201, '{}',
                   convert_to(format('{"id":"%s","name":"Test"}', CAST(:id AS text)), 'UTF8'))""",
        account=books.account,
        id=str(planned[0]),
    )


async def _refuse(books: Books) -> None:
    """Numbers that are on the do-not-call list, or were; a call inside its window, and a contact that waits for one."""
    here, gone = numbers(2, start=7_000)
    async with books.engine.begin() as connection:
        for phone in (here, gone):
            await do_not_call.add(connection, books.account, phone, actor="test", note=None)
    async with books.engine.begin() as connection:
        await do_not_call.remove(connection, books.account, gone, actor="test")
    campaign = await books.campaign(2, owned=True)
    await books.execute("UPDATE contacts SET phone = :here WHERE id = (SELECT max(id) FROM contacts)", here=here)
    await books.gate(campaign)
    await books.execute(
        """UPDATE attempts SET calling_window = jsonb_build_object('closes_at', now() + interval '1 hour')
           WHERE campaign_id = :id""",
        id=campaign,
    )
    waits = await books.campaign(1, calling_window={"hours": [{"days": ["mon"], "start": "08:00", "end": "09:00"}]})
    await books.execute(
        """UPDATE contacts SET next_attempt_at = now() + interval '1 hour', window_zone = 'Europe/Berlin', reason = 'test'
           WHERE campaign_id = :id""",
        id=waits,
    )


def _definition() -> Definition:
    return Definition(
        name="Test",
        welcome_message="Hello, this is a test.",
        language="en-US",
        voice="alice",
        caller_id=CALLER_ID,
        concurrency=10,
        max_attempts=1,
        retry_delay=1800,
    )
