"""Money that goes back to a buyer: over the payments that it came by, the latest first.

What came from a voucher is on the voucher again in the same transaction. All else is asked of its provider afterwards.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment, Voucher, VoucherEntry
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.payments.refunds import request_refund


def give_back(session: Session, *, order: Order, amount: int, reason: str, now: datetime) -> None:
    """Give `amount` minor units of what the order's buyer paid back. The order must be locked."""
    left = amount
    for payment in _accepted_payments(session, order):
        part = min(left, payment.amount - payment.refunded_amount)
        if part > 0:
            refund_payment(session, payment=payment, amount=part, reason=reason, now=now)
            left -= part
    assert left == 0, "an order has no more paid than its payments brought"
    order.refunded_amount += amount
    session.flush()


def give_all_back(session: Session, *, order: Order, reason: str, now: datetime) -> int:
    """Give everything back that was paid for the order and is not back yet; return how much that is."""
    amount = order.paid_amount - order.refunded_amount
    if amount:
        give_back(session, order=order, amount=amount, reason=reason, now=now)
    return amount


def refund_payment(session: Session, *, payment: Payment, amount: int, reason: str, now: datetime) -> None:
    """Give `amount` of a settled payment back, whether an order counts it or not. Raises RefundTooHigh."""
    on_voucher = payment.provider == VOUCHER
    request_refund(session, payment=payment, amount=amount, reason=reason, now=now, done=on_voucher)
    if on_voucher:
        spent = session.scalars(
            select(VoucherEntry).where(VoucherEntry.payment_id == payment.id, VoucherEntry.amount < 0)
        ).one()
        voucher = session.get_one(Voucher, spent.voucher_id, with_for_update=True, populate_existing=True)
        voucher.balance += amount
        session.add(VoucherEntry(voucher_id=voucher.id, payment_id=payment.id, amount=amount, at=now))
        session.flush()


def _accepted_payments(session: Session, order: Order) -> list[Payment]:
    wanted = (
        select(Payment)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .where(OrderPayment.order_id == order.id, OrderPayment.accepted)
        .order_by(Payment.settled_at.desc(), Payment.id.desc())
        .with_for_update(of=Payment)
    )
    return list(session.scalars(wanted.execution_options(populate_existing=True)))
