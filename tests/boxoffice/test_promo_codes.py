"""Promo codes, whose last use is used once"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import (
    HoldExpired,
    InvalidOffer,
    PaymentUnderWay,
    PromoCodeExists,
    PromoCodeNotValid,
    PromoCodeUsedUp,
    StepNotAllowed,
)
from matinee.boxoffice.models import Order, PromoCode
from matinee.boxoffice.promo_code_book import change_promo_code
from matinee.boxoffice.promo_codes import apply_promo_code, create_promo_code, uses_of
from matinee.programme.models import Screening
from tests.boxoffice.interleaving import at_once, beside, uncommitted
from tests.boxoffice.selling import END, PAYMENT, Sale
from tests.building import NOW, PRICE_A, PRICE_B, clock_at

SECOND = timedelta(seconds=1)


def uses(sale: Sale, promo_id: int, now=NOW) -> int:
    return sale.read(lambda s: uses_of(s, promo=s.get_one(PromoCode, promo_id), now=now))


def test_a_code_makes_a_hold_cheaper_whatever_its_capitals(sale: Sale) -> None:
    sale.promo("Spring-24", value=20)
    order_id = sale.hold("A1", "B1")
    sale.apply(order_id, " spring-24 ")
    order = sale.order(order_id)
    discount = (PRICE_A + PRICE_B) // 5
    assert (order.discount_amount, order.total_amount) == (discount, PRICE_A + PRICE_B - discount)
    sale.remove_promo(order_id)
    assert (sale.order(order_id).promo_code_id, sale.sums(order_id).total) == (None, PRICE_A + PRICE_B)


def test_another_code_takes_the_place_of_the_first(sale: Sale) -> None:
    first = sale.promo("FIRST", value=50)
    sale.promo("SECOND", kind="amount", value=1000)
    order_id = sale.hold("A1")
    sale.apply(order_id, "FIRST")
    sale.apply(order_id, "SECOND")
    assert sale.sums(order_id).total == PRICE_A - 1000
    assert uses(sale, first) == 0


def test_a_discount_follows_the_choice(sale: Sale) -> None:
    sale.promo("HALF", value=50)
    order_id = sale.hold("A1")
    sale.apply(order_id, "HALF")
    sale.change(order_id, "A1", "B1")
    assert sale.sums(order_id).total == (PRICE_A + PRICE_B) // 2


def test_a_code_may_make_an_order_free(sale: Sale) -> None:
    sale.promo("ALL", kind="amount", value=10**6)
    order_id = sale.hold("A1")
    sale.apply(order_id, "ALL")
    assert sale.sums(order_id).total == 0
    sale.pay(order_id)
    assert [ticket.amount for ticket in sale.tickets(order_id).values()] == [0]


@pytest.mark.parametrize(
    ("more", "valid_before", "valid_at", "valid_after"),
    [
        ({"valid_from": NOW + SECOND}, False, True, True),
        ({"valid_until": NOW + SECOND}, True, False, False),
        ({"valid_from": NOW, "valid_until": NOW + 2 * SECOND}, True, True, False),
    ],
)
def test_a_code_is_valid_from_its_beginning_until_before_its_end(
    sale: Sale, more: dict[str, Any], valid_before: bool, valid_at: bool, valid_after: bool
) -> None:
    sale.promo("THEN", **more)
    order_id = sale.hold("A1")
    for seconds, valid in enumerate((valid_before, valid_at, valid_after)):
        moment = NOW + seconds * SECOND
        if valid:
            sale.apply(order_id, "THEN", now=moment)
        else:
            with pytest.raises(PromoCodeNotValid):
                sale.apply(order_id, "THEN", now=moment)


def test_who_has_a_code_keeps_it_when_it_ends(sale: Sale) -> None:
    sale.promo("SHORT", value=50, valid_until=NOW + SECOND)
    order_id = sale.hold("A1")
    sale.apply(order_id, "SHORT")
    sale.extend(order_id, now=NOW + 2 * SECOND)
    sale.pay(order_id, now=NOW + 2 * SECOND)
    assert sale.sums(order_id).paid == PRICE_A // 2


def test_codes_that_are_not_valid_here(sale: Sale) -> None:
    elsewhere = sale.read(lambda s: s.get_one(Screening, sale.house.elsewhere).cinema_id)
    sale.promo("LUX", cinema_id=elsewhere)
    off = sale.promo("OFF")
    sale.write(lambda s: setattr(s.get_one(PromoCode, off), "active", False))
    order_id = sale.hold("A1")
    for code in ("LUX", "OFF", "NONE", ""):
        with pytest.raises(PromoCodeNotValid):
            sale.apply(order_id, code)
    assert sale.sums(order_id).total == PRICE_A


def test_a_code_is_of_its_cinema_and_there_once(sale: Sale) -> None:
    sale.promo("TWICE")
    with pytest.raises(PromoCodeExists):
        sale.promo("twice")
    elsewhere = sale.read(lambda s: s.get_one(Screening, sale.house.elsewhere).cinema_id)
    sale.promo("TWICE", cinema_id=elsewhere)


@pytest.mark.parametrize(
    "values",
    [
        {"code": "X"}, {"code": ""}, {"code": "-AB"}, {"code": "A B"}, {"code": "A" * 41}, {"code": "A_B"},
        {"kind": "gift"}, {"value": 0}, {"value": -1}, {"value": 101}, {"uses_max": 0},
        {"kind": "amount", "value": 0},
    ],
)  # fmt: skip
def test_offers_that_cannot_be(sale: Sale, values: dict[str, Any]) -> None:
    offer = {"cinema_id": sale.house.cinema, "code": "OK", "kind": "percentage", "value": 10, "now": NOW}
    with pytest.raises(InvalidOffer):
        sale.write(lambda s: create_promo_code(s, **{**offer, **values}))
    assert sale.count(PromoCode) == 0


def test_a_use_is_an_order_that_is_held_or_sold(sale: Sale) -> None:
    promo = sale.promo("ONCE", uses_max=1)
    first, second = sale.hold("A1"), sale.hold("A2")
    sale.apply(first, "ONCE")
    # The order that has it may ask again.
    sale.apply(first, "ONCE")
    with pytest.raises(PromoCodeUsedUp):
        sale.apply(second, "ONCE")
    assert sale.order(second).promo_code_id is None
    sale.remove_promo(first)
    sale.apply(second, "ONCE")
    sale.pay(second)
    assert uses(sale, promo, now=NOW + timedelta(days=30)) == 1
    with pytest.raises(PromoCodeUsedUp):
        sale.apply(first, "ONCE")


@pytest.mark.parametrize("swept", [False, True])
def test_a_hold_that_ran_out_has_given_its_use_back_at_that_instant(sale: Sale, swept: bool) -> None:
    promo = sale.promo("ONCE", uses_max=1)
    first = sale.hold("A1")
    sale.apply(first, "ONCE")
    second = sale.hold("A2", now=END - SECOND)
    with pytest.raises(PromoCodeUsedUp):
        sale.apply(second, "ONCE", now=END - SECOND)
    if swept:
        sale.sweep(END)
    assert uses(sale, promo, now=END) == 0
    sale.apply(second, "ONCE", now=END)


@pytest.mark.parametrize("how", ["release", "refund"])
def test_what_is_given_back_gives_its_use_back(sale: Sale, how: str) -> None:
    sale.promo("ONCE", uses_max=1)
    first = sale.hold("A1")
    sale.apply(first, "ONCE")
    if how == "refund":
        sale.pay(first)
        sale.refund(first)
    else:
        sale.release(first)
    sale.apply(sale.hold("A2"), "ONCE")


def test_a_refund_of_some_tickets_keeps_the_use(sale: Sale) -> None:
    promo = sale.promo("ONCE", uses_max=1)
    order_id = sale.hold("A1", "A2")
    sale.apply(order_id, "ONCE")
    sale.pay(order_id)
    sale.refund_some(order_id, "A1")
    assert uses(sale, promo) == 1


def test_a_request_that_was_slow_does_not_get_a_use_that_somebody_took_meanwhile(sale: Sale) -> None:
    sale.promo("ONCE", uses_max=1)
    slow = sale.hold("A1")
    sale.apply(slow, "ONCE")
    sale.apply(sale.hold("A2", now=END), "ONCE", now=END)
    for act in (sale.extend, sale.intend):
        with pytest.raises(PromoCodeUsedUp), clock_at(END):
            act(slow, now=END - SECOND)
    assert sale.order(slow).hold_expires_at == END


def test_whoever_has_a_use_keeps_it_where_the_code_allows_fewer_since(sale: Sale) -> None:
    promo = sale.promo("FEW", uses_max=3, value=50)
    held = [sale.hold(seat) for seat in ("A1", "A2", "A3")]
    for order_id in held:
        sale.apply(order_id, "FEW")
    sale.write(lambda s: change_promo_code(s, promo=s.get_one(PromoCode, promo), uses_max=1))
    with clock_at(NOW):
        sale.extend(held[0])
        for order_id in held[:2]:
            sale.pay(order_id)
    assert [sale.state(order_id) for order_id in held] == ["paid", "paid", "held"]
    # Nobody else gets one, and a hold that ran out has none any more.
    with pytest.raises(PromoCodeUsedUp):
        sale.apply(sale.hold("A4"), "FEW")
    late = sale.intend(held[2])
    with clock_at(NOW + PAYMENT):
        assert sale.settle(late, now=NOW + PAYMENT)
    assert sale.tickets(held[2]) == {}
    sale.check_books()


def test_a_late_payment_is_given_back_where_the_use_is_gone(sale: Sale) -> None:
    sale.promo("ONCE", uses_max=1, value=50)
    late = sale.hold("A1")
    sale.apply(late, "ONCE")
    payment = sale.intend(late)
    other = sale.hold("A2", now=NOW + PAYMENT)
    sale.apply(other, "ONCE", now=NOW + PAYMENT)
    assert sale.settle(payment, now=NOW + PAYMENT)
    assert sale.tickets(late) == {}
    assert sale.refunds() == [(PRICE_A // 2, "pending")]
    # Its seat is free all the same.
    sale.hold("A1", now=NOW + PAYMENT)
    sale.check_books()


def test_a_late_payment_has_the_use_where_it_is_free(sale: Sale) -> None:
    promo = sale.promo("ONCE", uses_max=1, value=50)
    late = sale.hold("A1")
    sale.apply(late, "ONCE")
    payment = sale.intend(late)
    sale.sweep(NOW + PAYMENT)
    assert sale.settle(payment, now=NOW + PAYMENT)
    assert (sale.state(late), uses(sale, promo)) == ("paid", 1)


def test_codes_are_for_holds_that_nobody_is_paying(sale: Sale) -> None:
    sale.promo("CODE")
    paying = sale.hold("A1")
    sale.intend(paying)
    part_paid = sale.hold("A2")
    sale.use_voucher(part_paid, sale.voucher(1))
    for order_id in (paying, part_paid):
        with pytest.raises(PaymentUnderWay):
            sale.apply(order_id, "CODE")
        with pytest.raises(PaymentUnderWay):
            sale.remove_promo(order_id)
    with pytest.raises(StepNotAllowed):
        sale.apply(sale.sold("A3"), "CODE")
    with pytest.raises(HoldExpired):
        sale.apply(sale.hold("A4"), "CODE", now=END)


def test_the_last_use_is_used_once_by_many_at_once(sale: Sale) -> None:
    promo = sale.promo("FEW", uses_max=2)
    orders = [sale.hold(str(seat), screening=sale.house.second_hall) for seat in range(1, 7)]
    answers = at_once(sale.services, [lambda o=order: sale.apply(o, "FEW") for order in orders])  # type: ignore[misc]
    assert sum(answer is None for answer in answers) == 2
    assert sum(isinstance(answer, PromoCodeUsedUp) for answer in answers) == 4
    assert uses(sale, promo) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_second_who_wants_the_last_use_waits_for_the_first(sale: Sale) -> None:
    sale.promo("ONCE", uses_max=1)
    first, second = sale.hold("A1"), sale.hold("A2")

    def apply(session: Session, order_id: int) -> None:
        apply_promo_code(session, order=session.get_one(Order, order_id), code="ONCE", now=NOW)

    def apply_second(session: Session) -> bool:
        try:
            apply(session, second)
        except PromoCodeUsedUp:
            session.rollback()
            return False
        return True

    with uncommitted(sale.services) as session:
        apply(session, first)
        with beside(sale.services, apply_second) as slower:
            slower.wait_until_it_waits()
            session.commit()
    assert not slower.result()
