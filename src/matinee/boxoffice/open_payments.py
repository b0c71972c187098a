"""Payments that are under way, and ending those that nobody needs any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.settlement import fail_payment
from matinee.db.transaction import Transactions
from matinee.payments.errors import ProviderUnavailable
from matinee.payments.models import Payment
from matinee.payments.protocol import PaymentProvider
from matinee.payments.watching import provider_call

UNDER_WAY = ("starting", "pending")
# Kept with a payment that the buyer ended, so that nobody tells him that it failed.
STOPPED_BY_BUYER = "The buyer came back without paying."


def payments_under_way(session: Session, *, order: Order) -> Sequence[Payment]:
    """The order's payments that may still bring money, the latest first."""
    wanted = (
        select(Payment)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .where(OrderPayment.order_id == order.id, Payment.state.in_(UNDER_WAY))
        .order_by(Payment.id.desc())
    )
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def stop_payment(
    transactions: Transactions,
    providers: Mapping[str, PaymentProvider],
    *,
    public_id: str,
    provider: str,
    provider_ref: str | None,
    now: datetime,
) -> bool:
    """Let a payment of the buyer's be over, so that the order can be changed or paid another way; False where it was.

    The provider is told, outside any transaction. Money that was paid all the same counts. Raises PaymentNotFound and
    ProviderUnavailable, with nothing changed.
    """
    if provider in providers and provider_ref is not None:
        with provider_call(provider, "cancel"):
            providers[provider].cancel(payment_id=public_id, provider_ref=provider_ref)
    return transactions.write(
        lambda session: fail_payment(session, public_id=public_id, reason=STOPPED_BY_BUYER, now=now)
    )


def stop_open_payments(
    transactions: Transactions,
    providers: Mapping[str, PaymentProvider],
    *,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Tell the providers to take no more money for orders that cannot be paid any more; return how many payments ended.

    Nothing depends on it: money that arrives all the same is given back.
    """
    stopped = 0
    for public_id, name, provider_ref in transactions.read(lambda session: _stoppable(session, now)):
        if should_stop():
            break
        provider = providers.get(name)
        if provider is not None and provider_ref is not None:
            try:
                with provider_call(name, "cancel"):
                    provider.cancel(payment_id=public_id, provider_ref=provider_ref)
            except ProviderUnavailable:
                continue  # the next round tries again
        stopped += transactions.write(
            lambda session, public_id=public_id: fail_payment(  # type: ignore[misc]
                session, public_id=public_id, reason="The time to pay was over.", now=now
            )
        )
    return stopped


def _stoppable(session: Session, now: datetime) -> list[tuple[str, str, str | None]]:
    """Unfinished payments of orders that are over; those asked for a moment ago may not be with the provider yet."""
    wanted = (
        select(Payment.public_id, Payment.provider, Payment.provider_ref)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .join(Order, Order.id == OrderPayment.order_id)
        .where(
            Payment.state.in_(UNDER_WAY),
            Payment.created_at < now - timedelta(minutes=1),
            Order.state.in_(("paid", "refunded", "cancelled", "expired")),
        )
        .order_by(Payment.id)
        .limit(100)
    )
    return [(public_id, name, ref) for public_id, name, ref in session.execute(wanted)]
