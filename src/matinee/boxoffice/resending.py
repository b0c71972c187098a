"""Sending the mail with the tickets once more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import ContactMissing, NotTheseTickets
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import recipient_of
from matinee.boxoffice.sales import mail_tickets


def resend_tickets(session: Session, *, order: Order, now: datetime) -> str:
    """Put the mail with the order's tickets into the outbox again; return the address that it goes to.

    Raises ContactMissing where nobody knows one, NotTheseTickets where no ticket is valid and still the buyer's.
    """
    recipient = recipient_of(order)
    if recipient is None:
        raise ContactMissing
    own = select(Ticket.id).where(
        Ticket.order_id == order.id, Ticket.state == "valid", Ticket.holder_email.is_(None)
    )
    if session.scalar(own.limit(1)) is None:
        raise NotTheseTickets
    mail_tickets(session, order=order, now=now)
    return recipient
