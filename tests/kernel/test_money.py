"""Money"""

from __future__ import annotations

import pytest

from matinee.kernel.money import Money, is_currency_code, minor_digits


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "EUR", "0.00 EUR"), (5, "EUR", "0.05 EUR"), (950, "EUR", "9.50 EUR"), (123456, "UAH", "1234.56 UAH"),
        (-950, "EUR", "-9.50 EUR"), (-5, "EUR", "-0.05 EUR"), (950, "JPY", "950 JPY"), (950, "KWD", "0.950 KWD"),
    ],
)  # fmt: skip
def test_an_amount_is_written_with_the_digits_of_its_currency(amount: int, currency: str, text: str) -> None:
    assert str(Money(amount, currency)) == text


def test_currencies_have_their_own_minor_units() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "JPY", "TND")] == [2, 0, 3]


@pytest.mark.parametrize(
    ("text", "is_code"), [("EUR", True), ("eur", False), ("EURO", False), ("", False), ("EU\n", False)]
)
def test_a_currency_code_is_three_capitals(text: str, is_code: bool) -> None:
    assert is_currency_code(text) is is_code
