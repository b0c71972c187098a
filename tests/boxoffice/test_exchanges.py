"""Exchanging: a sold order moves to other seats or another screening"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import (
    CompanionAlone,
    NoSeats,
    NotExchangeable,
    OrphanLeft,
    SalesClosed,
    SeatNamedTwice,
    SeatsNotFree,
    StepNotAllowed,
    TicketTypeNotSold,
    TooManySeats,
)
from matinee.boxoffice.exchanges import exchange_order
from matinee.boxoffice.models import Order, OrderLine, SeatClaim, Ticket
from matinee.boxoffice.rules import COUNTER_RULES, PUBLIC_RULES
from matinee.kernel.errors import DomainError
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.models import Cinema, Hall, Price, PriceList, Screening, Seat, TicketType
from tests.boxoffice.interleaving import at_once, beside, uncommitted
from tests.boxoffice.selling import ANY_CHOICE, Sale, choices_of
from tests.building import HOUSE_SEAT, NOW, PRICE_A, PRICE_B

CHEAP = 9000


@pytest.fixture
def cheaper(sale: Sale) -> int:
    """A screening of the same cinema that costs CHEAP everywhere."""

    def build(session: Session) -> int:
        screening = session.get_one(Screening, sale.house.second_hall)
        adult = session.scalars(select(TicketType).where(TicketType.code == "adult")).one()
        prices = PriceList(cinema_id=sale.house.cinema, name="cheap")
        session.add(prices)
        session.flush()
        session.add(Price(price_list_id=prices.id, zone="standard", ticket_type_id=adult.id, amount=CHEAP))
        screening.price_list_id = prices.id
        session.flush()
        return screening.id

    return sale.write(build)


def test_an_order_moves_to_another_screening_in_one_transaction(sale: Sale) -> None:
    order_id = sale.sold("1", "2", screening=sale.house.first_hall)
    old = sale.tickets(order_id)
    sale.exchange(order_id, sale.house.second_hall, "5", "6")
    order = sale.order(order_id)
    assert (order.screening_id, order.state) == (sale.house.second_hall, "paid")
    assert sale.claimed(order_id) == {"5": None, "6": None}
    new = sale.tickets(order_id)
    assert new.keys() == {"5", "6"}
    assert {ticket.screening_id for ticket in new.values()} == {sale.house.second_hall}
    assert {ticket.id for ticket in new.values()}.isdisjoint(ticket.id for ticket in old.values())
    assert sale.tickets(order_id, state="exchanged").keys() == old.keys()
    assert sale.mails() == ["tickets", "tickets"]
    assert (sale.events(order_id)[-1].note, sale.events(order_id)[-1].actor) == ("exchanged.", "buyer")
    # The old seats are anybody's.
    sale.hold("1", "2", screening=sale.house.first_hall)
    with pytest.raises(SeatsNotFree):
        sale.hold("5", screening=sale.house.second_hall)


def test_what_is_cheaper_gives_the_difference_back(sale: Sale, cheaper: int) -> None:
    order_id = sale.sold("A1", "B1")
    sale.exchange(order_id, cheaper, "1", "2")
    difference = PRICE_A + PRICE_B - 2 * CHEAP
    assert sale.refunds() == [(difference, "pending")]
    sums = sale.sums(order_id)
    assert (sale.state(order_id), sums.paid - sums.refunded, sums.outstanding) == ("paid", 2 * CHEAP, 0)
    assert sums.total == PRICE_A + PRICE_B
    sale.check_books()
    sale.refund(order_id)
    assert sale.sums(order_id).refunded == PRICE_A + PRICE_B
    sale.check_books()


def test_what_is_dearer_is_due_and_can_be_paid_in_any_way(sale: Sale, cheaper: int) -> None:
    for number, pay in enumerate((sale.pay, sale.take_money)):
        order_id = sale.sold(str(number + 1), screening=cheaper)
        sale.exchange(order_id, sale.house.lettered, ("B1", "B2")[number])
        assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("due", PRICE_B - CHEAP)
        assert sale.steps(order_id)[-1] == ("paid", "due")
        sale.check_books()
        pay(order_id)
        assert (sale.state(order_id), sale.sums(order_id).paid) == ("paid", PRICE_B)
    # The tickets were mailed at the exchange; that they are paid for needs no mail.
    assert sale.mails() == ["tickets"] * 4
    sale.check_books()


def test_what_is_dearer_can_be_paid_with_a_voucher_in_part(sale: Sale, cheaper: int) -> None:
    order_id = sale.sold("1", screening=cheaper)
    sale.exchange(order_id, sale.house.lettered, "A1")
    code = sale.voucher(1000)
    sale.use_voucher(order_id, code)
    assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("due", PRICE_A - CHEAP - 1000)
    sale.refund(order_id)
    assert (sale.balance(code), sale.sums(order_id).refunded) == (1000, CHEAP + 1000)
    sale.check_books()


def test_an_order_goes_back_and_forth_without_losing_a_unit(sale: Sale, cheaper: int) -> None:
    sale.change_cinema(booking_fee_amount=33, booking_fee_per="order")
    sale.promo("THIRD", value=33)
    order_id = sale.hold("A1", "A2", "B1")
    sale.apply(order_id, "THIRD")
    sale.pay(order_id)
    sale.refund_some(order_id, "A2")
    sale.check_books()
    for screening, labels in ((cheaper, "12"), (sale.house.lettered, ("B1", "B2")), (cheaper, "34")):
        sale.exchange(order_id, screening, *labels)
        sale.check_books()
    sale.exchange(order_id, sale.house.lettered, "B1", "B2")
    sale.take_money(order_id)
    sale.check_books()
    # The booking fee of the two tickets that are left stayed as it was.
    assert sum(ticket.fee_amount for ticket in sale.tickets(order_id).values()) == 22
    assert (
        sum(ticket.amount for ticket in sale.tickets(order_id).values())
        == 2 * PRICE_B - (66 * PRICE_B + 50) // 100
    )


def test_other_seats_of_the_same_screening_and_even_the_same_ones(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    sale.exchange(order_id, sale.house.lettered, "A2", "A3")
    assert (sale.claimed(order_id), sale.state(order_id)) == ({"A2": None, "A3": None}, "paid")
    sale.exchange(order_id, sale.house.lettered, "A2", "A3")
    assert sale.tickets(order_id).keys() == {"A2", "A3"}
    assert (sale.count(Ticket), sale.count(SeatClaim), sale.refunds()) == (6, 2, [])
    sale.hold("A1")
    sale.check_books()


def test_other_ticket_types_for_the_same_seat(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.lettered, "A1", types=["child"])
    assert sale.refunds() == [(PRICE_A - 100, "pending")]
    sale.check_books()


def test_the_discount_moves_along(sale: Sale, cheaper: int) -> None:
    sale.promo("HALF", value=50)
    order_id = sale.hold("A1")
    sale.apply(order_id, "HALF")
    sale.pay(order_id)
    sale.exchange(order_id, cheaper, "1")
    assert sale.tickets(order_id)["1"].amount == CHEAP // 2
    assert sale.refunds() == [(PRICE_A // 2 - CHEAP // 2, "pending")]
    sale.check_books()


def test_an_order_that_is_due_is_paid_once_nothing_is_left_to_pay(sale: Sale, cheaper: int) -> None:
    order_id = sale.sold("1", screening=cheaper)
    sale.exchange(order_id, sale.house.lettered, "A1")
    sale.exchange(order_id, cheaper, "2")
    assert sale.steps(order_id)[-1] == ("due", "paid")
    assert sale.refunds() == []
    sale.check_books()


def test_only_what_is_sold_can_be_exchanged(sale: Sale) -> None:
    held, refunded = sale.hold("A1"), sale.sold("A2")
    sale.refund(refunded)
    for order_id in (held, refunded):
        with pytest.raises(StepNotAllowed):
            sale.exchange(order_id, sale.house.second_hall, "1")


def test_a_refused_exchange_changes_nothing(sale: Sale) -> None:
    house = sale.house
    sale.hold("3", screening=house.second_hall)
    order_id = sale.sold("1", "2", screening=house.second_hall)
    tickets, mails = sale.tickets(order_id).keys(), sale.mails()
    refusals: list[tuple[type[DomainError], int, list[str]]] = [
        (NotExchangeable, house.first_hall, ["1"]),
        (TooManySeats, house.first_hall, ["1", "2", "3"]),
        (SeatNamedTwice, house.first_hall, ["1", "1"]),
        (NoSeats, house.first_hall, []),
        (SeatsNotFree, house.second_hall, ["2", "3"]),
        (SeatsNotFree, house.first_hall, ["1", "99"]),
        (SeatsNotFree, house.first_hall, ["11", HOUSE_SEAT]),
        (SalesClosed, house.begun, ["1", "2"]),
        (SalesClosed, house.closed, ["1", "2"]),
        (ScreeningNotFound, 10_000, ["1", "2"]),
    ]
    for error, screening, labels in refusals:
        with pytest.raises(error):
            sale.exchange(order_id, screening, *labels)
    with pytest.raises(TicketTypeNotSold):
        sale.exchange(order_id, house.lettered, "A1", "A2", types=["adult", "senior"])
    assert sale.order(order_id).screening_id == house.second_hall
    assert (sale.tickets(order_id).keys(), sale.mails()) == (tickets, mails)
    assert sale.claimed(order_id).keys() == {"1", "2"}


def test_the_rules_of_choosing_hold_for_an_exchange(sale: Sale) -> None:
    def make_places(session: Session) -> None:
        hall_id = session.get_one(Screening, sale.house.lettered).hall_id
        for seat in session.scalars(
            select(Seat).where(Seat.hall_id == hall_id, Seat.label.in_(("B1", "B2")))
        ):
            seat.kind = "wheelchair" if seat.label == "B1" else "companion"

    sale.write(make_places)
    order_id = sale.sold("A1")
    with pytest.raises(OrphanLeft):
        sale.exchange(order_id, sale.house.lettered, "A2", rules=PUBLIC_RULES)
    with pytest.raises(CompanionAlone):
        sale.exchange(order_id, sale.house.lettered, "B2", rules=PUBLIC_RULES)
    sale.exchange(order_id, sale.house.lettered, "A4", rules=PUBLIC_RULES)


@pytest.fixture
def elsewhere(sale: Sale) -> int:
    """The id of another cinema."""
    return sale.read(lambda s: s.get_one(Screening, sale.house.elsewhere).cinema_id)


def test_an_order_may_move_to_another_cinema_of_the_same_currency(sale: Sale, elsewhere: int) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.elsewhere, "7")
    assert (sale.order(order_id).screening_id, sale.refunds()) == (
        sale.house.elsewhere,
        [(PRICE_A, "pending")],
    )
    sale.check_books()
    sale.write(lambda s: setattr(s.get_one(Cinema, elsewhere), "currency", "EUR"))
    other = sale.sold("A1")
    with pytest.raises(NotExchangeable, match="another currency"):
        sale.exchange(other, sale.house.elsewhere, "8")


def test_a_promo_code_does_not_move_to_another_cinema(sale: Sale) -> None:
    sale.promo("HERE")
    order_id = sale.hold("A1")
    sale.apply(order_id, "HERE")
    sale.pay(order_id)
    with pytest.raises(NotExchangeable, match="promo code"):
        sale.exchange(order_id, sale.house.elsewhere, "7")


def test_exchanges_for_the_same_seat_at_once(sale: Sale) -> None:
    orders = [sale.sold(label) for label in ("A1", "A2", "A3")]
    works = [lambda o=order: sale.exchange(o, sale.house.second_hall, "6") for order in orders]  # type: ignore[misc]
    answers = at_once(sale.services, works)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "SeatsNotFree", "SeatsNotFree"]
    for order_id, answer in zip(orders, answers, strict=True):
        assert len(sale.tickets(order_id)) == 1
        assert (sale.order(order_id).screening_id == sale.house.second_hall) == (answer is None)
    sale.check_books()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_waits_for_an_exchange_finds_the_order_where_it_went(sale: Sale) -> None:
    order_id = sale.sold("A1")

    def exchange(session: Session, screening: int, label: str) -> object:
        return exchange_order(
            session, order=session.get_one(Order, order_id), screening_id=screening, choices=choices_of([label]),
            rules=ANY_CHOICE, actor="buyer", reason="", now=NOW,
        )  # fmt: skip

    with uncommitted(sale.services) as session:
        exchange(session, sale.house.second_hall, "5")
        with beside(sale.services, lambda s: exchange(s, sale.house.first_hall, "7")) as slower:
            slower.wait_until_it_waits()
            session.commit()
    assert sale.claimed(order_id) == {"7": None}
    assert sale.order(order_id).screening_id == sale.house.first_hall
    assert sale.count(SeatClaim) == 1
    lines = sale.read(
        lambda s: s.scalars(select(Hall.name).join(Seat, Seat.hall_id == Hall.id).join(OrderLine)).all()
    )
    assert lines == ["Hall 1"]


def test_staff_gives_other_seats_up_to_the_end_of_the_screening(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    screening = sale.read(lambda s: s.get_one(Screening, sale.house.lettered))
    began, over = screening.starts_at + timedelta(minutes=80), screening.ends_at
    with pytest.raises(SalesClosed):
        sale.exchange(order_id, sale.house.lettered, "A3", "A4", now=began)
    with pytest.raises(SalesClosed):
        sale.exchange(order_id, sale.house.lettered, "A3", "A4", now=over, rules=COUNTER_RULES)
    sale.exchange(order_id, sale.house.lettered, "A3", "A4", now=began, rules=COUNTER_RULES)
    assert sale.tickets(order_id).keys() == {"A3", "A4"}
    with pytest.raises(SalesClosed):
        sale.exchange(order_id, sale.house.closed, "1", "2", now=NOW, rules=COUNTER_RULES)
    sale.check_books()


def test_nobody_is_seated_anew_in_a_screening_that_is_cancelled(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.change_screening(sale.house.lettered, cancelled_at=NOW)
    with pytest.raises(SalesClosed):
        sale.exchange(order_id, sale.house.lettered, "A3", rules=COUNTER_RULES)
