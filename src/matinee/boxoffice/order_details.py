"""Orders with everything that is told about them, for any number of orders in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, OrderLine, OrderPayment, PromoCode, Ticket
from matinee.boxoffice.orders import UNPAID
from matinee.kernel.natural import natural_key
from matinee.payments.models import Payment
from matinee.programme.models import Cinema, Film, Hall, Screening, Seat, TicketType
from matinee.programme.queries import SeatOfHall


@dataclass(frozen=True, slots=True)
class ScreeningDetails:
    """A screening, and what it is a screening of and where."""

    screening: Screening
    film: Film
    hall: Hall
    cinema: Cinema


@dataclass(frozen=True, slots=True)
class OrderedSeat:
    """A seat that an order is for: its ticket type's code, and its price in minor units before any discount."""

    seat: Seat | SeatOfHall
    ticket_type: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket with its seat and the code of its type."""

    ticket: Ticket
    seat: Seat
    ticket_type: str | None


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """An order with all that belongs to it; seats and tickets in natural order of the labels."""

    order: Order
    at: ScreeningDetails
    # Where its mail goes.
    email: str | None
    promo_code: str | None
    seats: Sequence[OrderedSeat]
    tickets: Sequence[IssuedTicket]
    payments: Sequence[Payment]


def details_of(session: Session, *, orders: Sequence[Order]) -> list[OrderDetails]:
    """The orders with all that belongs to them, in the order in which they are given."""
    ids = [order.id for order in orders]
    # A hold has no tickets, and had none.
    sold = [order.id for order in orders if order.state not in UNPAID]
    seats, tickets, payments = _seats(session, ids), _tickets(session, sold), _payments(session, ids)
    screenings = screening_details(session, screening_ids={order.screening_id for order in orders})
    # Columns and not relationships: those were perhaps read before the order changed.
    contacts = {
        order_id: (username, promo_code)
        for order_id, username, promo_code in session.execute(
            select(Order.id, User.username, PromoCode.code)
            .outerjoin(User, User.id == Order.user_id)
            .outerjoin(PromoCode, PromoCode.id == Order.promo_code_id)
            .where(Order.id.in_(ids))
        )
    }
    return [
        OrderDetails(
            order=order,
            at=screenings[order.screening_id],
            email=order.contact_email or contacts[order.id][0],
            promo_code=contacts[order.id][1],
            # A purchase that was no hold first has no lines.
            seats=seats[order.id] or [_as_ordered(one) for one in tickets[order.id]],
            tickets=tickets[order.id],
            payments=payments[order.id],
        )
        for order in orders
    ]


def screening_details(session: Session, *, screening_ids: set[int]) -> Mapping[int, ScreeningDetails]:
    """Screening id -> the screening with its film, hall and cinema."""
    rows = session.execute(
        select(Screening, Film, Hall, Cinema)
        .join(Film, Film.id == Screening.film_id)
        .join(Hall, Hall.id == Screening.hall_id)
        .join(Cinema, Cinema.id == Screening.cinema_id)
        .where(Screening.id.in_(screening_ids))
    )
    return {row.Screening.id: ScreeningDetails(*row) for row in rows}


def _as_ordered(issued: IssuedTicket) -> OrderedSeat:
    return OrderedSeat(issued.seat, issued.ticket_type, issued.ticket.amount)


def _seats(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[OrderedSeat]]:
    rows = session.execute(
        select(OrderLine.order_id, Seat, TicketType.code, OrderLine.amount)
        .join(Seat, Seat.id == OrderLine.seat_id)
        .outerjoin(TicketType, TicketType.id == OrderLine.ticket_type_id)
        .where(OrderLine.order_id.in_(order_ids))
    )
    found: dict[int, list[OrderedSeat]] = defaultdict(list)
    for order_id, seat, code, amount in rows:
        found[order_id].append(OrderedSeat(seat, code, amount))
    for seats in found.values():
        seats.sort(key=lambda one: natural_key(one.seat.label))
    return found


def _tickets(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[IssuedTicket]]:
    found: dict[int, list[IssuedTicket]] = defaultdict(list)
    if not order_ids:
        return found
    rows = session.execute(
        select(Ticket, Seat, TicketType.code)
        .join(Seat, Seat.id == Ticket.seat_id)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(Ticket.order_id.in_(order_ids))
    )
    for ticket, seat, code in rows:
        found[ticket.order_id].append(IssuedTicket(ticket, seat, code))
    for tickets in found.values():
        tickets.sort(key=lambda one: (one.ticket.created_at, natural_key(one.seat.label), one.ticket.id))
    return found


def _payments(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[Payment]]:
    rows = session.execute(
        select(OrderPayment.order_id, Payment)
        .join(Payment, Payment.id == OrderPayment.payment_id)
        .where(OrderPayment.order_id.in_(order_ids))
        .order_by(Payment.id)
    )
    found: dict[int, list[Payment]] = defaultdict(list)
    for order_id, payment in rows:
        found[order_id].append(payment)
    return found
