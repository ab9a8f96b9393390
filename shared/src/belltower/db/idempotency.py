"""Idempotency keys: a request that is sent again is not done again, through crashes of client, network and API.

A key is reserved before anything is done, and its answer is written by the very transaction that does it. So a key with an
answer stands for something done, and one without for nothing done, whatever died in between; a reservation that nobody
renews any more may be taken over, because the former holder's transaction can then no longer commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import sql, to_json
from belltower.db.tables import idempotency_keys

KEPT_FOR = 24 * 3600.0
"""Seconds for which a key stands for its first answer."""
LEASE = 30.0
"""Seconds after which a reservation without an answer that was not renewed is nobody's."""
_FORGOTTEN_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it was sent: `route` is its method and path, `fingerprint` a hash of everything that was asked for."""

    account_id: UUID
    route: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to do what was asked for under a key."""

    key: Key
    token: UUID

    @property
    def parameters(self) -> dict[str, object]:
        """What names it in a statement."""
        return {
            "account": self.key.account_id,
            "route": self.key.route,
            "key": self.key.key,
            "token": self.token,
        }


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request with the same key. Without a `status` it is still under way."""

    fingerprint: bytes
    status: int | None
    headers: Mapping[str, str] | None
    body: bytes | None


class NoLongerReserved(Exception):
    """Another request has taken the key over; nothing may be done under it any more."""


async def reserve(reader: AsyncEngine, key: Key) -> Reservation | Earlier:
    """Reserve a key, or find out what became of the request that has it. `reader` is in autocommit."""
    while True:
        reservation = Reservation(key, uuid4())
        async with reader.connect() as connection:
            mine = await connection.execute(
                sql("reserve_key"),
                {**reservation.parameters, "fingerprint": key.fingerprint, "kept_for": KEPT_FOR, "lease": LEASE},
            )
            if mine.scalar_one_or_none() is not None:
                return reservation
            found = await connection.execute(
                select(
                    idempotency_keys.c.fingerprint,
                    idempotency_keys.c.status,
                    idempotency_keys.c.headers,
                    idempotency_keys.c.body,
                ).where(
                    idempotency_keys.c.account_id == key.account_id,
                    idempotency_keys.c.route == key.route,
                    idempotency_keys.c.key == key.key,
                )
            )
            row = found.one_or_none()
        if row is not None:  # else it was released in between, and is free
            return Earlier(row.fingerprint, row.status, row.headers, row.body)


async def keep(
    connection: AsyncConnection, reservation: Reservation, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Keep the answer, in the transaction that does what was asked for. Raises `NoLongerReserved`."""
    kept = await connection.execute(
        sql("keep_answer"), {**reservation.parameters, "status": status, "headers": to_json(headers), "body": body}
    )
    if kept.scalar_one_or_none() is None:
        raise NoLongerReserved


async def amend(reader: AsyncEngine, reservation: Reservation, status: int, body: bytes) -> None:
    """Replace the answer that was kept by one that knows more. `reader` is in autocommit."""
    async with reader.connect() as connection:
        await connection.execute(sql("amend_answer"), {**reservation.parameters, "status": status, "body": body})


async def renew(reader: AsyncEngine, reservation: Reservation) -> None:
    """Say that the request is still being worked on."""
    async with reader.connect() as connection:
        await connection.execute(sql("renew_key"), reservation.parameters)


async def release(reader: AsyncEngine, reservation: Reservation) -> None:
    """Free the key of a request that did nothing; the key of one that did keeps its answer."""
    async with reader.connect() as connection:
        await connection.execute(sql("release_key"), reservation.parameters)


async def forget_keys(connection: AsyncConnection) -> int:
    """Delete keys whose time is over; how many."""
    gone = await connection.execute(sql("forget_keys"), {"kept_for": KEPT_FOR, "batch": _FORGOTTEN_AT_ONCE})
    return gone.rowcount
