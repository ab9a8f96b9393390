"""What people and programs prove themselves with."""

import argon2
import pytest

from belltower.domain import credentials
from belltower.domain.credentials import (
    check_new_password,
    is_outdated,
    new_session_token,
    normalise_email,
    password_hash,
    password_is_right,
    session_token_hash,
)
from belltower.domain.errors import Invalid

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_HASHER", CHEAP)


def test_a_password_is_right_for_its_own_hash_only() -> None:
    stored = password_hash("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert password_hash("correct horse battery") != stored, "each hash has a salt of its own"
    assert password_is_right("correct horse battery", stored)
    assert not password_is_right("correct horse batterie", stored)
    assert not password_is_right("correct horse battery", "x"), "what is no hash is nobody's"


def test_the_same_text_is_the_same_password_however_a_keyboard_writes_it() -> None:
    assert password_is_right("Zoe\u0308 was here", password_hash("Zo\u00eb was here"))


def test_nobodys_password_is_wrong_and_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(credentials, "password_hash", hashed.append)
    assert not password_is_right("correct horse battery", None)
    assert hashed == ["correct horse battery"]


def test_a_hash_is_outdated_when_it_was_made_with_other_parameters() -> None:
    assert not is_outdated(password_hash("correct horse battery"))
    assert is_outdated(argon2.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("correct horse battery"))


@pytest.mark.parametrize("password", ["x" * 12, "x" * 200, "twelve words", "ぱすわーどはながいほうがいい"])
def test_a_password_may_be_any_text_that_is_long_enough(password: str) -> None:
    check_new_password(password, "ada@example.com")


@pytest.mark.parametrize(
    ("password", "code"),
    [("x" * 11, "too_short"), ("x" * 201, "too_long"), ("Ada@Example.com", "password_is_email")],
)
def test_a_password_is_not_short_not_endless_and_not_the_address(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_new_password(password, "ada@example.com")
    assert (refused.value.field, refused.value.code) == ("password", code)
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "meant"), [("Ada@Example.COM", "ada@example.com"), (" ada@example.com\n", "ada@example.com")]
)
def test_an_address_is_the_same_in_whatever_case(written: str, meant: str) -> None:
    assert normalise_email(written) == meant


@pytest.mark.parametrize(
    "text",
    ["", "ada", "ada@", "ada@example", "a da@example.com", "a@b@example.com", "a\0b@example.com", "a" * 250 + "@b.de"],
)
def test_what_is_no_address_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an e-mail address\.$"):
        normalise_email(text)


def test_a_session_token_is_never_the_same_and_not_to_be_found_in_its_hash() -> None:
    one, other = new_session_token(), new_session_token()
    assert one != other
    assert len(one) == 43, "256 bits"
    assert len(session_token_hash(one)) == 32
    assert session_token_hash(one) != session_token_hash(other)
