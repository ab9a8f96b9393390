"""What logs may show of a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.phone import mask

numbers = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)


@given(numbers)
def test_a_masked_number_shows_its_country_and_two_digits_only(number: str) -> None:
    masked = mask(number)
    assert len(masked) == len(number)
    assert masked[:3] == number[:3]
    assert masked[-2:] == number[-2:]
    assert set(masked[3:-2]) == {"*"}


@given(st.text(max_size=5))
def test_what_is_too_short_to_mask_is_not_shown_at_all(text: str) -> None:
    assert mask(text) == "***"


@pytest.mark.parametrize(("number", "masked"), [("+14155550123", "+14*******23"), ("", "***"), ("112", "***")])
def test_for_example(number: str, masked: str) -> None:
    assert mask(number) == masked
