"""What is known of a guest, who has no account: handing it out, and forgetting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.accounts.callers import ANONYMOUS
from matinee.boxoffice.customers import is_guests
from matinee.boxoffice.holds import release_hold
from matinee.boxoffice.models import Order, OrderEvent
from matinee.boxoffice.orders import UNPAID
from matinee.boxoffice.personal_data import orders_data
from matinee.outbox.messages import forget_recipient
from matinee.outbox.models import Message


def guest_data(session: Session, *, address: str) -> dict[str, Any]:
    """All that was bought with the address and without an account, and the mails to it, as `personal_data` tells it."""
    orders = session.scalars(select(Order).where(is_guests([address])).order_by(Order.id)).all()
    mails = session.execute(
        select(Message.kind, Message.created_at, Message.sent_at)
        .where(Message.channel == "mail", Message.recipient == address)
        .order_by(Message.id)
    )
    return {
        "address": address,
        "orders": orders_data(session, orders=orders),
        "mails": [
            {
                "about": kind,
                "created_at": created_at.isoformat(),
                "sent_at": sent_at.isoformat() if sent_at is not None else None,
            }
            for kind, created_at, sent_at in mails
        ],
    }


def forget_guest(session: Session, *, address: str, now: datetime) -> int:
    """Take the address off every order without an account, and drop the mails to it; return how many orders.

    Holds are let go of. Tickets stay valid for whoever has them.
    """
    orders = session.scalars(select(Order).where(is_guests([address])).order_by(Order.id)).all()
    for order in orders:
        if order.state in UNPAID:
            release_hold(session, order=order, actor=ANONYMOUS.name, now=now)
    own = select(Order.id).where(is_guests([address]))
    session.execute(
        update(OrderEvent)
        .where(OrderEvent.order_id.in_(own), OrderEvent.actor == address)
        .values(actor=ANONYMOUS.name)
    )
    session.execute(update(Order).where(is_guests([address])).values(contact_email=None, secret_hash=None))
    forget_recipient(session, recipient=address)
    session.expire_all()
    return len(orders)
