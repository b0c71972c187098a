"""Tickets: issuing them for an order's claims, and finding them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.models import TICKET_ID_LENGTH, Order, Ticket
from matinee.db.counting import count_when_committed
from matinee.kernel.codes import random_code
from matinee.programme.models import Hall, Screening


def new_ticket_id() -> str:
    """16 random capital letters and digits, 82 bits: the id is the capability."""
    return random_code(TICKET_ID_LENGTH)


def issue_tickets(
    session: Session, *, order: Order, amounts: Mapping[int, int], now: datetime
) -> list[Ticket]:
    """Make one valid ticket for each seat of `amounts` (seat id -> minor units)."""
    tickets = [
        Ticket(
            id=new_ticket_id(),
            order_id=order.id,
            screening_id=order.screening_id,
            seat_id=seat_id,
            state="valid",
            amount=amount,
            created_at=now,
            sold_at=now if order.state == "paid" else None,
        )
        for seat_id, amount in amounts.items()
    ]
    session.add_all(tickets)
    session.flush()
    if order.state == "paid":
        count_when_committed(session, "tickets_sold", len(tickets), channel=order.channel)
    return tickets


def mark_sold(session: Session, *, order: Order, now: datetime) -> None:
    """Let the valid tickets of an order that is paid in full count as sold, those that do not already."""
    marked = session.scalars(
        update(Ticket)
        .where(Ticket.order_id == order.id, Ticket.state == "valid", Ticket.sold_at.is_(None))
        .values(sold_at=now)
        .returning(Ticket.id)
    ).all()
    if marked:
        count_when_committed(session, "tickets_sold", len(marked), channel=order.channel)


def mark_returned(tickets: Iterable[Ticket], *, state: str, now: datetime) -> None:
    """Let the tickets be valid no more; those that were sold have come back."""
    for ticket in tickets:
        ticket.state = state
        ticket.returned_at = now if ticket.sold_at is not None else None


def tickets_of_user(session: Session, *, user_id: int) -> list[Ticket]:
    """The valid tickets that the user bought and did not hand over, in the order of their screenings.

    Each has its film, hall and seat.
    """
    found = session.scalars(
        select(Ticket)
        .join(Order, Ticket.order_id == Order.id)
        .join(Screening, Ticket.screening_id == Screening.id)
        .where(Order.user_id == user_id, Ticket.state == "valid", Ticket.holder_email.is_(None))
        .options(
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall),
        )
        .order_by(Screening.starts_at, Ticket.created_at, Ticket.seat_id, Ticket.id)
    )
    return list(found)


def tickets_in_order(
    session: Session, *, user_id: int, behind: ColumnElement[bool] | None, limit: int
) -> Sequence[Ticket]:
    """The valid tickets that the user bought and did not hand over, by the start of their screenings and then their ids.

    `behind`: a condition on those two. Each has its order, seat, screening, film, hall and cinema.
    """
    wanted = (
        select(Ticket)
        .join(Order, Ticket.order_id == Order.id)
        .join(Screening, Ticket.screening_id == Screening.id)
        .where(Order.user_id == user_id, Ticket.state == "valid", Ticket.holder_email.is_(None))
        .options(
            joinedload(Ticket.order),
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
        .order_by(Screening.starts_at, Ticket.id)
        .limit(limit)
    )
    return session.scalars(wanted if behind is None else wanted.where(behind)).all()


def find_ticket(session: Session, *, ticket_id: str) -> Ticket:
    """The ticket of this id, with its film, hall and seat, in whatever state. Raises TicketNotFound."""
    if not (ticket_id.isascii() and ticket_id.isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise TicketNotFound
    found = session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(
            joinedload(Ticket.seat),
            joinedload(Ticket.order),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall),
        )
    ).one_or_none()
    if found is None:
        raise TicketNotFound
    return found
