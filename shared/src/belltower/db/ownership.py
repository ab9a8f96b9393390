"""Who runs a campaign: the dialer's side of its row.

An owner proves itself with the campaign's `epoch`: each takeover, release and eviction adds one, so that a dialer that
was stopped and woke up finds its own epoch stale.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.due import POISON
from belltower.db.engine import in_transaction, sql, transaction
from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.campaign import CampaignStatus, sources

MAX_EARLY = 1.0
"""Seconds for which a takeover waits for an instant that the dialer's database does not have reached yet."""
_TRIES = 100
"""Times that one takeover comes again, for another instant or for what somebody else has locked."""
_LOCKED_PAUSE = 0.02


class NotAlive(Exception):
    """This dialer's heartbeat has lapsed: it may not take anything over."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A campaign that this dialer owns, with all that it needs to dial."""

    id: UUID
    account_id: UUID
    epoch: int
    welcome_message: str
    language: str
    voice: str
    caller_id: str
    concurrency: int
    due_at: datetime
    taken_at: datetime
    first_start: bool
    """It was never run before: its lateness is that of its start."""
    stream_url: str | None
    expires_at: datetime | None
    calls_per_second: int | None = None
    """New calls in any second."""
    answering_machine: AnsweringMachine = AnsweringMachine.TREAT_AS_ANSWERED

    @property
    def lateness(self) -> float:
        """Seconds from its due instant to the takeover."""
        return (self.taken_at - self.due_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a campaign that was given back: its status, and in how many seconds it is due again."""

    status: CampaignStatus
    due_in: float | None


async def take_over(
    engine: AsyncEngine,
    dialer_id: int,
    ids: Sequence[UUID],
    *,
    actor: str,
    suspected: bool | None = None,
    on_taken: Callable[[Sequence[Taken]], None] = lambda _: None,
) -> list[Taken]:
    """Take over those of the announced campaigns that are due and nobody's; of these those that are `suspected` of ending
    dialers, or the others, where one of both is wanted.

    Waits for one that is due within a second, tries one again that somebody else has locked at the moment, drops what is
    taken or not due. When this returns the takeover has committed: the ownership is the retry, the message can go. What was
    taken is told to `on_taken` as soon as that has committed: it need not wait for the others. Raises `NotAlive`.
    """
    taken: list[Taken] = []
    remaining = list(ids)
    was_due: set[UUID] = set()
    for _ in range(_TRIES):

        async def work(connection: AsyncConnection, ids: list[UUID] = remaining) -> list[Taken]:
            if (await connection.execute(sql("is_alive"), {"dialer": dialer_id})).scalar_one_or_none() is None:
                raise NotAlive(f"The heartbeat of dialer {dialer_id} has lapsed.")
            wanted = {"ids": ids, "dialer": dialer_id, "actor": actor, "suspected": suspected}
            rows = await connection.execute(sql("take_over"), wanted)
            return [_taken(row) for row in rows.mappings()]

        found = await in_transaction(engine, work)
        on_taken(found)
        taken += found
        got = {campaign.id for campaign in taken}
        missing = [campaign_id for campaign_id in remaining if campaign_id not in got]
        if not missing:
            break
        async with engine.connect() as connection:
            rows = (await connection.execute(sql("not_taken"), {"ids": missing})).all()
        soon = {
            row.id: row.due_in
            for row in rows
            if row.due_in <= MAX_EARLY and (suspected is None or (row.evictions > 0) is suspected)
        }
        if not soon:
            break
        remaining = list(soon)
        is_due = {campaign_id for campaign_id, due_in in soon.items() if not due_in}
        if (
            is_due <= was_due
        ):  # what came due between the two statements is taken at once; what was due before is locked
            await asyncio.sleep(min(soon.values()) or _LOCKED_PAUSE)
        was_due |= is_due
    return taken


async def find_suspects(engine: AsyncEngine, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Those of the campaigns that nobody owns and that lost owners, and how many in a row."""
    async with engine.connect() as connection:
        rows = await connection.execute(sql("not_taken"), {"ids": list(ids)})
        return {row.id: row.evictions for row in rows if row.evictions > 0 and row.due_in <= MAX_EARLY}


async def try_campaigns(engine: AsyncEngine, dialer_id: int, ids: Sequence[UUID]) -> None:
    """Note what a dialer tries by itself from now on: should it be lost meanwhile, these did it. None: nothing any more."""
    async with transaction(engine) as connection:
        await connection.execute(sql("try_campaigns"), {"dialer": dialer_id, "campaigns": list(ids)})


async def give_up_takeover(engine: AsyncEngine, campaign_id: UUID, *, actor: str, delay: float) -> None:
    """Count that a campaign could not be taken over, and have it tried again in `delay` seconds; it is paused after three."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sql("takeover_failed"), {"campaign": campaign_id, "actor": actor, "poison": POISON, "delay": delay}
        )

    await in_transaction(engine, work)


async def read_owned(engine: AsyncEngine, dialer_id: int, ids: Sequence[UUID]) -> list[Taken]:
    """Campaigns that this dialer owns according to the database."""
    async with engine.connect() as connection:
        rows = await connection.execute(sql("owned_campaigns"), {"ids": list(ids), "dialer": dialer_id})
        return [_taken(row) for row in rows.mappings()]


async def release(
    engine: AsyncEngine, dialer_id: int, epochs: Mapping[UUID, int], *, actor: str, leaving: bool = False
) -> tuple[dict[UUID, Released], set[UUID]]:
    """Give campaigns back until their earliest remaining work, and complete those that have none.

    Returns what was released, and what is kept because a contact can be rung now (never when `leaving`). A campaign in
    neither is not this dialer's any more.
    """

    async def work(connection: AsyncConnection) -> tuple[dict[UUID, Released], set[UUID]]:
        mine = {"ids": list(epochs), "epochs": list(epochs.values()), "dialer": dialer_id}
        locked = set((await connection.execute(sql("lock_owned"), mine)).scalars())
        if not locked:
            return {}, set()
        rows = await connection.execute(sql("release"), {"ids": list(locked), "actor": actor, "leaving": leaving})
        released = {row.id: Released(CampaignStatus(row.status), row.due_in) for row in rows}
        return released, locked - released.keys()

    return await in_transaction(engine, work)


async def give_back(
    engine: AsyncEngine, dialer_id: int, campaign_id: UUID, epoch: int, *, actor: str, delay: float
) -> None:
    """Give back a campaign whose processing failed unexpectedly, to be tried again in `delay` seconds."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sql("give_back"),
            {
                "campaign": campaign_id,
                "dialer": dialer_id,
                "epoch": epoch,
                "actor": actor,
                "poison": POISON,
                "delay": delay,
            },
        )

    await in_transaction(engine, work)


