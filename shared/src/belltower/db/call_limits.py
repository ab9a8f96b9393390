"""What bounds an account's calls, as its administrators set it. The gate and the circuit breaker obey it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.tables import accounts, caller_id_limits
from belltower.domain.circuit_breaker import CircuitBreaker
from belltower.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class CallerIdLimits:
    """What bounds calls from one number; None: nothing of its own does."""

    caller_id: str
    """E.164."""
    max_concurrent_calls: int | None
    calls_per_second: int | None


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most so many calls to one number in any `period` seconds."""

    calls: int
    period: int


@dataclass(frozen=True, slots=True)
class CallLimits:
    """What bounds an account's calls; None: nothing does."""

    max_concurrent_calls: int | None
    calls_per_second: int | None
    caller_ids: Sequence[CallerIdLimits]
    """By their numbers."""
    frequency_cap: FrequencyCap | None
    circuit_breaker: CircuitBreaker | None

    def of(self, caller_id: str) -> CallerIdLimits:
        """What bounds calls from a number (E.164)."""
        unlimited = CallerIdLimits(caller_id, None, None)
        return next((each for each in self.caller_ids if each.caller_id == caller_id), unlimited)


async def get_call_limits(connection: AsyncConnection, account_id: UUID) -> CallLimits:
    """An account's limits. Raises `NotFound`."""
    row = (
        await connection.execute(
            select(
                accounts.c.max_concurrent_calls,
                accounts.c.calls_per_second,
                accounts.c.frequency_cap_calls,
                accounts.c.frequency_cap_period,
                accounts.c.breaker_calls,
                accounts.c.breaker_within,
                accounts.c.breaker_share,
            ).where(accounts.c.id == account_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    limited = await connection.execute(
        select(
            caller_id_limits.c.caller_id, caller_id_limits.c.max_concurrent_calls, caller_id_limits.c.calls_per_second
        )
        .where(caller_id_limits.c.account_id == account_id)
        .order_by(caller_id_limits.c.caller_id)
    )
    cap = None
    if row.frequency_cap_calls is not None:
        cap = FrequencyCap(row.frequency_cap_calls, row.frequency_cap_period)
    breaker = None
    if row.breaker_calls is not None:
        breaker = CircuitBreaker(row.breaker_calls, row.breaker_within, row.breaker_share)
    return CallLimits(
        row.max_concurrent_calls, row.calls_per_second, [CallerIdLimits(*each) for each in limited], cap, breaker
    )


async def set_call_limits(connection: AsyncConnection, account_id: UUID, limits: CallLimits) -> None:
    """Replace an account's limits. Its row is locked first: a gate goes by the old ones or the new ones, never by both."""
    cap, breaker = limits.frequency_cap, limits.circuit_breaker
    await connection.execute(
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(
            max_concurrent_calls=limits.max_concurrent_calls,
            calls_per_second=limits.calls_per_second,
            frequency_cap_calls=cap and cap.calls,
            frequency_cap_period=cap and cap.period,
            breaker_calls=breaker and breaker.window_calls,
            breaker_within=breaker and breaker.within,
            breaker_share=breaker and breaker.failed_share,
        )
    )
    await connection.execute(delete(caller_id_limits).where(caller_id_limits.c.account_id == account_id))
    if limits.caller_ids:
        await connection.execute(
            insert(caller_id_limits), [{"account_id": account_id, **asdict(each)} for each in limits.caller_ids]
        )
