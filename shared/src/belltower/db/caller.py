"""Who calls for an account: the number that people see, and who speaks with them. As its administrators set it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.tables import accounts
from belltower.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls for an account."""

    caller_id: str | None
    """E.164; of campaigns that name none. None: each has to name one."""
    voice_agent: str | None
    """The address (wss://) of who speaks with people; None: the message is spoken."""


async def get_caller(connection: AsyncConnection, account_id: UUID) -> Caller:
    """Who calls for an account. Raises `NotFound`."""
    query = select(accounts.c.caller_id, accounts.c.stream_url).where(accounts.c.id == account_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return Caller(*row)


async def set_caller(connection: AsyncConnection, account_id: UUID, caller: Caller) -> None:
    """Replace who calls. Campaigns have a caller id since they were created, and a voice agent since a dialer has them."""
    await connection.execute(
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(caller_id=caller.caller_id, stream_url=caller.voice_agent)
    )
