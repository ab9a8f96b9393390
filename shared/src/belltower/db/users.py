"""People, each in one account."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from belltower.db.tables import users
from belltower.domain.errors import Invalid, NotFound
from belltower.domain.principal import Role, User


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A person, and what their password is checked against."""

    user: User
    password_hash: str


async def create_user(
    connection: AsyncConnection,
    account_id: UUID,
    *,
    email: str,
    password_hash: str,
    role: Role,
    is_operator: bool = False,
) -> User:
    """Add a person to an account; `email` is lower case. Raises `Invalid` when the address has an account."""
    user = User(uuid7(), email, role, is_operator)
    created = await connection.execute(
        insert(users)
        .values(
            id=user.id,
            account_id=account_id,
            email=email,
            password_hash=password_hash,
            role=role,
            is_operator=is_operator,
        )
        .on_conflict_do_nothing(index_elements=[users.c.email])
        .returning(users.c.id)
    )
    if created.scalar_one_or_none() is None:
        raise Invalid("email", "email_taken", f"{email} already belongs to an account. Use another address.")
    return user


async def find_user(connection: AsyncConnection, email: str) -> KnownUser | None:
    """The person with this (lower case) e-mail address, in whatever account: it is what they sign in with."""
    found = await connection.execute(
        select(users.c.id, users.c.email, users.c.role, users.c.is_operator, users.c.password_hash).where(
            users.c.email == email
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    return KnownUser(User(row.id, row.email, Role(row.role), row.is_operator), row.password_hash)


async def get_operators(connection: AsyncConnection) -> list[str]:
    """The e-mail addresses of those who run this installation."""
    found = await connection.execute(select(users.c.email).where(users.c.is_operator).order_by(users.c.email))
    return list(found.scalars())


async def make_operator(connection: AsyncConnection, email: str, *, is_operator: bool) -> None:
    """Make a person (by their lower case address) an operator, or one no more, from their next request on. Raises `NotFound`."""
    changed = await connection.execute(
        update(users).where(users.c.email == email).values(is_operator=is_operator).returning(users.c.id)
    )
    if changed.scalar_one_or_none() is None:
        raise NotFound(f"Nobody signs in with {email}. Add them first: `belltower create-user {email}`.")


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
