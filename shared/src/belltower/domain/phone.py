"""Telephone numbers: E.164 or nothing."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PUNCTUATION = re.compile(r"[\s()./-]")
_SEPARATORS = re.compile(r"[,;\n\r]+")
_FORMULA = re.compile(r'="(.*)"')
_WHOLE_FRACTION = re.compile(r"(\+?\d{7,15})[.,]0")
_SCIENTIFIC = re.compile(r"(\+?)(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
"""Marks of direction and width, which telephones put around numbers that are copied out of them."""

_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""ISO 3166 alpha-2, of all countries whose ways of writing a number are known."""
MAX_LENGTH = 64
"""Longer text is no telephone number, and is not looked at."""

_MOST_DIGITS = 25
"""Of which 15 are the number (E.164), the others a prefix and an extension. To look further takes long."""


class NotDialable(ValueError):
    """Text that is no number which can be rung; it says why, for a person and with a stable `code`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def normalise(value: str, default_country: str | None = None) -> str:
    """The E.164 form of a number as people, and their spreadsheets, write it.

    Without a `default_country` (ISO 3166 alpha-2) it must start with `+` or `00`. Raises `NotDialable`.
    """
    value = value.strip()
    if not value:
        raise NotDialable("empty", "it is empty")
    if len(value) > MAX_LENGTH:
        raise NotDialable("too_long", "it is too long for a telephone number")
    if _is_normal(value):
        return value
    value = _repaired(value)
    if sum(map(str.isdigit, value)) > _MOST_DIGITS:
        raise NotDialable("wrong_length", "it has too many digits for a telephone number")
    if value.startswith("00"):
        value = "+" + value[2:]
    try:
        number = phonenumbers.parse(value, default_country)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise NotDialable("no_country_code", "it has no valid country code; write it like +14155550123") from None
        raise NotDialable("not_a_phone_number", "it is not a telephone number") from None
    number = _with_its_plus(value, number)
    if number.extension:
        raise NotDialable("has_extension", "it has an extension, which cannot be dialled")
    if not phonenumbers.is_possible_number(number):
        raise NotDialable("wrong_length", "it has too few or too many digits for its country")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(written):
        raise NotDialable("not_international", "it is not a number that can be dialled internationally")
    return written


def beginnings(value: str, default_country: str | None = None) -> list[str]:
    """What the E.164 forms of the numbers begin with of which somebody has written all or only the first digits, with the country
    code or, where there is a `default_country` (ISO 3166 alpha-2), without. Raises `NotDialable`."""
    try:
        return [normalise(value, default_country)]
    except NotDialable as error:
        if error.code in {"empty", "too_long"}:
            raise
    written = _PUNCTUATION.sub("", _in_ascii(value))
    if written.startswith("00"):
        written = "+" + written[2:]
    digits = written.removeprefix("+")
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise NotDialable("not_a_phone_number", "it is not a telephone number")
    found = [f"+{digits}"] if digits[0] != "0" else []
    if not written.startswith("+") and default_country is not None:
        found.append(_with_country_code(digits, default_country))
    return found or ["+0"]  # as no number does


def _with_country_code(digits: str, country: str) -> str:
    """The first digits of a number in its country, as they are written abroad."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    prefix = metadata.national_prefix if metadata is not None else None
    return f"+{phonenumbers.country_code_for_region(country)}{digits.removeprefix(prefix or '')}"


def _with_its_plus(value: str, number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    """What was meant by a number of the default country that a spreadsheet may have taken the + from: where it begins with
    the country's code, the number behind that if it is valid, and a mobile one or the other is not valid."""
    if value.startswith("+") or _is_mobile(number):
        return number
    try:
        meant = phonenumbers.parse(f"+{value}")
    except phonenumbers.NumberParseException:
        return number
    if meant.country_code != number.country_code or not phonenumbers.is_valid_number(meant):
        return number
    return meant if _is_mobile(meant) or not phonenumbers.is_valid_number(number) else number


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in _MOBILE


def _is_normal(value: str) -> bool:
    """Whether this is a number's E.164 form beyond doubt. It is what most lists hold, and asking the library for all
    that it can do takes thirty times as long."""
    if not _E164.fullmatch(value):
        return False
    for digits in (1, 2, 3):
        if plan := _plan(value[1 : digits + 1]):
            national = value[digits + 1 :]
            return len(national) in plan.lengths and national[0] != "0" and not plan.prefix.match(national)
    return False


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the numbers of a country code have in common."""

    lengths: frozenset[int]
    """How many digits follow the country code."""
    prefix: re.Pattern[str]
    """What people write before them that is not part of them."""


@lru_cache(maxsize=2048)
def _plan(country_code: str) -> _Plan | None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(country_code)) if country_code[0] != "0" else None
    if not regions:
        return None
    if regions[0] == "001":
        metadata = phonenumbers.PhoneMetadata.metadata_for_nongeo_region(int(country_code))
    else:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(regions[0])
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = metadata.national_prefix_for_parsing
    return _Plan(frozenset(metadata.general_desc.possible_length), re.compile(prefix if prefix else "(?!)"))


def _repaired(value: str) -> str:
    """A number without what spreadsheets and telephones did to it. Raises `NotDialable` where digits are lost."""
    value = _in_ascii(value)
    if formula := _FORMULA.fullmatch(value):
        value = formula[1]
    value = value.lstrip("'").strip()
    if fraction := _WHOLE_FRACTION.fullmatch(value):
        return fraction[1]
    if scientific := _SCIENTIFIC.fullmatch(value):
        plus, first, places, exponent = scientific.groups(default="")
        if len(places) < int(exponent):
            raise NotDialable(
                "shortened",
                f"it was shortened by a spreadsheet: {value} has lost its last digits; format the column as text and"
                " export again",
            )
        if len(places) == int(exponent):
            return f"{plus}{first}{places}"
    return value


def _in_ascii(value: str) -> str:
    """A number without marks that nobody sees, and with the digits that we count by."""
    if value.isascii():
        return value
    value = value.translate(_INVISIBLE)
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in value)


def split_text(text: str) -> list[tuple[int, str]]:
    """The entries of text in which numbers are separated by commas, semicolons or new lines; empty ones do not count."""
    entries = (entry.strip() for entry in _SEPARATORS.split(text))
    return list(enumerate((entry for entry in entries if entry), start=1))


def mask(number: str) -> str:
    """A number as logs may show it: country and last two digits only."""
    return f"{number[:3]}{'*' * max(len(number) - 5, 0)}{number[-2:]}" if len(number) > 5 else "***"
