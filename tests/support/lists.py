"""Files and lists of contacts, read as the API reads them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from belltower_api.contact_file import Wishes, open_people
from belltower_api.contact_file.layout import NO_WISHES
from belltower_api.contact_list import ContactList, File


def entries(content: bytes, filename: str | None = None) -> list[tuple[int, str]]:
    """What stands where a number should in a file, with its line."""
    with open_people(io.BytesIO(content), filename) as people:
        return [(person.line, person.entry) for person in people.each]


@contextmanager
def contacts(
    content: bytes, *, default_country: str | None = None, wishes: Wishes = NO_WISHES
) -> Iterator[ContactList]:
    """The contacts of a file."""
    with ContactList(default_country=default_country) as found:
        found.add_file(File(io.BytesIO(content), None, wishes, default_country))
        yield found


def numbers(content: bytes, *, default_country: str | None = None) -> list[str]:
    """The numbers of a file."""
    with contacts(content, default_country=default_country) as found:
        return list(found.phones())
