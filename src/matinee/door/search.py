"""Finding a ticket without its code: by its last characters, the order's code, a seat, or who bought it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, Ticket
from matinee.door.models import Admission
from matinee.programme.models import Seat

# Fewer find half the house.
CHARACTERS_MIN = 3
FOUND_MAX = 20


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A valid ticket of a screening at this door. `name`: the mail address of whoever has it, or empty."""

    ticket_id: str
    screening_id: int
    order_code: str
    seat: str
    name: str
    unpaid: bool
    inside: bool


def find_at_door(session: Session, *, text: str, screening_ids: Collection[int]) -> Sequence[FoundTicket]:
    """At most 20 valid tickets of these screenings that fit what somebody says; none for fewer than three characters.

    A seat is meant exactly; so is an order's code or a ticket's id, of which the last four characters are enough; of an
    address the beginning.
    """
    text = text.strip()
    # Nothing else was ever kept, and databases refuse some of it.
    if not text or not text.isprintable():
        return ()
    fits: list[ColumnElement[bool]] = [Seat.label.in_({text, text.upper()})]
    if len(text) >= CHARACTERS_MIN:
        name = func.lower(func.coalesce(Ticket.holder_email, Order.contact_email, User.username))
        fits.append(name.startswith(text.lower(), autoescape=True))
    if len(text) >= CHARACTERS_MIN + 1 and text.isalnum():
        fits += [column.endswith(text.upper(), autoescape=True) for column in (Ticket.id, Order.code)]
    rows = session.execute(
        select(Ticket, Order, Seat.label, User.username, Admission.ticket_id)
        .join(Order, Order.id == Ticket.order_id)
        .join(Seat, Seat.id == Ticket.seat_id)
        .outerjoin(User, User.id == Order.user_id)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state == "valid", or_(*fits))
        .order_by(Order.id, Ticket.seat_id)
        .limit(FOUND_MAX)
    )
    return [
        FoundTicket(
            ticket_id=ticket.id,
            screening_id=ticket.screening_id,
            order_code=order.code,
            seat=label,
            name=ticket.holder_email or order.contact_email or username or "",
            unpaid=order.state == "due",
            inside=admitted is not None,
        )
        for ticket, order, label, username, admitted in rows
    ]
