"""Letting tickets in, each once, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import lock_order, record_note
from matinee.boxoffice.tickets import find_ticket
from matinee.db.counting import count_when_committed
from matinee.door.errors import AdmissionNotFound, AlreadyAdmitted, TicketNotValid, TicketUnpaid
from matinee.door.models import Admission, DoorScan
from matinee.outbox.webhooks.events import announce_event
from matinee.programme.models import Hall, Screening, Seat

EVENT = "ticket.admitted"
# Nobody waits in the foyer for longer: whoever comes earlier has taken the wrong day.
EARLY = timedelta(hours=3)

TimeWarning = Literal["early", "over"]


def admit_ticket(
    session: Session, *, ticket_id: str, by: str, now: datetime, accept_unpaid: bool = False
) -> Admission:
    """Let a ticket in; of two scanners at once, one does. `by` is a user's name or a key's.

    Raises TicketNotFound, TicketNotValid, AlreadyAdmitted with the moment of it, and TicketUnpaid for an order that is due
    unless that is accepted. Nothing has changed then.
    """
    ticket = find_ticket(session, ticket_id=ticket_id)
    # Whoever gives the ticket back at this moment is waited for, and whoever lets it in.
    lock_order(session, ticket.order)
    return admit_locked_ticket(session, ticket=ticket, by=by, now=now, accept_unpaid=accept_unpaid)


def admit_locked_ticket(
    session: Session,
    *,
    ticket: Ticket,
    by: str,
    now: datetime,
    accept_unpaid: bool = False,
    scan: DoorScan | None = None,
) -> Admission:
    """As `admit_ticket`, for a ticket whose order is locked. `scan`: the one that lets it in; its door and moment count.

    Raises TicketNotValid, AlreadyAdmitted, TicketUnpaid.
    """
    session.refresh(ticket, ["state"])
    if ticket.state != "valid":
        raise TicketNotValid(ticket.state)
    _require_outside(session, ticket.id)
    if ticket.order.state == "due" and not accept_unpaid:
        raise TicketUnpaid
    admission = Admission(
        ticket_id=ticket.id, screening_id=ticket.screening_id, admitted_at=now, admitted_by=by
    )
    if scan is not None:
        admission.admitted_at, admission.door, admission.scan_id = scan.scanned_at, scan.door, scan.id
    session.add(admission)
    session.flush()
    count_when_committed(session, "admissions")
    payload = {"ticket_id": ticket.id}
    announce_event(session, event=EVENT, payload=payload, now=now, about=f"order:{ticket.order_id}")
    return admission


def take_back_admission(session: Session, *, ticket_id: str, by: str, note: str, now: datetime) -> None:
    """Let the ticket count as not admitted, so that it lets somebody in again; the trail of its order keeps what was.

    Raises TicketNotFound, AdmissionNotFound.
    """
    ticket = find_ticket(session, ticket_id=ticket_id)
    lock_order(session, ticket.order)
    admission = session.get(Admission, ticket.id, populate_existing=True)
    if admission is None:
        raise AdmissionNotFound
    was = f"admitted at {admission.admitted_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC by {admission.admitted_by}"
    session.delete(admission)
    record_note(
        session,
        order=ticket.order,
        actor=by,
        now=now,
        note=f"{ticket.seat.label}: {was}; taken back. {note}".strip(),
    )


def require_nobody_inside(session: Session, *, order: Order, seat_label: str | None = None) -> None:
    """Raise AlreadyAdmitted where somebody came in with a valid ticket of the order, or with that for one seat.

    Nobody comes in with one after that, until the transaction ends.
    """
    lock_order(session, order)
    inside = (
        select(Admission.admitted_at)
        .join(Admission.ticket)
        .where(Ticket.order_id == order.id, Ticket.state == "valid")
        .order_by(Admission.admitted_at)
        .limit(1)
    )
    if seat_label is not None:
        inside = inside.join(Ticket.seat).where(Seat.label == seat_label)
    first = session.scalars(inside).first()
    if first is not None:
        raise AlreadyAdmitted(first)


def admissions_of_order(session: Session, *, order: Order) -> Sequence[Admission]:
    """Who was let in with tickets of the order, the first at the front."""
    wanted = select(Admission).join(Admission.ticket).where(Ticket.order_id == order.id)
    return session.scalars(wanted.order_by(Admission.admitted_at, Admission.ticket_id)).all()


def time_warning(screening: Screening, *, now: datetime) -> TimeWarning | None:
    """What is odd about letting somebody in to this screening now: it begins much later, or is over."""
    if screening.starts_at - now > EARLY:
        return "early"
    return "over" if screening.ends_at <= now else None


def admissions_in_order(
    session: Session, *, screening_id: int | None, behind: ColumnElement[bool] | None, limit: int
) -> Sequence[Admission]:
    """Who was let in, by the moment and then the ticket, to one screening or to all. `behind`: a condition on those two."""
    wanted = (
        select(Admission)
        .options(
            joinedload(Admission.ticket).joinedload(Ticket.order),
            joinedload(Admission.ticket).joinedload(Ticket.seat),
            # By themselves: there are few, and one statement of eight tables is long in planning.
            joinedload(Admission.ticket)
            .selectinload(Ticket.screening)
            .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema)),
        )
        .order_by(Admission.admitted_at, Admission.ticket_id)
        .limit(limit)
    )
    if screening_id is not None:
        # Not by its ticket's, which are looked for among those of all years.
        wanted = wanted.where(Admission.screening_id == screening_id)
    return session.scalars(wanted if behind is None else wanted.where(behind)).all()


def _require_outside(session: Session, ticket_id: str) -> None:
    # The key of the table would refuse a second one, too; asked for before, it is said when the first came in.
    first = session.scalars(select(Admission.admitted_at).where(Admission.ticket_id == ticket_id)).first()
    if first is not None:
        raise AlreadyAdmitted(first)
