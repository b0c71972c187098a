"""The money of a day: what came in and by which way, and what goes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import Session, join

from matinee.boxoffice.models import Order, OrderPayment
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Screening
from matinee.reports.today.clock_hours import CutDay


@dataclass(slots=True)
class Flow:
    """Minor units: of the whole day, and of the part before its cut."""

    amount: int = 0
    before: int = 0


@dataclass(slots=True)
class DayMoney:
    """By the name of the way to pay, in the order of the names: what was paid, and what was given back or is owed."""

    paid: dict[str, Flow] = field(default_factory=dict)
    refunded: dict[str, Flow] = field(default_factory=dict)

    @property
    def paid_in_all(self) -> Flow:
        """By all ways."""
        return _together(self.paid)

    @property
    def refunded_in_all(self) -> Flow:
        """By all ways."""
        return _together(self.refunded)


def money_of(session: Session, *, cinema_id: int, day: CutDay) -> DayMoney:
    """Payments for orders of the cinema that were settled in the day, and refunds that were decided in it.

    A refund counts from the moment on at which it is owed, whatever becomes of it at the provider.
    """
    refunds = join(PaymentRefund, Payment, Payment.id == PaymentRefund.payment_id)
    return DayMoney(
        paid=_flows(session, cinema_id, day, (Payment, Payment.amount, Payment.settled_at)),
        refunded=_flows(session, cinema_id, day, (refunds, PaymentRefund.amount, PaymentRefund.created_at)),
    )


def _flows(session: Session, cinema_id: int, day: CutDay, source: tuple[Any, Any, Any]) -> dict[str, Flow]:
    """By the way to pay. `source`: rows with their payments, the amount of each, and its moment."""
    rows, amount, moment = source
    # Not a join but a question for each payment of the day: a database might else read the orders of all times.
    wanted = (
        select(Payment.provider, func.sum(amount), func.sum(case((moment < day.cut_at, amount), else_=0)))
        .select_from(rows)
        .where(day.holds(moment), _cinema_of_payment() == cinema_id)
        .group_by(Payment.provider)
        .order_by(Payment.provider)
    )
    return {provider: Flow(int(whole), int(before)) for provider, whole, before in session.execute(wanted)}


def _cinema_of_payment() -> ScalarSelect[int]:
    return (
        select(Screening.cinema_id)
        .select_from(OrderPayment)
        .join(Order, Order.id == OrderPayment.order_id)
        .join(Screening, Screening.id == Order.screening_id)
        .where(OrderPayment.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )


def _together(flows: dict[str, Flow]) -> Flow:
    return Flow(sum(one.amount for one in flows.values()), sum(one.before for one in flows.values()))
