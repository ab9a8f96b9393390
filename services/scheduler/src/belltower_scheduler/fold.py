"""Folding what gates and outcomes appended into balances and progress."""

import asyncio
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.dead_letters import forget_dead_letters
from belltower.db.due import count_backlog, forget_dialers
from belltower.db.engine import transaction
from belltower.db.idempotency import forget_keys
from belltower.db.imports import forget_imports
from belltower.db.progress import FOLD_BATCH, accounts_to_fold, fold
from belltower.db.sessions import forget_sessions
from belltower.db.sign_ins import forget_attempts
from belltower.db.unknown_calls import count_undecided
from belltower_scheduler import metrics

log = structlog.get_logger(__name__)

INTERVAL = 1.0
HOUSEKEEPING = 30
"""Rounds of folding between two looks at the backlog, at what waits for a person, and at what is to be forgotten."""


async def fold_all(engine: AsyncEngine) -> int:
    """Fold everything; how many changes."""
    total = 0
    for account_id in await accounts_to_fold(engine):
        try:
            total += await _fold_account(engine, account_id)
        except Exception:  # the other accounts do not wait behind this one
            log.exception("account_not_folded", account_id=str(account_id))
            metrics.tick_errors.labels("fold").inc()
    return total


async def _fold_account(engine: AsyncEngine, account_id: UUID) -> int:
    total = 0
    while True:
        folded = await fold(engine, account_id)
        total += folded
        if folded < FOLD_BATCH:
            return total


async def keep_folding(engine: AsyncEngine) -> None:
    """Fold once a second, for ever."""
    rounds = 0
    while True:
        try:
            metrics.folded.inc(await fold_all(engine))
            if rounds % HOUSEKEEPING == 0:
                metrics.backlog.set(await count_backlog(engine))
                waiting = await count_undecided(engine)
                metrics.undecided.set(waiting.calls)
                metrics.undecided_oldest.set(waiting.oldest)
                await forget_dialers(engine)
                async with transaction(engine) as connection:
                    await forget_keys(connection)
                    await forget_imports(connection)
                    await forget_sessions(connection)
                    await forget_attempts(connection)
                    await forget_dead_letters(connection)
        except Exception:
            log.exception("fold_failed")
            metrics.tick_errors.labels("fold").inc()
        rounds += 1
        await asyncio.sleep(INTERVAL)
