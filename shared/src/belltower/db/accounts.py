"""Accounts and their administrators."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, cast, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.api_keys import create_api_key
from belltower.db.tables import accounts, users
from belltower.db.users import create_user, has_users
from belltower.db.wallet import add_entry
from belltower.domain.calling_window import CallingWindow
from belltower.domain.errors import AdministratorExists, NotFound
from belltower.domain.principal import Role, User

_FIRST = int.from_bytes(b"admin1st")
"""Advisory lock: of two who want to be the first administrator one is."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to create, with its first administrator."""

    name: str
    email: str
    """Lower case."""
    password_hash: str
    caller_id: str | None
    """E.164."""
    currency: str
    """ISO 4217."""
    balance: Decimal
    calling_window: CallingWindow | None = None
    """When people may be called; None: at any time."""


async def create_account(connection: AsyncConnection, new: NewAccount, api_key: str) -> UUID:
    """Create an account with its first administrator and an API key; its id.

    The opening balance is the ledger's first entry. Raises `Invalid` when the e-mail address has an account.
    """
    account_id = await _insert_account(connection, new)
    await _create_administrator(connection, account_id, new)
    await create_api_key(connection, account_id, api_key, name="first key")
    return account_id


async def create_first_administrator(connection: AsyncConnection, new: NewAccount) -> User:
    """Create the first person of this Belltower: in the one account that there is, else in a new one.

    Of several at once one is created. Raises `AdministratorExists` when there is anybody.
    """
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FIRST})
    await refuse_second_administrator(connection)
    only = (await connection.execute(select(accounts.c.id).limit(2))).scalars().all()
    account_id = only[0] if len(only) == 1 else await _insert_account(connection, new)
    return await _create_administrator(connection, account_id, new)


async def refuse_second_administrator(connection: AsyncConnection) -> None:
    """Raises `AdministratorExists` when there is anybody."""
    if await has_users(connection):
        raise AdministratorExists("There is an administrator already. Sign in, or ask them for an account.")


async def _insert_account(connection: AsyncConnection, new: NewAccount) -> UUID:
    account_id = uuid7()
    await connection.execute(
        insert(accounts).values(
            id=account_id,
            name=new.name,
            currency=new.currency,
            balance=new.balance,
            caller_id=new.caller_id,
            calling_window=new.calling_window and new.calling_window.document(),
        )
    )
    if new.balance:
        await add_entry(connection, account_id, "top_up", new.balance, note="opening balance")
    return account_id


async def _create_administrator(connection: AsyncConnection, account_id: UUID, new: NewAccount) -> User:
    return await create_user(
        connection, account_id, email=new.email, password_hash=new.password_hash, role=Role.ADMINISTRATOR
    )


async def find_account(connection: AsyncConnection, email: str) -> UUID | None:
    """The account of the user with this (lower case) e-mail address."""
    found = await connection.execute(select(users.c.account_id).where(users.c.email == email))
    return found.scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as it is shown to itself."""

    id: UUID
    name: str
    currency: str
    caller_id: str | None


_ACCOUNT = (accounts.c.id, accounts.c.name, accounts.c.currency, accounts.c.caller_id)
_NAMED = 10
"""How many accounts a complaint names."""


async def choose_account(connection: AsyncConnection, wanted: str) -> Account:
    """The account with this name or id; the only one that there is when `wanted` is empty.

    Raises `NotFound` when that is none, or not one only, and says which there are.
    """
    query = select(*_ACCOUNT).order_by(accounts.c.created_at, accounts.c.id).limit(_NAMED)
    named = query.where(or_(accounts.c.name == wanted, cast(accounts.c.id, Text) == wanted.lower()))
    found = [Account(*row) for row in await connection.execute(named if wanted else query)]
    if len(found) == 1:
        return found[0]
    there = found or [Account(*row) for row in await connection.execute(query)]
    if not there:
        raise NotFound("There is no account yet. Create one first.")
    listed = ", ".join(f"{account.name} ({account.id})" for account in there)
    raise NotFound(f"Say which account, by its name or its id. There are: {listed}.")


async def get_account(connection: AsyncConnection, account_id: UUID) -> Account:
    """One account. Raises `NotFound`."""
    found = await connection.execute(select(*_ACCOUNT).where(accounts.c.id == account_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return Account(*row)


async def lock_account(connection: AsyncConnection, account_id: UUID) -> None:
    """Lock an account, as the gate does: before campaigns, contacts and calls of it."""
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
