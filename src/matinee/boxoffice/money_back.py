"""Money that goes back to a buyer: over the payments that it came by, the latest first.

What came from a voucher is on the voucher again in the same transaction. All else is asked of its provider afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment, Voucher, VoucherEntry
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.payments.refunds import request_refund

# For how long a voucher can be spent, at the least, once money came back onto it: it may have expired meanwhile.
VOUCHER_VALID_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class VoucherReturn:
    """What came from a voucher and went back: minor units, and by which voucher people know it."""

    hint: str
    amount: int
    # Until when the voucher is valid now, where that is later than it was.
    extended_until: datetime | None = None
    # Somebody took the voucher out of use: nothing goes onto it again, a person hands the money out.
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """How much went back, in minor units, and what of it concerns vouchers."""

    amount: int
    vouchers: tuple[VoucherReturn, ...] = ()

    def told(self) -> dict[str, Any]:
        """As a mail about it is told."""
        if not self.vouchers:
            return {"amount": self.amount}
        vouchers = [
            {
                "hint": each.hint,
                "amount": each.amount,
                "extended_until": each.extended_until.isoformat() if each.extended_until else None,
                "by_hand": each.by_hand,
            }
            for each in self.vouchers
        ]
        return {"amount": self.amount, "vouchers": vouchers}


NOTHING_BACK = MoneyBack(0)


def give_back(session: Session, *, order: Order, amount: int, reason: str, now: datetime) -> MoneyBack:
    """Give `amount` minor units of what the order's buyer paid back. The order must be locked."""
    left = amount
    vouchers: list[VoucherReturn] = []
    for payment in _accepted_payments(session, order):
        part = min(left, payment.amount - payment.refunded_amount)
        if part > 0:
            back = refund_payment(session, payment=payment, amount=part, reason=reason, now=now)
            vouchers += back.vouchers
            left -= part
    assert left == 0, "an order has no more paid than its payments brought"
    order.refunded_amount += amount
    session.flush()
    return MoneyBack(amount, tuple(vouchers))


def give_all_back(session: Session, *, order: Order, reason: str, now: datetime) -> MoneyBack:
    """Give everything back that was paid for the order and is not back yet."""
    amount = order.paid_amount - order.refunded_amount
    if not amount:
        return NOTHING_BACK
    return give_back(session, order=order, amount=amount, reason=reason, now=now)


def refund_payment(
    session: Session, *, payment: Payment, amount: int, reason: str, now: datetime
) -> MoneyBack:
    """Give `amount` of a settled payment back, whether an order counts it or not. Raises RefundTooHigh."""
    if payment.provider != VOUCHER:
        request_refund(session, payment=payment, amount=amount, reason=reason, now=now)
        return MoneyBack(amount)
    return MoneyBack(amount, (_onto_voucher(session, payment, amount, reason=reason, now=now),))


def _onto_voucher(
    session: Session, payment: Payment, amount: int, *, reason: str, now: datetime
) -> VoucherReturn:
    """Put it onto the voucher again, and see to it that it can be spent there; or have it handed out."""
    spent = session.scalars(
        select(VoucherEntry).where(VoucherEntry.payment_id == payment.id, VoucherEntry.amount < 0)
    ).one()
    voucher = session.get_one(Voucher, spent.voucher_id, with_for_update=True, populate_existing=True)
    state = "succeeded" if voucher.active else "by_hand"
    request_refund(session, payment=payment, amount=amount, reason=reason, now=now, state=state)
    if not voucher.active:
        return VoucherReturn(voucher.code_hint, amount, by_hand=True)
    voucher.balance += amount
    extended_until = None
    if voucher.valid_until is not None and voucher.valid_until < now + VOUCHER_VALID_AGAIN:
        extended_until = voucher.valid_until = now + VOUCHER_VALID_AGAIN
    session.add(VoucherEntry(voucher_id=voucher.id, payment_id=payment.id, amount=amount, at=now))
    session.flush()
    return VoucherReturn(voucher.code_hint, amount, extended_until)


def parts_back(session: Session, *, order: Order, amount: int) -> list[tuple[Payment, int]]:
    """Over which payments `amount` minor units would go back, and how much over each. Nothing changes."""
    parts = []
    for payment in session.scalars(_accepted(order)):
        part = min(amount, payment.amount - payment.refunded_amount)
        if part > 0:
            parts.append((payment, part))
            amount -= part
    return parts


def _accepted_payments(session: Session, order: Order) -> list[Payment]:
    wanted = _accepted(order).with_for_update(of=Payment)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _accepted(order: Order) -> Select[Payment]:
    """The latest first."""
    return (
        select(Payment)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .where(OrderPayment.order_id == order.id, OrderPayment.accepted)
        .order_by(Payment.settled_at.desc(), Payment.id.desc())
    )
