"""Notes and coins, for counting the cash in a till."""

from __future__ import annotations

from collections.abc import Mapping

from matinee.kernel.errors import Invalid

# Minor units, the largest first: what people hand over, not what was ever minted. Of other currencies the sum is typed.
DENOMINATIONS: dict[str, tuple[int, ...]] = {
    "EUR": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "UAH": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 10),
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "PLN": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "CZK": (500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100),
    "CHF": (100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
    "SEK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100),
    "JPY": (10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
}
PIECES_MAX = 100_000


class NotACount(Invalid):
    """What was typed is no number of notes or coins."""

    code = "not_a_count"


def denominations_of(currency: str) -> tuple[int, ...]:
    """The notes and coins of a currency, in minor units; none where they are not known here."""
    return DENOMINATIONS.get(currency, ())


def field_name(denomination: int) -> str:
    """The name of the field in which it is said how many there are."""
    return f"n{denomination}"


def counted(form: Mapping[str, str], currency: str) -> int | None:
    """What the pieces come to in minor units; None where nobody counted pieces. Raises NotACount."""
    total, anything = 0, False
    for denomination in denominations_of(currency):
        text = form.get(field_name(denomination), "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdecimal() and int(text[:9]) <= PIECES_MAX):
            raise NotACount
        anything = True
        total += denomination * int(text[:9])
    return total if anything else None
