"""The audit, once an hour: of several schedulers one does it, on a connection of its own, beside everything else."""

import asyncio
import time
from collections import Counter

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.audit import RULES, Finding, Unfinished, audit
from belltower.db.engine import create_engine
from belltower.runtime.settings import DatabaseSettings
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

FIRST = 60.0
"""Seconds after its start at which a scheduler tries for the first time: there is enough to do then."""
LOGGED = 20
"""Findings of one rule that are logged."""
_LOCK = int.from_bytes(b"auditing")
"""Session advisory lock of whoever audits: the others leave it to them until they are gone."""
_ERRORS = (SQLAlchemyError, asyncpg.PostgresError, OSError)


async def keep_verifying(database: DatabaseSettings, interval: float, *, first: float = FIRST) -> None:
    """Audit every `interval` seconds, for ever, unless another scheduler does; 0: never.

    Whoever audits keeps the lock, and with it the connection, from one audit to the next.
    """
    if not interval:
        return
    engine = create_engine(database.model_copy(update={"database_pool_size": 1}), name="audit of the scheduler")
    pause = min(first, interval)
    while True:
        await asyncio.sleep(pause)
        pause = interval
        try:
            async with engine.connect() as connection:
                while await _takes_the_lock(connection):
                    await verify(connection)
                    await asyncio.sleep(interval)
        except _ERRORS as error:
            log.warning("audit_failed", error=f"{type(error).__name__}: {error}")
            metrics.tick_errors.labels("audit").inc()
        metrics.audit_findings.clear()  # somebody else's to tell, or nobody's


async def _takes_the_lock(connection: AsyncConnection) -> bool:
    """Whether nobody else audits; the session keeps the lock until it ends."""
    taken = bool((await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})).scalar_one())
    await connection.rollback()
    return taken


async def verify(connection: AsyncConnection) -> list[Finding]:
    """One audit: its findings are counted and logged."""
    began = time.monotonic()
    unfinished: list[str] = []
    try:
        findings = await audit(connection)
    except Unfinished as some:
        findings, unfinished = list(some.findings), list(some.looks)
        log.warning("audit_unfinished", looks=unfinished)
    number = Counter(finding.rule for finding in findings)
    for rule in RULES:
        metrics.audit_findings.labels(rule).set(number[rule])
    if not unfinished:
        metrics.audit_succeeded.set_to_current_time()
    told: Counter[str] = Counter()
    for finding in findings:
        told[finding.rule] += 1
        if told[finding.rule] <= LOGGED:
            log.error("audit_finding", rule=finding.rule, subject=finding.subject, detail=finding.detail)
    log.info("audited", findings=len(findings), seconds=round(time.monotonic() - began, 2))
    return findings
