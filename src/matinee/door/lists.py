"""What a scanner takes along, so that it can decide by itself: the tickets of its screenings, and nobody's data.

A ticket's id opens the door, so it is not in it: only its hash, with a salt that the scanner made. Whoever has the list and
a ticket can tell whether the one is in the other; whoever has the list alone has nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    case,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from matinee.boxoffice.models import Order, Ticket
from matinee.door.models import Admission
from matinee.kernel.base64url import base64url
from matinee.programme.models import Cinema, Film, Hall, Screening, Seat, TicketType

SALT_BYTES = 16
# Of SHA-256: enough that no two tickets of a night meet.
HASH_BYTES = 16
VERSION_CHARACTERS = 32
# Numbers of scans count anew after so many, so that the squares of a full house are no number too large.
SCANS_APART = 1_000_003

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


def door_list_version(session: Session, *, screening_ids: Collection[int]) -> str:
    """Differs whenever `door_list` of these screenings does, at a small part of its price.

    But for names of seats and of ticket types that somebody corrects: those come with the next change. Made of numbers that
    do not come back: tickets of a screening are only added, and only become invalid; an order stops being due, and begins to
    be so with new tickets alone; sum and sum of squares tell any two seats, or scans, from any other two.
    """
    scan, seat = Admission.scan_id % SCANS_APART, cast(Ticket.seat_id, BigInteger)
    valid = (func.count(), func.sum(seat), func.sum(seat * seat))
    times = (func.max(Admission.admitted_at), func.sum(extract("epoch", Admission.admitted_at)))
    inside = (func.count(), *times, func.sum(scan), func.sum(scan * scan))
    found = [
        session.execute(_what_is_shown(screening_ids)).all(),
        _by_screening(session, Ticket.screening_id, valid, screening_ids, Ticket.state == "valid"),
        _by_screening(session, Ticket.screening_id, valid[:1], screening_ids, Ticket.state != "valid"),
        _by_screening(session, Admission.screening_id, inside, screening_ids),
        _by_screening(
            session,
            Order.screening_id,
            (func.count(), func.sum(Order.id)),
            screening_ids,
            Order.state == "due",
        ),
    ]
    # As text: the databases give the same number in different types.
    rows = [[tuple(map(str, row)) for row in each] for each in found]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:VERSION_CHARACTERS]


def _what_is_shown(screening_ids: Collection[int]) -> Executable:
    return (
        select(
            Screening.id,
            Film.title,
            Hall.name,
            Cinema.timezone,
            Screening.starts_at,
            Screening.ends_at,
            Screening.cancelled_at,
        )
        .join(Screening.film)
        .join(Screening.hall)
        .join(Hall.cinema)
        .where(Screening.id.in_(screening_ids), Screening.draft.is_(False))
        .order_by(Screening.id)
    )


def _by_screening(
    session: Session,
    column: InstrumentedAttribute[int],
    sums: Sequence[Any],
    screening_ids: Collection[int],
    *conditions: ColumnElement[bool],
) -> Sequence[Any]:
    return session.execute(
        select(column, *sums).where(column.in_(screening_ids), *conditions).group_by(column).order_by(column)
    ).all()


def salted_hash(text: str, *, salt: bytes) -> str:
    """The first 16 bytes of SHA-256 over salt and text, base64url without padding."""
    digest = hashlib.sha256(salt + text.encode()).digest()[:HASH_BYTES]
    return base64url(digest)


def _listed(session: Session, screening: Screening, salt: bytes) -> ListedScreening:
    # Each by the index that there is for it. What belongs to a ticket is read by itself, after the tickets: joined by ticket
    # and screening, PostgreSQL at times goes through all of a screening for each of its tickets.
    rows = [*_valid_tickets(session, screening.id), *_tickets_of_nobody(session, screening.id)]
    let_in = _let_in(session, screening.id)
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
                hash=salted_hash(row.ticket_id, salt=salt),
                order=salted_hash(row.order_code, salt=salt),
                seat=row.seat,
                ticket_type=row.ticket_type or "",
                state=row.state,
                admitted_at=admitted_at,
                door=door,
            )
            for row in rows
            for admitted_at, door in [let_in.get(row.ticket_id, (None, ""))]
        ],
    )


class _Row(NamedTuple):
    ticket_id: str
    seat: str
    ticket_type: str | None
    order_code: str
    state: TicketState


def _valid_tickets(session: Session, screening_id: int) -> Sequence[_Row]:
    rows = session.execute(
        _tickets(screening_id, Ticket.order_id).where(Ticket.state == "valid").order_by(Ticket.seat_id)
    ).all()
    state = case((Order.state == "due", "unpaid"), else_="valid")
    of_screening = select(Order.id, Order.code, state).where(Order.screening_id == screening_id)
    orders = {order_id: known for order_id, *known in session.execute(of_screening)}
    # An order that was moved to another screening since has its tickets there.
    return [_Row(*ticket, *orders[order_id]) for *ticket, order_id in rows if order_id in orders]


def _tickets_of_nobody(session: Session, screening_id: int) -> Sequence[_Row]:
    # Their orders may be for another screening by now, so each is looked up by itself.
    order = select(Order.code).where(Order.id == Ticket.order_id).scalar_subquery()
    rows = session.execute(
        _tickets(screening_id, order).where(Ticket.state != "valid").order_by(Ticket.seat_id, Ticket.id)
    ).all()
    return [_Row(ticket_id, seat, kind, code, "refunded") for ticket_id, seat, kind, code in rows]


def _tickets(screening_id: int, order: Any) -> Select[Any]:
    return (
        select(Ticket.id, Seat.label, TicketType.name, order)
        .join(Seat, Seat.id == Ticket.seat_id)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(Ticket.screening_id == screening_id)
    )


def _let_in(session: Session, screening_id: int) -> dict[str, tuple[datetime, str]]:
    """By the tickets' ids: when and where somebody came in with them."""
    rows = session.execute(
        select(Admission.ticket_id, Admission.admitted_at, Admission.door).where(
            Admission.screening_id == screening_id
        )
    )
    return {ticket_id: (admitted_at, door) for ticket_id, admitted_at, door in rows}
