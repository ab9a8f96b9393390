"""A whole Belltower for a test: real processes, one account, and the means to compare what they say with the truth."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.support.eventually import eventually
from tests.support.processes import Service, Start

from belltower.db import moves
from belltower.db.accounts import NewAccount, create_account
from belltower.db.audit import audit
from belltower.db.campaigns import NewCampaign, create_campaign
from belltower.db.contacts import NewContacts
from belltower.db.engine import create_engine
from belltower.db.notify import wake_scheduler
from belltower.domain.campaign import CampaignStatus
from belltower.domain.definition import Definition
from belltower.domain.schedule import ScheduledTime
from belltower.runtime.settings import DatabaseSettings

CALLER_ID = "+14155550100"
QUICK = {"ring_seconds": [0.05, 0.1], "talk_seconds": [0.1, 0.3]}
"""A behaviour of the simulated carrier for tests: everybody answers soon and hangs up soon."""


def numbers(count: int, *, start: int = 0) -> list[str]:
    """Distinct numbers without a fate of their own."""
    return [f"+1415{2_000_000 + start + index:07d}" for index in range(count)]


def listed(phones: Iterable[str]) -> NewContacts:
    """A list of contacts who are nothing but their numbers."""
    contacts = NewContacts()
    for phone in phones:
        contacts.add_contact(phone, None, {})
    return contacts


@dataclass
class World:
    """One account in a running system."""

    engine: AsyncEngine
    start: Start
    account: UUID
    api_key: str
    carrier: Service

    # ---- acting

    async def behave(self, **behaviour: Any) -> None:
        """Set what the telephone network does."""
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.put(f"{self.carrier.url}/_simulator/behaviour", json=QUICK | behaviour)
            answer.raise_for_status()

    async def campaign(
        self,
        phones: Sequence[str],
        *,
        due_in: float | None = None,
        at: datetime | None = None,
        concurrency: int = 10,
        max_attempts: int = 1,
        retry_delay: int = 1,
        caller_id: str = CALLER_ID,
        expires_in: float | None = None,
        **definition: Any,
    ) -> UUID:
        """Write a campaign, due now, or in `due_in` seconds, or `at` an instant."""
        now = await self.now()
        instant = at or (now + timedelta(seconds=due_in) if due_in is not None else None)
        with listed(phones) as contacts:
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
                            caller_id=caller_id,
                            concurrency=concurrency,
                            max_attempts=max_attempts,
                            retry_delay=retry_delay,
                            **definition,
                        ),
                        timezone="UTC",
                        expires_at=None if expires_in is None else now + timedelta(seconds=expires_in),
                        scheduled=ScheduledTime(instant, instant.replace(tzinfo=None), "UTC") if instant else None,
                    ),
                    contacts,
                    actor="test",
                    now=now,
                )
        await wake_scheduler(self.engine)
        return created.id

    async def stop(self, campaign: UUID, status: CampaignStatus) -> None:
        """Pause or cancel a campaign."""
        async with self.engine.begin() as connection:
            await moves.lock_one(connection, self.account, campaign)
            await moves.stop(connection, [campaign], status, actor="test")

    async def go_on(self, campaign: UUID) -> None:
        """Resume a campaign."""
        async with self.engine.begin() as connection:
            await moves.lock_one(connection, self.account, campaign)
            await moves.go_on(connection, campaign, CampaignStatus.PENDING, actor="test")

    # ---- looking

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """The rows of a statement."""
        async with self.engine.connect() as connection:
            return list(await connection.execute(text(statement), parameters))

    async def one(self, statement: str, **parameters: Any) -> Any:
        """The one value of a statement."""
        async with self.engine.connect() as connection:
            return (await connection.execute(text(statement), parameters)).scalar_one()

    async def now(self) -> datetime:
        """The database's clock."""
        return await self.one("SELECT clock_timestamp()")  # type: ignore[no-any-return]

    async def status(self, campaign: UUID) -> str:
        """A campaign's status."""
        return str(await self.one("SELECT status FROM campaigns WHERE id = :id", id=campaign))

    async def reaches(self, campaign: UUID, status: str, *, timeout: float = 30) -> None:
        """Wait until a campaign has a status."""

        async def check() -> bool:
            current = await self.status(campaign)
            assert current == status, f"campaign {campaign} is {current}"
            return True

        await eventually(check, timeout=timeout, interval=0.05)

    async def truth(self) -> list[dict[str, Any]]:
        """What the telephone network really did."""
        calls: list[dict[str, Any]] = []
        cursor: str | None = "0"
        async with httpx.AsyncClient(trust_env=False) as client:
            while cursor is not None:
                url = f"{self.carrier.url}/_simulator/calls"
                page = (await client.get(url, params={"limit": 10_000, "cursor": cursor})).json()
                calls += page["items"]
                cursor = page["next_cursor"]
        return calls

    # ---- judging

    async def check(self) -> None:
        """Hold every promise against the truth: nobody rung twice for an attempt, nobody missed, all money accounted for."""
        await self._check_rings()
        await self.check_records()

    async def check_records(self) -> None:
        """The part of it that the database alone can tell."""
        async with self.engine.connect() as connection:
            assert await audit(connection) == []

    async def _check_rings(self) -> None:
        calls = await self.truth()
        rung = [call for call in calls if call["rang_at"] is not None]
        per_attempt = Counter(call["attempt_id"] for call in calls)
        twice = [attempt for attempt, times in per_attempt.items() if times > 1]
        assert not twice, f"rung or requested twice for one attempt: {twice}"
        attempts = {
            str(row.id): row for row in await self.rows("SELECT id, phone, status, number, contact_id FROM attempts")
        }
        for call in rung:
            assert call["attempt_id"] in attempts, f"rung without an attempt: {call}"
            assert attempts[call["attempt_id"]].phone == call["to"]
            assert attempts[call["attempt_id"]].status != "not_placed", f"rung, and taken for not placed: {call}"
        known = {call["attempt_id"] for call in calls}
        missed = [
            attempt
            for attempt, row in attempts.items()
            if row.status in ("completed", "busy", "no_answer") and attempt not in known
        ]
        assert not missed, f"calls that the carrier never had: {missed}"
        over = await self.rows(
            """SELECT contact_id, count(*) FROM attempts JOIN campaigns ON campaigns.id = attempts.campaign_id
               WHERE attempts.status <> 'not_placed' AND (attempts.status <> 'cancelled' OR ringing_at IS NOT NULL)
               GROUP BY contact_id, max_attempts HAVING count(*) > max_attempts"""
        )
        assert not over, f"rung more often than max_attempts: {over}"


@pytest.fixture
async def world(start: Start, database_url: str) -> AsyncIterator[World]:
    """An account with 1,000.00 and a telephone network; the test starts the other services that it wants."""
    settings = DatabaseSettings(database_url=SecretStr(database_url))
    engine = create_engine(settings, name="test")
    carrier = start("carrier")
    async with engine.begin() as connection:
        account = await create_account(
            connection,
            NewAccount("Test", "test@example.com", "x", CALLER_ID, "USD", Decimal(1000)),
            "bt_test",
        )
    made = World(engine, start, account, "bt_test", carrier)
    await made.behave()
    yield made
    await engine.dispose()
