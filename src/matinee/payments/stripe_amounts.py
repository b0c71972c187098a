"""Amounts as Stripe counts them. That is minor units as in ISO 4217, with exceptions from Stripe's list of currencies."""

from __future__ import annotations

from matinee.kernel.money import minor_digits

# Without a minor unit, and yet Stripe counts in hundredths, from the time when they had one.
_COUNTED_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
# With hundredths in ISO 4217 and without a minor unit at Stripe.
_COUNTED_IN_WHOLE_UNITS = frozenset({"MGA"})


def to_stripe(amount: int, currency: str) -> int:
    """`amount` minor units of `currency` as Stripe counts them. Raises ValueError for one that Stripe cannot take.

    Of a currency with thousandths Stripe takes no single ones: the last digit must be 0. We do not round money of others.
    """
    if currency in _COUNTED_IN_HUNDREDTHS:
        return amount * 100
    if currency in _COUNTED_IN_WHOLE_UNITS:
        if amount % 100:
            raise ValueError(f"{currency} is taken in whole units alone")
        return amount // 100
    if minor_digits(currency) == 3 and amount % 10:
        raise ValueError(f"{currency} is taken in hundredths alone")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """What Stripe says, in minor units of `currency`. The inverse of `to_stripe`."""
    if currency in _COUNTED_IN_HUNDREDTHS:
        return amount // 100
    if currency in _COUNTED_IN_WHOLE_UNITS:
        return amount * 100
    return amount
