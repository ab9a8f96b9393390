"""What an operator does from a terminal. These commands speak to the database.

What does so is imported when one of them runs: it takes a second, for which nobody else shall wait.
"""

from typing import Annotated

import typer

from belltower.domain.principal import Role


def migrate_database() -> None:
    """Bring the database at DATABASE_URL to the newest schema; wait up to 30 s until it accepts connections."""
    from belltower_cli import database

    database.bring_to_newest_schema()


def open_account(
    name: Annotated[str, typer.Argument(help="What the account is called.")],
    email: Annotated[str, typer.Option(help="The first administrator's e-mail address.")],
    caller_id: Annotated[str, typer.Option(help="The number that callees see by default; none when empty.")] = "",
    balance: Annotated[str, typer.Option(help="The opening balance of the wallet.")] = "0.00",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of making one.")
    ] = False,
    is_operator: Annotated[
        bool, typer.Option("--operator", help="They run this installation, and see its dead letters.")
    ] = False,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Do nothing when the e-mail address has an account already.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Create an account with its first administrator and an API key. The key, and a password made here, are shown once."""
    from belltower_cli import database

    database.open_account(
        name,
        email,
        caller_id=caller_id,
        balance=balance,
        password_stdin=password_stdin,
        is_operator=is_operator,
        if_missing=if_missing,
        as_json=as_json,
    )


def add_user(
    email: Annotated[str, typer.Argument(help="What they sign in with.")],
    account: Annotated[
        str, typer.Option(help="The name or the id of the account; not needed where there is one only.")
    ] = "",
    role: Annotated[
        Role, typer.Option(help="A member may do all but what concerns API keys and putting money in.")
    ] = Role.MEMBER,
    is_operator: Annotated[
        bool, typer.Option("--operator", help="They run this installation, and see its dead letters.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add a person to an account. Their password is asked for."""
    from belltower_cli import database

    database.add_user(
        email,
        account=account,
        role=role,
        is_operator=is_operator,
        password_stdin=password_stdin,
        as_json=as_json,
    )


def verify(
    account: Annotated[
        str, typer.Option(help="Only what belongs to the account with this name or id; everything without it.")
    ] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can safely be mended; without it nothing is changed.")
    ] = False,
    time_limit: Annotated[
        float, typer.Option(min=1, help="Seconds that one look at the database may take.", show_default=True)
    ] = 300,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one finding a line.")] = False,
) -> None:
    """Look whether the database holds what Belltower promises, while everything runs, and say what does not.

    Exit status: 0, all holds; 1, something was found that was not repaired; 2, it could not be looked at.
    """
    from belltower_cli.verify import verify_database

    verify_database(account, repairs=repair, as_json=as_json, time_limit=time_limit)
