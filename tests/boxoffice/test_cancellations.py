"""Cancelling a screening"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matinee.boxoffice.cancellations import CancellationReport
from matinee.boxoffice.errors import (
    HoldExpired,
    SalesClosed,
    ScreeningCancelled,
    SeatsNotFree,
    StepNotAllowed,
)
from matinee.boxoffice.models import Order, SeatClaim, Ticket
from matinee.boxoffice.purchase_facts import Purchase
from matinee.boxoffice.purchases import purchase_seats
from matinee.kernel.errors import NotFound
from matinee.programme.errors import ScreeningNotFound
from tests.boxoffice.selling import END, Sale
from tests.building import DAY, NOW, PRICE_A, PRICE_B


def by_name(sale: Sale, *labels: str) -> None:
    purchase = Purchase(sale.buyer.username, sale.buyer.token, None, DAY, "Café", "20:30", labels)
    services = sale.services
    purchase_seats(services.transactions, services.direct, services.version, purchase=purchase, now=NOW)


def test_everybody_gets_the_money_back_and_is_told(sale: Sale) -> None:
    paid, guest = sale.sold("A1", "B1"), sale.sold("A2", known=False)
    by_name(sale, "A3")
    before = len(sale.mails())
    assert sale.cancel(sale.house.lettered) == CancellationReport(orders=3, holds=0)
    assert (sale.state(paid), sale.state(guest)) == ("refunded", "refunded")
    assert sorted(sale.read(lambda s: s.scalars(select(Order.state)).all())) == [
        "cancelled",
        "refunded",
        "refunded",
    ]
    assert sale.refunds() == [(PRICE_A + PRICE_B, "pending"), (PRICE_A, "pending")]
    told = sale.messages()[before:]
    assert [mail.kind for mail in told] == ["screening_cancelled"] * 3
    assert [(mail.recipient, mail.payload["amount"]) for mail in told] == [
        (sale.buyer.username, PRICE_A + PRICE_B),
        ("guest@example.org", PRICE_A),
        (sale.buyer.username, 0),
    ]
    assert {mail.payload["reason"] for mail in told} == {"no power"}
    assert (sale.count(SeatClaim), sale.events(paid)[-1].note) == (0, "no power")
    assert set(sale.read(lambda s: s.scalars(select(Ticket.state)).all())) == {"refunded", "cancelled"}
    sale.check_books()


def test_holds_end_and_what_was_paid_of_them_goes_back(sale: Sale) -> None:
    code = sale.voucher(1000)
    held, paying, part_paid = sale.hold("A1"), sale.hold("A2"), sale.hold("A3")
    payment = sale.intend(paying)
    sale.use_voucher(part_paid, code)
    assert sale.cancel(sale.house.lettered) == CancellationReport(orders=0, holds=3)
    assert [sale.state(one) for one in (held, paying, part_paid)] == ["cancelled"] * 3
    assert (sale.balance(code), sale.count(SeatClaim)) == (1000, 0)
    (mail,) = sale.messages()
    assert (mail.kind, mail.payload["reason"]) == (
        "payment_returned",
        "The screening was cancelled. no power",
    )
    assert sale.settle(payment)
    assert sale.refunds()[-1] == (PRICE_A, "pending")
    sale.check_books()


def test_a_cancelled_screening_is_off_sale_for_good(sale: Sale) -> None:
    order_id, sold = sale.hold("A1"), sale.sold("1", screening=sale.house.second_hall)
    sale.cancel(sale.house.lettered)
    with pytest.raises(SalesClosed):
        sale.hold("A2")
    with pytest.raises(SalesClosed):
        sale.hold_best(1)
    with pytest.raises(SalesClosed):
        sale.exchange(sold, sale.house.lettered, "A1")
    for act in (sale.intend, sale.extend):
        with pytest.raises(StepNotAllowed):
            act(order_id)
    # Whether its seats are not free or it is not on the programme at all.
    with pytest.raises(NotFound):
        by_name(sale, "A2")
    assert sale.count(SeatClaim) == 1


def test_other_screenings_go_on(sale: Sale) -> None:
    other = sale.sold("1", screening=sale.house.second_hall)
    away = sale.sold("A1")
    sale.exchange(away, sale.house.second_hall, "5")
    sale.cancel(sale.house.lettered)
    assert (sale.state(other), sale.state(away)) == ("paid", "paid")
    sale.sold("7", screening=sale.house.second_hall)


def test_what_is_over_stays_as_it_was(sale: Sale) -> None:
    refunded, expired = sale.sold("A1"), sale.hold("A2")
    sale.refund(refunded)
    sale.sweep(END)
    before = (sale.steps(refunded), sale.steps(expired), sale.mails())
    assert sale.cancel(sale.house.lettered, now=END) == CancellationReport(0, 0)
    assert (sale.steps(refunded), sale.steps(expired), sale.mails()) == before
    with pytest.raises(HoldExpired):
        sale.intend(expired, now=END)


def test_a_screening_is_cancelled_once(sale: Sale) -> None:
    sale.sold("A1")
    sale.cancel(sale.house.lettered)
    with pytest.raises(ScreeningCancelled):
        sale.cancel(sale.house.lettered)
    with pytest.raises(ScreeningNotFound):
        sale.cancel(10_000)
    assert len(sale.refunds()) == 1


def test_an_exchange_that_is_not_paid_in_full_gives_back_what_was_paid(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.lettered, "B1")
    sale.cancel(sale.house.lettered)
    assert (sale.state(order_id), sale.refunds()) == ("refunded", [(PRICE_A, "pending")])
    sale.check_books()


def test_the_version_of_the_data_moves(sale: Sale) -> None:
    before = sale.services.version.current()
    sale.cancel(sale.house.lettered)
    assert sale.services.version.current() != before


def test_a_film_at_the_same_time_in_another_hall_is_still_sold_by_name(sale: Sale) -> None:
    sale.cancel(sale.house.first_hall)
    services = sale.services
    wanted = Purchase(sale.buyer.username, sale.buyer.token, None, DAY, "Амели", "18:00", ["1"])
    purchase_seats(services.transactions, services.direct, services.version, purchase=wanted, now=NOW)
    sold = sale.read(lambda s: s.scalars(select(Ticket.screening_id)).all())
    assert sold == [sale.house.second_hall]
    with pytest.raises(SeatsNotFree):
        purchase_seats(services.transactions, services.direct, services.version, purchase=wanted, now=NOW)
