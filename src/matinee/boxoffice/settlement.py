"""What becomes of an order when money arrives, in time, late, twice, or for something that is gone.

Whatever arrives is kept first and then either accepted, which is when tickets are made, or given back by itself. Locks are
taken in one order everywhere: the order, then its payments.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice import reasons
from matinee.boxoffice.claims import renew_claims
from matinee.boxoffice.contacts import require_contact
from matinee.boxoffice.errors import HoldExpired, PromoCodeUsedUp, StepNotAllowed
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.money_back import refund_payment
from matinee.boxoffice.orders import (
    SOLD,
    has_run_out,
    lock_order,
    outstanding_amount,
    record_note,
    record_step,
    require_live_hold,
)
from matinee.boxoffice.promo_codes import claim_promo_use
from matinee.boxoffice.sales import issue_order_tickets, mail_money_back, mail_tickets
from matinee.boxoffice.tickets import mark_sold
from matinee.db.counting import count_when_committed
from matinee.kernel.money import Money
from matinee.payments.charges import find_payment, is_first_copy, record_failed, record_settled
from matinee.payments.errors import PaymentNotFound, RefundNotFound
from matinee.payments.models import Payment
from matinee.payments.protocol import ProviderNotice
from matinee.payments.refunds import record_refund_notice
from matinee.programme.models import Screening

log = logging.getLogger(__name__)

# Why money is not accepted, by the state that the order is in by then.
GIVEN_UP = {"refunded": reasons.REFUNDED_BEFORE, "cancelled": reasons.CANCELLED_BEFORE}


def require_open_to_payment(order: Order, *, now: datetime) -> None:
    """Raise StepNotAllowed or HoldExpired for an order that nothing can be paid for now."""
    if order.state != "due":
        require_live_hold(order, now=now)


def require_payable(order: Order, *, now: datetime) -> None:
    """As `require_open_to_payment`; and raise ContactMissing where nobody knows where the tickets should go."""
    require_open_to_payment(order, now=now)
    require_contact(order)


def deal_with_notice(session: Session, *, provider: str, notice: ProviderNotice, now: datetime) -> None:
    """Take a provider's notice in. Copies of it, and notices that come out of order, change nothing.

    A notice about a payment that nobody knows, or that is another provider's, is put into the log and otherwise passed over.
    One of another sum than was asked for settles nothing: the trail of the order says so, for a person who must look.
    """
    if not is_first_copy(session, provider=provider, event_id=notice.event_id, kind=notice.kind, now=now):
        return
    try:
        if notice.kind in ("settled", "failed"):
            _require_own(session, provider, notice)
        if notice.kind == "settled" and _tells_of_other_money(session, provider, notice, now=now):
            return
        if notice.kind == "settled":
            settle_payment(session, public_id=notice.subject_id, now=now, provider_ref=notice.provider_ref)
        elif notice.kind == "failed":
            fail_payment(session, public_id=notice.subject_id, reason=notice.reason, now=now)
        else:
            record_refund_notice(session, notice=notice, now=now)
    except (PaymentNotFound, RefundNotFound):
        # Of a refund that failed and was asked for again, under another id, there may be a late copy.
        log.warning("%s tells of what is not known here: %s", provider, notice.event_id)


def settle_payment(
    session: Session, *, public_id: str, now: datetime, provider_ref: str | None = None
) -> bool:
    """The money of a payment is there: sell its order, or give the money back. False where that was known already.

    Raises PaymentNotFound.
    """
    order, screening, payment, link = _locked(session, public_id)
    if payment.provider_ref is None:
        payment.provider_ref = provider_ref
    if not record_settled(payment, now=now):
        return False
    refusal = _reason_against(session, order, screening, payment, now=now)
    _count(session, payment, outcome="accepted" if refusal is None else "given_back")
    if refusal is None:
        link.accepted = True
        order.paid_amount += payment.amount
        if outstanding_amount(order) == 0:
            complete_order(session, order=order, actor=payment.provider, now=now)
    else:
        _return_payment(session, order, payment, reason=refusal, now=now)
    _stop_paying(session, order, actor=payment.provider, now=now)
    return True


def settle_at_once(session: Session, *, payment: Payment, now: datetime) -> None:
    """The money of a payment changes hands with this very transaction.

    Raises HoldExpired where it cannot be accepted; with the transaction rolled back it never did.
    """
    settle_payment(session, public_id=payment.public_id, now=now)
    if not session.get_one(OrderPayment, payment.id).accepted:
        raise HoldExpired


def fail_payment(session: Session, *, public_id: str, reason: str, now: datetime) -> bool:
    """No money will come from this payment; its order can be paid another way while it is held. Raises PaymentNotFound."""
    order, _, payment, _ = _locked(session, public_id)
    if not record_failed(payment, reason=reason):
        return False
    _count(session, payment, outcome="failed")
    _stop_paying(session, order, actor=payment.provider, now=now, note=reason)
    return True


def complete_order(session: Session, *, order: Order, actor: str, now: datetime) -> None:
    """Make a locked order with nothing left to pay `paid`: tickets, and the mail that brings them.

    Where it is a hold its seats must be its own, see `renew_claims`. Raises StepNotAllowed.
    """
    had_tickets = order.state == "due"
    record_step(session, order=order, to_state="paid", actor=actor, now=now)
    if not had_tickets:
        # What was paid of it before, while it was another hold, and went back: see docs/decisions/money-of-an-order.md.
        order.total_amount += order.refunded_amount
        issue_order_tickets(session, order=order, now=now, are_sold=True)
        mail_tickets(session, order=order, now=now)
    else:
        mark_sold(session, order=order, now=now)


def _count(session: Session, payment: Payment, *, outcome: str) -> None:
    count_when_committed(session, "payments", provider=payment.provider, outcome=outcome)
    if outcome == "accepted":
        labels = {"provider": payment.provider, "currency": payment.currency}
        count_when_committed(session, "money_taken_minor_units", payment.amount, **labels)


def _locked(session: Session, public_id: str) -> tuple[Order, Screening, Payment, OrderPayment]:
    found = session.execute(
        select(OrderPayment, Order)
        .join(Payment, Payment.id == OrderPayment.payment_id)
        .join(Order, Order.id == OrderPayment.order_id)
        .where(Payment.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise PaymentNotFound
    link, order = found
    screening = lock_order(session, order)
    return order, screening, find_payment(session, public_id=public_id), link


def _reason_against(
    session: Session, order: Order, screening: Screening, payment: Payment, *, now: datetime
) -> str | None:
    """Why this money cannot be accepted, in a sentence; None where it can, and the seats are then the order's own."""
    if order.state in SOLD and outstanding_amount(order) == 0:
        reason = reasons.PAID_ALREADY
    elif order.state in ("refunded", "cancelled"):
        reason = GIVEN_UP[order.state]
    elif payment.amount > outstanding_amount(order):
        reason = reasons.TOO_MUCH
    elif screening.cancelled_at is not None:
        reason = reasons.SCREENING_CANCELLED
    elif screening.starts_at <= now and has_run_out(order, now=now):
        reason = reasons.SCREENING_BEGUN
    elif order.state == "due":
        return None
    else:
        return _take_seats(session, order, pays_all=payment.amount == outstanding_amount(order), now=now)
    return reason


