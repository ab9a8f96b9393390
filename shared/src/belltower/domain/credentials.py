"""What people and programs prove themselves with. Only what cannot be turned back is ever stored."""

import hashlib
import secrets

import argon2

KEY_PREFIX = "bt_"
KEY_LENGTH = len(KEY_PREFIX) + 43
SHOWN_PREFIX = 9
"""How much of a key is kept in clear, to tell one from another."""
MINIMUM_PASSWORD = 12
MAXIMUM_PASSWORD = 1024


def new_api_key() -> str:
    """A key of 256 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def api_key_hash(key: str) -> bytes:
    """What is stored of a key. It is random, so that a fast hash without salt is as good as a slow one."""
    return hashlib.sha256(key.encode()).digest()


def new_password() -> str:
    """A password of 120 random bits."""
    return secrets.token_urlsafe(15)


def password_hash(password: str) -> str:
    """What is stored of a password: argon2id with the library's parameters (RFC 9106, low memory)."""
    return argon2.PasswordHasher().hash(password)
