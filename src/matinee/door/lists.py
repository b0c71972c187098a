"""What a scanner takes along, so that it can decide by itself: the tickets of its screenings, and nobody's data.

A ticket's id opens the door, so it is not in it: only its hash, with a salt that the scanner made. Whoever has the list and
a ticket can tell whether the one is in the other; whoever has the list alone has nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Order, Ticket
from matinee.door.models import Admission
from matinee.programme.models import Hall, Screening, Seat, TicketType

SALT_BYTES = 16
# Of SHA-256: enough that no two tickets of a night meet.
HASH_BYTES = 16

TicketState = Literal["valid", "unpaid", "refunded"]


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A ticket as a list has it. `order` is a hash, too: it tells which tickets came together."""

    hash: str
    order: str
    seat: str
    ticket_type: str
    state: TicketState
    admitted_at: datetime | None
    door: str


@dataclass(frozen=True, slots=True)
class ListedScreening:
    """A screening with its tickets, those that let somebody in first."""

    id: int
    film: str
    hall: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    cancelled: bool
    tickets: Sequence[ListedTicket]


def door_list(session: Session, *, screening_ids: Collection[int], salt: bytes) -> Sequence[ListedScreening]:
    """The screenings of these ids that there are, with every ticket that was ever issued for them."""
    screenings = session.scalars(
        select(Screening)
        .where(Screening.id.in_(screening_ids), Screening.draft.is_(False))
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
        .order_by(Screening.starts_at, Screening.id)
    ).all()
    return [_listed(session, screening, salt) for screening in screenings]


def salted_hash(text: str, *, salt: bytes) -> str:
    """The first 16 bytes of SHA-256 over salt and text, base64url without padding."""
    digest = hashlib.sha256(salt + text.encode()).digest()[:HASH_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _listed(session: Session, screening: Screening, salt: bytes) -> ListedScreening:
    # Each by the index that there is for it.
    rows = [
        *_tickets(session, screening, Ticket.state == "valid"),
        *_tickets(session, screening, Ticket.state != "valid"),
    ]
    return ListedScreening(
        id=screening.id,
        film=screening.film.title,
        hall=screening.hall.name,
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        timezone=screening.hall.cinema.timezone,
        cancelled=screening.cancelled_at is not None,
        tickets=[
            ListedTicket(
                hash=salted_hash(ticket_id, salt=salt),
                order=salted_hash(code, salt=salt),
                seat=label,
                ticket_type=type_name or "",
                state=_state(state, order_state),
                admitted_at=admitted_at,
                door=door or "",
            )
            for ticket_id, state, code, order_state, label, type_name, admitted_at, door in rows
        ],
    )


def _tickets(session: Session, screening: Screening, condition: ColumnElement[bool]) -> Sequence[Any]:
    return session.execute(
        select(
            Ticket.id,
            Ticket.state,
            Order.code,
            Order.state,
            Seat.label,
            TicketType.name,
            Admission.admitted_at,
            Admission.door,
        )
        .join(Order, Order.id == Ticket.order_id)
        .join(Seat, Seat.id == Ticket.seat_id)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(Ticket.screening_id == screening.id, condition)
        .order_by(Ticket.seat_id, Ticket.id)
    ).all()


def _state(ticket_state: str, order_state: str) -> TicketState:
    if ticket_state != "valid":
        return "refunded"
    return "unpaid" if order_state == "due" else "valid"
