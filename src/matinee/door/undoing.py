"""Taking back what a scanner did: a slip of the thumb, noticed at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.door.admissions import admit_locked_ticket, take_back_admission
from matinee.door.errors import TicketNotValid
from matinee.door.models import Admission, DoorScan, Result
from matinee.door.scan_rows import find_scan, lock_scanned_ticket

# What is taken back later than this was no slip of the thumb.
UNDO_WITHIN = timedelta(minutes=15)


def undo_scan(session: Session, *, row: DoorScan, undoes: int | None, now: datetime) -> Result:
    """Take back what the device of `row` did as its number `undoes`, and nothing that anybody else did.

    Of a conflict, nobody came in a second time after all: it counts as looked at.
    """
    undone = None if undoes is None else find_scan(session, device=row.device, sequence=undoes)
    if undone is None or row.scanned_at - undone.scanned_at > UNDO_WITHIN:
        return "nothing_to_undo"
    if undone.result not in ("welcome", "conflict"):
        return "nothing_to_undo"
    row.ticket_id = undone.ticket_id
    if not undone.ticket_id:
        return _close_conflict(undone, by=row.by, now=now)
    ticket = lock_scanned_ticket(session, ticket_id=undone.ticket_id)
    # Somebody else's undo may have made an admission of it meanwhile.
    session.refresh(undone)
    if undone.result == "conflict":
        return _close_conflict(undone, by=row.by, now=now)
    admission = session.get(Admission, ticket.id, populate_existing=True)
    # Of this scan, and not of whoever let the ticket in after it had been taken back once.
    if admission is None or admission.scan_id != undone.id:
        return "nothing_to_undo"
    take_back_admission(session, ticket_id=ticket.id, by=row.by, note=f"At {row.door}.", now=now)
    _admit_whoever_else_came_in(session, ticket, now=now)
    return "undone"


def _close_conflict(undone: DoorScan, *, by: str, now: datetime) -> Result:
    if undone.seen_at is None:
        undone.seen_at, undone.seen_by = now, by
    return "undone"


def _admit_whoever_else_came_in(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Somebody whom another door let in with the ticket is in, and there is no conflict any more."""
    other = session.scalars(
        select(DoorScan)
        .where(DoorScan.result == "conflict", DoorScan.seen_at.is_(None), DoorScan.ticket_id == ticket.id)
        .order_by(DoorScan.scanned_at, DoorScan.id)
        .limit(1)
    ).one_or_none()
    if other is None:
        return
    try:
        admit_locked_ticket(session, ticket=ticket, by=other.by, now=now, accept_unpaid=True, scan=other)
    except TicketNotValid:
        # Given back since: then that is what a manager has to look at.
        return
    other.result = "welcome"
