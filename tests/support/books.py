"""One account with campaigns whose calls are under way, without any process; and what must hold of them at every moment."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from operator import itemgetter
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.support.world import CALLER_ID, listed, numbers
from uuid_utils.compat import uuid7

from belltower.db.accounts import NewAccount, create_account
from belltower.db.campaigns import NewCampaign, create_campaign
from belltower.db.engine import create_engine, sql
from belltower.db.ownership import Released, release
from belltower.db.progress import get_progress
from belltower.db.wallet import Wallet, get_wallet, top_up
from belltower.domain.call import LIVE, CallStatus
from belltower.domain.definition import Definition
from belltower.domain.money import Tariff
from belltower.outcomes import QUEUE_LIMIT, Outcomes
from belltower.runtime.settings import DatabaseSettings
from belltower.telephony.provider import CallUpdate

TARIFF = Tariff(Decimal("0.02"), 60)
TIME_LIMIT = 600
RING_TIMEOUT = 30
HOLD = TARIFF.hold(TIME_LIMIT)
OPENING_BALANCE = Decimal(1000)
_LIVE = ", ".join(f"'{status}'" for status in sorted(LIVE))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that passed the gate."""

    id: UUID
    campaign: UUID
    contact: int
    sid: str
    """How the carrier calls it, should it ever say so."""

    def report(self, status: CallStatus, key: str | None = None, **said: Any) -> CallUpdate:
        """What the carrier says of the call in a callback; `key` is what tells one report from another."""
        return CallUpdate(self.id, self.sid, status, dedupe_key=f"{self.sid}:{key or status}", **said)

    def ours(self, status: CallStatus) -> CallUpdate:
        """What Belltower itself found out: that it was not placed, or that nobody knows."""
        return CallUpdate(self.id, None, status, dedupe_key=f"ours:{status}")


