"""A screening that moves or is cancelled while seats of it are being sold: PostgreSQL, where both go on at once"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from psycopg import Connection, connect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice import purchase_statements
from matinee.boxoffice.cancellations import cancel_screening
from matinee.boxoffice.checkout import intend_payment
from matinee.boxoffice.errors import SeatsInUse, SeatsNotFree
from matinee.boxoffice.exchanges import exchange_order
from matinee.boxoffice.hall_plans import change_hall_plan
from matinee.boxoffice.holds import Holder, change_hold, extend_hold, hold_seats
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.models import Order, OrderLine, SeatClaim, Ticket
from matinee.boxoffice.moves import move_screening
from matinee.boxoffice.purchase_facts import Purchase, Sold
from matinee.boxoffice.purchases import purchase_seats
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.boxoffice.settlement import settle_payment
from matinee.boxoffice.tickets import new_ticket_id
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.layouts import parse_layout
from matinee.programme.locks import lock_halls, lock_row
from matinee.programme.models import Hall, Price, PriceList, Screening, Seat, TicketType
from tests.boxoffice.interleaving import Beside, beside, uncommitted
from tests.boxoffice.selling import ANY_CHOICE, END, PAYMENT, TERMS, Sale, choices_of
from tests.building import DAY, NOW

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
CLAIMING = "INSERT INTO seat_claim"
# As the driver's cursors want it.
PURCHASE = re.sub(r"(?<!:):(\w+)", r"%(\1)s", purchase_statements.PURCHASE)


@pytest.fixture
def bigger(sale: Sale) -> int:
    """The id of a hall with the seats of the lettered one and some more, to which its screening can move."""

    def build(session: Session) -> int:
        hall = Hall(cinema_id=sale.house.cinema, name="Hall 11")
        session.add(hall)
        session.flush()
        session.add_all(
            Seat(hall_id=hall.id, label=label, row=label[0], place=label[1:], x=place, y=0,
                 zone="sofa" if label[0] == "B" else "standard")
            for place, label in enumerate(("A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"))
        )  # fmt: skip
        session.flush()
        return hall.id

    return sale.write(build)


def move(session: Session, sale: Sale, hall: int) -> None:
    move_screening(
        session, screening_id=sale.house.lettered, hall=session.get_one(Hall, hall), actor="manager", now=NOW
    )


def cancel(session: Session, sale: Sale) -> None:
    cancel_screening(session, screening_id=sale.house.lettered, actor="manager", reason="", now=NOW)


def by_name(sale: Sale, *labels: str) -> list[Sold]:
    purchase = Purchase(sale.buyer.username, sale.buyer.token, None, DAY, "Café", "20:30", labels)
    services = sale.services
    return purchase_seats(
        services.transactions, services.direct, services.version, purchase=purchase, now=NOW
    )


def purchase_statement(connection: Connection, sale: Sale, *labels: str) -> None:
    """What a purchase sends, in a transaction that the test ends."""
    connection.execute(
        PURCHASE,
        {
            "screening_id": sale.house.lettered, "labels": list(labels), "seats_asked": len(labels),
            "ticket_ids": [new_ticket_id() for _ in labels], "code": "K7WQ3MXT9P", "user_id": sale.buyer.id,
            "currency": "UAH", "language": "en", "username": "a@example.org",
            "event_id": "e1", "now": NOW,
        },
    )  # fmt: skip


def everything_is_in_the_hall(session: Session, screening_id: int) -> None:
    """Claims, valid tickets and lines of live orders name seats of the hall in which the screening is."""
    hall_id = session.get_one(Screening, screening_id).hall_id
    halls = set(
        session.scalars(
            select(Seat.hall_id)
            .join(SeatClaim, SeatClaim.seat_id == Seat.id)
            .where(SeatClaim.screening_id == screening_id)
        )
    )
    tickets = select(Seat.hall_id).join(Ticket, Ticket.seat_id == Seat.id)
    halls |= set(session.scalars(tickets.where(Ticket.screening_id == screening_id, Ticket.state == "valid")))
    lines = (
        select(Seat.hall_id)
        .join(OrderLine, OrderLine.seat_id == Seat.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.screening_id == screening_id, Order.state.in_(("held", "paying", "due", "paid")))
    )
    halls |= set(session.scalars(lines))
    assert halls <= {hall_id}


def test_a_move_waits_for_a_purchase_that_has_begun_and_reseats_it(sale: Sale, bigger: int) -> None:
    url = sale.services.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with connect(url) as connection:
        purchase_statement(connection, sale, "A1", "B2")
        with beside(sale.services, lambda session: move(session, sale, bigger)) as moving:
            moving.wait_until_it_waits()
            connection.commit()
    sale.read(lambda session: everything_is_in_the_hall(session, sale.house.lettered))
    assert sale.count(Ticket) == 2


@pytest.mark.parametrize(
    "change", [move, lambda session, sale, _hall: cancel(session, sale)], ids=["move", "cancel"]
)
def test_a_purchase_that_comes_during_a_change_waits_and_never_sells_what_is_gone(
    sale: Sale, bigger: int, change: Callable[[Session, Sale, int], None]
) -> None:
    with uncommitted(sale.services) as changing:
        change(changing, sale, bigger)
        with Beside(sale.services, lambda: refused_or_sold(sale)) as buying:
            buying.wait_until_it_waits()
            changing.commit()
        assert buying.result() in ([], ["A1"])
    assert sale.count(Ticket) == len(buying.result())
    if sale.count(Ticket):
        sale.read(lambda session: everything_is_in_the_hall(session, sale.house.lettered))


def test_a_purchase_that_comes_while_its_seat_is_taken_out_of_the_hall_finds_none(sale: Sale) -> None:
    # So that the seat's row stays, for the ticket that names it.
    sale.refund(sale.sold("A1"))
    layout = parse_layout(b"hall: Hall 10\nA | . 2 3 4 B:1 B:2\nzone sofa: B1 B2", file_name="x")
    with uncommitted(sale.services) as changing:
        hall = changing.get_one(Hall, changing.get_one(Screening, sale.house.lettered).hall_id)
        change_hall_plan(changing, hall=hall, layout=layout, now=NOW)
        with Beside(sale.services, lambda: refused_or_sold(sale)) as buying:
            buying.wait_until_it_waits()
            changing.commit()
        assert buying.result() == []
    assert sale.count(SeatClaim) == 0


def test_a_change_of_the_hall_waits_for_a_purchase_that_has_begun_and_leaves_its_seat(sale: Sale) -> None:
    layout = parse_layout(b"hall: Hall 10\nA | . 2 3 4 B:1 B:2\nzone sofa: B1 B2", file_name="x")

    def change(session: Session) -> list[str]:
        hall = session.get_one(Hall, session.get_one(Screening, sale.house.lettered).hall_id)
        try:
            change_hall_plan(session, hall=hall, layout=layout, now=NOW)
        except SeatsInUse as error:
            return [conflict.sold.label for conflict in error.conflicts]
        return []

    url = sale.services.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with connect(url) as connection:
        purchase_statement(connection, sale, "A1", "B2")
        with beside(sale.services, change) as changing:
            changing.wait_until_it_waits()
            connection.commit()
        assert changing.result() == ["A1"]


def refused_or_sold(sale: Sale) -> list[str]:
    try:
        return [seat.label for seat in by_name(sale, "A1")]
    except SeatsNotFree:
        return []


def hold(sale: Sale) -> Callable[[Session], object]:
    return lambda session: hold_seats(
        session, screening_id=sale.house.lettered, choices=choices_of(["A1", "B1"]),
        holder=Holder("site", session.get_one(User, sale.buyer.id)), terms=TERMS, rules=ANY_CHOICE, now=NOW,
    ).order  # fmt: skip


def change_the_hold(sale: Sale) -> Callable[[Session], object]:
    order_id = sale.hold("A1")
    return lambda session: change_hold(
        session, order=session.get_one(Order, order_id), choices=choices_of(["A2", "A1"]), terms=TERMS,
        rules=ANY_CHOICE, now=NOW,
    )  # fmt: skip


def extend(sale: Sale) -> Callable[[Session], object]:
    order_id = sale.hold("A1")
    return lambda session: extend_hold(session, order=session.get_one(Order, order_id), terms=TERMS, now=NOW)


def begin_to_pay(sale: Sale) -> Callable[[Session], object]:
    order_id = sale.hold("A1")
    return lambda session: intend_payment(
        session, order=session.get_one(Order, order_id), provider="stripe", lifetime=PAYMENT, now=NOW
    )


def pay(sale: Sale) -> Callable[[Session], object]:
    payment = sale.intend(sale.hold("A1"))
    return lambda session: settle_payment(session, public_id=payment, now=NOW)


def pay_late(sale: Sale) -> Callable[[Session], object]:
    payment = sale.intend(sale.hold("A1"))
    assert sale.sweep(END + PAYMENT) == 1
    return lambda session: settle_payment(session, public_id=payment, now=END + PAYMENT)


def exchange_here(sale: Sale) -> Callable[[Session], object]:
    order_id = sale.sold("3", screening=sale.house.second_hall)
    return lambda session: exchange_order(
        session, order=session.get_one(Order, order_id), screening_id=sale.house.lettered,
        choices=choices_of(["A1"]), rules=ANY_CHOICE, actor="buyer", reason="", now=NOW,
    )  # fmt: skip


def exchange_away(sale: Sale) -> Callable[[Session], object]:
    order_id = sale.sold("A1")
    return lambda session: exchange_order(
        session, order=session.get_one(Order, order_id), screening_id=sale.house.second_hall,
        choices=choices_of(["3"]), rules=ANY_CHOICE, actor="buyer", reason="", now=NOW,
    )  # fmt: skip


def give_back(sale: Sale) -> Callable[[Session], object]:
    order_id = sale.sold("A1", "A2")
    return lambda session: refund_order(
        session, order=session.get_one(Order, order_id), actor="buyer", reason="", now=NOW
    )


BUYERS = [hold, change_the_hold, extend, begin_to_pay, pay, pay_late, exchange_here, exchange_away, give_back]
TOUCHING_CLAIMS = r"(INSERT INTO|DELETE FROM) seat_claim"


@pytest.mark.parametrize("buyer_does", BUYERS)
@pytest.mark.parametrize("change", ["move", "cancel"])
def test_a_change_waits_for_whoever_is_in_the_middle_of_something(
    sale: Sale, bigger: int, buyer_does: Callable[[Sale], Callable[[Session], object]], change: str
) -> None:
    buying = buyer_does(sale)
    changing = {
        "move": lambda session: move(session, sale, bigger),
        "cancel": lambda session: cancel(session, sale),
    }
    with beside(sale.services, buying, before=TOUCHING_CLAIMS) as buyer:
        buyer.wait_until_it_stands_still()
        with beside(sale.services, changing[change]) as manager:
            manager.wait_until_it_waits()
            buyer.go_on()
    if change == "move":
        sale.read(lambda session: everything_is_in_the_hall(session, sale.house.lettered))
    else:
        wanted = select(Order.state).where(Order.screening_id == sale.house.lettered)
        states = set(sale.read(lambda session: session.scalars(wanted).all()))
        assert states <= {"cancelled", "refunded", "expired"}
    sale.check_books()


def another_list(session: Session, sale: Sale) -> int:
    """A price list that was made in the transaction that uses it: nobody else has seen its amounts."""
    prices = PriceList(cinema_id=sale.house.cinema, name="gala")
    session.add(prices)
    session.flush()
    adult = session.scalars(select(TicketType).where(TicketType.code == "adult")).one()
    session.add(Price(price_list_id=prices.id, zone="standard", ticket_type_id=adult.id, amount=99_000))
    return prices.id


@pytest.mark.parametrize("free", [False, True])
def test_a_purchase_that_waited_for_another_price_list_never_sells_at_a_price_of_none(
    sale: Sale, free: bool
) -> None:
    with uncommitted(sale.services) as planning:
        screening = keep_buyers_out(planning, screening_id=sale.house.lettered)
        screening.price_list_id = None if free else another_list(planning, sale)
        planning.flush()
        with Beside(sale.services, lambda: refused_or_sold(sale)) as buying:
            buying.wait_until_it_waits()
            planning.commit()
    sold = sale.read(lambda session: [(one.amount, one.state) for one in session.scalars(select(Ticket))])
    assert sold == ([(0, "valid")] if free else [])
    # By now everybody sees the amounts.
    assert [seat.label for seat in by_name(sale, "A2")] == ["A2"]
    assert sale.read(lambda s: s.scalars(select(func.max(Ticket.amount))).one()) == (0 if free else 99_000)


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_buyers_of_other_screenings_notice_nothing(sale: Sale, bigger: int, change: str) -> None:
    order_id = sale.hold("1", screening=sale.house.second_hall)
    sale.sold("A1")
    with uncommitted(sale.services) as changing:
        move(changing, sale, bigger) if change == "move" else cancel(changing, sale)
        sale.pay(order_id)
        sale.hold("2", screening=sale.house.second_hall)
        purchase = Purchase(sale.buyer.username, sale.buyer.token, None, DAY, "Амели", "18:00", ["3"])
        services = sale.services
        assert purchase_seats(
            services.transactions, services.direct, services.version, purchase=purchase, now=NOW
        )


def test_buyers_of_one_screening_do_not_wait_for_each_other(sale: Sale) -> None:
    order_id = sale.hold("A1")
    with uncommitted(sale.services) as first:
        extend_hold(first, order=first.get_one(Order, order_id), terms=TERMS, now=NOW)
        sale.sold("A2")
        assert len(by_name(sale, "A3")) == 1


def test_a_planner_and_a_move_never_wait_for_each_other_in_a_circle(sale: Sale, bigger: int) -> None:
    with uncommitted(sale.services) as planning:
        # Planners lock halls before screenings.
        lock_halls(planning, hall_ids=[bigger])
        with beside(sale.services, lambda session: move(session, sale, bigger)) as moving:
            moving.wait_until_it_waits()
            lock_row(planning, planning.get_one(Screening, sale.house.lettered), gone=ScreeningNotFound)
            planning.commit()


def test_a_sale_in_a_session_waits_for_a_move_too(sale: Sale, bigger: int) -> None:
    def sell(session: Session) -> None:
        sell_seats(
            session, screening_id=sale.house.lettered, labels=["A1"], buyer=session.get_one(User, sale.buyer.id),
            currency="UAH", channel="counter", now=NOW,
        )  # fmt: skip

    with beside(sale.services, sell, before="INSERT INTO sale_order") as selling:
        selling.wait_until_it_stands_still()
        with beside(sale.services, lambda session: move(session, sale, bigger)) as moving:
            moving.wait_until_it_waits()
            selling.go_on()
    sale.read(lambda session: everything_is_in_the_hall(session, sale.house.lettered))
