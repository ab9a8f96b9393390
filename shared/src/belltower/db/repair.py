"""Mending what an audit found, where that is safe: by a guarded statement that sees for itself that it is still so.

Each repair is a transaction of its own, with its place in the history. Nobody is called who would not be called anyway: what is
made due is looked at by a dialer as ever, and money, contacts and the ends of calls are never touched.
"""

from functools import cache
from uuid import UUID

import structlog
from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.audit import RULES, Finding, filled
from belltower.db.engine import in_transaction, sql
from belltower.db.history import record_edit
from belltower.db.notify import wake_scheduler
from belltower.db.series import add_event
from belltower.db.tables import COUNTERS, campaigns
from belltower.domain.series import SeriesEventKind

log = structlog.get_logger(__name__)

ACTOR = "operator (belltower verify)"
_SERIES = "series_stalled"
_LOCKED_FIRST = {
    "owner_gone": ("repair/lock_owner",),
    "list_size": ("repair/lock_listed",),
    "counters": ("repair/lock_listed", "repair/begin_counters"),
}
"""What is done in statements before, because the last one reads other rows than its own."""
_CHANGED = {
    "counters": "progress",
    "list_size": "contacts",
    "hold_kept": "hold",
    "check_at": "check_at",
    "not_called_off": "called_off",
    "owner_gone": "owner",
    "announcement_lost": "announced_at",
}
"""What a repair changes, by its rule; else it is when the campaign is due."""


async def repair(engine: AsyncEngine, finding: Finding) -> bool:
    """Mend what was found; False when it is not so any more, or cannot be mended by a program."""
    if not finding.is_repairable:
        return False

    async def work(connection: AsyncConnection) -> bool:
        key = {"key": finding.key}
        for before in _LOCKED_FIRST.get(finding.rule, ()):
            await connection.execute(sql(before), key)
        mended: UUID | None = (await connection.execute(_statement(finding.rule), key)).scalar_one_or_none()
        if mended is None:
            return False
        await _tell(connection, finding, mended)
        return True

    done = await in_transaction(engine, work)
    log.warning(
        "repaired" if done else "not_repaired", rule=finding.rule, subject=finding.subject, detail=finding.detail
    )
    if done:
        await wake_scheduler(engine)
    return done


async def _tell(connection: AsyncConnection, finding: Finding, mended: UUID) -> None:
    """Write it into the history of the campaign or the series."""
    reason = f"repaired: {finding.detail}"
    if finding.rule == _SERIES:
        await add_event(connection, mended, SeriesEventKind.CHANGED, actor=ACTOR, reason=reason)
        return
    status = (await connection.execute(select(campaigns.c.status).where(campaigns.c.id == mended))).scalar_one()
    changed = [_CHANGED.get(finding.rule, "next_due_at")]
    await record_edit(connection, mended, status, changed, actor=ACTOR, reason=reason)


@cache
def _statement(rule: str) -> TextClause:
    assert RULES[rule].is_repairable
    if rule != "counters":
        return sql(f"repair/{rule}")
    folded = ", ".join(f"coalesce(campaign_progress.{name}, 0) AS {name}" for name in COUNTERS)
    return text(filled(sql("repair/counters").text.replace("{folded}", folded)))
