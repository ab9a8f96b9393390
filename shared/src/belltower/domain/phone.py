"""Telephone numbers: E.164 or nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[,;\n\r]+")
MAX_LENGTH = 64
"""Longer text is no telephone number, and is not looked at."""
LISTED_REJECTIONS = 100
"""How many rejected lines are told one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line of a list that is no number that can be rung."""

    line: int
    """From 1."""
    value: str
    reason: str


@dataclass(slots=True)
class PhoneList:
    """A list of numbers, read: what can be rung, in order and once each, and what cannot, with the reason."""

    numbers: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    """The first `LISTED_REJECTIONS`."""
    rejections: int = 0
    duplicates: int = 0


def normalise(value: str, default_country: str | None = None) -> str:
    """The E.164 form of a number as people write it.

    Without a `default_country` (ISO 3166 alpha-2) it must start with `+`. Raises `ValueError` with the reason.
    """
    value = value.strip()
    if not value:
        raise ValueError("it is empty")
    if len(value) > MAX_LENGTH:
        raise ValueError("it is too long for a telephone number")
    if value.startswith("00"):
        value = "+" + value[2:]
    try:
        number = phonenumbers.parse(value, default_country)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise ValueError("it has no valid country code; write it like +14155550123") from None
        raise ValueError("it is not a telephone number") from None
    if number.extension:
        raise ValueError("it has an extension, which cannot be dialled")
    if not phonenumbers.is_possible_number(number):
        raise ValueError("it has too few or too many digits for its country")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(written):
        raise ValueError("it is not a number that can be dialled internationally")
    return written


def read_numbers(lines: Iterable[tuple[int, str]], default_country: str | None = None) -> PhoneList:
    """Normalise numbered lines; keep the good, report the bad, drop the second of a pair."""
    result = PhoneList()
    seen: set[str] = set()
    for line, value in lines:
        try:
            number = normalise(value, default_country)
        except ValueError as reason:
            result.rejections += 1
            if result.rejections <= LISTED_REJECTIONS:
                result.rejected.append(Rejected(line, value[:MAX_LENGTH], str(reason)))
            continue
        if number in seen:
            result.duplicates += 1
            continue
        seen.add(number)
        result.numbers.append(number)
    return result


def split_text(text: str) -> list[tuple[int, str]]:
    """The entries of text in which numbers are separated by commas, semicolons or new lines; empty ones do not count."""
    entries = (entry.strip() for entry in _SEPARATORS.split(text))
    return list(enumerate((entry for entry in entries if entry), start=1))


def mask(number: str) -> str:
    """A number as logs may show it: country and last two digits only."""
    return f"{number[:3]}{'*' * max(len(number) - 5, 0)}{number[-2:]}" if len(number) > 5 else "***"
