"""Attempts to sign in, counted by all processes together, so that passwords cannot be tried out.

Counted are those of one client, and those of one client for one e-mail address. There is deliberately no count for an
address from everywhere: with it a stranger could keep the owner out for ever, and without it ten tries a quarter of an hour
from each of many networks still do not find a password of twelve characters.
"""

import hashlib
from dataclasses import dataclass
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.domain.errors import TooManyAttempts

WINDOW = 15 * 60.0
"""Seconds after which a count begins anew."""
MOST_OF_CLIENT = 100
"""Wrong attempts of one client: an office may stand behind one address."""
MOST_FOR_EMAIL = 10
"""Wrong attempts of one client for one e-mail address."""
_FORGOTTEN_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries to sign in. `client` is their network address; neither is stored but as a hash."""

    email: str
    client: str

    @property
    def buckets(self) -> dict[bytes, int]:
        """What counts it, the widest first, each with the most that it takes."""
        return {
            _hash(self.client): MOST_OF_CLIENT,
            _hash(f"{self.client} {self.email}"): MOST_FOR_EMAIL,
        }


async def count_attempt(connection: AsyncConnection, attempt: Attempt) -> None:
    """Count an attempt, before its password is looked at; `connection` is in autocommit. Raises `TooManyAttempts`.

    What is too much for a client is not counted for its e-mail address: rows are bounded by clients, not by what they invent.
    """
    for bucket, most in attempt.buckets.items():
        counted = await connection.execute(sql("count_attempt"), {"bucket": bucket, "window": WINDOW})
        row = counted.one()
        if row.attempts > most:
            wait = max(1, ceil(row.seconds_left))
            raise TooManyAttempts(
                f"There were too many attempts to sign in. Wait for {ceil(wait / 60)} min, then try again.",
                retry_after=wait,
            )


async def forgive_attempt(connection: AsyncConnection, attempt: Attempt) -> None:
    """Take an attempt back that turned out to be right."""
    await connection.execute(sql("forgive_attempt"), {"buckets": list(attempt.buckets)})


async def forget_attempts(connection: AsyncConnection) -> int:
    """Delete counts whose time is over; how many."""
    gone = await connection.execute(sql("forget_attempts"), {"window": WINDOW, "batch": _FORGOTTEN_AT_ONCE})
    return gone.rowcount


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
