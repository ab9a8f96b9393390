"""How far campaigns are, counted without a row that every call updates.

Gates and outcomes append changes to `unfolded`; the scheduler's folder sums them into `campaign_progress` and the
account's balance; reads add what is not folded yet, in one statement, so they are always exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self
from uuid import UUID

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import in_transaction, sql
from belltower.db.tables import COUNTERS, UNDECIDED, accounts, unfolded
from belltower.domain.call import Disposition
from belltower.domain.campaign import ContactStatus

FOLD_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign's contacts by status, and its ended calls by disposition."""

    contacts: Mapping[str, int]
    dispositions: Mapping[str, int]
    changes: int = 0
    """How many changes made it what it is: of two readings, the one with more is the later one."""
    undecided: int = 0
    """Unknown calls that wait for somebody's decision."""

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The progress in a row that has `COUNTERS` and `changes`."""
        return cls(
            contacts={status: int(row[f"contact_{status}"]) for status in ContactStatus},
            dispositions={status: int(row[f"call_{status}"]) for status in sorted(Disposition)},
            changes=row["changes"],
            undecided=row["undecided"],
        )

    @property
    def total(self) -> int:
        return sum(self.contacts.values())

    @property
    def waiting(self) -> int:
        return self.contacts[ContactStatus.WAITING]

    @property
    def in_progress(self) -> int:
        return self.contacts[ContactStatus.CALLING]

    @property
    def completed(self) -> int:
        """Contacts that are final."""
        return self.total - self.waiting - self.in_progress


@cache
def _progress_sql() -> TextClause:
    # The names in both texts are this module's own constants.
    counters = ", ".join(
        f"campaign_progress.{name} + coalesce((SELECT sum({name}) FROM changes"
        f" WHERE changes.campaign_id = campaign_progress.campaign_id), 0) AS {name}"
        for name in COUNTERS
    )
    return text(
        "WITH changes AS MATERIALIZED ("
        " SELECT * FROM unfolded WHERE campaign_id IS NOT NULL AND campaign_id = ANY(CAST(:ids AS uuid[])))"
        " SELECT campaign_id, campaign_progress.changes"
        " + (SELECT count(*) FROM changes WHERE changes.campaign_id = campaign_progress.campaign_id) AS changes,"
        f" (SELECT count(*) FROM attempts WHERE attempts.campaign_id = campaign_progress.campaign_id AND {UNDECIDED})"
        f" AS undecided, {counters} FROM campaign_progress WHERE campaign_id = ANY(CAST(:ids AS uuid[]))"
    )


async def get_progress(connection: AsyncConnection, campaign_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    """The progress of campaigns at this moment. The caller has made sure that they are its account's."""
    rows = await connection.execute(_progress_sql(), {"ids": list(campaign_ids)})
    return {row["campaign_id"]: Progress.of(row) for row in rows.mappings()}


@cache
def _fold_sql() -> TextClause:
    return text(
        sql("fold")
        .text.replace("{sums}", ", ".join(f"sum({name}) AS {name}" for name in COUNTERS))
        .replace("{assignments}", ", ".join(f"{name} = campaign_progress.{name} + sums.{name}" for name in COUNTERS))
    )


async def accounts_to_fold(engine: AsyncEngine) -> list[UUID]:
    """Accounts with something unfolded; of a long backlog, those of its oldest part."""
    oldest = select(unfolded.c.account_id).order_by(unfolded.c.id).limit(2 * FOLD_BATCH).subquery()
    async with engine.connect() as connection:
        return list((await connection.execute(select(oldest.c.account_id).distinct())).scalars())


async def fold(engine: AsyncEngine, account_id: UUID) -> int:
    """Fold one batch of an account; the number of changes that were folded."""

    async def work(connection: AsyncConnection) -> int:
        await connection.execute(
            select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True)
        )
        return int((await connection.execute(_fold_sql(), {"account": account_id, "batch": FOLD_BATCH})).scalar_one())

    return await in_transaction(engine, work)
