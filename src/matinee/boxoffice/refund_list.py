"""Money on its way back, with the orders that it belongs to: for staff, who hand some of it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager

from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.orders import record_note
from matinee.kernel.money import Money
from matinee.payments.errors import RefundNotFound
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.refunds import ask_refund_again, find_refund, hand_out_refund

RefundOfOrder = tuple[PaymentRefund, str]


def refunds_in_order(
    session: Session, *, state: str | None, behind: ColumnElement[bool] | None, limit: int
) -> Sequence[RefundOfOrder]:
    """Refunds in this state, or all, the oldest first, each with its payment loaded and the code of its order.

    `behind`: a condition on their ids.
    """
    wanted = (
        select(PaymentRefund, Order.code)
        .join(PaymentRefund.payment)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .join(Order, Order.id == OrderPayment.order_id)
        .options(contains_eager(PaymentRefund.payment))
        .order_by(PaymentRefund.id)
        .limit(limit)
    )
    if state is not None:
        wanted = wanted.where(PaymentRefund.state == state)
    if behind is not None:
        wanted = wanted.where(behind)
    return [(refund, code) for refund, code in session.execute(wanted)]


def hand_out_refund_of_order(session: Session, *, public_id: str, actor: str, now: datetime) -> RefundOfOrder:
    """A person has handed the money of this refund out; the trail of the order says who. Return it with the order's code.

    Raises RefundNotFound and RefundNotByHand.
    """
    _check_id(public_id)
    refund = hand_out_refund(session, public_id=public_id, now=now)
    order = _order_of(session, refund)
    record_note(
        session, order=order, actor=actor, now=now, note=f"handed out: {Money(refund.amount, order.currency)}"
    )
    return refund, order.code


def ask_refund_of_order_again(
    session: Session, *, public_id: str, actor: str, now: datetime
) -> RefundOfOrder:
    """Have the provider asked once more for a refund that failed there; the trail of the order keeps why it had failed.

    Return the refund, which has another id now, with the code of its order. Raises RefundNotFound and RefundNotFailed.
    """
    _check_id(public_id)
    why = find_refund(session, public_id=public_id).last_error
    refund = ask_refund_again(session, public_id=public_id, now=now)
    order = _order_of(session, refund)
    amount = Money(refund.amount, order.currency)
    note = f"asked for again: {amount} ({public_id}, now {refund.public_id}). It had failed: {why}"
    record_note(session, order=order, actor=actor, now=now, note=note)
    return refund, order.code


def _check_id(public_id: str) -> None:
    if not (public_id.isascii() and public_id.isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise RefundNotFound


def _order_of(session: Session, refund: PaymentRefund) -> Order:
    wanted = select(Order).join(OrderPayment, OrderPayment.order_id == Order.id)
    return session.scalars(wanted.where(OrderPayment.payment_id == refund.payment_id)).one()
