"""Giving tickets back"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import NotTheseTickets, RefundTooLate, StepNotAllowed
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.refunds import check_refund_in_time, refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.boxoffice.settlement import settle_payment
from matinee.payments.errors import RefundTooHigh
from matinee.payments.models import Payment
from matinee.payments.refunds import request_refund
from tests.boxoffice.interleaving import at_once, beside, uncommitted
from tests.boxoffice.selling import END, PAYMENT, Sale
from tests.building import NOW, PRICE_A, PRICE_B

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
# In Kyiv it is 20:30 then.
START = datetime(2030, 5, 18, 17, 30, tzinfo=UTC)


def due(sale: Sale, *labels: str, screening: int | None = None) -> int:
    """An order as the given API makes it: sold, and to be paid at the counter."""

    def sell(session: Session) -> int:
        tickets = sell_seats(
            session, screening_id=screening or sale.house.lettered, labels=labels,
            buyer=session.get_one(User, sale.buyer.id), currency="UAH", channel="given", now=NOW,
        )  # fmt: skip
        return tickets[0].order_id

    return sale.write(sell)


def states(sale: Sale, order_id: int) -> list[str]:
    return sale.read(lambda s: list(s.scalars(select(Ticket.state).where(Ticket.order_id == order_id))))


def test_a_due_order_is_cancelled_and_a_paid_one_refunded(sale: Sale) -> None:
    unpaid, free = due(sale, "A1"), due(sale, "1", screening=sale.house.second_hall)
    assert (sale.state(unpaid), sale.state(free)) == ("due", "paid")
    for order_id, state in ((unpaid, "cancelled"), (free, "refunded"), (sale.sold("A2"), "refunded")):
        sale.refund(order_id)
        assert sale.state(order_id) == state
        assert states(sale, order_id) == [state]
        with pytest.raises(StepNotAllowed):
            sale.refund(order_id)
    assert sale.count(SeatClaim) == 0
    assert sale.refunds() == [(PRICE_A, "pending")]
    assert [mail.payload["amount"] for mail in sale.messages() if mail.kind == "order_refunded"] == [
        0,
        0,
        PRICE_A,
    ]
    sale.sold("A1")
    sale.check_books()


def test_what_is_not_sold_cannot_be_refunded(sale: Sale) -> None:
    order_id, paying, released = sale.hold("A1"), sale.hold("A2"), sale.hold("A3")
    sale.intend(paying)
    sale.release(released)
    for one in (order_id, paying, released):
        with pytest.raises(StepNotAllowed):
            sale.refund(one)
        with pytest.raises(StepNotAllowed):
            sale.refund_ids(one, [])
    assert sale.state(order_id) == "held"
    assert sale.count(SeatClaim) == 2
    sale.sweep(END)
    with pytest.raises(StepNotAllowed):
        sale.refund(order_id)


def test_the_reason_of_a_refund_is_written_down(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.refund(order_id, now=NOW + timedelta(hours=1))
    event = sale.read(lambda s: s.scalars(select(OrderEvent).order_by(OrderEvent.id.desc())).first())
    assert event is not None
    assert (event.note, event.actor, event.at) == ("ill", "counter", NOW + timedelta(hours=1))
    assert sale.messages()[-1].payload == {"order_id": order_id, "amount": PRICE_A, "reason": "ill"}


def test_the_seat_is_free_in_the_same_transaction(sale: Sale) -> None:
    order_id = sale.sold("A1", "B1")

    def refund_and_hold(session: Session) -> None:
        refund_order(session, order=session.get_one(Order, order_id), actor="counter", reason="", now=NOW)
        assert session.scalars(select(SeatClaim)).all() == []

    sale.write(refund_and_hold)
    sale.sold("A1", "B1")


def test_single_tickets_go_back_with_what_each_cost(sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=100, booking_fee_per="order")
    sale.promo("THIRD", value=33)
    order_id = sale.hold("A1", "A2", "B1")
    sale.apply(order_id, "THIRD")
    sale.pay(order_id)
    tickets = sale.tickets(order_id)
    cost = {label: ticket.amount + ticket.fee_amount for label, ticket in tickets.items()}
    sale.refund_some(order_id, "A2")
    assert sale.refunds() == [(cost["A2"], "pending")]
    assert (sale.state(order_id), sale.tickets(order_id).keys()) == ("paid", {"A1", "B1"})
    assert sale.tickets(order_id, state="refunded").keys() == {"A2"}
    assert sale.claimed(order_id) == {"A1": None, "B1": None}
    sums = sale.sums(order_id)
    assert (sums.total, sums.refunded, sums.outstanding) == (sums.paid, cost["A2"], 0)
    assert sale.events(order_id)[-1].note == "given back: A2. ill"
    sale.hold("A2")
    sale.check_books()
    sale.refund_some(order_id, "A1", "B1")
    assert (sale.state(order_id), sale.sums(order_id).refunded) == ("refunded", sums.paid)
    sale.check_books()


def test_only_valid_tickets_of_the_order_go_back(sale: Sale) -> None:
    order_id, other = sale.sold("A1", "A2"), sale.sold("A3")
    own = [ticket.id for ticket in sale.tickets(order_id).values()]
    (foreign,) = [ticket.id for ticket in sale.tickets(other).values()]
    for ids in ([], ["NOSUCHTICKET0000"], [own[0], foreign], [foreign]):
        with pytest.raises(NotTheseTickets):
            sale.refund_ids(order_id, ids)
    sale.refund_ids(order_id, [own[0], own[0]])
    with pytest.raises(NotTheseTickets):
        sale.refund_ids(order_id, [own[0]])
    assert sale.refunds() == [(PRICE_A, "pending")]
    assert states(sale, other) == ["valid"]


def test_money_goes_back_over_the_payments_that_it_came_by_the_latest_first(sale: Sale) -> None:
    order_id = sale.hold("A1", "B1")
    first = sale.intend(order_id)
    sale.fail(first)
    sale.change(order_id, "A1", "A2", "B1")
    sale.settle(first)
    second = sale.pay(order_id, now=NOW + SECOND)
    assert [sale.payment(one).amount for one in (first, second)] == [PRICE_A + PRICE_B, PRICE_A]
    sale.refund_some(order_id, "B1")
    assert [sale.payment(one).refunded_amount for one in (first, second)] == [PRICE_B - PRICE_A, PRICE_A]
    sale.refund_some(order_id, "A1", "A2")
    assert [sale.payment(one).refunded_amount for one in (first, second)] == [PRICE_A + PRICE_B, PRICE_A]
    sale.check_books()


def test_tickets_of_an_order_that_is_due_cost_nothing_to_give_back(sale: Sale) -> None:
    order_id = due(sale, "A1", "A2")
    sale.refund_some(order_id, "A1")
    assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("due", PRICE_A)
    assert sale.refunds() == []
    assert sale.take_money(order_id) == PRICE_A
    sale.refund(order_id)
    assert sale.refunds() == [(PRICE_A, "pending")]
    sale.check_books()


def test_an_order_is_paid_once_what_is_left_of_it_costs_no_more_than_was_paid(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    sale.exchange(order_id, sale.house.lettered, "B1", "B2")
    assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("due", 2 * (PRICE_B - PRICE_A))
    sale.refund_some(order_id, "B1")
    assert sale.state(order_id) == "paid"
    assert sale.events(order_id)[-1].note == "given back: B1. ill"
    assert sale.refunds() == [(2 * PRICE_A - PRICE_B, "pending")]
    sale.check_books()
    sale.refund(order_id)
    assert (sale.state(order_id), sale.sums(order_id).refunded) == ("refunded", 2 * PRICE_A)
    sale.check_books()


def test_what_is_left_may_be_free(sale: Sale) -> None:
    order_id = due(sale, "A1", "B1")

    def make_free(session: Session) -> None:
        session.scalars(
            select(Ticket).where(Ticket.order_id == order_id, Ticket.amount == PRICE_B)
        ).one().amount = 0
        session.get_one(Order, order_id).total_amount = PRICE_A

    sale.write(make_free)
    sale.refund_some(order_id, "A1")
    assert (sale.state(order_id), sale.tickets(order_id).keys()) == ("paid", {"B1"})


def test_an_order_that_is_partly_paid_gives_back_what_was_paid(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.lettered, "B1")
    sale.refund(order_id)
    assert (sale.state(order_id), states(sale, order_id)) == ("refunded", ["exchanged", "refunded"])
    assert sale.refunds() == [(PRICE_A, "pending")]
    assert sale.messages()[-1].payload["amount"] == PRICE_A
    sale.check_books()


def test_a_part_of_what_is_partly_paid_gives_back_nothing_while_more_is_owed(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    sale.exchange(order_id, sale.house.second_hall, "1", "2")
    assert sale.refunds() == [(2 * PRICE_A, "pending")]
    sale.exchange(order_id, sale.house.lettered, "A1", "B1")
    # Of what it costs now nothing is paid.
    sale.refund_some(order_id, "A1")
    assert len(sale.refunds()) == 1
    assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("due", PRICE_B)
    assert sale.take_money(order_id) == PRICE_B
    sale.check_books()


def test_nothing_is_given_back_that_was_not_taken(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    payment_id = sale.payment(public_id).id

    def ask_back(amount: int) -> None:
        sale.write(
            lambda s: request_refund(
                s, payment=s.get_one(Payment, payment_id), amount=amount, reason="", now=NOW
            )
        )

    with pytest.raises(RefundTooHigh):
        ask_back(1)
    sale.settle(public_id)
    with pytest.raises(RefundTooHigh):
        ask_back(PRICE_A + 1)
    sale.refund(order_id)
    with pytest.raises(RefundTooHigh):
        ask_back(1)


def test_a_buyer_gives_back_until_some_time_before_the_start(sale: Sale) -> None:
    sale.change_cinema(refund_until_minutes=90)
    order_id = sale.sold("A1")

    def check(now: datetime) -> None:
        sale.read(lambda s: check_refund_in_time(s, order=s.get_one(Order, order_id), now=now))

    check(START - 90 * MINUTE - SECOND)
    for late in (START - 90 * MINUTE, START):
        with pytest.raises(RefundTooLate):
            check(late)
    # Staff always may.
    sale.refund(order_id, now=START + MINUTE)


def test_clicks_at_once_give_back_once(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    answers = at_once(sale.services, [lambda: sale.refund(order_id)] * 3)
    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, StepNotAllowed) for answer in answers) == 2
    assert sale.refunds() == [(2 * PRICE_A, "pending")]
    sale.check_books()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_payment_of_what_is_being_given_back_waits_and_goes_back(sale: Sale) -> None:
    order_id = due(sale, "A1")
    payment = sale.intend(order_id, now=NOW + PAYMENT)

    def refund(session: Session) -> None:
        refund_order(session, order=session.get_one(Order, order_id), actor="counter", reason="", now=NOW)

    with uncommitted(sale.services) as session:
        refund(session)
        with beside(sale.services, lambda s: settle_payment(s, public_id=payment, now=NOW)) as paying:
            paying.wait_until_it_waits()
            session.commit()
    assert (sale.state(order_id), sale.refunds()) == ("cancelled", [(PRICE_A, "pending")])
    sale.check_books()
