"""Sessions: who is signed in. Only hashes of their tokens are stored, and a row that is gone is a session that ended."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.tables import Instant, sessions, users
from belltower.domain.credentials import session_token_hash
from belltower.domain.principal import Principal, Role, User

LASTS = timedelta(days=14)
MOST_SESSIONS = 100
"""Of a person; one more ends the oldest."""
_FORGOTTEN_AT_ONCE = 5_000


async def create_session(connection: AsyncConnection, user_id: UUID, token: str) -> None:
    """Sign a person in."""
    own = select(sessions.c.token_hash).where(sessions.c.user_id == user_id)
    surplus = own.order_by(sessions.c.expires_at.desc()).offset(MOST_SESSIONS - 1)
    await connection.execute(delete(sessions).where(sessions.c.token_hash.in_(surplus)))
    await connection.execute(
        insert(sessions).values(
            token_hash=session_token_hash(token),
            user_id=user_id,
            expires_at=func.clock_timestamp(type_=Instant) + LASTS,
        )
    )


async def find_session(connection: AsyncConnection, token: str) -> Principal | None:
    """Who is signed in with this token; None when nobody is, or not any more."""
    found = await connection.execute(
        select(users.c.id, users.c.account_id, users.c.email, users.c.role, users.c.is_operator)
        .join_from(sessions, users)
        .where(
            sessions.c.token_hash == session_token_hash(token),
            sessions.c.expires_at > func.clock_timestamp(type_=Instant),
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    return Principal(row.account_id, f"user {row.email}", User(row.id, row.email, Role(row.role), row.is_operator))


async def end_session(connection: AsyncConnection, token: str) -> None:
    """Sign out: from this moment on the token is worth nothing, in every process."""
    await connection.execute(delete(sessions).where(sessions.c.token_hash == session_token_hash(token)))


async def forget_sessions(connection: AsyncConnection) -> int:
    """Delete sessions whose time is over; how many."""
    gone = await connection.execute(sql("forget_sessions"), {"batch": _FORGOTTEN_AT_ONCE})
    return gone.rowcount
