"""One page of a collection, read by keyset: the position is the last row's key, so that a page costs the same anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, tuple_

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of `total` items; `has_more` when others follow the last one."""

    items: Sequence[T]
    total: int
    has_more: bool


def cut(items: Sequence[T], *, limit: int, total: int) -> Page[T]:
    """A page of at most `limit` items, made of up to `limit + 1` that were read."""
    return Page(items[:limit], total, has_more=len(items) > limit)


@dataclass(frozen=True, slots=True)
class Sort:
    """By which field of its items a collection is sorted."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of a sorted collection ends: what its last item has in the field, and that item's id."""

    value: str | datetime | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a sorted collection: by a value, then by id. Rows without a value come last, whatever the direction."""

    value: ColumnElement[Any]
    id: ColumnElement[UUID]
    descending: bool
    nullable: bool = False

    def by(self) -> list[ColumnElement[Any]]:
        """What to order rows by."""
        keys: list[ColumnElement[Any]] = [self.value, self.id]
        if self.descending:
            keys = [key.desc() for key in keys]
        return [self.value.is_(None), *keys] if self.nullable else keys

    def after(self, value: ColumnElement[Any] | str | datetime | None, id_: UUID) -> ColumnElement[bool]:
        """Which rows follow the one with this value and id."""
        if value is None:
            return and_(self.value.is_(None), self.id < id_ if self.descending else self.id > id_)
        row, other = tuple_(self.value, self.id), tuple_(value, id_)
        follows = row < other if self.descending else row > other
        return or_(follows, self.value.is_(None)) if self.nullable else follows