@dataclass
class Books:
    """One account, and the statements and use cases of the product on it."""

    engine: AsyncEngine
    account: UUID
    dialer: int
    outcomes: Outcomes
    _phones: Any = field(default_factory=count)

    # ---- acting

    async def campaign(
        self,
        contacts: int = 1,
        *,
        max_attempts: int = 1,
        retry_delay: int = 1800,
        owned: bool = False,
        **definition: Any,
    ) -> UUID:
        """A campaign that is being processed: owned by this dialer, or due by itself in an hour."""
        phones = [numbers(1, start=next(self._phones))[0] for _ in range(contacts)]
        with listed(phones) as people:
            async with self.engine.begin() as connection:
                created = await create_campaign(
                    connection,
                    self.account,
                    NewCampaign(
                        definition=Definition(
                            name="Test",
                            welcome_message="Hello, this is a test.",
                            language="en-US",
                            voice="alice",
                            caller_id=CALLER_ID,
                            concurrency=10,
                            max_attempts=max_attempts,
                            retry_delay=retry_delay,
                            **definition,
                        ),
                        timezone="UTC",
                        scheduled=None,
                    ),
                    people,
                    actor="test",
                    now=(await connection.execute(text("SELECT clock_timestamp()"))).scalar_one(),
                )
                await connection.execute(
                    text(
                        """UPDATE campaigns SET status = 'processing', status_actor = 'test', epoch = 1, owner = :owner,
                           taken_at = now(), started_at = now(), next_due_at = now() + interval '1 hour' WHERE id = :id"""
                    ),
                    {"id": created.id, "owner": self.dialer if owned else None},
                )
        return created.id

    async def gate(self, campaign: UUID, *, hold: Decimal = HOLD) -> list[Attempt]:
        """Let all waiting contacts of a campaign through the gate, whose last statement this is."""
        async with self.engine.begin() as connection:
            rows = await connection.execute(
                text("SELECT id FROM contacts WHERE campaign_id = :id AND status = 'waiting' ORDER BY id"),
                {"id": campaign},
            )
            contacts = list(rows.scalars())
            now: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
            admitted = await connection.execute(
                sql("gate_admit"),
                {
                    "account": self.account,
                    "contacts": contacts,
                    "attempts": [uuid7() for _ in contacts],
                    "caller_ids": [CALLER_ID for _ in contacts],
                    "windows": [None for _ in contacts],
                    "carrier": "simulated",
                    "dialer": self.dialer,
                    "time_limit": TIME_LIMIT,
                    "ring_timeout": RING_TIMEOUT,
                    "send_by": now + timedelta(seconds=2),
                    "check_at": now + timedelta(seconds=8),
                    "hold": hold,
                    "busy_delay": 30.0,
                    "cap_calls": None,
                    "cap_period": 0.0,
                },
            )
            return [
                Attempt(row["attempt_id"], campaign, row["id"], f"CA{row['attempt_id'].hex}")
                for row in sorted(admitted.mappings(), key=itemgetter("id"))
                if row["verdict"] == "admitted"
            ]

    async def call(
        self, *, max_attempts: int = 1, retry_delay: int = 1800, hold: Decimal = HOLD, **definition: Any
    ) -> Attempt:
        """A call to the only contact of a campaign."""
        campaign = await self.campaign(max_attempts=max_attempts, retry_delay=retry_delay, **definition)
        return (await self.gate(campaign, hold=hold))[0]

    async def placed(self, attempt: Attempt, sid: str | None = None) -> None:
        """The carrier's answer to our request: it took the call."""
        async with self.engine.begin() as connection:
            await connection.execute(
                sql("record_placements"),
                {
                    "attempts": [attempt.id],
                    "carrier_call_ids": [sid or attempt.sid],
                    "queue_limit": QUEUE_LIMIT,
                },
            )

    async def in_doubt(self, attempt: Attempt) -> None:
        """Our request ended without an answer."""
        async with self.engine.begin() as connection:
            await connection.execute(sql("record_unknown_request"), {"attempt": attempt.id, "reason": "test"})

    async def release(self, campaign: UUID, *, epoch: int = 1) -> Released | None:
        """Have the owner give a campaign back; None when it is kept, or not the dialer's."""
        released, _ = await release(self.engine, self.dialer, {campaign: epoch}, actor="test")
        return released.get(campaign)

    async def leave(self, amount: Decimal) -> None:
        """Leave so much in the wallet beyond what calls hold."""
        async with self.engine.begin() as connection:
            wallet = await get_wallet(connection, self.account)
            await top_up(connection, self.account, amount - wallet.available, "test")

    async def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement and commit it."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), parameters)

    def elsewhere(self) -> Outcomes:
        """What another process applies reports with."""
        return Outcomes(self.engine, TARIFF, check_interval=60.0)

    # ---- looking

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """The rows of a statement."""
        async with self.engine.connect() as connection:
            return list(await connection.execute(text(statement), parameters))

    async def row(self, statement: str, **parameters: Any) -> Any:
        """The one row of a statement."""
        (row,) = await self.rows(statement, **parameters)
        return row

    async def state(self, attempt: Attempt) -> Any:
        """A call, its contact and its campaign."""
        return await self.row(
            """SELECT attempts.status, attempts.carrier_call_id, attempts.hold, attempts.cost, attempts.check_at,
                      attempts.ringing_at, attempts.answered_at, attempts.ended_at, attempts.duration,
                      contacts.status AS contact, contacts.attempts, contacts.next_attempt_at,
                      campaigns.status AS campaign, campaigns.next_due_at
               FROM attempts
               JOIN contacts ON contacts.id = attempts.contact_id
               JOIN campaigns ON campaigns.id = attempts.campaign_id
               WHERE attempts.id = :id""",
            id=attempt.id,
        )

    async def booked(self, attempt: Attempt) -> list[tuple[str, Decimal, Decimal]]:
        """What the ledger says of a call: kind, amount, what was written off."""
        rows = await self.rows(
            "SELECT kind, amount, written_off FROM ledger_entries WHERE attempt_id = :id ORDER BY id", id=attempt.id
        )
        return [(row.kind, row.amount, row.written_off) for row in rows]

    async def wallet(self) -> Wallet:
        """The account's wallet."""
        async with self.engine.connect() as connection:
            return await get_wallet(connection, self.account)

    async def everything(self, campaign: UUID) -> list[Any]:
        """All that a report could have changed of a campaign, and all that reports appended."""
        return [
            await self.rows(statement, id=campaign)
            for statement in (
                "SELECT * FROM campaigns WHERE id = :id",
                "SELECT * FROM contacts WHERE campaign_id = :id ORDER BY id",
                "SELECT * FROM attempts WHERE campaign_id = :id ORDER BY id",
                "SELECT * FROM unfolded WHERE campaign_id = :id ORDER BY id",
                "SELECT * FROM campaign_progress WHERE campaign_id = :id",
                """SELECT * FROM call_events WHERE attempt_id IN (SELECT id FROM attempts WHERE campaign_id = :id)
                   ORDER BY id""",
                """SELECT * FROM ledger_entries WHERE attempt_id IN (SELECT id FROM attempts WHERE campaign_id = :id)
                   ORDER BY id""",
            )
        ]

    async def somebody_waits(self) -> bool:
        """Whether a session of this database waits for a lock of another."""
        return bool(
            await self.rows(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    # ---- judging

    async def check(self, campaigns: Sequence[UUID]) -> None:
        """What holds of campaigns and of the wallet after every commit."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            await self._check_progress(connection, campaigns)
            await self._check_calls(connection, campaigns)
            await self._check_wallet(connection)

    async def _check_progress(self, connection: AsyncConnection, campaigns: Sequence[UUID]) -> None:
        of_these = {"ids": list(campaigns)}
        told = await get_progress(connection, campaigns)
        contacts = await connection.execute(
            text("SELECT campaign_id, status FROM contacts WHERE campaign_id = ANY(:ids)"), of_these
        )
        calls = await connection.execute(
            text(
                """SELECT campaign_id, CASE WHEN status = 'completed' AND answered_by LIKE 'machine%' THEN 'voicemail'
                   ELSE status END FROM attempts WHERE campaign_id = ANY(:ids)"""
            ),
            of_these,
        )
        real_contacts, real_calls = Counter(map(tuple, contacts)), Counter(map(tuple, calls))
        for campaign, progress in told.items():
            for status, number in progress.contacts.items():
                assert number == real_contacts[campaign, status], f"contacts that are {status}"
            for status, number in progress.dispositions.items():
                assert number == real_calls[campaign, status], f"calls that are {status}"

    async def _check_calls(self, connection: AsyncConnection, campaigns: Sequence[UUID]) -> None:
        wrong = await connection.execute(
            text(
                f"""SELECT attempts.id, attempts.status, attempts.hold, attempts.cost, contacts.status AS contact
                FROM attempts JOIN contacts ON contacts.id = attempts.contact_id
                LEFT JOIN (
                    SELECT attempt_id, sum(written_off - amount) AS paid, count(*) FILTER (WHERE kind = 'call') AS times
                    FROM ledger_entries GROUP BY attempt_id
                ) AS booked ON booked.attempt_id = attempts.id
                WHERE attempts.campaign_id = ANY(:ids) AND (
                    (hold > 0) <> (attempts.status IN ({_LIVE}) OR attempts.status = 'unknown' AND decided_at IS NULL)
                    OR (decided_at IS NOT NULL) <> EXISTS (
                        SELECT FROM call_decisions WHERE call_decisions.attempt_id = attempts.id)
                    OR (check_at IS NOT NULL) <> (attempts.status IN ({_LIVE}))
                    OR (ended_at IS NULL) <> (attempts.status IN ({_LIVE}))
                    OR cost <> coalesce(booked.paid, 0)
                    OR booked.times > 1
                    OR attempts.status IN ({_LIVE}) AND contacts.status <> 'calling'
                    OR attempts.status = 'unknown' AND contacts.status <> 'unknown'
                )"""
            ),
            {"ids": list(campaigns)},
        )
        assert not wrong.all()
        stranded = await connection.execute(
            text(
                f"""SELECT contacts.id FROM contacts WHERE campaign_id = ANY(:ids) AND status = 'calling' AND NOT EXISTS (
                    SELECT FROM attempts WHERE attempts.contact_id = contacts.id AND attempts.status IN ({_LIVE}))"""
            ),
            {"ids": list(campaigns)},
        )
        assert not stranded.all(), "contacts that no call is under way to"

    async def _check_wallet(self, connection: AsyncConnection) -> None:
        wallet = await get_wallet(connection, self.account)
        ledger = await connection.execute(
            text("SELECT sum(amount) FROM ledger_entries WHERE account_id = :id"), {"id": self.account}
        )
        assert wallet.balance == ledger.scalar_one(), "the ledger does not sum to the balance"
        assert wallet.balance >= wallet.held >= 0

    async def check_due(self, campaigns: Sequence[UUID]) -> None:
        """Where a contact is open a campaign is due at some time, early enough; where none is, it is completed."""
        wrong = await self.rows(
            """SELECT id, status, next_due_at, earliest FROM (
                   SELECT campaigns.*, open.number, open.earliest FROM campaigns, LATERAL (
                       SELECT count(*) AS number, min(next_attempt_at) AS earliest FROM contacts
                       WHERE campaign_id = campaigns.id AND contacts.status IN ('waiting', 'calling')) AS open
                   WHERE campaigns.id = ANY(:ids)) AS each
               WHERE (number = 0) <> (status = 'completed')
                  OR (number = 0) <> (next_due_at IS NULL)
                  OR owner IS NULL AND earliest IS NOT NULL AND next_due_at > greatest(earliest, clock_timestamp())""",
            ids=list(campaigns),
        )
        assert not wrong


@pytest.fixture
async def books(database_url: str) -> AsyncIterator[Books]:
    """An account with 1,000.00 in an empty database."""
    settings = DatabaseSettings.model_validate({"DATABASE_URL": SecretStr(database_url), "database_pool_size": 24})
    engine = create_engine(settings, name="test")
    async with engine.begin() as connection:
        account = await create_account(
            connection, NewAccount("Test", "test@example.com", "x", CALLER_ID, "USD", OPENING_BALANCE), "bt_test"
        )
        registered = await connection.execute(
            text("INSERT INTO dialers (name, lapses_at) VALUES ('test', now() + interval '1 hour') RETURNING id")
        )
        dialer = registered.scalar_one()
    yield Books(engine, account, dialer, Outcomes(engine, TARIFF, check_interval=60.0))
    await engine.dispose()
