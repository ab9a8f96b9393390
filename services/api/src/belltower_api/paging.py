"""Cursors: opaque to whoever passes them back, the last item's key to us."""

import base64
import binascii
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from belltower.domain.errors import Invalid

Key = TypeVar("Key", UUID, int, str)

_LARGEST = 2**63 - 1


def next_cursor(key: UUID | int | str) -> str:
    """The cursor of the page that follows the item with this key."""
    return base64.urlsafe_b64encode(str(key).encode()).rstrip(b"=").decode()


def read_cursor(cursor: str | None, kind: Callable[[str], Key]) -> Key | None:
    """The key in a cursor. Raises `Invalid` for one that no page gave."""
    if cursor is None:
        return None
    try:
        key = kind(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode())
    except (ValueError, binascii.Error):
        raise _invalid() from None
    if isinstance(key, int) and not 0 <= key <= _LARGEST:
        raise _invalid()
    return key


def _invalid() -> Invalid:
    return Invalid("cursor", "invalid_cursor", "cursor is not valid. Send the next_cursor of a page, or none.")
