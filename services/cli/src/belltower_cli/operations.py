"""What `belltower dead-letters` and `belltower operators` do to the database."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db import dead_letters, users
from belltower.db.dead_letters import DeadLetter
from belltower.db.engine import transaction
from belltower.db.page import Page
from belltower.domain.dead_letter import Reason, Status
from belltower_cli.database import email_address, run
from belltower_cli.output import minute, output, plain, print_json

_ACTOR = "operator at a terminal"
_WORDS = {
    Reason.UNDECODABLE: "cannot be read",
    Reason.FAILED: "cannot be taken over",
    Reason.REDELIVERED: "was never confirmed",
    Reason.REJECTED: "was dropped by the broker",
}


def list_dead_letters(status: Status | None, *, limit: int, as_json: bool) -> None:
    """Print dead letters."""

    async def read(engine: AsyncEngine) -> Page[DeadLetter]:
        async with engine.connect() as connection:
            return await dead_letters.get_dead_letters(connection, status=status, limit=limit)

    page = run(read)
    if as_json:
        for letter in page.items:
            print_json({name: _plain_value(value) for name, value in asdict(letter).items()})
    elif not page.items:
        output().print("There is no dead letter.")
    else:
        output().print(_table(page.items))
        if page.has_more:
            typer.echo(f"{page.total - len(page.items)} more are older: --limit shows them.", err=True)


def replay_dead_letters(ids: Sequence[UUID]) -> None:
    """Mark dead letters for replay, all or none."""
    _decide(ids, dead_letters.replay)
    typer.echo(f"{_counted(ids)} sent again in a moment.")


def discard_dead_letters(ids: Sequence[UUID]) -> None:
    """Discard dead letters, all or none."""
    _decide(ids, dead_letters.discard)
    typer.echo(f"{_counted(ids)} discarded.")


def list_operators() -> None:
    """Print the operators' addresses."""

    async def read(engine: AsyncEngine) -> list[str]:
        async with engine.connect() as connection:
            return await users.get_operators(connection)

    for email in run(read):
        typer.echo(email)


def make_operator(email: str, *, is_operator: bool) -> None:
    """Make a person an operator, or one no more."""
    address = email_address(email)

    async def change(engine: AsyncEngine) -> None:
        async with transaction(engine) as connection:
            await users.make_operator(connection, address, is_operator=is_operator)

    run(change)
    typer.echo(f"{address} is {'an operator' if is_operator else 'no operator'} now.")


def _decide(ids: Sequence[UUID], how: Callable[..., Awaitable[DeadLetter]]) -> None:
    async def decide(engine: AsyncEngine) -> None:
        async with transaction(engine) as connection:
            await _each(connection, ids, how)

    run(decide)


async def _each(connection: AsyncConnection, ids: Sequence[UUID], how: Callable[..., Awaitable[DeadLetter]]) -> None:
    for letter_id in sorted(set(ids)):
        await how(connection, letter_id, actor=_ACTOR)


def _counted(ids: Sequence[UUID]) -> str:
    count = len(set(ids))
    return "1 dead letter is" if count == 1 else f"{count} dead letters are"


def _table(letters: Sequence[DeadLetter]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("id", "the message", "times", "latest", "status", "detail"):
        table.add_column(name, overflow="fold" if name == "detail" else "ellipsis", no_wrap=name != "detail")
    for letter in letters:
        table.add_row(
            str(letter.id),
            _WORDS[letter.reason],
            str(letter.times),
            minute(letter.last_at.isoformat()),
            letter.status.value,
            plain(letter.detail or ""),
        )
    return table


def _plain_value(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list() | tuple():
            return [_plain_value(each) for each in value]
        case UUID():
            return str(value)
        case _:
            return value
