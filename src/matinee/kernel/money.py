"""Money: a whole number of minor units and an ISO 4217 currency. Never a float."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# ISO 4217 currencies whose minor unit is not a hundredth (the standard's table A.1).
_WITHOUT_MINOR_UNIT = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
_WITH_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_MINOR_DIGITS = {**dict.fromkeys(_WITHOUT_MINOR_UNIT, 0), **dict.fromkeys(_WITH_THOUSANDTHS, 3)}


def is_currency_code(text: str) -> bool:
    """Whether `text` has the form of an ISO 4217 code: three capital letters."""
    return re.fullmatch(r"[A-Z]{3}", text) is not None


def minor_digits(currency: str) -> int:
    """How many digits stand behind the point in amounts of `currency`."""
    return _MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of one currency."""

    amount: int
    currency: str

    def __str__(self) -> str:
        digits = minor_digits(self.currency)
        if digits == 0:
            return f"{self.amount} {self.currency}"
        whole, fraction = divmod(abs(self.amount), 10**digits)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole}.{fraction:0{digits}d} {self.currency}"


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Cut `amount` minor units into parts in proportion to `weights`, so that the parts add up to it exactly.

    The units that are left over go to those who lost most by rounding, the first of equals first. Where all weights are
    zero the parts are as equal as can be. Raises ValueError for no weights.
    """
    if not weights:
        raise ValueError("nothing to allocate to")
    total = sum(weights)
    shares = list(weights) if total else [1] * len(weights)
    total = total or len(weights)
    parts = [amount * share // total for share in shares]
    lost = [amount * share % total for share in shares]
    by_loss = sorted(range(len(shares)), key=lambda index: (-lost[index], index))
    for index in by_loss[: amount - sum(parts)]:
        parts[index] += 1
    return parts
