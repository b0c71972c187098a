"""Paying for an order: the intent is committed, the provider is asked, its answer is committed.

Three steps, since no transaction is open while somebody else's server thinks. Whoever dies between them can go on: the
provider knows the payment by the key that was stored with the intent, and makes of a second call what it made of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import NothingToPay, SomethingToPay
from matinee.boxoffice.holds import prolong_hold
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.open_payments import payments_under_way
from matinee.boxoffice.orders import lock_order, outstanding_amount, record_note, record_step
from matinee.boxoffice.payment_time import COUNTER, kept_until
from matinee.boxoffice.settlement import (
    fail_payment,
    require_open_to_payment,
    require_payable,
    settle_at_once,
    settle_payment,
)
from matinee.db.transaction import Transactions
from matinee.payments.charges import find_payment, new_payment, record_started
from matinee.payments.errors import PaymentNotFound, PaymentRefused, ProviderNotFound
from matinee.payments.models import Payment
from matinee.payments.protocol import PaymentProvider, PaymentRequest
from matinee.payments.queries import look_up_payment
from matinee.payments.watching import provider_call
from matinee.programme.models import Film, Screening

FREE = "free"
Providers = Mapping[str, PaymentProvider]


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How long seats are kept for somebody who pays, and where the payer's browser goes afterwards."""

    lifetime: timedelta
    return_url: str
    cancel_url: str


def intend_payment(
    session: Session, *, order: Order, provider: str, lifetime: timedelta, now: datetime
) -> Payment:
    """Store that the order is about to be paid through this provider, and keep its seats for as long as `kept_until` says.

    Raises StepNotAllowed, HoldExpired, ContactMissing, NothingToPay, SomethingToPay, PaidTooLate, PromoCodeUsedUp; the
    transaction must then be rolled back.
    """
    lock_order(session, order)
    return intend_payment_of_locked(session, order=order, provider=provider, lifetime=lifetime, now=now)


def intend_payment_of_locked(
    session: Session, *, order: Order, provider: str, lifetime: timedelta, now: datetime
) -> Payment:
    """As `intend_payment`, for an order that the caller has locked."""
    require_payable(order, now=now)
    amount = outstanding_amount(order)
    if provider == FREE and amount > 0:
        raise SomethingToPay
    if provider != FREE and amount <= 0:
        raise NothingToPay
    if order.state != "due":
        until = kept_until(session, order=order, provider=provider, lifetime=lifetime, now=now)
        prolong_hold(session, order=order, until=until, now=now)
        if order.state == "held":
            record_step(session, order=order, to_state="paying", actor=provider, now=now)
    return _new_order_payment(
        session, order, provider=provider, amount=amount, expires_at=order.hold_expires_at, now=now
    )


def begin_payment(
    session: Session, *, order: Order, provider: str, lifetime: timedelta, now: datetime
) -> Payment:
    """The payment through this provider that is under way for what is left to pay; as `intend_payment` where there is none.

    A second click, a second tab and whoever comes back from the provider's page go on with the first. Raises as
    `intend_payment` does.
    """
    lock_order(session, order)
    require_payable(order, now=now)
    amount = outstanding_amount(order)
    for payment in payments_under_way(session, order=order):
        if payment.provider == provider and payment.amount == amount:
            return payment
    return intend_payment_of_locked(session, order=order, provider=provider, lifetime=lifetime, now=now)


def ask_provider(
    transactions: Transactions, providers: Providers, *, public_id: str, terms: PaymentTerms, now: datetime
) -> Payment:
    """As `start_payment`; return the payment as it is then."""
    start_payment(transactions, providers, public_id=public_id, terms=terms, now=now)
    return transactions.read(lambda session: look_up_payment(session, public_id=public_id))


