"""Telephone numbers: E.164 or nothing."""

import contextlib
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.phone import MAX_LENGTH, NotDialable, beginnings, mask, normalise, split_text

EXAMPLES = sorted(
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in phonenumbers.SUPPORTED_REGIONS
    if (number := phonenumbers.example_number(region)) is not None
)
"""A valid number of every region of the world, by the library's own metadata."""

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")

a_number = st.sampled_from(EXAMPLES)
spaces = st.text(alphabet=" .-/()\u00a0", max_size=3)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+14155550123", "+14155550123"),
        (" +1 (415) 555-0123 ", "+14155550123"),
        ("001 415 555 0123", "+14155550123"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+39 06 1234 5678", "+390612345678"),
        ("tel:+1-415-555-0123", "+14155550123"),
        ("\ufeff+14155550123", "+14155550123"),
        ("＋１４１５５５５０１２３", "+14155550123"),
        ("+1-800-FLOWERS", "+18003569377"),
        ("٠٠١٤١٥٥٥٥٠١٢٣", "+14155550123"),
        ("+१४१५५५५०१२३", "+14155550123"),
        ("\u202a+1 415 555-0123\u202c", "+14155550123"),
        ('="+14155550123"', "+14155550123"),
        ("'+14155550123", "+14155550123"),
        ("+14155550123.0", "+14155550123"),
        ("+14155550123,0", "+14155550123"),
        ("+1.4155550123E+10", "+14155550123"),
    ],
)
def test_numbers_are_understood_as_people_write_them(written: str, meant: str) -> None:
    assert normalise(written) == meant


def test_with_a_default_country_its_own_way_of_writing_is_understood() -> None:
    assert normalise("020 7946 0000", "GB") == "+442079460000"
    assert normalise("(415) 555-0123", "US") == "+14155550123"
    for written in (
        "14155550123.0",
        "1.4155550123E+10",
        "1,4155550123e10",
        '="4155550123"',
        "٤١٥٥٥٥٠١٢٣",
        "４１５５５５０１２３",
    ):
        assert normalise(written, "US") == "+14155550123"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "it is empty"),
        ("  \t", "it is empty"),
        ("hello", "it is not a telephone number"),
        ("+", "it is not a telephone number"),
        ("4155550123", "it has no valid country code"),
        ("+999123456789", "it has no valid country code"),
        ("+1415555", "too few or too many digits"),
        ("+1415555012345", "too few or too many digits"),
        ("+14155550123 ext. 5", "it has an extension"),
        ("+14155550123x5", "it has an extension"),
        ("9" * (MAX_LENGTH + 1), "it is too long"),
        ("1.41555E+10", "it was shortened by a spreadsheet: 1.41555E+10 has lost its last digits"),
        ("4E+11", "it was shortened by a spreadsheet: 4E+11 has lost its last digits"),
        ("1.41555501234567E+3", "it "),
        ("+1415555\0123", "it is not a telephone number"),
    ],
)
def test_what_cannot_be_rung_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("(", r"\(").replace("+", r"\+")):
        normalise(written)


@given(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)), st.from_regex(r"\A[0-9]{4,12}\Z"))
def test_a_normal_form_is_recognised_as_the_library_would(country_code: int, national: str) -> None:
    """The oracle is the library: what is let through without it, it would let through unchanged."""
    written = f"+{country_code}{national}"
    with contextlib.suppress(ValueError):
        if normalise(written) == written:
            number = phonenumbers.parse(written)
            assert phonenumbers.is_possible_number(number)
            assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == written


@given(a_number)
def test_a_normal_form_stays_as_it_is(number: str) -> None:
    assert normalise(number) == number
    assert normalise(normalise(number)) == number


@pytest.mark.parametrize("written", ["491725550144", "49 172 5550144", "0172 5550144", "1725550144", "4915112345678"])
def test_a_number_that_lost_its_plus_rings_nobody_else(written: str) -> None:
    assert normalise(written, "DE") in ("+491725550144", "+4915112345678")


@given(a_number, st.data())
def test_separators_between_digits_do_not_matter(number: str, data: st.DataObject) -> None:
    written = "".join(digit + data.draw(st.sampled_from(["", " ", "-", "."])) for digit in number)
    assert normalise(written) == number


@given(st.text(max_size=80))
def test_whatever_is_written_it_is_e164_or_refused_with_a_reason(text: str) -> None:
    try:
        number = normalise(text)
    except NotDialable as refusal:
        reason, code = str(refusal), refusal.code
        assert reason.startswith("it ")
        assert f"`{code}`" in DOCUMENTED
    else:
        assert number[0] == "+"
        assert number[1:].isascii()
        assert number[1:].isdecimal()
        assert 7 <= len(number) - 1 <= 15
        assert normalise(number) == number


@given(st.lists(a_number, max_size=20), st.data())
def test_text_is_split_at_commas_semicolons_and_new_lines(numbers: list[str], data: st.DataObject) -> None:
    separators = st.text(alphabet=",;\n\r ", min_size=1, max_size=4).filter(lambda text: text.strip(" "))
    text = "".join(data.draw(separators) + number for number in numbers)
    assert split_text(text) == list(enumerate(numbers, start=1))


@given(a_number)
def test_a_masked_number_does_not_tell_whose_it_is(number: str) -> None:
    masked = mask(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= 2
    assert "".join(character for character in masked if character.isdecimal()) != number[1:]


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("+1 (415) 555-0123", None, ["+14155550123"]),
        ("(415) 555-0123", "US", ["+14155550123"]),
        ("+1 415", None, ["+1415"]),
        ("0049 151", None, ["+49151"]),
        ("0151", "DE", ["+49151"]),
        ("0151", None, ["+0"]),
        ("415", "US", ["+415", "+1415"]),
        ("1 415", "US", ["+1415", "+1415"]),
        ("415", None, ["+415"]),
        ("+0", None, ["+0"]),
        ("+\u0661 415", None, ["+1415"]),
    ],
)
def test_a_number_is_known_by_its_first_digits(written: str, country: str | None, expected: list[str]) -> None:
    assert beginnings(written, country) == expected


@pytest.mark.parametrize("written", ["", "Ann", "+", "()", "1415x", "1" * 16, "1" * 65])
def test_what_is_no_beginning_of_a_number_is_refused(written: str) -> None:
    with pytest.raises(NotDialable):
        beginnings(written, "US")
