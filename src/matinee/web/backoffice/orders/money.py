"""Amounts in words."""

from __future__ import annotations

from collections.abc import Mapping

from matinee.kernel.money import Money
from matinee.languages import formats
from matinee.web.shared.languages import page_language


def told_money(amount: int, currency: str) -> str:
    """An amount in minor units, as the language of the page writes it."""
    return formats.money_text(Money(amount, currency), page_language())


def told_sums(sums: Mapping[str, int]) -> str:
    """Sums by currency."""
    return ", ".join(told_money(amount, currency) for currency, amount in sorted(sums.items()))
