"""Payments: asked for, started, settled or failed. Each step locks the row, so that two notices cannot both be first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matinee.kernel.codes import random_code
from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import PUBLIC_ID_LENGTH, Payment, ProviderEvent
from matinee.payments.protocol import StartedPayment


def new_payment(
    session: Session, *, provider: str, amount: int, currency: str, expires_at: datetime | None, now: datetime
) -> Payment:
    """Store the intent to take `amount` minor units. The provider is asked after the commit."""
    payment = Payment(
        public_id=random_code(PUBLIC_ID_LENGTH),
        provider=provider,
        amount=amount,
        currency=currency,
        state="starting",
        refunded_amount=0,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(payment)
    session.flush()
    return payment


def find_payment(session: Session, *, public_id: str) -> Payment:
    """The payment, locked until the transaction ends. Raises PaymentNotFound."""
    wanted = select(Payment).where(Payment.public_id == public_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise PaymentNotFound
    return found


def record_started(payment: Payment, *, started: StartedPayment) -> None:
    """Keep what the provider made of it. A payment that moved on meanwhile, by a fast notice, stays as it is."""
    if payment.state == "starting":
        payment.state = "pending"
    payment.provider_ref = payment.provider_ref or started.provider_ref
    payment.redirect_url = started.redirect_url


def record_settled(payment: Payment, *, now: datetime, provider_ref: str | None = None) -> bool:
    """The money is there. False where that was known already. A payment that counted as failed is settled all the same.

    `provider_ref`: as the notice has it. The answer to the start may be lost, and without it nothing can be given back.
    """
    payment.provider_ref = payment.provider_ref or provider_ref
    if payment.state == "settled":
        return False
    payment.state = "settled"
    payment.settled_at = now
    payment.failure = ""
    return True


def record_failed(payment: Payment, *, reason: str) -> bool:
    """No money will come. False where the payment is settled or counted as failed already: notices come in any order."""
    if payment.state in ("settled", "failed"):
        return False
    payment.state = "failed"
    payment.failure = reason
    return True


def is_first_copy(session: Session, *, provider: str, event_id: str, kind: str, now: datetime) -> bool:
    """Whether this notice has not been dealt with; from now on it has.

    A second copy that comes at the same time waits here for the transaction of the first.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(ProviderEvent).values(provider=provider, event_id=event_id, kind=kind, received_at=now)
    kept = session.execute(statement.on_conflict_do_nothing().returning(ProviderEvent.event_id))
    return kept.first() is not None
