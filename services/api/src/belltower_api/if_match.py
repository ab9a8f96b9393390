"""`If-Match` (RFC 9110, 13.1.1): who changes something says which state of it they have seen.

An ETag that is meant for this begins with a version, and a dot ends that where more follows: what is behind it does not matter
here, nor whether a server on the way that compresses answers has marked the tag weak or put its method behind it.
"""

from typing import Annotated

from fastapi import Depends, Header

from belltower_api.errors import LostRace, PreconditionRequired

_ANY = "*"


class Seen:
    """The state that somebody has seen."""

    def __init__(self, tags: str) -> None:
        self.is_any = tags.strip() == _ANY
        """They leave it to us which state is changed."""
        self._tags = [each.strip().removeprefix("W/").strip('"') for each in tags.split(",")]

    def fits(self, version: int) -> bool:
        """Whether it has this version."""
        return self.is_any or any(tag.partition(".")[0] == str(version) for tag in self._tags)

    def require(self, version: int) -> None:
        """Raises `LostRace` unless it has this version, which is all of the ETag."""
        if not self.fits(version):
            raise LostRace(tag_of(version))


def tag_of(version: int) -> str:
    """The ETag that is a version and nothing else."""
    return f'"{version}"'


async def _seen(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=500,
            description="The ETag of what was read, or * to change whatever state it is in. Without it the answer is 428; when it"
            " has been changed since, 412.",
        ),
    ] = None,
) -> Seen:
    if if_match is None or not if_match.strip():
        raise PreconditionRequired
    return Seen(if_match)


IfMatch = Annotated[Seen, Depends(_seen)]
