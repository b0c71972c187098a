"""Looking payments up, without a lock."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import Payment


def look_up_payment(session: Session, *, public_id: str) -> Payment:
    """The payment as it is now. Raises PaymentNotFound. To change it, take `charges.find_payment`."""
    found = session.scalars(select(Payment).where(Payment.public_id == public_id)).one_or_none()
    if found is None:
        raise PaymentNotFound
    return found
