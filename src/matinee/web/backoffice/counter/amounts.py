"""Amounts of money as people type them: 12.50 or 12,50 or 1 250."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from matinee.boxoffice.tills import TILL_AMOUNT_MAX
from matinee.kernel.errors import Invalid
from matinee.kernel.money import minor_digits


class NotAnAmount(Invalid):
    """What was typed is no amount of this currency."""

    code = "not_an_amount"


def parse_amount(text: str, currency: str) -> int:
    """The minor units of what was typed. Raises NotAnAmount, also for what is below zero or beyond any till."""
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).replace(",", ".")
    # Digits alone: no exponents, no signs, and one point at the most.
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,3})?", plain):
        raise NotAnAmount
    try:
        minor = Decimal(plain).scaleb(minor_digits(currency))
    except InvalidOperation as error:
        raise NotAnAmount from error
    if minor != minor.to_integral_value() or minor > TILL_AMOUNT_MAX:
        raise NotAnAmount
    return int(minor)


def typed_amount(amount: int, currency: str) -> str:
    """Minor units as they are typed."""
    return str(Decimal(amount).scaleb(-minor_digits(currency)))
