"""Waking the scheduler before its next look.

NOTIFY holds a database-wide lock through its transaction's commit, so it is always sent after the commit that made the
work, in a transaction of its own. If the process dies in between, the scheduler's `check_interval` finds the work.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL = "belltower_due"


async def wake_scheduler(engine: AsyncEngine) -> None:
    """Have every scheduler look for due campaigns now. The payload is empty: the rows say what is due."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"NOTIFY {CHANNEL}"))


async def wake_scheduler_for(engine: AsyncEngine, due: datetime, *, now: datetime, check_interval: float) -> None:
    """Wake the schedulers if they would not look by themselves before `due`."""
    if (due - now).total_seconds() < check_interval:
        await wake_scheduler(engine)
