"""What a manager is told of a conflict: whose ticket it was, and who had come in with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Ticket
from matinee.door.errors import ConflictNotFound
from matinee.door.models import Admission, DoorScan
from matinee.programme.models import Hall, Screening

# Somebody came in with it at another door; it had been given back; it is no ticket of ours.
Reason = Literal["already_in", "refunded", "unknown"]


@dataclass(frozen=True, slots=True)
class ConflictFacts:
    """A conflict, its ticket where there is one, and the admission that counts."""

    scan: DoorScan
    reason: Reason
    ticket: Ticket | None
    first: Admission | None


def conflict_facts(session: Session, *, conflicts: Sequence[DoorScan]) -> list[ConflictFacts]:
    """The facts of each, as they are now, in the same order; tickets are read with order, seat, screening and hall."""
    ids = {scan.ticket_id for scan in conflicts if scan.ticket_id}
    tickets = {ticket.id: ticket for ticket in _read_tickets(session, ids)} if ids else {}
    admissions = session.scalars(select(Admission).where(Admission.ticket_id.in_(ids))) if ids else ()
    first = {admission.ticket_id: admission for admission in admissions}
    return [
        ConflictFacts(
            scan, _reason(tickets.get(scan.ticket_id)), tickets.get(scan.ticket_id), first.get(scan.ticket_id)
        )
        for scan in conflicts
    ]


def find_conflict(session: Session, *, scan_id: int) -> DoorScan:
    """The conflict of this number, looked at or not. Raises ConflictNotFound."""
    wanted = select(DoorScan).where(DoorScan.id == scan_id, DoorScan.result == "conflict")
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ConflictNotFound
    return found


def _reason(ticket: Ticket | None) -> Reason:
    if ticket is None:
        return "unknown"
    return "already_in" if ticket.state == "valid" else "refunded"


def _read_tickets(session: Session, ids: set[str]) -> Sequence[Ticket]:
    return session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(ids))
        .options(
            joinedload(Ticket.order),
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
    ).all()
