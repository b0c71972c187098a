"""Which key chooses which ticket type."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

# What the page does with a letter: cash, card, discount, voucher, mail, give away, number, print, orders, map, block.
TAKEN = frozenset("ckdvmgnpowb")


def type_keys(codes: Iterable[str]) -> dict[str, str]:
    """Code of a ticket type -> its key: the first letter of the code that is free, else any; none where all are gone."""
    found: dict[str, str] = {}
    for code in codes:
        letters = [letter for letter in code.lower() if letter in ascii_lowercase]
        free = [
            letter
            for letter in (*letters, *ascii_lowercase)
            if letter not in TAKEN and letter not in found.values()
        ]
        if free:
            found[code] = free[0]
    return found
