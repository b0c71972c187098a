"""Giving back, exchanging and giving away at a till"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matinee.boxoffice.errors import (
    NotEnoughSeats,
    PaymentUnderWay,
    ReasonMissing,
    SalesClosed,
    SeatsNotFree,
    StepNotAllowed,
)
from matinee.boxoffice.models import Order
from matinee.boxoffice.till_refunds import WaysBack, plan_refund
from matinee.payments.carry_out import carry_out_refunds
from matinee.payments.errors import RefundNotByHand
from matinee.payments.models import PaymentRefund
from matinee.programme.models import Screening
from tests.boxoffice.counter import CARD, FLOAT, Clerk
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, PRICE_B


@pytest.fixture
def clerk(sale: Sale) -> Clerk:
    return Clerk.joining(sale).open()


def test_money_goes_back_by_the_way_it_came(sale: Sale, clerk: Clerk) -> None:
    cash, card = clerk.sell("A1"), clerk.sell("A2", tender=CARD)
    online, by_api = sale.sold("A3"), sale.hold("A4")
    sale.take_money(by_api)
    assert clerk.refund(cash) == WaysBack(cash=PRICE_A)
    assert clerk.refund(card) == WaysBack(card=PRICE_A)
    assert clerk.refund(online) == WaysBack(elsewhere=PRICE_A)
    assert clerk.refund(by_api) == WaysBack(cash=PRICE_A)
    assert sale.refunds() == [
        (PRICE_A, "succeeded"), (PRICE_A, "succeeded"), (PRICE_A, "pending"), (PRICE_A, "succeeded"),
    ]  # fmt: skip
    # What came back online left nothing but the tickets.
    assert clerk.entries()[2:] == [
        ("refund", "cash", -PRICE_A), ("refund", "card", -PRICE_A), ("refund", "cash", 0), ("refund", "cash", -PRICE_A),
    ]  # fmt: skip
    assert clerk.cash == FLOAT - PRICE_A
    assert sum(one.count for one in clerk.report().returned) == 4
    sale.check_books()


def test_money_that_came_online_is_handed_out_in_cash_where_that_is_wanted(sale: Sale, clerk: Clerk) -> None:
    sold = sale.sold("A1", "A2")
    ids = [ticket.id for ticket in sale.tickets(sold).values()]
    planned = sale.read(
        lambda s: plan_refund(s, order=s.get_one(Order, sold), ticket_ids=ids[:1], way="cash")
    )
    assert clerk.refund(sold, "A1", way="cash") == planned == WaysBack(cash=PRICE_A)
    assert (sale.state(sold), sale.refunds()) == ("paid", [(PRICE_A, "succeeded")])
    assert clerk.cash == FLOAT - PRICE_A


def test_the_plan_of_a_refund_is_what_comes_of_it(sale: Sale, clerk: Clerk) -> None:
    order_id = clerk.hold("A1", "B1")
    sale.use_voucher(order_id, code := sale.voucher(5_000))
    clerk.take(order_id, CARD)
    ids = [ticket.id for ticket in sale.tickets(order_id).values()]
    planned = sale.read(
        lambda s: plan_refund(s, order=s.get_one(Order, order_id), ticket_ids=ids, way="as_paid")
    )
    assert clerk.refund(order_id) == planned == WaysBack(card=PRICE_A + PRICE_B - 5_000, voucher=5_000)
    assert sale.balance(code) == 5_000
    sale.check_books()


def test_what_nobody_gives_back_is_handed_out_once(sale: Sale, clerk: Clerk) -> None:
    order_id = sale.hold("A1")
    sale.take_money(order_id)
    sale.refund(order_id)
    carry_out_refunds(sale.services.transactions, sale.services.payments, now=NOW)
    public_id = sale.read(lambda s: s.scalars(select(PaymentRefund.public_id)).one())
    clerk.hand_out(public_id)
    assert (sale.refunds(), clerk.cash) == ([(PRICE_A, "succeeded")], FLOAT - PRICE_A)
    with pytest.raises(RefundNotByHand):
        clerk.hand_out(public_id)
    assert clerk.cash == FLOAT - PRICE_A


def test_an_exchange_takes_or_hands_out_the_difference(sale: Sale, clerk: Clerk) -> None:
    sold = clerk.sell("A1")
    assert clerk.exchange(sold, "B1") == WaysBack()
    assert (sale.state(sold), sale.sums(sold).outstanding) == ("paid", 0)
    assert clerk.cash == FLOAT + PRICE_B
    assert clerk.exchange(sold, "A2") == WaysBack(cash=PRICE_B - PRICE_A)
    assert clerk.cash == FLOAT + PRICE_A
    report = clerk.report()
    assert sum(one.count for one in report.sold) - sum(one.count for one in report.returned) == 1
    sale.check_books()


def test_a_refused_exchange_leaves_all_as_it_was(sale: Sale, clerk: Clerk) -> None:
    sold, _other = clerk.sell("A1"), clerk.sell("B1")
    with pytest.raises(SeatsNotFree):
        clerk.exchange(sold, "B1")
    assert (sale.tickets(sold).keys(), clerk.cash) == ({"A1"}, FLOAT + PRICE_A + PRICE_B)


def test_what_is_given_away_keeps_its_types_and_costs_nothing(sale: Sale, clerk: Clerk) -> None:
    order_id = clerk.hold("A1", "A2", types=["adult", "child"])
    clerk.give_away(order_id, "  the press ")
    order = sale.order(order_id)
    assert (order.state, order.comp_reason, order.total_amount, order.clerk_id) == (
        "paid",
        "the press",
        0,
        clerk.id,
    )
    assert [ticket.amount for ticket in sale.tickets(order_id).values()] == [0, 0]
    report = clerk.report()
    assert [(one.type_name, one.count, one.amount) for one in report.given_away] == [
        ("Adult", 1, 0),
        ("Child", 1, 0),
    ]
    assert (report.sold, report.expected_cash) == ([], FLOAT)
    clerk.exchange(order_id, "B1", "B2")
    assert (sale.state(order_id), sale.sums(order_id).total) == ("paid", 0)
    assert clerk.refund(order_id, "B1") == WaysBack()
    sale.check_books()


def test_nothing_is_given_away_without_a_reason_or_after_it_was_paid_in_part(
    sale: Sale, clerk: Clerk
) -> None:
    order_id = clerk.hold("A1")
    with pytest.raises(ReasonMissing):
        clerk.give_away(order_id, " ")
    sale.use_voucher(order_id, sale.voucher(100))
    with pytest.raises(PaymentUnderWay):
        clerk.give_away(order_id)
    clerk.take(order_id)
    with pytest.raises(StepNotAllowed):
        clerk.give_away(order_id)


def test_what_costs_nothing_is_given_out_without_money(sale: Sale, clerk: Clerk) -> None:
    order_id = clerk.hold("3", "4", screening=sale.house.first_hall)
    clerk.give_out_free(order_id)
    assert (sale.state(order_id), clerk.entries()) == ("paid", [("sale", "cash", 0)])
    assert sum(one.count for one in clerk.report().sold) == 2


def test_vouchers_and_discounts_are_in_the_report(sale: Sale, clerk: Clerk) -> None:
    sale.promo("SPRING")
    partly, wholly = clerk.hold("A1"), 0
    sale.apply(partly, "SPRING")
    clerk.use_voucher(partly, sale.voucher(5_000))
    clerk.take(partly)
    wholly = clerk.hold("A2")
    clerk.use_voucher(wholly, sale.voucher(20_000))
    assert (sale.state(wholly), sale.order(wholly).clerk_id) == ("paid", clerk.id)
    report = clerk.report()
    assert (report.vouchers, report.discounts) == (5_000 + PRICE_A, PRICE_A // 10)
    assert report.amount_of("sale") == PRICE_A - PRICE_A // 10 - 5_000
    assert sum(one.count for one in report.sold) == 2
    sale.check_books()


def test_a_clerk_holds_for_one_buyer_at_a_time(sale: Sale, clerk: Clerk) -> None:
    first = clerk.hold_best(2)
    assert len(sale.claimed(first)) == 2
    second = clerk.hold_best(3)
    assert (sale.state(first), len(sale.claimed(second))) == ("cancelled", 3)
    third = clerk.hold("1", screening=sale.house.second_hall)
    assert (sale.state(second), sale.state(third)) == ("cancelled", "held")
    assert clerk.hold("2", screening=sale.house.second_hall) == third
    assert sale.claimed(third).keys() == {"2"}
    assert clerk.let_go() == 1
    assert (sale.state(third), clerk.let_go()) == ("cancelled", 0)


def test_a_refused_wish_leaves_the_clerk_what_he_held(sale: Sale, clerk: Clerk) -> None:
    sale.hold("A1")
    first = clerk.hold_best(2)
    with pytest.raises(NotEnoughSeats):
        clerk.hold_best(7)
    assert sale.state(first) == "held"


def test_the_counter_sells_into_what_has_begun_for_half_an_hour(sale: Sale, clerk: Clerk) -> None:
    start = sale.read(lambda s: s.get_one(Screening, sale.house.lettered).starts_at)
    late = start.replace(minute=start.minute + 29)
    order_id = clerk.hold_best(1, now=late)
    clerk.take(order_id, now=late)
    assert sale.state(order_id) == "paid"
    with pytest.raises(SalesClosed):
        sale.hold("A1", now=start)
    after = start.replace(hour=start.hour + 1, minute=0)
    with pytest.raises(SalesClosed):
        clerk.hold_best(1, now=after)
    with pytest.raises(SalesClosed):
        clerk.hold("1", screening=sale.house.closed)
