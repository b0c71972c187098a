"""What was taken for an order at a till."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.till_models import TillEntry


def latest_sale(session: Session, *, order: Order) -> TillEntry | None:
    """The last time that money of this order went into a till; None: it never did."""
    wanted = (
        select(TillEntry)
        .join(OrderPayment, OrderPayment.payment_id == TillEntry.payment_id)
        .where(OrderPayment.order_id == order.id, TillEntry.kind == "sale", TillEntry.amount > 0)
    )
    return session.scalars(wanted.order_by(TillEntry.id.desc()).limit(1)).one_or_none()


def change_due(entry: TillEntry | None) -> int:
    """What the buyer gets back of what he handed over, in minor units."""
    if entry is None or entry.received_amount is None:
        return 0
    return entry.received_amount - entry.amount
