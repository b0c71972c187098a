"""Looking payments up, without a lock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER

STARTING_COUNT_MAX = 100


def look_up_payment(session: Session, *, public_id: str) -> Payment:
    """The payment as it is now. Raises PaymentNotFound. To change it, take `charges.find_payment`."""
    found = session.scalars(select(Payment).where(Payment.public_id == public_id)).one_or_none()
    if found is None:
        raise PaymentNotFound
    return found


def find_starting(
    session: Session, *, older_than: datetime, count_max: int = STARTING_COUNT_MAX
) -> list[Payment]:
    """Payments that were stored before `older_than` and whose provider's answer was not, the oldest first.

    The process that asked has died, or nobody knows what the provider made of it. Asked again with the same key, the
    provider does nothing twice.
    """
    stuck = (
        select(Payment)
        .where(Payment.state == "starting", Payment.created_at < older_than, Payment.provider != VOUCHER)
        .order_by(Payment.created_at, Payment.id)
        .limit(count_max)
    )
    return list(session.scalars(stuck))
