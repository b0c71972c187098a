"""Holds, what becomes of them, and refunds"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import HoldExpired, SeatsNotFree, StepNotAllowed
from matinee.boxoffice.holds import hold_seats, release_expired_holds, release_hold, sell_hold
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, PRICE_A, PRICE_B, Buyer, House, count_rows

HOLD = timedelta(minutes=10)
END = NOW + HOLD


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


class Sale:
    """The operations, each in a transaction of its own."""

    def __init__(self, services: Services, house: House, buyer: Buyer) -> None:
        self.services, self.house, self.buyer = services, house, buyer

    def hold(self, *labels: str, now: datetime = NOW, known: bool = True) -> int:
        return self.services.transactions.write(
            lambda s: hold_seats(
                s, screening_id=self.house.lettered, labels=labels,
                buyer=s.get_one(User, self.buyer.id) if known else None, currency="UAH", channel="site",
                lifetime=HOLD, now=now,
            ).id
        )  # fmt: skip

    def sell(self, order_id: int, now: datetime = NOW) -> list[Ticket]:
        return self.services.transactions.write(
            lambda s: sell_hold(
                s, order=s.get_one(Order, order_id), buyer=s.get_one(User, self.buyer.id), now=now
            )
        )

    def release(self, order_id: int) -> None:
        self.services.transactions.write(
            lambda s: release_hold(s, order=s.get_one(Order, order_id), actor="buyer", now=NOW)
        )

    def refund(self, order_id: int, now: datetime = NOW) -> None:
        self.services.transactions.write(
            lambda s: refund_order(
                s, order=s.get_one(Order, order_id), actor="counter", reason="ill", now=now
            )
        )

    def sweep(self, now: datetime) -> int:
        return self.services.transactions.write(lambda s: release_expired_holds(s, now=now))

    def order(self, order_id: int) -> Order:
        return self.services.transactions.read(lambda s: s.get_one(Order, order_id))

    def count(self, model: type) -> int:
        return self.services.transactions.read(lambda s: count_rows(s, model))

    def steps(self, order_id: int) -> list[tuple[str | None, str, str]]:
        def read(session: Session) -> list[tuple[str | None, str, str]]:
            events = session.scalars(
                select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
            )
            return [(event.from_state, event.to_state, event.actor) for event in events]

        return self.services.transactions.read(read)


def test_a_hold_keeps_the_seats_for_some_minutes(sale: Sale) -> None:
    order = sale.order(sale.hold("A1", "B1"))
    assert (order.state, order.hold_expires_at, order.total_amount) == ("held", END, PRICE_A + PRICE_B)
    assert sale.steps(order.id) == [(None, "held", "user@example.com")]
    with pytest.raises(SeatsNotFree):
        sale.hold("A2", "A1")
    assert (sale.count(Order), sale.count(SeatClaim), sale.count(Ticket)) == (1, 2, 0)


def test_a_hold_becomes_a_sale_with_tickets_and_one_mail(sale: Sale) -> None:
    order_id = sale.hold("A1", "B1")
    tickets = sale.sell(order_id, now=END - timedelta(seconds=1))
    assert sorted(ticket.amount for ticket in tickets) == [PRICE_A, PRICE_B]
    order = sale.order(order_id)
    assert (order.state, order.hold_expires_at, order.paid_amount) == ("due", None, 0)
    assert sale.steps(order_id)[1:] == [("held", "due", "user@example.com")]
    assert sale.count(Message) == 1
    # Not even much later.
    with pytest.raises(SeatsNotFree):
        sale.hold("A1", now=NOW + timedelta(days=1))


def test_a_hold_of_nobody_belongs_to_who_buys_it(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False)
    assert sale.order(order_id).user_id is None
    sale.sell(order_id)
    assert sale.order(order_id).user_id == sale.buyer.id


def test_two_clicks_sell_once(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.sell(order_id)
    with pytest.raises(StepNotAllowed):
        sale.sell(order_id)
    assert (sale.count(Ticket), sale.count(Message)) == (1, 1)


@pytest.mark.parametrize("swept", [False, True])
def test_a_hold_that_ran_out_is_free_at_that_instant_swept_or_not(sale: Sale, swept: bool) -> None:
    order_id = sale.hold("A1")
    if swept:
        assert sale.sweep(END) == 1
    else:
        with pytest.raises(HoldExpired):
            sale.sell(order_id, now=END)
    second = sale.hold("A1", now=END)
    with pytest.raises((HoldExpired, StepNotAllowed)):
        sale.sell(order_id, now=END)
    assert len(sale.sell(second, now=END)) == 1


def test_the_sweeper_takes_only_what_ran_out_and_is_still_the_holds_own(sale: Sale) -> None:
    first = sale.hold("A1", "A2")
    assert sale.sweep(END - timedelta(microseconds=1)) == 0
    second = sale.hold("A1", now=END)
    assert sale.sweep(END) == 1
    assert (sale.order(first).state, sale.order(second).state) == ("expired", "held")
    assert sale.steps(first)[1:] == [("held", "expired", "worker")]
    assert sale.count(SeatClaim) == 1
    assert sale.sweep(END) == 0
    assert len(sale.sell(second, now=END)) == 1


def test_a_hold_may_be_given_back(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.release(order_id)
    assert sale.order(order_id).state == "cancelled"
    assert sale.count(SeatClaim) == 0
    sale.hold("A1")
    for late in (sale.release, sale.sell):
        with pytest.raises(StepNotAllowed):
            late(order_id)


def test_a_due_order_is_cancelled_and_a_paid_one_refunded(sale: Sale) -> None:
    due = sale.hold("A1")
    sale.sell(due)

    def sell_free(session: Session) -> int:
        tickets = sell_seats(
            session, screening_id=sale.house.second_hall, labels=["1"], buyer=session.get_one(User, sale.buyer.id),
            currency="UAH", channel="counter", now=NOW,
        )  # fmt: skip
        return tickets[0].order_id

    paid = sale.services.transactions.write(sell_free)
    for order_id, state in ((due, "cancelled"), (paid, "refunded")):
        sale.refund(order_id)
        assert sale.order(order_id).state == state
        states = sale.services.transactions.read(
            lambda s, key=order_id: s.scalars(select(Ticket.state).where(Ticket.order_id == key)).all()
        )
        assert states == [state]
        with pytest.raises(StepNotAllowed):
            sale.refund(order_id)
    assert sale.count(SeatClaim) == 0
    assert len(sale.sell(sale.hold("A1"))) == 1


def test_what_is_not_sold_cannot_be_refunded(sale: Sale) -> None:
    order_id = sale.hold("A1")
    with pytest.raises(StepNotAllowed):
        sale.refund(order_id)
    assert sale.order(order_id).state == "held"
    assert sale.count(SeatClaim) == 1
    sale.sweep(END)
    with pytest.raises(StepNotAllowed):
        sale.refund(order_id)


def test_the_reason_of_a_refund_is_written_down(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.sell(order_id)
    sale.refund(order_id, now=NOW + timedelta(hours=1))
    event = sale.services.transactions.read(
        lambda s: s.scalars(select(OrderEvent).order_by(OrderEvent.id.desc())).first()
    )
    assert (event.note, event.actor, event.at) == ("ill", "counter", NOW + timedelta(hours=1))
