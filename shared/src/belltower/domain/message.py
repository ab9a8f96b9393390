"""What is said to a contact: the campaign's message, with the contact's own values where it has placeholders.

`{{first name}}` stands for the contact's field of that name, in any case and however its words are joined;
`{{first name|friend}}` says "friend" to those without one. A value that is missing and has no fallback goes with the space
before it: "Hello {{name}}, ..." becomes "Hello, ...".
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

MAX_SPOKEN = 3_400
"""Characters of a message as XML, with room for what is around it: Twilio takes 4,000 in all ("Twiml" of a call, in its REST
API)."""
NAME, PHONE = "name", "phone"
"""Placeholders that every contact can fill, whatever its fields."""

_PLACEHOLDER = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_JOINTS = re.compile(r"[\W_]+")
_AFTER_THE_START = re.compile(r"[ \t]*[,;:]?\s*")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place that each contact fills with a value of its own."""

    name: str
    """As it is written in the message."""
    key: str
    """By which a field is found: `field_key` of the name."""
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message, read."""

    parts: Sequence[str | Placeholder]

    @property
    def placeholders(self) -> list[Placeholder]:
        """In the order of the message; one may stand in several places."""
        return [part for part in self.parts if isinstance(part, Placeholder)]

    def render(self, values: Mapping[str, str]) -> str:
        """What is said to the contact with these values, by `field_key`."""
        said = ""
        follows_a_gap = False
        for part in self.parts:
            if isinstance(part, Placeholder):
                found = values.get(part.key) or part.fallback
                said = said + found if found else said.rstrip()
                follows_a_gap = not found and (follows_a_gap or not said)
            else:
                said += _AFTER_THE_START.sub("", part, count=1) if follows_a_gap else part
                follows_a_gap = False
        return said.strip()


@lru_cache(maxsize=4096)
def field_key(name: str) -> str:
    """What names of a field have in common that mean the same: `First Name`, `first_name` and `first-name`."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _JOINTS.sub("_", folded).strip("_")


def values_of(phone: str, name: str | None, fields: Mapping[str, str]) -> dict[str, str]:
    """A contact's values by `field_key`. Its own name and number go before fields that are called so."""
    values = {field_key(field): value for field, value in fields.items() if value}
    if name:
        values[NAME] = name
    values[PHONE] = phone
    return values


@lru_cache(maxsize=1024)
def read_message(template: str) -> Message:
    """Read a message with its placeholders. What only looks like one is text."""
    parts: list[str | Placeholder] = []
    end = 0
    for found in _PLACEHOLDER.finditer(template):
        name, fallback = found[1].strip(), (found[2] or "").strip()
        if key := field_key(name):
            parts += template[end : found.start()], Placeholder(name, key, fallback or None)
            end = found.end()
    parts.append(template[end:])
    return Message([part for part in parts if part])


def check_message(template: str) -> Message:
    """Read a message that is to be spoken. Raises `ValueError` with what is wrong, as the end of a sentence about it."""
    message = read_message(template)
    if any(_BRACES.search(part) for part in message.parts if isinstance(part, str)):
        raise ValueError("has {{ or }} that belong to no placeholder; write one as {{name}} or {{name|friend}}.")
    said = message.render({})
    if not said:
        raise ValueError("has nothing to say but placeholders; add words, or a fallback such as {{name|friend}}.")
    if spoken_length(said) > MAX_SPOKEN:
        raise ValueError(f"is too long to be spoken: & < and > count several times, and {MAX_SPOKEN} is the limit.")
    return message


def spoken_length(text: str) -> int:
    """Characters that a text takes in XML."""
    return len(escape(text))
