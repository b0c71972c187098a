from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.payments.stripe_amounts import from_stripe, to_stripe
from tests.payments.stripe_account import check_amount

CURRENCIES = ("EUR", "UAH", "HUF", "TWD", "JPY", "KRW", "ISK", "UGX", "MGA", "KWD", "TND")


@pytest.mark.parametrize(
    ("amount", "currency", "at_stripe"),
    [
        (1000, "EUR", 1000),
        (1000, "HUF", 1000),
        (500, "JPY", 500),
        # 5 krónur.
        (5, "ISK", 500),
        (5, "UGX", 500),
        # 5 ariary, in hundredths that nobody uses.
        (500, "MGA", 5),
        (5120, "KWD", 5120),
    ],
)
def test_amounts_are_told_as_stripe_counts_them(amount: int, currency: str, at_stripe: int) -> None:
    assert to_stripe(amount, currency) == at_stripe
    assert from_stripe(at_stripe, currency) == amount


@pytest.mark.parametrize(("amount", "currency"), [(5124, "KWD"), (1, "BHD"), (501, "MGA")])
def test_what_stripe_cannot_take_to_the_unit_is_not_rounded(amount: int, currency: str) -> None:
    with pytest.raises(ValueError, match="alone"):
        to_stripe(amount, currency)


@given(amount=st.integers(1, 10**9), currency=st.sampled_from(CURRENCIES))
def test_no_money_is_lost_on_the_way_there_and_back(amount: int, currency: str) -> None:
    try:
        told = to_stripe(amount, currency)
    except ValueError:
        return
    assert from_stripe(told, currency) == amount
    if told >= 50:
        check_amount(told, currency.lower())
