"""How long seats are kept for whoever pays for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import PaidTooLate
from matinee.boxoffice.models import Order, OrderPayment
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.programme.models import Cinema, Screening

COUNTER = "counter"
# How many payments of one order bring more time. Whoever begins to pay again and again must not have the seats for ever.
PROLONGING_PAYMENTS_MAX = 5


def kept_until(
    session: Session, *, order: Order, provider: str, lifetime: timedelta, now: datetime
) -> datetime:
    """Until when the seats of a live hold are kept for a payment that begins now.

    For the counter until the time before the start that the cinema sets, else for `lifetime`; after
    PROLONGING_PAYMENTS_MAX payments no longer than they are kept anyway. Raises PaidTooLate.
    """
    assert order.hold_expires_at is not None, "only a live hold is paid"
    if provider == COUNTER:
        until = counter_until(session, order=order)
        if until <= now:
            raise PaidTooLate
        return until
    if _payments_begun(session, order) >= PROLONGING_PAYMENTS_MAX:
        return order.hold_expires_at
    return now + lifetime


def counter_until(session: Session, *, order: Order) -> datetime:
    """Until when the seats of an order that is to be paid at the counter are kept."""
    screening = session.get_one(Screening, order.screening_id)
    cinema = session.get_one(Cinema, screening.cinema_id)
    return screening.starts_at - timedelta(minutes=cinema.counter_until_minutes)


def _payments_begun(session: Session, order: Order) -> int:
    wanted = (
        select(func.count())
        .select_from(OrderPayment)
        .join(Payment, Payment.id == OrderPayment.payment_id)
        .where(OrderPayment.order_id == order.id, Payment.provider != VOUCHER)
    )
    return session.scalar(wanted) or 0
