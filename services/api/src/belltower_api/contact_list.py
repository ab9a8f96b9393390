"""The contacts of a campaign, read out of all the lists that were sent: whom to ring, what was left out and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Self

from belltower.db.contacts import NewContacts
from belltower.db.rejected import NewRejected
from belltower.domain import phone
from belltower.domain.errors import Invalid
from belltower.domain.message import MAX_SPOKEN, Message, Placeholder, spoken_length, values_of
from belltower.domain.zones import LONGEST_NAME, read_zone_name
from belltower_api import contact_file
from belltower_api.contact_file import Wishes
from belltower_api.schemas.list_fields import ListedContact
from belltower_api.schemas.rejection import LISTED, MessageWarning, RejectedNumber, RejectedNumbers, Source

_SAMPLED = 10


@dataclass(frozen=True, slots=True)
class File:
    """A file of contacts, and what is known of its columns."""

    content: BinaryIO
    filename: str | None
    wishes: Wishes
    default_country: str | None


@dataclass(frozen=True, slots=True)
class Sampled:
    """One of the first contacts."""

    phone: str
    name: str | None
    fields: Mapping[str, str]
    timezone: str | None = None


class ContactList:
    """Contacts, each number once, and what was left out. Made in a thread: it reads what may be a million rows.

    With a `message` it also looks what each contact would be told: one whose message is too long is left out, and values that
    are missing are counted.
    """

    def __init__(self, message: Message | None = None, default_country: str | None = None) -> None:
        self.contacts = NewContacts()
        self.left_out = NewRejected()
        self.duplicates = 0
        self.sample: list[Sampled] = []
        self._rejected: list[RejectedNumber] = []
        self._by_code: Counter[str] = Counter()
        self._seen: set[int] = set()
        self._default_country = default_country
        self._message = message
        self._is_personal = message is not None and bool(message.placeholders)
        self._missing: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the disk."""
        self.contacts.close()
        self.left_out.close()

    def add(
        self, source: Source, line: int, entry: str, name: str | None, fields: Mapping[str, str], timezone: str = ""
    ) -> None:
        """Take a contact in, or leave it out with the reason. Of a `timezone` that is empty its number tells."""
        try:
            number = phone.normalise(entry, self._default_country)
        except phone.NotDialable as reason:
            self._leave_out(source, line, entry, reason.code, str(reason))
            return
        key = int(number[1:])
        if key in self._seen:
            self.duplicates += 1
            return
        zone = read_zone_name(timezone) if timezone else None
        if timezone and zone is None:
            self._leave_out(source, line, number, "unknown_timezone", _unknown_zone(timezone))
            return
        if self._is_personal and not self._can_be_told(source, line, number, name, fields):
            return
        self._seen.add(key)
        self.contacts.add_contact(number, name, fields, zone)
        if len(self.sample) < _SAMPLED:
            self.sample.append(Sampled(number, name, fields, zone))

    def add_file(self, file: File) -> contact_file.People:
        """Take the contacts of a file in, and say how it was read. Raises `Invalid` and `TooLarge`."""
        with contact_file.open_people(file.content, file.filename, file.wishes) as people:
            for person in people.each:
                self.add("file", person.line, person.entry, person.name, person.fields, person.timezone)
            return people

    @property
    def rejected(self) -> RejectedNumbers:
        """What was left out."""
        return RejectedNumbers(
            count=len(self.left_out), by_reason=dict(self._by_code.most_common()), items=self._rejected
        )

    @property
    def warnings(self) -> list[MessageWarning]:
        """What the message says of contacts that they do not have."""
        return [] if self._message is None else warnings_of(self._message, self._missing, len(self.contacts))

    def phones(self) -> Iterator[str]:
        """The numbers, in order."""
        return (str(row[0]) for row in self.contacts)

    def first_places(self, count: int) -> list[tuple[str, str | None]]:
        """The first of the numbers, with the time zones that the lists say."""
        return [(str(row[0]), row[3]) for row in islice(self.contacts, count)]

    def require_one(self, field: str) -> None:
        """Raise `Invalid` when there is nobody to ring."""
        if len(self.contacts):
            return
        if not self._rejected:
            raise Invalid(field, "no_valid_number", f"{field} holds no number. Send numbers such as +14155550123.")
        first = self._rejected[0]
        raise Invalid(
            field,
            "no_valid_number",
            f"None of the entries ({len(self.left_out)}) is a number that can be rung. The first, {first.value!r} in line"
            f" {first.line}: {first.reason}. Send numbers such as +14155550123.",
        )

    def _can_be_told(self, source: Source, line: int, number: str, name: str | None, fields: Mapping[str, str]) -> bool:
        assert self._message is not None
        values = values_of(number, name, fields)
        length = spoken_length(self._message.render(values))
        if length > MAX_SPOKEN:
            reason = f"its message would have {length:,} characters, and {MAX_SPOKEN:,} can be spoken"
            self._leave_out(source, line, number, "message_too_long", reason)
            return False
        self._missing.update({each.key for each in self._message.placeholders if each.key not in values})
        return True

    def _leave_out(self, source: Source, line: int, entry: str, code: str, reason: str) -> None:
        entry = entry[: phone.MAX_LENGTH]
        self._by_code[code] += 1
        self.left_out.add_entry(source, line, entry, code, reason)
        if len(self._rejected) < LISTED:
            self._rejected.append(RejectedNumber(source=source, line=line, value=entry, code=code, reason=reason))


def warnings_of(message: Message, lacking: Mapping[str, int], contacts: int) -> list[MessageWarning]:
    """What a message says of so many contacts that they do not have; `lacking` says by key how many have no value."""
    least: dict[str, Placeholder] = {}  # of those with the same key, one without a fallback if there is any
    for each in message.placeholders:
        if each.key not in least or each.fallback is None:
            least[each.key] = each
    return [
        warning
        for placeholder in least.values()
        if (warning := MessageWarning.of(placeholder, lacking.get(placeholder.key, 0), contacts))
    ]


def _unknown_zone(written: str) -> str:
    shown = written[:LONGEST_NAME]
    return f"nobody knows the time zone {shown!r}; write an IANA name such as Europe/Berlin, or nothing where its number tells"


def read_contacts(
    file: File | None,
    contacts: Sequence[ListedContact],
    numbers: Sequence[str],
    *,
    message: Message | None,
    default_country: str | None,
    blamed: str | None,
) -> ContactList:
    """All lists as one: of contacts with the same number the first counts, and the file goes before the others.

    Raises `TooLarge` and, when there is nobody to ring, `Invalid` about the field that is `blamed`; None: nobody is fine.
    """
    with ExitStack() as closing:
        found = closing.enter_context(ContactList(message, default_country))
        if file is not None:
            found.add_file(file)
        for line, contact in enumerate(contacts, start=1):
            found.add("contacts", line, contact.phone, contact.name, contact.fields, contact.timezone or "")
        for line, entry in enumerate(numbers, start=1):
            found.add("phone_numbers", line, entry, None, {})
        if blamed is not None:
            found.require_one(blamed)
        closing.pop_all()
    return found
