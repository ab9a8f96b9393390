"""What is said to a contact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.message import MAX_SPOKEN, check_message, field_key, values_of


def said(template: str, **fields: str) -> str:
    return check_message(template).render(values_of("+14155550123", None, fields))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hello {{name}}, your parcel arrives.", "Hello Ann, your parcel arrives."),
        ("Hello {{ Name }}!", "Hello Ann!"),
        ("Hello {{first name}}.", "Hello Ann Lee."),
        ("Hello {{First-Name|friend}}.", "Hello Ann Lee."),
        ("Hello {{title}} {{name}}.", "Hello Ann."),
        ("Hello {{title|Dr.}} {{name}}.", "Hello Dr. Ann."),
        ("Call us at {{phone}}.", "Call us at +14155550123."),
        ("No placeholder { here }.", "No placeholder { here }."),
    ],
)
def test_a_placeholder_says_the_contacts_own_value(template: str, expected: str) -> None:
    assert said(template, name="Ann", first_name="Ann Lee") == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hello {{name}}, your parcel arrives.", "Hello, your parcel arrives."),
        ("Hello {{title}} {{name}}, hi.", "Hello, hi."),
        ("{{name}}, your parcel arrives.", "your parcel arrives."),
        ("{{title}} {{name}}, your parcel arrives.", "your parcel arrives."),
        ("Bye, {{name}}", "Bye,"),
        ("Hello {{name|}}.", "Hello."),
        ("Hello {{name|friend}}.", "Hello friend."),
    ],
)
def test_a_missing_value_goes_with_its_spacing_or_gives_way_to_the_fallback(template: str, expected: str) -> None:
    assert said(template) == expected


@pytest.mark.parametrize("template", ["Hello {{name", "Hello name}}", "Hello {{}}", "{{ | x}} hi", "a {{{{name}} b"])
def test_a_placeholder_that_is_half_written_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"\{\{name\}\}"):
        check_message(template)


def test_a_message_of_placeholders_only_is_refused_because_somebody_would_hear_nothing() -> None:
    with pytest.raises(ValueError, match="fallback"):
        check_message("{{a}} {{b}}")
    assert said("{{a|Hello}}") == "Hello"


def test_a_message_that_xml_makes_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match=str(MAX_SPOKEN)):
        check_message("&" * 1_000)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_sentence(template: str) -> None:
    try:
        message = check_message(template)
    except ValueError as reason:
        assert str(reason).endswith(".")  # noqa: PT017 - either is right
    else:
        assert message.render({})


@given(st.text())
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert field_key(field_key(name)) == field_key(name)
