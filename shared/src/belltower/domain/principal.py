"""Who asks for something: a program with an API key, or a person who is signed in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may do in an account: a member all but what concerns API keys and putting money in."""

    ADMINISTRATOR = "administrator"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class User:
    """A person."""

    id: UUID
    email: str
    role: Role
    is_operator: bool = False
    """Runs this installation: sees what belongs to no account, such as dead letters."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks for something: the account that it is done for, and the name that the history shows."""

    account_id: UUID
    actor: str
    user: User | None = None
    """None for an API key."""

    @property
    def is_administrator(self) -> bool:
        """An API key may do all that its account may."""
        return self.user is None or self.user.role is Role.ADMINISTRATOR

    @property
    def is_operator(self) -> bool:
        """A key is its account's, and never an operator's."""
        return self.user is not None and self.user.is_operator
