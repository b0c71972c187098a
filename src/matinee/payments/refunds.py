"""Money that goes back: stored with its reason in the transaction that gives it back, carried out after that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.db.counting import count_when_committed
from matinee.kernel.codes import random_code
from matinee.payments.errors import RefundNotByHand, RefundNotFailed, RefundNotFound, RefundTooHigh
from matinee.payments.models import PUBLIC_ID_LENGTH, Payment, PaymentRefund
from matinee.payments.protocol import ProviderNotice, RefundOutcome


def request_refund(
    session: Session, *, payment: Payment, amount: int, reason: str, now: datetime, state: str = "pending"
) -> PaymentRefund:
    """Give `amount` minor units of a settled payment back. Raises RefundTooHigh.

    No provider is asked where `state` is "succeeded", since the money is back with this very transaction, as that of a
    voucher, or "by_hand", since a person must hand it out.
    """
    if payment.state != "settled" or amount > payment.amount - payment.refunded_amount:
        raise RefundTooHigh
    payment.refunded_amount += amount
    labels = {"provider": payment.provider, "currency": payment.currency}
    count_when_committed(session, "money_returned_minor_units", amount, **labels)
    refund = PaymentRefund(
        public_id=random_code(PUBLIC_ID_LENGTH),
        payment_id=payment.id,
        amount=amount,
        reason=reason,
        state=state,
        created_at=now,
        next_attempt_at=now,
        finished_at=now if state == "succeeded" else None,
    )
    session.add(refund)
    session.flush()
    return refund


def find_refund(session: Session, *, public_id: str) -> PaymentRefund:
    """The refund, locked until the transaction ends. Raises RefundNotFound."""
    wanted = select(PaymentRefund).where(PaymentRefund.public_id == public_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise RefundNotFound
    return found


def record_refund_notice(session: Session, *, notice: ProviderNotice, now: datetime) -> bool:
    """Keep what a provider says about a refund. False where nothing changed by it. Raises RefundNotFound.

    Whatever the order of notices: one that failed stays failed, also where it counted as done before.
    """
    refund = find_refund(session, public_id=notice.subject_id)
    state = "succeeded" if notice.kind == "refund_succeeded" else "failed"
    return _finish(refund, state, provider_ref=notice.provider_ref, reason=notice.reason, now=now)


def record_refund_outcome(refund: PaymentRefund, *, outcome: RefundOutcome, now: datetime) -> bool:
    """Keep what a provider answered about a locked refund. False where it is not finished by it, or was before."""
    if outcome.state == "pending":
        refund.provider_ref = refund.provider_ref or outcome.provider_ref
        return False
    return _finish(refund, outcome.state, provider_ref=outcome.provider_ref, reason=outcome.reason, now=now)


def hand_out_refund(session: Session, *, public_id: str, now: datetime) -> PaymentRefund:
    """A person has handed the money of this refund out: of one by hand, or of one that failed at its provider.

    Raises RefundNotFound and RefundNotByHand.
    """
    refund = find_refund(session, public_id=public_id)
    if refund.state not in ("by_hand", "failed"):
        raise RefundNotByHand
    refund.state = "succeeded"
    refund.finished_at = now
    session.flush()
    return refund


def ask_refund_again(session: Session, *, public_id: str, now: datetime) -> PaymentRefund:
    """Have the provider asked once more for a refund that it could not make.

    The refund gets another public id, the key of the new try: under the old one the provider would answer as before.
    Raises RefundNotFound and RefundNotFailed.
    """
    refund = find_refund(session, public_id=public_id)
    if refund.state != "failed":
        raise RefundNotFailed
    refund.public_id = random_code(PUBLIC_ID_LENGTH)
    refund.state = "pending"
    refund.provider_ref = None
    refund.attempts = 0
    refund.last_error = ""
    refund.finished_at = refund.leased_until = None
    refund.next_attempt_at = now
    session.flush()
    return refund


def refunds_of(session: Session, *, payment_ids: Collection[int]) -> Sequence[PaymentRefund]:
    """All that went back or is to go back of these payments, each with its payment, the first at the front."""
    wanted = select(PaymentRefund).where(PaymentRefund.payment_id.in_(payment_ids))
    wanted = wanted.options(joinedload(PaymentRefund.payment))
    return session.scalars(wanted.order_by(PaymentRefund.id)).all()


def hand_out_at_once(refund: PaymentRefund, *, now: datetime) -> None:
    """The money of a refund that was made with this very transaction is handed out with it: no provider is asked."""
    assert refund.state in ("pending", "by_hand"), "it is not finished"
    assert refund.attempts == 0, "nobody else has begun with it"
    refund.state = "succeeded"
    refund.finished_at = now


def _finish(
    refund: PaymentRefund, state: str, *, provider_ref: str | None, reason: str, now: datetime
) -> bool:
    # Money that came back to the provider after it had been sent. But what a person put right after a failure, which
    # `last_error` still tells, is not undone by a late word about that failure.
    fell_back = refund.state == "succeeded" and state == "failed" and not refund.last_error
    if refund.state != "pending" and not fell_back:
        return False
    refund.state = state
    refund.provider_ref = refund.provider_ref or provider_ref
    refund.last_error = (reason or "failed") if state == "failed" else ""
    refund.finished_at = None if state == "by_hand" else now
    refund.leased_until = None
    return True
