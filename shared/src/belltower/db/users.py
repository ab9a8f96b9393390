"""People, each in one account."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.tables import users
from belltower.domain.errors import Invalid
from belltower.domain.principal import Role, User


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A person, and what their password is checked against."""

    user: User
    password_hash: str


async def create_user(
    connection: AsyncConnection, account_id: UUID, *, email: str, password_hash: str, role: Role
) -> User:
    """Add a person to an account; `email` is lower case. Raises `Invalid` when the address has an account."""
    user = User(uuid7(), email, role)
    created = await connection.execute(
        insert(users)
        .values(id=user.id, account_id=account_id, email=email, password_hash=password_hash, role=role)
        .on_conflict_do_nothing(index_elements=[users.c.email])
        .returning(users.c.id)
    )
    if created.scalar_one_or_none() is None:
        raise Invalid("email", "email_taken", f"{email} already belongs to an account. Use another address.")
    return user


async def find_user(connection: AsyncConnection, email: str) -> KnownUser | None:
    """The person with this (lower case) e-mail address, in whatever account: it is what they sign in with."""
    found = await connection.execute(
        select(users.c.id, users.c.email, users.c.role, users.c.password_hash).where(users.c.email == email)
    )
    row = found.one_or_none()
    return None if row is None else KnownUser(User(row.id, row.email, Role(row.role)), row.password_hash)


async def has_users(connection: AsyncConnection) -> bool:
    """Whether there is anybody at all, in any account."""
    return bool((await connection.execute(select(select(users.c.id).exists()))).scalar_one())


async def replace_password_hash(connection: AsyncConnection, known: KnownUser, password_hash: str) -> None:
    """Store another hash of the same password, unless the password was changed meanwhile."""
    await connection.execute(
        update(users)
        .where(users.c.id == known.user.id, users.c.password_hash == known.password_hash)
        .values(password_hash=password_hash)
    )
