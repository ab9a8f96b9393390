"""Making the occurrences of series: the scheduler's side of their rows. Each of these locks the series first.

A series always has its next occurrence made ahead. Shortly before that is due it is decided whether it takes place, and the
one after it is made: hidden at first, while its contacts are copied in pieces, each in a transaction of its own with how far
they are. The last piece places it: it is seen, and due at its instant. Whoever dies in between leaves a series that lacks
its occurrence, and the next scheduler goes on where that one was.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from belltower.db.engine import in_transaction, sql
from belltower.db.series import Series, add_event, get_made
from belltower.db.tables import campaign_progress, campaigns, series
from belltower.domain.campaign import CampaignStatus
from belltower.domain.recurrence.occurrences import Occurrence
from belltower.domain.schedule import wall_at
from belltower.domain.series import SeriesEventKind, SeriesStatus
from belltower.runtime import fault

LEAD = timedelta(seconds=5)
"""How long before an occurrence is due it is decided whether it takes place."""
GRACE = timedelta(hours=1)
"""How late an occurrence may be made; it is missed otherwise."""
PIECE = 20_000
"""Contacts that are copied in one transaction: a fraction of a second."""
_SHOWN_WALL = timedelta(days=2)
"""Between the wall times of one instant in two zones there is less."""
ACTOR = "scheduler"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to come of a series."""

    next: Occurrence | None
    missed: int
    first_missed: datetime | None


async def decide_occurrences(engine: AsyncEngine, minimum: Decimal, batch: int) -> int:
    """Decide on occurrences that are about to be due, up to `batch` of them; how many.

    One whose predecessor still runs is cancelled, where the series says so, and one for which the wallet holds less than the
    `minimum` paused; all others take place. Their series lack their next occurrence then.
    """

    async def work(connection: AsyncConnection) -> int:
        rows = (await connection.execute(sql("lock_decisions"), {"batch": batch})).all()
        await _decide(connection, [row.id for row in rows], [row.ahead for row in rows], minimum)
        return len(rows)

    return await in_transaction(engine, work)


async def _decide(
    connection: AsyncConnection, series_ids: Sequence[UUID], campaign_ids: Sequence[UUID], minimum: Decimal
) -> None:
    """The same for series that are locked."""
    if series_ids:
        await connection.execute(sql("lock_occurrences"), {"campaigns": list(campaign_ids)})
        await connection.execute(
            sql("decide_occurrences"),
            {"series": list(series_ids), "campaigns": list(campaign_ids), "minimum": minimum},
        )


async def make_one(engine: AsyncEngine, minimum: Decimal, *, piece: int = PIECE) -> UUID | None:
    """Take one step for a series that lacks its next occurrence; its id, None when none does."""

    async def work(connection: AsyncConnection) -> UUID | None:
        claimed: UUID | None = (await connection.execute(sql("lock_unmade"))).scalar_one_or_none()
        if claimed is None:
            return None
        row = await connection.execute(sql("series_to_make"), {"series": claimed})
        found = row.mappings().one()
        await _make(connection, Series.of(found), found["now"], minimum, piece)
        return claimed

    made = await in_transaction(engine, work)
    if made is not None:
        fault.point("scheduler.contacts_copied")
    return made


async def postpone(engine: AsyncEngine) -> None:
    """Let the others go first: the series that is first in line could not be made."""
    async with engine.begin() as connection:
        await connection.execute(sql("postpone_unmade"))


async def _make(connection: AsyncConnection, found: Series, now: datetime, minimum: Decimal, piece: int) -> None:
    campaign, copied_to = found.ahead, found.copied_to or 0
    if campaign is None:
        plan = await _planned(connection, found, now)
        if plan.next is None:
            await _tell_missed(connection, found, plan)
            await _end(connection, found)
            return
        campaign = await _begin(connection, found, plan.next, now)
        fault.point("scheduler.occurrence_begun")
    copied = await connection.execute(
        sql("copy_to_occurrence"), {"series": found.id, "campaign": campaign, "after": copied_to, "piece": piece}
    )
    last, number = copied.one()
    if number == piece:
        await connection.execute(
            update(series).where(series.c.id == found.id).values(ahead=campaign, copied_to=last, next_due_at=now)
        )
    else:
        await _place(connection, found, campaign, now, minimum)


