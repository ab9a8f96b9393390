"""Who is signed in."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, SecretStr
from pydantic_core import PydanticCustomError

from belltower.domain import principal
from belltower.domain.credentials import LONGEST_EMAIL, MAXIMUM_PASSWORD, normalise_email
from belltower.domain.principal import Role


def _email(text: str) -> str:
    try:
        return normalise_email(text)
    except ValueError:
        raise PydanticCustomError(
            "invalid_email", "is not an e-mail address. Send one such as ada@example.com."
        ) from None


Email = Annotated[
    str,
    Field(max_length=LONGEST_EMAIL, description="In lower or upper case.", examples=["ada@example.com"]),
    AfterValidator(_email),
]
Password = Annotated[
    SecretStr,
    Field(min_length=1, max_length=MAXIMUM_PASSWORD, examples=["correct horse battery staple"]),
]


class User(BaseModel):
    """A person."""

    id: UUID = Field(examples=["01976f5c-0a01-7f60-9b3e-7d2c5a8e4b19"])
    email: str = Field(examples=["ada@example.com"])
    role: Role = Field(description="member: all but API keys and putting money into the wallet.")
    is_operator: bool = Field(
        description="Runs this installation: sees what belongs to no account, such as dead letters.", examples=[False]
    )

    @classmethod
    def of(cls, user: principal.User) -> Self:
        return cls(id=user.id, email=user.email, role=user.role, is_operator=user.is_operator)


class Session(BaseModel):
    """Who is signed in."""

    user: User | None = Field(description="null: nobody.")
    needs_administrator: bool = Field(
        description="Whether there is nobody at all yet: then the first administrator can be created.",
        examples=[False],
    )
    calls_are_simulated: bool = Field(description="Whether nobody is really rung.", examples=[True])
