"""One page of a collection, read by keyset: the position is the last row's key, so that a page costs the same anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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
