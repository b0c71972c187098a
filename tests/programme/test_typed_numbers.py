from __future__ import annotations

import pytest

from matinee.programme.typed_numbers import typed_amount, typed_share, written_amount, written_share


@pytest.mark.parametrize(
    ("typed", "amount"), [("350.00", 35000), ("350,5", 35050), (" 12 EUR ", 1200), ("EUR 0.07", 7), ("0", 0)]
)
def test_amounts_are_read_as_people_type_them(typed: str, amount: int) -> None:
    assert typed_amount(typed, currency="EUR") == amount


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.234", "1e3", "1 000", "12 USD", "NaN", "٣", "1.000.000,00", "9999999999"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"amount|too large"):
        typed_amount(typed, currency="EUR")


def test_a_currency_without_a_minor_unit_has_no_point() -> None:
    assert typed_amount("350", currency="JPY") == 350
    with pytest.raises(ValueError, match="amount"):
        typed_amount("350.50", currency="JPY")


@pytest.mark.parametrize(
    ("typed", "points"), [("52.5 %", 5250), ("52,5", 5250), ("0", 0), ("100%", 10000), ("33.33", 3333)]
)
def test_shares_are_read_as_people_type_them(typed: str, points: int) -> None:
    assert typed_share(typed) == points


@pytest.mark.parametrize("typed", ["", "-5", "101", "100.01", "5.555", "half", "1e1"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"share|whole"):
        typed_share(typed)


def test_what_is_written_is_read_again() -> None:
    assert written_share(5250) == "52.5 %"
    assert written_share(5000) == "50 %"
    assert typed_share(written_share(3333)) == 3333
    assert written_amount(35000, currency="EUR") == "350.00"
    assert typed_amount(written_amount(7, currency="EUR"), currency="EUR") == 7
