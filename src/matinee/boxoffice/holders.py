"""Holders: whom buyers handed single tickets over to, and what mails tell them. Each knows of one ticket and no order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.outbox.messages import enqueue_message

# Why a holder's ticket is worth nothing any more.
TAKEN_BACK = "taken_back"
EXCHANGED = "exchanged"


def mail_held_ticket(session: Session, *, ticket: Ticket, now: datetime, moved: bool = False) -> None:
    """Put the mail that brings a ticket to its holder into the outbox; `moved`: it brings a new seat for the old one."""
    if ticket.holder_email is not None:
        payload = {"ticket_id": ticket.id, "moved": moved}
        enqueue_message(
            session,
            kind="ticket_handed_over",
            recipient=ticket.holder_email,
            payload=payload,
            now=now,
            about=f"order:{ticket.order_id}",
        )


def mail_holders_of_moved(session: Session, *, order: Order, now: datetime) -> None:
    """Bring their new seats to all holders of valid tickets of an order whose screening moved."""
    wanted = select(Ticket).where(
        Ticket.order_id == order.id, Ticket.state == "valid", Ticket.holder_email.is_not(None)
    )
    for ticket in session.scalars(wanted.order_by(Ticket.seat_id)):
        mail_held_ticket(session, ticket=ticket, now=now, moved=True)


def mail_withdrawals(session: Session, *, tickets: Sequence[Ticket], why: str, now: datetime) -> None:
    """Tell those of the tickets that have a holder that they are worth nothing any more.

    `why`: the kind of mail that told the buyer of it, TAKEN_BACK or EXCHANGED.
    """
    for ticket in tickets:
        if ticket.holder_email is not None:
            enqueue_message(
                session,
                kind="ticket_withdrawn",
                recipient=ticket.holder_email,
                payload={"ticket_id": ticket.id, "why": why},
                now=now,
                about=f"order:{ticket.order_id}",
            )
