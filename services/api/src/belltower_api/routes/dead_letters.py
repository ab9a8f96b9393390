"""Dead letters: messages of the broker that came to nothing. For operators of the installation."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import dead_letters
from belltower.db.engine import in_transaction
from belltower.domain.dead_letter import Reason, Status
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Operator, Res
from belltower_api.idempotency import Kept
from belltower_api.links import links
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import Instant

router = APIRouter(
    prefix="/api/operations/dead-letters", tags=["Operations"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


class DeadLetter(BaseModel):
    """A message that came to nothing. Its body may hold anything, and is shown to nobody."""

    id: UUID = Field(examples=["01976f5c-2b7d-7d40-a2c6-0f8e3b5d9a20"])
    reason: Reason = Field(
        description="undecodable: no dialer can read it. failed: taking over its campaign failed. redelivered: it was handed"
        " out again and again, and never confirmed. rejected: the broker dropped it for another reason."
    )
    detail: str | None = Field(
        description="What the dialer said of it.", examples=["Its version is 2; this dialer reads version 1."]
    )
    status: Status = Field(description="replaying: a scheduler sends it again in a moment.")
    times: int = Field(description="How often the same message came.", examples=[3])
    publisher: str | None = Field(description="Who sent it, as it says.", examples=["scheduler"])
    reported_by: str | None = Field(
        description="The dialer that gave it up; null: the broker did.", examples=["dialer 3f2a:1"]
    )
    published_at: Instant | None = Field(description="When it was sent, as it says.")
    size: int = Field(description="Bytes of its body.", examples=[74])
    campaign_ids: list[UUID] = Field(
        description="The campaigns that it announced, where they can be read. They are not lost: what is due is announced"
        " again, and one that fails three times in a row is paused with the reason.",
        examples=[["01976f5c-1a2b-7c3d-8e4f-5a6b7c8d9e0f"]],
    )
    first_at: Instant = Field(description="When it came first.")
    last_at: Instant = Field(description="When it came last.")
    decided_at: Instant | None = Field(description="When it was last replayed or discarded.")
    decided_by: str | None = Field(description="Who did that.", examples=["user ada@example.com"])
    can_be_replayed: bool = Field(
        description="Whether its body is kept: not when it is larger than 64 kB, nor when it is done with.",
        examples=[True],
    )

    @classmethod
    def of(cls, letter: dead_letters.DeadLetter) -> Self:
        return cls(**asdict(letter))


class DeadLetterPaging(Paging):
    """Which page of which dead letters."""

    status: Status | None = Field(
        default=None, description="Only those with this status; by default those that wait or are being replayed."
    )


class DeadLetterCollection(Collection[DeadLetter]):
    """A page of dead letters, the latest first."""


_DECIDED = {
    200: {"links": links("letter_id", "replay_dead_letter", "discard_dead_letter")},
    **problems(400, 401, 403, 404, 409, 422),
}


@router.get("", summary="List the dead letters", responses=problems(400, 401, 403))
async def list_dead_letters(
    paging: Annotated[DeadLetterPaging, Query()], res: Res, asker: Operator
) -> DeadLetterCollection:
    """Messages between scheduler and dialers that came to nothing, of all accounts, for 30 days. For operators who are signed in.

    A dead letter is never a lost campaign: the campaign says itself that it is due, and is announced again.
    """
    async with res.reader.connect() as connection:
        page = await dead_letters.get_dead_letters(
            connection, status=paging.status, after=read_cursor(paging.cursor, _position), limit=paging.limit
        )
    return DeadLetterCollection(
        items=[DeadLetter.of(letter) for letter in page.items],
        next_cursor=_cursor(page.items[-1]) if page.has_more else None,
        total=page.total,
    )


@router.post("/{letter_id}/replay", summary="Send a dead letter again", responses=_DECIDED)
async def replay_dead_letter(letter_id: UUID, res: Res, asker: Operator, once: Kept) -> DeadLetter:
    """Have a scheduler send the message again, within seconds. Should it come to nothing again, it waits here once more.

    What it announces is taken over only if it is due: a paused campaign stays so until somebody resumes it.
    """

    async def work(connection: AsyncConnection) -> DeadLetter:
        letter = DeadLetter.of(await dead_letters.replay(connection, letter_id, actor=asker.actor))
        await once.keep(connection, letter, status=200)
        return letter

    return await in_transaction(res.engine, work)


@router.post("/{letter_id}/discard", summary="Discard a dead letter", responses=_DECIDED)
async def discard_dead_letter(letter_id: UUID, res: Res, asker: Operator, once: Kept) -> DeadLetter:
    """Be done with a message: it is not sent again, and its body is deleted. No campaign is touched."""

    async def work(connection: AsyncConnection) -> DeadLetter:
        letter = DeadLetter.of(await dead_letters.discard(connection, letter_id, actor=asker.actor))
        await once.keep(connection, letter, status=200)
        return letter

    return await in_transaction(res.engine, work)


def _cursor(last: dead_letters.DeadLetter) -> str:
    return next_cursor(f"{last.last_at.isoformat()} {last.id}")


def _position(text: str) -> dead_letters.Position:
    """Raises `ValueError`."""
    at, _, letter_id = text.partition(" ")
    position = dead_letters.Position(datetime.fromisoformat(at), UUID(letter_id))
    if position.last_at.tzinfo is None:
        raise ValueError(text)
    return position
