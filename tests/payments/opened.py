"""Payments as the tests need them: asked for, settled, and the provider of the fake Stripe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.payments.charges import find_payment, new_payment, record_settled, record_started
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.protocol import PaymentRequest, StartedPayment
from matinee.payments.refunds import request_refund
from matinee.payments.stripe_checkout import StripeCheckout
from tests.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe

AMOUNT = 2500


def stripe_at(fake: FakeStripe, **changes: Any) -> StripeCheckout:
    """The provider that talks to the fake: it does not try again by itself, and does not wait for long."""
    values: dict[str, Any] = {
        "secret_key": SECRET_KEY,
        "webhook_secret": WEBHOOK_SECRET,
        "api_base": fake.url,
        "timeout_seconds": 5.0,
        "retries_max": 0,
        **changes,
    }
    return StripeCheckout(**values)


def payment_request(payment_id: str = "PAYMENT1", **changes: Any) -> PaymentRequest:
    """Two tickets for 25.00 EUR, with the seats kept for ten minutes."""
    values: dict[str, Any] = {
        "payment_id": payment_id,
        "amount": AMOUNT,
        "currency": "EUR",
        "description": "Амели, 18 May 18:00, 2 tickets",
        "email": "anna@example.org",
        "return_url": "https://odeon.example/orders/1?paid=1",
        "cancel_url": "https://odeon.example/orders/1",
        "expires_at": clock.now() + timedelta(minutes=10),
        **changes,
    }
    return PaymentRequest(**values)


def store_payment(session: Session, *, provider: str, amount: int = AMOUNT, currency: str = "EUR") -> Payment:
    """A payment that was asked for and whose provider has not answered."""
    return new_payment(
        session, provider=provider, amount=amount, currency=currency, expires_at=None, now=clock.now()
    )


def settled_payment(
    transactions: Transactions, provider: str, *, provider_ref: str | None = None, amount: int = AMOUNT
) -> str:
    """A settled payment; return its public id."""

    def work(session: Session) -> str:
        payment = store_payment(session, provider=provider, amount=amount)
        record_started(payment, started=StartedPayment(provider_ref=provider_ref))
        record_settled(payment, now=clock.now())
        return payment.public_id

    return transactions.write(work)


def paid_at_stripe(
    transactions: Transactions, stripe: StripeCheckout, fake: FakeStripe, amount: int = AMOUNT
) -> str:
    """A payment that Stripe took and that we know of; return its public id."""
    payment_id = transactions.write(
        lambda session: store_payment(session, provider="stripe", amount=amount).public_id
    )
    started = stripe.start(payment_request(payment_id, amount=amount))
    assert started.provider_ref is not None
    fake.account.pay(started.provider_ref)

    def settle(session: Session) -> None:
        payment = find_payment(session, public_id=payment_id)
        record_started(payment, started=started)
        record_settled(payment, now=clock.now())

    transactions.write(settle)
    return payment_id


def ask_refund(transactions: Transactions, payment_id: str, amount: int = AMOUNT) -> str:
    """Store that money is to go back; return the refund's public id."""

    def work(session: Session) -> str:
        payment = find_payment(session, public_id=payment_id)
        return request_refund(
            session, payment=payment, amount=amount, reason="ill", now=clock.now()
        ).public_id

    return transactions.write(work)


def stored_payment(transactions: Transactions, payment_id: str) -> Payment:
    """The payment as it is stored."""
    wanted = select(Payment).where(Payment.public_id == payment_id)
    return transactions.read(lambda session: session.scalars(wanted).one())


def stored_refund(transactions: Transactions, refund_id: str) -> PaymentRefund:
    """The refund as it is stored."""
    wanted = select(PaymentRefund).where(PaymentRefund.public_id == refund_id)
    return transactions.read(lambda session: session.scalars(wanted).one())
