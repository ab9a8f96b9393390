"""Cursors: opaque to whoever passes them back, the last item's key to us."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, TypeAdapter

from belltower.db.page import Position, Sort
from belltower.domain.errors import Invalid
from belltower_api.schemas.values import QueriedInstant, one_line

Key = TypeVar("Key")

_LARGEST = 2**63 - 1


def next_cursor(key: UUID | int | str) -> str:
    """The cursor of the page that follows the item with this key."""
    return _written(str(key))


def read_cursor(cursor: str | None, kind: Callable[[str], Key]) -> Key | None:
    """The key in a cursor. Raises `Invalid` for one that no page gave."""
    if cursor is None:
        return None
    try:
        key = kind(_read(cursor))
    except ValueError:
        raise _invalid() from None
    if isinstance(key, int) and not 0 <= key <= _LARGEST:
        raise _invalid()
    return key


def sort_of(text: str) -> Sort:
    """What `sort` asks for: a field, with - in front of it for the other way round."""
    return Sort(text.removeprefix("-"), descending=text.startswith("-"))


class _SortedCursor(BaseModel):
    """What the cursor of a sorted collection holds. It comes from outside, and may hold anything."""

    sort: str
    value: str | None
    id: UUID


_INSTANT: TypeAdapter[Any] = TypeAdapter(QueriedInstant)
_OTHERS: dict[str, TypeAdapter[Any]] = {
    "name": TypeAdapter(Annotated[str, Field(max_length=200), AfterValidator(one_line)])
}
"""Whatever is sorted by is an instant, but for these."""


def next_sorted_cursor(sort: str, value: str | datetime | None, id_: UUID) -> str:
    """The cursor of the page that follows the item with this id, and this value in the field that is sorted by."""
    text = value.isoformat() if isinstance(value, datetime) else value
    return _written(_SortedCursor(sort=sort, value=text, id=id_).model_dump_json())


def read_sorted_cursor(cursor: str | None, sort: str) -> Position | None:
    """The position in a cursor. Raises `Invalid` for one that no page gave, or that is of another order."""
    if cursor is None:
        return None
    try:
        read = _SortedCursor.model_validate_json(_read(cursor))
        kind = _OTHERS.get(sort_of(read.sort).field, _INSTANT)
        value = None if read.value is None else kind.validate_python(read.value)
    except ValueError:
        raise _invalid() from None
    if read.sort != sort:
        raise Invalid(
            "cursor",
            "invalid_cursor",
            f"cursor is of a page in another order than {sort}. Send the same sort for every page, or no cursor.",
        )
    return Position(value, read.id)


def _written(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _read(cursor: str) -> str:
    """Raises `ValueError`."""
    return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()


def _invalid() -> Invalid:
    return Invalid("cursor", "invalid_cursor", "cursor is not valid. Send the next_cursor of a page, or none.")
