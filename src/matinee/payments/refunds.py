"""Money that goes back: stored with its reason in the transaction that gives it back, carried out after that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.kernel.codes import random_code
from matinee.payments.errors import RefundTooHigh
from matinee.payments.models import PUBLIC_ID_LENGTH, Payment, PaymentRefund
from matinee.payments.protocol import ProviderNotice


def request_refund(
    session: Session, *, payment: Payment, amount: int, reason: str, now: datetime, done: bool = False
) -> PaymentRefund:
    """Give `amount` minor units of a settled payment back. Raises RefundTooHigh.

    `done`: the money is back with this very transaction, as that of a voucher; no provider is asked.
    """
    if payment.state != "settled" or amount > payment.amount - payment.refunded_amount:
        raise RefundTooHigh
    payment.refunded_amount += amount
    refund = PaymentRefund(
        public_id=random_code(PUBLIC_ID_LENGTH),
        payment_id=payment.id,
        amount=amount,
        reason=reason,
        state="succeeded" if done else "pending",
        created_at=now,
        next_attempt_at=now,
        finished_at=now if done else None,
    )
    session.add(refund)
    session.flush()
    return refund


def record_refund_notice(session: Session, *, notice: ProviderNotice, now: datetime) -> None:
    raise AssertionError
