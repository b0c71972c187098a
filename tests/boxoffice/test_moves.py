"""Moving a sold screening to another hall"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import HallTooSmall, HoldExpired, ScreeningCancelled, SeatsNotFree
from matinee.boxoffice.models import OrderLine, Ticket
from matinee.boxoffice.moves import Reseated
from matinee.programme.errors import HallNotFound, HallTaken, ScreeningNotFound
from matinee.programme.models import Film, Hall, HouseSeat, Screening, Seat
from tests.boxoffice.selling import END, PAYMENT, Sale
from tests.building import DAY, HOUSE_SEAT, NOW, PRICE_A, add_screening

LATE = NOW + PAYMENT


def add_hall(sale: Sale, name: str, *labels: str, **seat: str) -> int:
    """A hall with these seats in one line; return its id."""

    def build(session: Session) -> int:
        hall = Hall(cinema_id=sale.house.cinema, name=name)
        session.add(hall)
        session.flush()
        session.add_all(
            Seat(hall_id=hall.id, label=label, row="", place=label, x=place, y=0, **seat)
            for place, label in enumerate(labels)
        )
        session.flush()
        return hall.id

    return sale.write(build)


@pytest.fixture
def bigger(sale: Sale) -> int:
    """The id of a hall that has the labels of the lettered one, and more."""
    return add_hall(sale, "Big", "A1", "A2", "A3", "A4", "A5", "A6", "B1", "B2", "B3")


def hall_of(sale: Sale, screening: int) -> int:
    return sale.read(lambda s: s.get_one(Screening, screening).hall_id)


def seats_are_of(sale: Sale, order_id: int, hall: int) -> bool:
    """Whether tickets and lines of the order name seats of the hall."""

    def read(session: Session) -> bool:
        tickets = (
            select(Seat.hall_id).join(Ticket).where(Ticket.order_id == order_id, Ticket.state == "valid")
        )
        lines = select(Seat.hall_id).join(OrderLine).where(OrderLine.order_id == order_id)
        return {*session.scalars(tickets), *session.scalars(lines)} == {hall}

    return sale.read(read)


def test_everybody_keeps_his_label_where_the_other_hall_has_it(sale: Sale, bigger: int) -> None:
    order_id = sale.sold("A2", "A3")
    before = {label: ticket.id for label, ticket in sale.tickets(order_id).items()}
    code = sale.order(order_id).code
    assert sale.move(sale.house.lettered, bigger) == [Reseated(code, "A2", "A2"), Reseated(code, "A3", "A3")]
    assert hall_of(sale, sale.house.lettered) == bigger
    # Printed tickets still let in.
    assert {label: ticket.id for label, ticket in sale.tickets(order_id).items()} == before
    assert seats_are_of(sale, order_id, bigger)
    assert sale.claimed(order_id) == {"A2": None, "A3": None}
    assert sale.events(order_id)[-1].note == "moved to Big: A2 to A2, A3 to A3"
    with pytest.raises(SeatsNotFree):
        sale.hold("A2")
    sale.sold("B3")
    sale.check_books()


def test_whoever_loses_his_label_gets_another_seat_and_no_seat_is_given_twice(sale: Sale) -> None:
    first, second = sale.sold("A1", "A2"), sale.sold("B1")
    hall = add_hall(sale, "Numbers", "1", "2", "3", "4")
    moved = sale.move(sale.house.lettered, hall)
    assert [one.from_label for one in moved] == ["A1", "A2", "B1"]
    assert [one.order_code for one in moved] == [sale.order(first).code] * 2 + [sale.order(second).code]
    labels = [*sale.tickets(first), *sale.tickets(second)]
    assert sorted(one.to_label for one in moved) == sorted(labels)
    assert len(set(labels)) == 3
    # A party stays together.
    assert abs(int(labels[0]) - int(labels[1])) == 1


def test_each_buyer_of_tickets_is_told_once(sale: Sale, bigger: int) -> None:
    sold, due = sale.sold("A1", "A2"), sale.sold("A3", known=False)
    sale.exchange(due, sale.house.lettered, "B1")
    sale.hold("B2")
    before = len(sale.mails())
    sale.move(sale.house.lettered, bigger)
    told = sale.messages()[before:]
    assert [(mail.kind, mail.payload) for mail in told] == [
        ("tickets_moved", {"order_id": sold}),
        ("tickets_moved", {"order_id": due}),
    ]


def test_holds_move_along_and_can_be_paid(sale: Sale, bigger: int) -> None:
    held, paying = sale.hold("A1", "A2"), sale.hold("B1")
    payment = sale.intend(paying)
    assert len(sale.move(sale.house.lettered, bigger)) == 3
    assert sale.claimed(held) == {"A1": END, "A2": END}
    assert sale.claimed(paying) == {"B1": LATE}
    sale.extend(held)
    sale.pay(held)
    assert sale.settle(payment)
    for order_id in (held, paying):
        assert (sale.state(order_id), seats_are_of(sale, order_id, bigger)) == ("paid", True)
    # The price is what they were told.
    assert sale.tickets(held)["A1"].amount == PRICE_A
    sale.check_books()


def test_a_hold_that_ran_out_does_not_move(sale: Sale, bigger: int) -> None:
    dead = sale.hold("A1", "A2")
    payment = sale.intend(dead)
    assert sale.move(sale.house.lettered, bigger, now=LATE) == []
    assert (sale.state(dead), sale.claimed(dead)) == ("expired", {})
    with pytest.raises(HoldExpired):
        sale.extend(dead, now=LATE)
    # Its late payment is for seats of a hall where nothing is shown.
    assert sale.settle(payment, now=LATE)
    assert sale.refunds() == [(2 * PRICE_A, "pending")]
    assert sale.tickets(dead) == {}
    sale.check_books()


def test_late_money_for_an_expired_order_goes_back_after_the_move(sale: Sale, bigger: int) -> None:
    order_id = sale.hold("A1")
    payment = sale.intend(order_id)
    sale.sweep(LATE)
    sale.move(sale.house.lettered, bigger, now=LATE)
    assert sale.settle(payment, now=LATE)
    assert (sale.state(order_id), sale.refunds()) == ("expired", [(PRICE_A, "pending")])


def test_what_was_given_back_does_not_move(sale: Sale, bigger: int) -> None:
    order_id, refunded = sale.sold("A1", "A2"), sale.sold("A3")
    sale.refund_some(order_id, "A2")
    sale.refund(refunded)
    # Somebody else has one of the seats now.
    assert sale.sold("A3")
    home = hall_of(sale, sale.house.lettered)
    assert [one.from_label for one in sale.move(sale.house.lettered, bigger)] == ["A1", "A3"]
    sale.sold("A2")
    assert sale.mails().count("tickets_moved") == 2
    # What stood on a ticket when it was given back stands there still.
    old = select(Seat.hall_id).join(Ticket).where(Ticket.state == "refunded")
    assert set(sale.read(lambda s: s.scalars(old).all())) == {home}


def test_what_the_house_keeps_back_is_kept_where_the_labels_are_the_same(sale: Sale) -> None:
    hall = add_hall(sale, "Numbers", "10", "11", HOUSE_SEAT, "13")
    sale.move(sale.house.first_hall, hall)
    with pytest.raises(SeatsNotFree):
        sale.hold(HOUSE_SEAT, screening=sale.house.first_hall)
    sale.hold("13", screening=sale.house.first_hall)
    kept = sale.read(
        lambda s: s.scalars(
            select(Seat.label).join(HouseSeat).where(HouseSeat.screening_id == sale.house.first_hall)
        ).all()
    )
    assert kept == [HOUSE_SEAT]


def test_whoever_has_a_ticket_comes_before_what_the_house_keeps_back(sale: Sale) -> None:
    order_id = sale.sold("1", "2", screening=sale.house.first_hall)
    hall = add_hall(sale, "Tiny", "11", HOUSE_SEAT)
    sale.move(sale.house.first_hall, hall)
    assert sale.tickets(order_id).keys() == {"11", HOUSE_SEAT}
    assert sale.count(HouseSeat) == 0


def test_a_hall_that_is_too_small_is_refused_and_nothing_changes(sale: Sale) -> None:
    order_id, held = sale.sold("A1", "A2"), sale.hold("B1")
    hall = add_hall(sale, "Tiny", "1", "2")
    before = hall_of(sale, sale.house.lettered)
    with pytest.raises(HallTooSmall):
        sale.move(sale.house.lettered, hall)
    assert hall_of(sale, sale.house.lettered) == before
    assert (sale.tickets(order_id).keys(), sale.claimed(held).keys()) == ({"A1", "A2"}, {"B1"})
    assert "tickets_moved" not in sale.mails()


def test_halls_that_a_screening_cannot_move_to(sale: Sale, bigger: int) -> None:
    house = sale.house
    other_cinema, second_hall = hall_of(sale, house.elsewhere), hall_of(sale, house.second_hall)
    with pytest.raises(HallNotFound):
        sale.move(house.lettered, other_cinema)
    with pytest.raises(HallTaken):
        sale.move(house.first_hall, second_hall)
    with pytest.raises(ScreeningNotFound):
        sale.move(10_000, bigger)
    assert sale.move(house.lettered, hall_of(sale, house.lettered)) == []
    sale.cancel(house.lettered)
    with pytest.raises(ScreeningCancelled):
        sale.move(house.lettered, bigger)


def test_a_turnaround_is_kept_after_the_move(sale: Sale, bigger: int) -> None:
    def plan(session: Session) -> None:
        hall = session.get_one(Hall, bigger)
        hall.turnaround_minutes = 30
        film = session.scalars(select(Film).where(Film.title == "Café")).one()
        add_screening(session, hall=hall, film=film, day=DAY, time="22:15")

    sale.write(plan)
    # It ends at ten; the next one begins a quarter of an hour later.
    with pytest.raises(HallTaken, match="30 minutes of turnaround"):
        sale.move(sale.house.lettered, bigger)


def test_there_and_back_again(sale: Sale, bigger: int) -> None:
    order_id, late = sale.sold("A3", "A4"), sale.hold("A1")
    payment = sale.intend(late)
    home = hall_of(sale, sale.house.lettered)
    ids = {ticket.id for ticket in sale.tickets(order_id).values()}
    sale.move(sale.house.lettered, bigger)
    sale.move(sale.house.lettered, home)
    assert sale.tickets(order_id).keys() == {"A3", "A4"}
    assert {ticket.id for ticket in sale.tickets(order_id).values()} == ids
    assert seats_are_of(sale, order_id, home)
    sale.sweep(LATE)
    assert sale.settle(payment, now=LATE + timedelta(seconds=1))
    assert sale.state(late) == "paid"


def test_the_screening_is_sold_in_its_new_hall(sale: Sale, bigger: int) -> None:
    before = sale.services.version.current()
    sale.move(sale.house.lettered, bigger)
    assert sale.services.version.current() != before
    sale.sold("A6", "B3")
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.lettered, "B1")
    sale.refund(order_id)
    sale.check_books()


def test_nobody_is_moved_to_a_broken_seat(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    hall = add_hall(sale, "Small", "A1", "A2", "A3", "A4")

    def hold_back(session: Session) -> None:
        for label, why in (("A1", "broken"), ("A2", "house"), ("A3", "house")):
            wanted = select(Seat).where(Seat.hall_id == hall, Seat.label == label)
            session.scalars(wanted).one().held_back = why

    sale.write(hold_back)
    sale.move(sale.house.lettered, hall)
    assert "A1" not in sale.tickets(order_id)
    kept = select(Seat.label, HouseSeat.reason).join(HouseSeat, HouseSeat.seat_id == Seat.id)
    rows = sale.read(lambda s: s.execute(kept.where(HouseSeat.screening_id == sale.house.lettered)).all())
    assert [tuple(row) for row in rows] == [("A1", "broken")]
