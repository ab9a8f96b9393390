"""`belltower dead-letters` and `belltower operators`: what belongs to the installation, straight in the database."""

from typing import Annotated
from uuid import UUID

import typer

from belltower.domain.dead_letter import Status
from belltower_cli.connection import AsJson

commands = typer.Typer(
    help="Messages between scheduler and dialers that came to nothing. No campaign is lost by one.",
    no_args_is_help=True,
)
operators = typer.Typer(help="People who run this installation, and see its dead letters.", no_args_is_help=True)

Ids = Annotated[list[UUID], typer.Argument(help="The ids that the list shows.", metavar="ID...", show_default=False)]
Email = Annotated[str, typer.Argument(help="What they sign in with.")]


@commands.command(name="list")
def list_dead_letters(
    status: Annotated[
        Status | None, typer.Option(help="Only those; by default those that wait or are being replayed.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the dead letters, the latest first. --json prints one on a line."""
    from belltower_cli import operations

    operations.list_dead_letters(status, limit=limit, as_json=as_json)


@commands.command(name="replay")
def replay_dead_letters(ids: Ids) -> None:
    """Have a scheduler send them again, within seconds. What comes to nothing again waits here once more."""
    from belltower_cli import operations

    operations.replay_dead_letters(ids)


@commands.command(name="discard")
def discard_dead_letters(ids: Ids) -> None:
    """Be done with them: they are not sent again. No campaign is touched."""
    from belltower_cli import operations

    operations.discard_dead_letters(ids)


@operators.command(name="list")
def list_operators() -> None:
    """List the operators."""
    from belltower_cli import operations

    operations.list_operators()


@operators.command(name="add")
def add_operator(email: Email) -> None:
    """Make somebody who has an account an operator."""
    from belltower_cli import operations

    operations.make_operator(email, is_operator=True)


@operators.command(name="remove")
def remove_operator(email: Email) -> None:
    """Make somebody an operator no more. Their account stays."""
    from belltower_cli import operations

    operations.make_operator(email, is_operator=False)