async def pause_owned(
    engine: AsyncEngine, dialer_id: int, campaign_id: UUID, epoch: int, *, reason: str, actor: str
) -> bool:
    """Pause a campaign that this dialer owns, with the reason; False when it is not its owner any more."""

    async def work(connection: AsyncConnection) -> bool:
        mine = {"campaign": campaign_id, "dialer": dialer_id, "epoch": epoch}
        row = await connection.execute(sql("pause_owned"), mine | {"reason": reason, "actor": actor})
        return row.scalar_one_or_none() is not None

    return await in_transaction(engine, work)


async def fail_campaign(engine: AsyncEngine, campaign_id: UUID, *, reason: str, actor: str) -> bool:
    """Fail a campaign that cannot go on, whoever owns it; False when it had ended before, or is paused."""

    async def work(connection: AsyncConnection) -> bool:
        parameters = {
            "campaign": campaign_id,
            "reason": reason,
            "actor": actor,
            "sources": sources(CampaignStatus.FAILED),
        }
        return (await connection.execute(sql("fail_campaign"), parameters)).scalar_one_or_none() is not None

    return await in_transaction(engine, work)


def _taken(row: Mapping[Any, Any]) -> Taken:
    return Taken(
        id=row["id"],
        account_id=row["account_id"],
        epoch=row["epoch"],
        welcome_message=row["welcome_message"],
        language=row["language"],
        voice=row["voice"],
        caller_id=row["caller_id"],
        concurrency=row["concurrency"],
        due_at=row["next_due_at"],
        taken_at=row["taken_at"],
        first_start=row["first_start"],
        stream_url=row["stream_url"],
        calls_per_second=row["calls_per_second"],
        answering_machine=AnsweringMachine(row["answering_machine"]),
        expires_at=row["expires_at"],
    )
