"""Handing a ticket over to a friend, and taking it back: the seat stays with the order, the id is another one each time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import HandedToBuyer, HandOverTooLate, NotTheseTickets, StepNotAllowed
from matinee.boxoffice.holders import TAKEN_BACK, mail_held_ticket, mail_withdrawals
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import SOLD, lock_order, recipient_of, record_note
from matinee.boxoffice.tickets import new_ticket_id
from matinee.programme.models import Screening, Seat


def hand_over_ticket(
    session: Session, *, order: Order, ticket_id: str, email: str, actor: str, now: datetime
) -> Ticket:
    """Give a valid ticket of a paid order to whoever has the address `email` (in normal form); return the new one.

    Its seat, price and type stay. The old id is worth nothing from now on, the new one goes to the holder by mail and to
    nobody else. Raises StepNotAllowed for an order that is not paid, HandOverTooLate once the screening has begun,
    HandedToBuyer for the address where the order's own mail goes, NotTheseTickets.
    """
    lock_order(session, order)
    if order.state != "paid":
        # A friend is not surprised by something to pay at the door.
        raise StepNotAllowed(f"Tickets of an order that is {order.state} cannot be handed over.")
    _require_before_start(session, order, now=now)
    if email == recipient_of(order):
        raise HandedToBuyer
    ticket = _valid_ticket(session, order, Ticket.id == ticket_id, Ticket.holder_email.is_(None))
    given = _replace(session, ticket, holder_email=email, now=now)
    record_note(session, order=order, actor=actor, now=now, note=f"handed over: {ticket.seat.label}")
    mail_held_ticket(session, ticket=given, now=now)
    return given


def take_ticket_back(session: Session, *, order: Order, seat_label: str, actor: str, now: datetime) -> Ticket:
    """Let the buyer have a ticket again that was handed over, under a new id; the holder is told, and his is worth nothing.

    By the seat, since the buyer does not know the holder's id. Raises StepNotAllowed, HandOverTooLate once the screening has
    begun, NotTheseTickets.
    """
    lock_order(session, order)
    if order.state not in SOLD:
        raise StepNotAllowed(f"Tickets of an order that is {order.state} cannot be taken back.")
    _require_before_start(session, order, now=now)
    handed_over = _valid_ticket(session, order, Seat.label == seat_label, Ticket.holder_email.is_not(None))
    own = _replace(session, handed_over, holder_email=None, now=now)
    record_note(session, order=order, actor=actor, now=now, note=f"taken back: {handed_over.seat.label}")
    mail_withdrawals(session, tickets=[handed_over], why=TAKEN_BACK, now=now)
    return own


def _require_before_start(session: Session, order: Order, *, now: datetime) -> None:
    if session.get_one(Screening, order.screening_id).starts_at <= now:
        raise HandOverTooLate


def _valid_ticket(session: Session, order: Order, *conditions: object) -> Ticket:
    wanted = (
        select(Ticket)
        .join(Seat, Seat.id == Ticket.seat_id)
        .where(Ticket.order_id == order.id, Ticket.state == "valid", *conditions)  # type: ignore[arg-type]
    )
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotTheseTickets
    return found


def _replace(session: Session, ticket: Ticket, *, holder_email: str | None, now: datetime) -> Ticket:
    # Two steps: for no instant has the seat two valid tickets. What was sold once is counted once, under the new id.
    sold_at, ticket.sold_at = ticket.sold_at, None
    ticket.state = "exchanged"
    session.flush()
    new = Ticket(
        id=new_ticket_id(),
        order_id=ticket.order_id,
        screening_id=ticket.screening_id,
        seat_id=ticket.seat_id,
        state="valid",
        amount=ticket.amount,
        fee_amount=ticket.fee_amount,
        ticket_type_id=ticket.ticket_type_id,
        created_at=now,
        holder_email=holder_email,
        sold_at=sold_at,
    )
    session.add(new)
    session.flush()
    return new
