"""Giving an order back: its tickets become worthless and its seats free in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.boxoffice.claims import release_claims
from matinee.boxoffice.errors import StepNotAllowed
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import record_step


def refund_order(session: Session, *, order: Order, actor: str, reason: str, now: datetime) -> None:
    """End a sold order: `refunded` where it was paid, `cancelled` where its money was still due.

    Every ticket of it is no longer valid and every seat free again. Raises StepNotAllowed for an order that is not sold.
    """
    session.refresh(order, with_for_update=True)
    if order.state not in ("paid", "due"):
        # A hold could be cancelled, too, but not from here: its payment may be under way.
        raise StepNotAllowed(f"An order that is {order.state} cannot be given back.")
    to_state = "refunded" if order.state == "paid" else "cancelled"
    record_step(session, order=order, to_state=to_state, actor=actor, now=now, note=reason)
    session.execute(
        update(Ticket).where(Ticket.order_id == order.id, Ticket.state == "valid").values(state=to_state)
    )
    release_claims(session, order=order)
