"""Reading what a ticket shows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.natural import natural_key
from matinee.outbox.errors import NothingToSend
from matinee.programme.models import Hall, Screening


def order_to_tell_of(session: Session, *, order_id: int) -> Order:
    """The order with its film, hall and cinema, for a mail or an event about it. Raises NothingToSend."""
    order = session.scalars(
        select(Order)
        .where(Order.id == order_id)
        .options(
            joinedload(Order.screening).joinedload(Screening.film),
            joinedload(Order.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
    ).one_or_none()
    if order is None:
        raise NothingToSend("the order does not exist any more")
    return order


def ticket_with_seat(session: Session, *, ticket_id: str) -> Ticket | None:
    """The ticket with its seat and the screening that it was issued for; None where there is no such ticket."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
    ).one_or_none()


def own_valid_tickets(session: Session, *, order_id: int) -> list[Ticket]:
    """As `valid_tickets`, without those that the buyer has handed over."""
    return [ticket for ticket in valid_tickets(session, order_id=order_id) if ticket.holder_email is None]


def valid_tickets(session: Session, *, order_id: int) -> list[Ticket]:
    """The tickets of the order that let somebody in, each with its seat, in the order of the seats."""
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.order_id == order_id, Ticket.state == "valid")
        .options(joinedload(Ticket.seat))
    ).all()
    return sorted(tickets, key=lambda ticket: natural_key(ticket.seat.label))
