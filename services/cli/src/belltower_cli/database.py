"""What the operator's commands do to the database."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from getpass import getpass
from typing import TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.accounts import NewAccount, choose_account, create_account, find_account
from belltower.db.engine import connect_directly, create_engine, database_url, is_outage, sqlstate, transaction
from belltower.db.migrate import ForeignDatabase, migrate
from belltower.db.users import create_user, make_operator
from belltower.domain import credentials, phone
from belltower.domain.calling_window import first_window
from belltower.domain.errors import BelltowerError, Invalid
from belltower.domain.principal import Role
from belltower.runtime.settings import BillingSettings, CarrierKind, CarrierKindSettings, DatabaseSettings, load

_WAIT_FOR_DATABASE = 30.0
"""Seconds within which a database that is starting accepts connections."""
_LARGEST_BALANCE = Decimal(10) ** 9
_UNDEFINED_TABLE, _UNDEFINED_COLUMN = "42P01", "42703"
_STARTING = (
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ConnectionDoesNotExistError,
    OSError,
)

T = TypeVar("T")


def bring_to_newest_schema() -> None:
    """Migrate the database, and say from where to where."""
    before, after = run(migrate)
    if before == after:
        typer.echo(f"The database has the newest schema already ({after}).")
    else:
        typer.echo(f"The database was brought from {before or 'nothing'} to the schema {after}.")


def open_account(
    name: str,
    email: str,
    *,
    caller_id: str,
    balance: str,
    password_stdin: bool,
    is_operator: bool,
    if_missing: bool,
    as_json: bool,
) -> None:
    """Create an account from what was typed, and show its key."""
    email = email_address(email)
    password = _read_password(email) if password_stdin else credentials.new_password()
    new = NewAccount(
        name=_name(name),
        email=email,
        password_hash=credentials.password_hash(password),
        caller_id=_caller_id(caller_id) if caller_id else None,
        currency=load(BillingSettings).currency,
        balance=_balance(balance),
        calling_window=first_window(is_simulated=load(CarrierKindSettings).carrier is CarrierKind.SIMULATED),
    )
    created = run(lambda engine: _create_account(engine, new, is_operator=is_operator, if_missing=if_missing))
    if "api_key" in created and not password_stdin:
        created["password"] = password
    _show(created, as_json=as_json)


def add_user(email: str, *, account: str, role: Role, is_operator: bool, password_stdin: bool, as_json: bool) -> None:
    """Add a person to an account."""
    email = email_address(email)
    hashed = credentials.password_hash(_read_password(email) if password_stdin else _ask_for_password(email))

    async def add(engine: AsyncEngine) -> dict[str, str | bool]:
        async with transaction(engine) as connection:
            chosen = await choose_account(connection, account)
            await create_user(
                connection, chosen.id, email=email, password_hash=hashed, role=role, is_operator=is_operator
            )
        added = {"account_id": str(chosen.id), "account": chosen.name, "email": email, "role": role.value}
        return {**added, "operator": True} if is_operator else {**added}

    _show(run(add), as_json=as_json)


async def _create_account(
    engine: AsyncEngine, new: NewAccount, *, is_operator: bool, if_missing: bool
) -> dict[str, str | bool]:
    async with transaction(engine) as connection:
        if if_missing and (existing := await find_account(connection, new.email)):
            return {"account_id": str(existing), "existing": True}
        api_key = credentials.new_api_key()
        account_id = await create_account(connection, new, api_key)
        if is_operator:
            await make_operator(connection, new.email, is_operator=True)
    return {"account_id": str(account_id), "email": new.email, "api_key": api_key}


def run(work: Callable[[AsyncEngine], Awaitable[T]], *, status: int = 1) -> T:
    """Run `work` on the database at DATABASE_URL. What an operator can mend ends the process with a sentence, and `status`."""
    try:
        settings = load(DatabaseSettings)
    except SystemExit as missing:
        raise _failure(str(missing), status) from None
    url = database_url(settings)
    where = f"{url.host}:{url.port or 5432}"

    async def work_on_it() -> T:
        engine = create_engine(settings, name="belltower")
        try:
            await _wait_for_database(settings)
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(work_on_it())
    except (BelltowerError, ForeignDatabase) as error:
        raise _failure(str(error), status) from None
    except _STARTING as error:
        raise _failure(
            f"The database at {where} does not accept connections: {error}. Check DATABASE_URL.", status
        ) from None
    except asyncpg.PostgresError as error:
        raise _failure(f"The database at {where} refuses us: {error}. Check DATABASE_URL.", status) from None
    except DBAPIError as error:
        if sqlstate(error) == _UNDEFINED_TABLE:
            raise _failure("The database has no Belltower schema yet. Run `belltower migrate` first.", status) from None
        if sqlstate(error) == _UNDEFINED_COLUMN:
            raise _failure("The database has an older schema. Run `belltower migrate` first.", status) from None
        if is_outage(error):
            raise _failure(f"The database at {where} went away, or has no room for us. Try again.", status) from None
        raise


async def _wait_for_database(settings: DatabaseSettings) -> None:
    deadline = time.monotonic() + _WAIT_FOR_DATABASE
    while True:
        try:
            connection = await connect_directly(settings, name="belltower")
            await connection.close()
            return
        except _STARTING:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.25)


def _failure(sentence: str, status: int = 1) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(status)


def _read_password(email: str) -> str:
    return _checked(sys.stdin.readline().rstrip("\r\n"), email)


def _ask_for_password(email: str) -> str:
    if not sys.stdin.isatty():
        raise _failure("There is no terminal to ask for the password at. Send it with --password-stdin.")
    password = _checked(getpass("Password: "), email)
    if getpass("Once more: ") != password:
        raise _failure("These are two different passwords. Try again.")
    return password


def _checked(password: str, email: str) -> str:
    try:
        credentials.check_new_password(password, email)
    except Invalid as reason:
        raise _failure(str(reason)) from None
    return password


def _name(text: str) -> str:
    if not text.strip() or len(text) > 200 or not text.isprintable():
        raise _failure("The account's name must have 1 to 200 printable characters.")
    return text.strip()


def email_address(text: str) -> str:
    try:
        return credentials.normalise_email(text)
    except ValueError as reason:
        raise _failure(str(reason)) from None


def _caller_id(text: str) -> str:
    try:
        return phone.normalise(text)
    except ValueError as reason:
        raise _failure(f"The caller id cannot be used: {reason}. Write it like +14155550100.") from None


def _balance(text: str) -> Decimal:
    try:
        balance = Decimal(text)
    except InvalidOperation:
        balance = Decimal("NaN")
    if not balance.is_finite() or not 0 <= balance <= _LARGEST_BALANCE or balance != round(balance, 6):
        raise _failure("The balance must be an amount such as 100.00.")
    return balance


def _show(created: dict[str, str | bool], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(created))
        return
    table = Table(show_header=False, box=None)
    for name, value in created.items():
        table.add_row(name.replace("_", " "), str(value), style="bold" if name in ("api_key", "password") else None)
    console = Console(highlight=False)
    console.print(table)
    if "api_key" in created:
        console.print("Keep the key: it is not shown again.")
