"""Money and shares as people type them: "350.00", "350,00", "52.5 %". Each raises ValueError with a sentence."""

from __future__ import annotations

import re
from decimal import Decimal

from matinee.kernel.money import Money
from matinee.programme.fields import parse_amount
from matinee.programme.labels import shown

BASIS_POINTS_MAX = 10_000


def typed_amount(text: str, *, currency: str) -> int:
    """An amount in minor units; the currency may stand beside it, and a comma in place of the point."""
    plain = text.strip().removesuffix(currency).removeprefix(currency).strip()
    if not re.fullmatch(r"[0-9]{1,12}(?:[.,][0-9]{1,4})?", plain):
        raise ValueError(f"{shown(text)} is not an amount in {currency}")
    return parse_amount(plain.replace(",", "."), currency=currency)


def typed_share(text: str) -> int:
    """A share in hundredths of a per cent: 5250 for "52.5 %" or "52,5"."""
    plain = text.strip().removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?", plain):
        raise ValueError(f"{shown(text)} is not a share such as 52.5 %")
    points = int(Decimal(plain.replace(",", ".")) * 100)
    if points > BASIS_POINTS_MAX:
        raise ValueError(f"{shown(text)} is more than the whole")
    return points


def written_amount(amount: int, *, currency: str) -> str:
    """An amount as one types it: "350.00"."""
    return str(Money(amount, currency)).partition(" ")[0]


def written_share(basis_points: int) -> str:
    """A share as one types it: "52.5 %"."""
    return f"{Decimal(basis_points) / 100:.2f}".rstrip("0").rstrip(".") + " %"