def _take_seats(session: Session, order: Order, *, pays_all: bool, now: datetime) -> str | None:
    if not pays_all:
        # A part of the price: the hold goes on as it was, and must be one.
        try:
            require_live_hold(order, now=now)
        except (HoldExpired, StepNotAllowed):
            return reasons.HOLD_OVER
        return None
    try:
        claim_promo_use(session, order=order, now=now)
        with session.begin_nested():
            renew_claims(session, order=order, expires_at=None, now=now)
    except PromoCodeUsedUp:
        return reasons.PROMO_CODE_GONE
    except HoldExpired:
        return reasons.SEATS_GONE
    return None


def _return_payment(session: Session, order: Order, payment: Payment, *, reason: str, now: datetime) -> None:
    record_note(session, order=order, actor=payment.provider, now=now, note=reason)
    if payment.amount:
        back = refund_payment(session, payment=payment, amount=payment.amount, reason=reason, now=now)
        mail_money_back(session, order=order, back=back, reason=reason, now=now)


def _stop_paying(session: Session, order: Order, *, actor: str, now: datetime, note: str = "") -> None:
    """Let a hold be extended and changed again where no payment for it is under way any more."""
    under_way = (
        select(Payment.id)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .where(OrderPayment.order_id == order.id, Payment.state.in_(("starting", "pending")))
    )
    if order.state == "paying" and session.scalar(under_way.limit(1)) is None:
        record_step(session, order=order, to_state="held", actor=actor, now=now, note=note)


def _require_own(session: Session, provider: str, notice: ProviderNotice) -> None:
    """Raise PaymentNotFound for a payment that is not the provider's own: play money settles nobody's payment by card."""
    payment = session.scalars(select(Payment).where(Payment.public_id == notice.subject_id)).one_or_none()
    if payment is None or payment.provider != provider:
        raise PaymentNotFound


def _tells_of_other_money(session: Session, provider: str, notice: ProviderNotice, *, now: datetime) -> bool:
    """Whether other money has come than was asked for; it is then written down.

    Nothing of ours makes a provider take another sum. If one says so, sending the notice again would change nothing.
    """
    order, _, payment, _ = _locked(session, notice.subject_id)
    if notice.amount is None:
        return False
    told = Money(notice.amount, (notice.currency or "").upper())
    asked = Money(payment.amount, payment.currency)
    if told == asked:
        return False
    note = f"payment {payment.public_id}: {provider} tells of {told}, asked for were {asked}. A person must look."
    record_note(session, order=order, actor=provider, now=now, note=note)
    log.error("%s", note)
    return True
