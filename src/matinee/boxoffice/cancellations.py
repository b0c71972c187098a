"""Cancelling a screening: everybody gets the money back and is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import ScreeningCancelled
from matinee.boxoffice.holds import end_hold
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import SOLD, UNPAID, lock_order
from matinee.boxoffice.reasons import SCREENING_CANCELLED
from matinee.boxoffice.refunds import refund_order
from matinee.db.version import announce_change
from matinee.outbox.webhooks.events import announce_event

MAIL = "screening_cancelled"


@dataclass(frozen=True, slots=True)
class CancellationReport:
    """How many orders were given back, and how many holds ended."""

    orders: int
    holds: int


@dataclass(frozen=True, slots=True)
class CancellationPreview:
    """What cancelling would do now: to how many orders and tickets, how much money (minor units) goes back, to how many
    holds.
    """

    orders: int
    tickets: int
    amount: int
    holds: int


def preview_cancellation(session: Session, *, screening_id: int) -> CancellationPreview:
    """What `cancel_screening` would do; nothing changes."""
    of_screening = Order.screening_id == screening_id
    paid = func.coalesce(func.sum(Order.paid_amount - Order.refunded_amount), 0)
    orders, amount = session.execute(
        select(func.count(), paid).where(of_screening, Order.state.in_(SOLD))
    ).one()
    holds = select(func.count()).where(of_screening, Order.state.in_(UNPAID))
    tickets = select(func.count()).where(Ticket.screening_id == screening_id, Ticket.state == "valid")
    return CancellationPreview(
        orders=orders,
        tickets=session.scalar(tickets) or 0,
        amount=int(amount),
        holds=session.scalar(holds) or 0,
    )


def cancel_screening(
    session: Session, *, screening_id: int, actor: str, reason: str, now: datetime
) -> CancellationReport:
    """Take the screening off sale for good, give every order of it back, and write to its buyers.

    A payment that arrives later is given back by itself. Raises ScreeningNotFound, ScreeningCancelled.
    """
    screening = keep_buyers_out(session, screening_id=screening_id)
    if screening.cancelled_at is not None:
        raise ScreeningCancelled
    screening.cancelled_at = now
    session.flush()
    wanted = select(Order).where(Order.screening_id == screening_id, Order.state.in_((*SOLD, *UNPAID)))
    orders = session.scalars(wanted.order_by(Order.id)).all()
    sold = 0
    for order in orders:
        lock_order(session, order)
        if order.state in SOLD:
            sold += 1
            refund_order(session, order=order, actor=actor, reason=reason, now=now, mail=MAIL)
        elif order.state in UNPAID:
            note = f"{SCREENING_CANCELLED} {reason}".strip()
            end_hold(session, order=order, to_state="cancelled", actor=actor, now=now, note=note)
    announce_change(session)
    announce_event(session, event="screening.changed", payload={"screening_id": screening_id}, now=now)
    return CancellationReport(orders=sold, holds=len(orders) - sold)
