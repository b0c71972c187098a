"""Payments: what came in and what was given back, by day, provider and tender; what is still on its way.

A payment belongs to the cinema that its order is for now. Money counts as given back with the deed for which it goes back,
whether it has arrived or not; what became of it is shown beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.till_models import TillEntry
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema, Screening
from matinee.reports.periods import Period

UNDER_WAY = ("starting", "pending")


@dataclass(slots=True)
class MoneyRow:
    """What came in by one provider and tender on a day, and what went back. Amounts in minor units, not below zero."""

    day: date
    provider: str
    # How it went into a till or out of it ("cash", "card"); None: it did not.
    tender: str | None
    payments: int = 0
    paid: int = 0
    refunds: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        """What came in less what went back."""
        return self.paid - self.refunded


@dataclass(frozen=True, slots=True)
class OpenMoney:
    """So many payments or refunds of one provider that are in one state, and what they come to."""

    provider: str
    state: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """The payments of a cinema in a period."""

    rows: Sequence[MoneyRow]
    # Payments that are under way now, and those begun in the period that failed.
    payments: Sequence[OpenMoney]
    # The refunds of the period that are not done: under way, to be handed out, failed.
    refunds: Sequence[OpenMoney]

    @property
    def paid(self) -> int:
        """All that came in."""
        return sum(row.paid for row in self.rows)

    @property
    def refunded(self) -> int:
        """All that went back."""
        return sum(row.refunded for row in self.rows)

    @property
    def net(self) -> int:
        """What came in less what went back."""
        return self.paid - self.refunded


def settlement(session: Session, *, cinema: Cinema, period: Period) -> Settlement:
    """The payments that were settled and the refunds that were made in the period, and what is not done yet."""
    rows: dict[tuple[date, str, str], MoneyRow] = {}

    def row(day: date, provider: str, tender: str | None) -> MoneyRow:
        return rows.setdefault((day, provider, tender or ""), MoneyRow(day, provider, tender))

    for day, provider, tender, count, amount in session.execute(_grouped(_settled(cinema, period))):
        found = row(day, provider, tender)
        found.payments, found.paid = count, amount
    for day, provider, tender, count, amount in session.execute(_grouped(_refunded(cinema, period))):
        found = row(day, provider, tender)
        found.refunds, found.refunded = count, amount
    return Settlement(
        [found for _key, found in sorted(rows.items())],
        _open_payments(session, cinema, period),
        _open_refunds(session, cinema, period),
    )


def _grouped(rows: Select[Any]) -> Select[Any]:
    inner = rows.subquery()
    keys = (inner.c.day, inner.c.provider, inner.c.tender)
    return select(*keys, func.count(), func.sum(inner.c.amount)).group_by(*keys)


def _settled(cinema: Cinema, period: Period) -> Select[Any]:
    day = period.day_of(Payment.settled_at).label("day")
    # For each payment by itself, of which there is one entry at most: PostgreSQL would rather join all entries ever made.
    tender = select(TillEntry.tender).where(TillEntry.payment_id == Payment.id).scalar_subquery()
    columns = (
        day,
        Payment.provider.label("provider"),
        tender.label("tender"),
        Payment.amount.label("amount"),
    )
    return of_cinema(select(*columns), cinema).where(period.holds(Payment.settled_at))


def _refunded(cinema: Cinema, period: Period) -> Select[Any]:
    day = period.day_of(PaymentRefund.created_at).label("day")
    columns = (
        day,
        Payment.provider.label("provider"),
        TillEntry.tender.label("tender"),
        PaymentRefund.amount.label("amount"),
    )
    wanted = (
        select(*columns)
        .select_from(PaymentRefund)
        .join(Payment, Payment.id == PaymentRefund.payment_id)
        .outerjoin(TillEntry, TillEntry.refund_id == PaymentRefund.id)
    )
    return of_cinema(wanted, cinema).where(period.holds(PaymentRefund.created_at))


def of_cinema(payments: Select[*tuple[Any, ...]], cinema: Cinema) -> Select[*tuple[Any, ...]]:
    """Those of these payments whose orders are for a screening of the cinema."""
    return (
        payments.join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .join(Order, Order.id == OrderPayment.order_id)
        .join(Screening, Screening.id == Order.screening_id)
        .where(Screening.cinema_id == cinema.id)
    )


def _open_payments(session: Session, cinema: Cinema, period: Period) -> list[OpenMoney]:
    columns = (Payment.provider, Payment.state, func.count(), func.sum(Payment.amount))
    counted = of_cinema(select(*columns), cinema).group_by(Payment.provider, Payment.state)
    found = (
        counted.where(Payment.state.in_(UNDER_WAY)),
        counted.where(Payment.state == "failed", period.holds(Payment.created_at)),
    )
    rows = [OpenMoney(*row) for wanted in found for row in session.execute(wanted)]
    return sorted(rows, key=lambda row: (row.state, row.provider))


def _open_refunds(session: Session, cinema: Cinema, period: Period) -> list[OpenMoney]:
    columns = (Payment.provider, PaymentRefund.state, func.count(), func.sum(PaymentRefund.amount))
    wanted = of_cinema(
        select(*columns).select_from(PaymentRefund).join(Payment, Payment.id == PaymentRefund.payment_id),
        cinema,
    )
    wanted = wanted.where(period.holds(PaymentRefund.created_at), PaymentRefund.state != "succeeded")
    rows = [
        OpenMoney(*row) for row in session.execute(wanted.group_by(Payment.provider, PaymentRefund.state))
    ]
    return sorted(rows, key=lambda row: (row.state, row.provider))
