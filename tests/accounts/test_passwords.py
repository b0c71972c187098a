"""Which passwords are acceptable, and how they are kept"""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from matinee.accounts.errors import WeakPassword
from matinee.accounts.passwords import Passwords, check_password_strength

USERNAME = "somebody@example.com"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(cheap=True)


@pytest.mark.parametrize(
    "password",
    ["", "1234567", "password", "PassWord", "qwertyuiop", USERNAME, USERNAME.upper(), "somebody", "x" * 257],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        check_password_strength(password, username=USERNAME)
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize(
    "password", ["mysecretpassword", "newpassword", "x" * 256, "пароль-пароль", "        é"]
)
def test_another_is_accepted(password: str) -> None:
    check_password_strength(password, username=USERNAME)


def test_a_password_belongs_to_its_hash_alone(passwords: Passwords) -> None:
    kept = passwords.hash("mysecretpassword")
    assert passwords.matches(kept, "mysecretpassword")
    assert not passwords.matches(kept, "mysecretpasswore")
    assert not passwords.matches(kept, "")


def test_a_hash_is_argon2id_with_a_salt_of_its_own(passwords: Passwords) -> None:
    first, second = passwords.hash("mysecretpassword"), passwords.hash("mysecretpassword")
    assert first != second
    assert first.startswith("$argon2id$")


def test_without_a_hash_nothing_matches_and_the_effort_is_the_same(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        verified.append(extract_parameters(kept))
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches(passwords.hash("mysecretpassword"), "another")
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_what_is_no_hash_matches_nothing(passwords: Passwords) -> None:
    assert not passwords.matches("plain", "plain")


def test_in_earnest_a_hash_costs_what_the_standard_asks_for(passwords: Passwords) -> None:
    earnest = Passwords()
    assert extract_parameters(earnest.hash("mysecretpassword")) == RFC_9106_LOW_MEMORY
    cheap = passwords.hash("mysecretpassword")
    assert extract_parameters(cheap) == CHEAPEST
    assert earnest.needs_rehash(cheap)
    assert not passwords.needs_rehash(cheap)
