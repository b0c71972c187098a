"""What is kept of a scan, and the ticket that was scanned."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.models import Ticket
from matinee.boxoffice.orders import lock_order
from matinee.door.models import DoorScan
from matinee.programme.models import Hall, Screening


def find_scan(session: Session, *, device: str, sequence: int) -> DoorScan | None:
    """What is kept of the scan to which this device gave this number."""
    return session.scalars(
        select(DoorScan).where(DoorScan.device == device, DoorScan.sequence == sequence)
    ).one_or_none()


def find_scanned_ticket(session: Session, *, ticket_id: str) -> Ticket:
    """The ticket with its order, seat, screening, film, hall and cinema. Raises TicketNotFound."""
    ticket = session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(
            joinedload(Ticket.order),
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
    ).one_or_none()
    if ticket is None:
        raise TicketNotFound
    return ticket


def lock_scanned_ticket(session: Session, *, ticket_id: str) -> Ticket:
    """As `find_scanned_ticket`; nobody gives it back, lets it in or takes that back until the transaction ends."""
    ticket = find_scanned_ticket(session, ticket_id=ticket_id)
    lock_order(session, ticket.order)
    return ticket
