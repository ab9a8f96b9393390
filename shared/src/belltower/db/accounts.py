"""Accounts and their administrators."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.api_keys import create_api_key
from belltower.db.tables import accounts, users
from belltower.db.wallet import add_entry
from belltower.domain.errors import Invalid, NotFound


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


async def create_account(connection: AsyncConnection, new: NewAccount, api_key: str) -> UUID:
    """Create an account with its first administrator and an API key; its id.

    The opening balance is the ledger's first entry. Raises `Invalid` when the e-mail address has an account.
    """
    account_id = uuid7()
    await connection.execute(
        insert(accounts).values(
            id=account_id, name=new.name, currency=new.currency, balance=new.balance, caller_id=new.caller_id
        )
    )
    administrator = await connection.execute(
        pg_insert(users)
        .values(
            id=uuid7(),
            account_id=account_id,
            email=new.email,
            password_hash=new.password_hash,
            role="administrator",
        )
        .on_conflict_do_nothing(index_elements=[users.c.email])
        .returning(users.c.id)
    )
    if administrator.scalar_one_or_none() is None:
        raise Invalid("email", "email_taken", f"{new.email} already belongs to an account. Use another address.")
    await create_api_key(connection, account_id, api_key, name="first key")
    if new.balance:
        await add_entry(connection, account_id, "top_up", new.balance, note="opening balance")
    return account_id


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


async def get_account(connection: AsyncConnection, account_id: UUID) -> Account:
    """One account. Raises `NotFound`."""
    found = await connection.execute(
        select(accounts.c.id, accounts.c.name, accounts.c.currency, accounts.c.caller_id).where(
            accounts.c.id == account_id
        )
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return Account(*row)
