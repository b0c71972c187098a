"""Finding a ticket without its code: by its last characters, the order's code, a seat, or who bought it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
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
    seat = select(Seat.label).where(Seat.id == Ticket.seat_id).scalar_subquery()
    account = select(User.username).where(User.id == Order.user_id).scalar_subquery()
    name = func.coalesce(Ticket.holder_email, Order.contact_email, account, "")
    fits: list[ColumnElement[bool]] = [seat.in_({text, text.upper()})]
    if len(text) >= CHARACTERS_MIN:
        fits.append(func.lower(name).startswith(text.lower(), autoescape=True))
    if len(text) >= CHARACTERS_MIN + 1 and text.isalnum():
        fits += [column.endswith(text.upper(), autoescape=True) for column in (Ticket.id, Order.code)]
    # Two tables joined and the others looked up: of five, PostgreSQL would think about the order at times for as long as the
    # rest of the answer takes.
    rows = session.execute(
        select(
            Ticket.id,
            Ticket.screening_id,
            Order.code,
            seat,
            name,
            Order.state == "due",
            exists().where(Admission.ticket_id == Ticket.id),
        )
        .join(Order, Order.id == Ticket.order_id)
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state == "valid", or_(*fits))
        .order_by(Order.id, Ticket.seat_id)
        .limit(FOUND_MAX)
    )
    return [FoundTicket(*row) for row in rows]
