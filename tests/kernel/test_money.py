"""Money"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.kernel.money import Money, allocate, is_currency_code, minor_digits

AMOUNTS = st.integers(min_value=0, max_value=10**7)


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


@given(amount=AMOUNTS, weights=st.lists(AMOUNTS, min_size=1, max_size=12))
def test_parts_add_up_exactly_and_are_within_a_unit_of_their_proportion(
    amount: int, weights: list[int]
) -> None:
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    assert len(parts) == len(weights)
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if total:
            assert abs(part * total - amount * weight) < total
        else:
            assert abs(part * len(weights) - amount) < len(weights)


@given(st.lists(AMOUNTS, min_size=1, max_size=12).flatmap(
    lambda weights: st.tuples(st.just(weights), st.integers(0, sum(weights)))
))  # fmt: skip
def test_no_part_of_a_sum_is_more_than_its_weight(drawn: tuple[list[int], int]) -> None:
    """A discount is never more than what it is taken off, seat by seat."""
    weights, amount = drawn
    assert all(0 <= part <= weight for part, weight in zip(allocate(amount, weights), weights, strict=True))


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]), (200, [1, 1, 1], [67, 67, 66]), (10, [3, 1], [8, 2]), (1, [1, 2], [0, 1]),
        (5, [0, 0], [3, 2]), (5, [0, 7], [0, 5]), (0, [4, 4], [0, 0]), (7, [1], [7]),
    ],
)  # fmt: skip
def test_units_that_are_left_over_go_to_who_lost_most(
    amount: int, weights: list[int], parts: list[int]
) -> None:
    assert allocate(amount, weights) == parts


def test_nothing_is_allocated_to_nobody() -> None:
    with pytest.raises(ValueError, match="nothing to allocate to"):
        allocate(1, [])