async def _planned(connection: AsyncConnection, found: Series, now: datetime) -> _Plan:
    """The next occurrence that nobody has made yet, and those before it for which it is too late."""
    recurrence = found.recurrence
    begin = wall_at(found.decided_until, recurrence.where) - _SHOWN_WALL
    made = await get_made(connection, found.id, start=begin)
    missed, first = 0, None
    for each in recurrence.occurrences(after=begin):
        if each.instant <= found.decided_until or each.wall in made:
            continue
        if each.instant > now - GRACE:
            return _Plan(each, missed, first)
        missed, first = missed + 1, first or each.instant
    return _Plan(None, missed, first)


async def _begin(connection: AsyncConnection, found: Series, planned: Occurrence, now: datetime) -> UUID:
    """Write the campaign of an occurrence, hidden as long as its contacts are not whole."""
    campaign: UUID = uuid7()
    await connection.execute(
        insert(campaigns).values(
            **asdict(found.definition),
            **_times(found, planned),
            id=campaign,
            account_id=found.account_id,
            series_id=found.id,
            contacts=found.contacts,
            contact_fields=found.contact_fields,
            status=CampaignStatus.SCHEDULED,
            status_actor=ACTOR,
            deleted_at=now,
        )
    )
    await connection.execute(insert(campaign_progress).values(campaign_id=campaign, contact_waiting=found.contacts))
    return campaign


def _times(found: Series, planned: Occurrence) -> dict[str, Any]:
    return {
        "is_scheduled": True,
        "scheduled_time": planned.instant,
        "scheduled_wall": planned.wall,
        "timezone": found.timezone,
        "wall_time_meant": True,
    }


async def _place(connection: AsyncConnection, found: Series, campaign: UUID, now: datetime, minimum: Decimal) -> None:
    """Have a campaign whose contacts are whole be the series' next occurrence."""
    plan = await _planned(connection, found, now)
    await _tell_missed(connection, found, plan)
    if plan.next is None:
        await connection.execute(update(series).where(series.c.id == found.id).values(ahead=None, copied_to=None))
        await connection.execute(sql("withdraw_occurrence"), {"campaign": campaign})
        await connection.execute(sql("forget_copies"), {"campaign": campaign})
        await _end(connection, found)
        return
    await connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign)
        .values(
            **_times(found, plan.next),
            occurrence=plan.next.wall,
            deleted_at=None,
            next_due_at=plan.next.instant,
        )
    )
    decided_at = plan.next.instant - LEAD
    await connection.execute(
        update(series)
        .where(series.c.id == found.id)
        .values(ahead=campaign, copied_to=None, decided_until=plan.next.instant, next_due_at=decided_at)
    )
    if decided_at <= now:  # before anybody can announce it
        await _decide(connection, [found.id], [campaign], minimum)


async def _tell_missed(connection: AsyncConnection, found: Series, plan: _Plan) -> None:
    if plan.missed:
        await add_event(
            connection,
            found.id,
            SeriesEventKind.MISSED,
            actor=ACTOR,
            reason="Belltower did not run at their time.",
            occurrence=plan.first_missed,
            occurrences=plan.missed,
        )


async def _end(connection: AsyncConnection, found: Series) -> None:
    await connection.execute(
        update(series).where(series.c.id == found.id).values(status=SeriesStatus.ENDED, next_due_at=None)
    )
    await add_event(
        connection, found.id, SeriesEventKind.ENDED, actor=ACTOR, reason="The rule has no further occurrence."
    )
