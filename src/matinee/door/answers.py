"""What a scanner is told of a ticket: in short, so that whoever stands at the door sees it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.door.admissions import TimeWarning, time_warning
from matinee.door.models import Admission, Result
from matinee.programme.models import TicketType


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What became of a scan. All but the result is empty where no ticket was found."""

    sequence: int
    result: Result
    # The ticket's id, for taking its money.
    ticket_id: str = ""
    seat: str = ""
    ticket_type: str = ""
    order_code: str = ""
    screening_id: int | None = None
    film: str = ""
    hall: str = ""
    starts_at: datetime | None = None
    timezone: str = "UTC"
    # Of the order: how many valid tickets it has, and how many of them are in.
    order_in: int = 0
    order_tickets: int = 0
    # Of the admission that there was before: when, and at which door.
    first_at: datetime | None = None
    first_door: str = ""
    # What became of a ticket that lets nobody in: refunded, or another was issued in its place.
    became: str = ""
    warning: TimeWarning | None = None


def answer_about(
    session: Session, ticket: Ticket, *, sequence: int, result: Result, now: datetime
) -> ScanAnswer:
    """What is told of a ticket that was read with its order, seat, screening, film, hall and cinema."""
    screening = ticket.screening
    inside, tickets = _order_counts(session, ticket)
    answer = ScanAnswer(
        sequence=sequence,
        result=result,
        ticket_id=ticket.id,
        seat=ticket.seat.label,
        ticket_type=_type_name(session, ticket),
        order_code=ticket.order.code,
        screening_id=screening.id,
        film=screening.film.title,
        hall=screening.hall.name,
        starts_at=screening.starts_at,
        timezone=screening.hall.cinema.timezone,
        order_in=inside,
        order_tickets=tickets,
        became=ticket.state if ticket.state != "valid" else "",
        warning=time_warning(screening, now=now) if result == "welcome" else None,
    )
    first = session.get(Admission, ticket.id) if result in ("already_in", "conflict") else None
    if first is not None:
        answer = replace(answer, first_at=first.admitted_at, first_door=first.door)
    return answer


def _order_counts(session: Session, ticket: Ticket) -> Sequence[int]:
    valid = (Ticket.order_id == ticket.order_id, Ticket.state == "valid")
    wanted = (
        select(func.count(Admission.ticket_id), func.count())
        .select_from(Ticket)
        .outerjoin(Admission, Admission.ticket_id == Ticket.id)
        .where(*valid)
    )
    inside, tickets = session.execute(wanted).one()
    return inside, tickets


def _type_name(session: Session, ticket: Ticket) -> str:
    if ticket.ticket_type_id is None:
        return ""
    return session.get_one(TicketType, ticket.ticket_type_id).name
