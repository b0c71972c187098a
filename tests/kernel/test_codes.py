"""Random codes and their hashes"""

from __future__ import annotations

import hashlib
import math
import re

from matinee.kernel.codes import LETTERS_AND_DIGITS, TYPEABLE, hash_secret, random_code, random_token


def test_a_code_has_the_length_and_the_letters_asked_for() -> None:
    assert re.fullmatch("[A-Z0-9]{16}", random_code(16))
    assert set(random_code(500, "ab")) == {"a", "b"}


def test_codes_differ_and_use_the_whole_alphabet() -> None:
    assert len({random_code(16) for _ in range(1000)}) == 1000
    # The chance that a letter is missing from 10,000 is below 10^-120.
    assert set(random_code(10_000)) == set(LETTERS_AND_DIGITS)


def test_codes_to_type_have_no_letter_that_looks_like_a_digit() -> None:
    assert not set(TYPEABLE) & set("01OIL")
    assert len(set(TYPEABLE)) == len(TYPEABLE)


def test_a_token_has_at_least_128_bits() -> None:
    token = random_token()
    assert re.fullmatch("[A-Za-z0-9]+", token)
    assert len(token) * math.log2(62) >= 128
    assert token != random_token()


def test_a_secret_is_kept_as_its_sha_256() -> None:
    assert hash_secret("abc") == hashlib.sha256(b"abc").hexdigest()
    assert hash_secret("токен") == hashlib.sha256("токен".encode()).hexdigest()
    assert hash_secret("\ud800") != hash_secret("\ud801")