def start_payment(
    transactions: Transactions, providers: Providers, *, public_id: str, terms: PaymentTerms, now: datetime
) -> None:
    """Ask the payment's provider and keep its answer. Harmless when done again.

    Raises PaymentNotFound, PaymentRefused (the order can be paid another way), and ProviderUnavailable (nobody knows what
    became of it: ask again for the same payment).
    """
    name, state, request = transactions.read(lambda session: _request_for(session, public_id, terms))
    if state != "starting":
        return
    provider = provider_named(providers, name)
    try:
        with provider_call(name, "start"):
            started = provider.start(request)
    except PaymentRefused as error:
        reason = error.detail
        transactions.write(lambda session: fail_payment(session, public_id=public_id, reason=reason, now=now))
        raise

    def keep(session: Session) -> None:
        if started.settled:
            ref = started.provider_ref
            settle_payment(session, public_id=public_id, now=now, provider_ref=ref)
        else:
            record_started(find_payment(session, public_id=public_id), started=started)

    transactions.write(keep)


def take_money(
    session: Session, *, order: Order, actor: str, now: datetime, clerk_id: int | None = None
) -> Payment:
    """The counter has taken what was left to pay: the order is paid with this very transaction.

    `clerk_id`: the account of whoever took it; None: a program did. Raises StepNotAllowed, HoldExpired, NothingToPay.
    """
    lock_order(session, order)
    require_open_to_payment(order, now=now)
    amount = outstanding_amount(order)
    if amount <= 0:
        raise NothingToPay
    payment = _awaited_at_counter(session, order, amount)
    if payment is None:
        payment = _new_order_payment(
            session, order, provider=COUNTER, amount=amount, expires_at=None, now=now
        )
    settle_at_once(session, payment=payment, now=now)
    order.clerk_id = clerk_id if clerk_id is not None else order.clerk_id
    record_note(session, order=order, actor=actor, now=now, note="paid at the counter")
    return payment


def take_nothing(session: Session, *, order: Order, actor: str, now: datetime, clerk_id: int) -> Payment:
    """The counter sells a hold for which nothing is left to pay, with this very transaction.

    Raises StepNotAllowed, HoldExpired, SomethingToPay, PromoCodeUsedUp.
    """
    payment = intend_payment(session, order=order, provider=FREE, lifetime=timedelta(), now=now)
    settle_at_once(session, payment=payment, now=now)
    order.clerk_id = clerk_id
    record_note(session, order=order, actor=actor, now=now, note="given out at the counter")
    return payment


def provider_named(providers: Providers, name: str) -> PaymentProvider:
    """The provider of this name. Raises ProviderNotFound."""
    found = providers.get(name)
    if found is None:
        raise ProviderNotFound
    return found


def _new_order_payment(
    session: Session,
    order: Order,
    *,
    provider: str,
    amount: int,
    expires_at: datetime | None,
    now: datetime,
) -> Payment:
    payment = new_payment(
        session, provider=provider, amount=amount, currency=order.currency, expires_at=expires_at, now=now
    )
    session.add(OrderPayment(payment_id=payment.id, order_id=order.id, accepted=False))
    session.flush()
    return payment


def _awaited_at_counter(session: Session, order: Order, amount: int) -> Payment | None:
    """The payment that the buyer said would be made at the counter, if it is still what is to be paid."""
    for payment in payments_under_way(session, order=order):
        if payment.provider == COUNTER and payment.amount == amount:
            return payment
    return None


def _request_for(session: Session, public_id: str, terms: PaymentTerms) -> tuple[str, str, PaymentRequest]:
    found = session.execute(
        select(
            Payment, Order.code, Order.contact_email, User.username, Screening.day, Screening.time, Film.title
        )
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .join(Order, Order.id == OrderPayment.order_id)
        .outerjoin(User, User.id == Order.user_id)
        .join(Screening, Screening.id == Order.screening_id)
        .join(Film, Film.id == Screening.film_id)
        .where(Payment.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise PaymentNotFound
    payment = found.Payment
    request = PaymentRequest(
        payment_id=public_id,
        amount=payment.amount,
        currency=payment.currency,
        description=f"{found.title}, {found.day.isoformat()} {found.time}, order {found.code}",
        email=found.contact_email or found.username,
        return_url=terms.return_url,
        cancel_url=terms.cancel_url,
        expires_at=payment.expires_at,
    )
    return payment.provider, payment.state, request
