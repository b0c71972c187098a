"""Selling at a till: the order, its tickets, its money and the till's entry in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from matinee.boxoffice.checkout import take_money, take_nothing
from matinee.boxoffice.errors import PaymentUnderWay, ReasonMissing
from matinee.boxoffice.lines import lines_of
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.orders import lock_order, record_note, require_live_hold
from matinee.boxoffice.pricing import reprice_order
from matinee.boxoffice.till_entries import Tender, enter_sale
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.boxoffice.vouchers import pay_with_voucher
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER

COUNTER = "counter"
REASON_CHARACTERS_MAX = 200


def take_at_till(
    session: Session, *, order: Order, till: TillSession, tender: Tender, actor: str, now: datetime
) -> TillEntry:
    """Take what is left to pay for a hold or an order that is due; it is paid with this very transaction.

    Raises what `take_money` does, TooLittleReceived, and TillClosed.
    """
    payment = take_money(session, order=order, actor=actor, now=now, clerk_id=till.clerk_id)
    _enter_vouchers(session, order=order, till=till, now=now)
    return enter_sale(
        session, till=till, order=order, payment=payment, amount=payment.amount, tender=tender, now=now
    )


def give_out_free(
    session: Session, *, order: Order, till: TillSession, actor: str, now: datetime
) -> TillEntry:
    """Sell a hold that costs nothing, or nothing any more. Raises what `take_nothing` does, and TillClosed."""
    payment = take_nothing(session, order=order, actor=actor, now=now, clerk_id=_clerk(till))
    _enter_vouchers(session, order=order, till=till, now=now)
    return enter_sale(session, till=till, order=order, payment=payment, amount=0, now=now)


def use_voucher_at_till(
    session: Session, *, order: Order, code: str, till: TillSession, now: datetime
) -> Payment:
    """Pay as much as the voucher has; where that is all of it, the order is sold. Raises what `pay_with_voucher` does."""
    payment = pay_with_voucher(session, order=order, code=code, now=now)
    if order.state == "paid":
        order.clerk_id = till.clerk_id
        _enter_vouchers(session, order=order, till=till, now=now)
    return payment


def give_away(
    session: Session, *, order: Order, till: TillSession, reason: str, actor: str, now: datetime
) -> TillEntry:
    """Give the seats of a hold away for `reason`: each keeps its ticket type and costs nothing.

    Raises ReasonMissing, PaymentUnderWay where something was paid already, and what `give_out_free` does.
    """
    if not reason.strip():
        raise ReasonMissing
    lock_order(session, order)
    require_live_hold(order, now=now)
    if order.state == "paying" or order.paid_amount:
        raise PaymentUnderWay
    order.promo_code_id = None
    order.comp_reason = reason.strip()[:REASON_CHARACTERS_MAX]
    for line in lines_of(session, order=order):
        line.amount = 0
    session.flush()
    reprice_order(session, order=order)
    entry = give_out_free(session, order=order, till=till, actor=actor, now=now)
    record_note(session, order=order, actor=actor, now=now, note=f"given away: {order.comp_reason}")
    return entry


def _enter_vouchers(session: Session, *, order: Order, till: TillSession, now: datetime) -> None:
    """An entry for each voucher that a sale at the counter was paid with. What was used online is not the till's."""
    if order.channel != COUNTER:
        return
    entered = exists().where(TillEntry.payment_id == Payment.id)
    vouchers = session.scalars(
        select(Payment)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .where(
            OrderPayment.order_id == order.id,
            OrderPayment.accepted,
            Payment.provider == VOUCHER,
            Payment.refunded_amount == 0,
            ~entered,
        )
        .order_by(Payment.id)
    )
    for payment in vouchers.all():
        enter_sale(session, till=till, order=order, payment=payment, amount=0, now=now)


def _clerk(till: TillSession) -> int:
    assert till.clerk_id is not None, "an open till is somebody's"
    return till.clerk_id
