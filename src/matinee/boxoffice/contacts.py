"""Where mail about an order goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.boxoffice.errors import ContactMissing
from matinee.boxoffice.models import Order
from matinee.boxoffice.orders import SOLD, lock_order, require_live_hold


def set_contact(session: Session, *, order: Order, email: str | None, now: datetime) -> None:
    """Send mail about the order to `email`, which is in normal form; None: to the address of its account.

    Raises ContactMissing where there is no account, StepNotAllowed for an order that is over, HoldExpired.
    """
    lock_order(session, order)
    if order.state not in SOLD:
        require_live_hold(order, now=now)
    order.contact_email = email
    require_contact(order)
    session.flush()


def require_contact(order: Order) -> None:
    """Raise ContactMissing where nobody knows where the tickets go. At the counter they go from hand to hand."""
    if not order.contact_email and order.user_id is None and order.channel != "counter":
        raise ContactMissing
