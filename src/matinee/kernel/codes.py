"""Random codes and their hashes. All randomness comes from `secrets`."""

from __future__ import annotations

import hashlib
import secrets
import string
from functools import cache

LETTERS_AND_DIGITS = string.ascii_uppercase + string.digits
# For codes that people type from a mail: no letter that looks like a digit.
TYPEABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def random_code(length: int, alphabet: str = LETTERS_AND_DIGITS) -> str:
    """`length` characters of `alphabet`, each chosen independently and uniformly."""
    # Drawn in bulk, since `secrets.choice` asks the system for each character.
    letters, unfair = _by_byte(alphabet)
    found = b""
    while len(found) < length:
        found += secrets.token_bytes(2 * length).translate(letters, unfair)
    return found[:length].decode("ascii")


@cache
def _by_byte(alphabet: str) -> tuple[bytes, bytes]:
    """The character that each byte stands for, and the bytes that stand for none.

    Those are the last, incomplete run through the alphabet: a remainder would favour its beginning.
    """
    letters = alphabet.encode("ascii")
    fair = 256 - 256 % len(letters)
    return bytes(letters[byte % len(letters)] for byte in range(256)), bytes(range(fair, 256))


def random_token() -> str:
    """A session token: 32 letters and digits, 165 bits."""
    return random_code(32, string.ascii_lowercase + LETTERS_AND_DIGITS)


def hash_secret(secret: str) -> str:
    """SHA-256 of a random secret, as 64 hexadecimal digits.

    A fast hash is enough for a secret that was made at random; passwords go through argon2 instead.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
