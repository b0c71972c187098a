"""Passwords: which are acceptable, and how they are kept (argon2id, RFC 9106)."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from argon2 import Parameters, PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from matinee.accounts.errors import WeakPassword

PASSWORD_CHARACTERS_MIN = 8
# Long enough for any passphrase; a limit, since hashing costs time in proportion.
PASSWORD_CHARACTERS_MAX = 256
COMMON_PASSWORDS_COUNT = 10_000


def check_password_strength(password: str, *, username: str) -> None:
    """Raise WeakPassword for a password that is short, over-long, among the most common ones, or the address itself."""
    if len(password) < PASSWORD_CHARACTERS_MIN:
        raise WeakPassword(f"The password needs {PASSWORD_CHARACTERS_MIN} characters or more.")
    if len(password) > PASSWORD_CHARACTERS_MAX:
        raise WeakPassword(f"The password has more than {PASSWORD_CHARACTERS_MAX} characters.")
    plain = password.casefold()
    if plain in (username.casefold(), username.casefold().partition("@")[0]):
        raise WeakPassword("The password is the mail address.")
    if plain in _common_passwords():
        raise WeakPassword("The password is one of the most common ones.")


@cache
def _common_passwords() -> frozenset[str]:
    # Imported when the first password is checked: the lists take some megabytes and 50 ms.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"][:COMMON_PASSWORDS_COUNT])


def _nobodys_hash(profile: Parameters) -> str:
    """A hash of no password, for unknown names: verifying against it costs what verifying a real one costs.

    Written down and not computed, which would take a sixth of a second of each start.
    """
    salt, digest = (
        b64encode(bytes(length)).decode().rstrip("=") for length in (profile.salt_len, profile.hash_len)
    )
    cost = f"m={profile.memory_cost},t={profile.time_cost},p={profile.parallelism}"
    return f"$argon2id$v={profile.version}${cost}${salt}${digest}"


class Passwords:
    """Hashes and verifies, at one cost."""

    def __init__(self, *, cheap: bool = False) -> None:
        """`cheap` is for tests: a real argon2id hash that takes a millisecond."""
        profile = profiles.CHEAPEST if cheap else profiles.RFC_9106_LOW_MEMORY
        self._hasher = PasswordHasher.from_parameters(profile)
        self._nobodys_hash = _nobodys_hash(profile)

    def hash(self, password: str) -> str:
        """An argon2id hash with a salt of its own."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether `password` belongs to the hash; the same effort where there is no hash (an unknown user)."""
        try:
            self._hasher.verify(password_hash or self._nobodys_hash, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made at another cost than is used today."""
        return self._hasher.check_needs_rehash(password_hash)
