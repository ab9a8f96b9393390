"""Waking the scheduler before its next look.

NOTIFY holds a database-wide lock through its transaction's commit, so it is always sent after the commit that made the
work, in a transaction of its own. If the process dies in between, the scheduler's `check_interval` finds the work.
"""

import math
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL = "belltower_due"


async def wake_scheduler(engine: AsyncEngine, due_in: float = 0) -> None:
    """Have every scheduler look for due campaigns, but for those that will before something is due in `due_in` seconds.

    That is the payload; an empty one means now. What is due the rows say.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(
            text("SELECT pg_notify(:channel, :due_in)"), {"channel": CHANNEL, "due_in": f"{due_in:.3f}"}
        )


def read_due_in(payload: str) -> float:
    """In how many seconds something is due by a notification; what cannot be read means now."""
    try:
        due_in = float(payload)
    except ValueError:
        return 0
    return due_in if math.isfinite(due_in) else 0


async def wake_scheduler_for(engine: AsyncEngine, due: datetime, *, now: datetime, check_interval: float) -> None:
    """Wake the schedulers if they would not look by themselves before `due`."""
    due_in = (due - now).total_seconds()
    if due_in < check_interval:
        await wake_scheduler(engine, due_in)
