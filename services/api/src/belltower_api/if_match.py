"""`If-Match` (RFC 9110, 13.1.1): who changes something says which version of it they have seen."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.exceptions import HTTPException


class PreconditionMissing(HTTPException):
    """A change that does not say what it is a change of (RFC 6585, 3)."""

    code = "precondition_required"

    def __init__(self) -> None:
        super().__init__(
            428,
            "The header If-Match is missing. Read it first, and send its ETag, so that nobody else's change is lost.",
        )


class PreconditionFailed(HTTPException):
    """A change of something that was changed meanwhile."""

    code = "precondition_failed"

    def __init__(self) -> None:
        super().__init__(412, "It was changed since you read it. Read it again, and send its new ETag as If-Match.")


class Seen:
    """The version that somebody has seen."""

    def __init__(self, tags: str | None) -> None:
        if tags is None:
            raise PreconditionMissing
        self._tags = [tag.strip() for tag in tags.split(",")]

    def require(self, version: int) -> None:
        """Raises `PreconditionFailed` when it is not this one."""
        if "*" not in self._tags and tag_of(version) not in self._tags:
            raise PreconditionFailed


def tag_of(version: int) -> str:
    """The ETag of a version."""
    return f'"v{version}"'


async def _seen(
    if_match: Annotated[
        str | None,
        Header(alias="If-Match", description="The ETag of what was read; `*` for whatever there is.", max_length=500),
    ] = None,
) -> Seen:
    return Seen(if_match)


IfMatch = Annotated[Seen, Depends(_seen)]
