"""What people and programs prove themselves with. Only what cannot be turned back is ever stored."""

import hashlib
import re
import secrets
import unicodedata

import argon2

from belltower.domain.errors import Invalid

KEY_PREFIX = "bt_"
KEY_LENGTH = len(KEY_PREFIX) + 43
SHOWN_PREFIX = 9
"""How much of a key is kept in clear, to tell one from another."""
MINIMUM_PASSWORD = 12
MAXIMUM_PASSWORD = 200
LONGEST_EMAIL = 254
"""Characters (RFC 5321, 4.5.3.1.3, without the angle brackets)."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HASHER = argon2.PasswordHasher()
"""argon2id with the library's parameters (RFC 9106, low memory)."""


def new_api_key() -> str:
    """A key of 256 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def api_key_hash(key: str) -> bytes:
    """What is stored of a key. It is random, so that a fast hash without salt is as good as a slow one."""
    return hashlib.sha256(key.encode()).digest()


def new_password() -> str:
    """A password of 120 random bits."""
    return secrets.token_urlsafe(15)


def check_new_password(password: str, email: str) -> None:
    """Whether a password may be chosen: long enough, and not the e-mail address. Raises `Invalid`.

    No other rules: what has to hold digits and signs is written down and no harder to guess (NIST SP 800-63B, 3.1.1.2).
    """
    if len(password) < MINIMUM_PASSWORD:
        raise Invalid("password", "too_short", f"The password must have at least {MINIMUM_PASSWORD} characters.")
    if len(password) > MAXIMUM_PASSWORD:
        raise Invalid("password", "too_long", f"The password must have at most {MAXIMUM_PASSWORD} characters.")
    if password.casefold() == email.casefold():
        raise Invalid("password", "password_is_email", "The password must be another text than the e-mail address.")


def password_hash(password: str) -> str:
    """What is stored of a password. Costs 64 MB and, on purpose, a noticeable part of a second."""
    return _HASHER.hash(_stabilised(password))


def password_is_right(password: str, stored: str | None) -> bool:
    """Whether a password is the one of which `stored` is kept. Nobody's (None) takes as long as somebody's."""
    if stored is None:
        password_hash(password)
        return False
    try:
        return _HASHER.verify(stored, _stabilised(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a password's hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


def _stabilised(password: str) -> str:
    """One of the ways in which keyboards write the same text (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def new_session_token() -> str:
    """A session's secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def session_token_hash(token: str) -> bytes:
    """What is stored of a session's secret; as of a key."""
    return hashlib.sha256(token.encode()).digest()


def normalise_email(text: str) -> str:
    """An e-mail address in lower case. Raises `ValueError` with a sentence."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL or not email.isprintable():
        raise ValueError(f"{text} is not an e-mail address.")
    return email
