"""The books as they ought to be: worked out from the rows themselves, one by one, in another way than the reports do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Screening, TaxRate
from tests.building import KYIV


@dataclass(frozen=True)
class Sums:
    """What the tickets of a cinema and some days come to."""

    sold: int
    returned: int
    gross: int
    fees: int
    ticket_tax: int
    fee_tax: int


def wall_day(moment: datetime) -> date:
    """The day on the wall in Kyiv."""
    return moment.astimezone(ZoneInfo(KYIV)).date()


def tax_of(amount: int, rate: int) -> int:
    """The tax in a price, half a unit rounded up."""
    return floor(Fraction(amount * rate, 10_000 + rate) + Fraction(1, 2))


def rate_on(rates: Sequence[TaxRate], day: date) -> int:
    """The rate of a day, of rates in the order of their days."""
    return next((one.basis_points for one in reversed(rates) if one.valid_from <= day), 0)


def sums_of(session: Session, cinema_id: int, first: date, last: date, *, comps: bool = True) -> Sums:
    """What was sold and came back, ticket by ticket."""
    found: Counter[str] = Counter()
    rates = session.scalars(
        select(TaxRate).where(TaxRate.cinema_id == cinema_id).order_by(TaxRate.valid_from)
    ).all()
    rows = session.execute(
        select(Ticket, Order.comp_reason)
        .join(Order, Order.id == Ticket.order_id)
        .join(Screening, Screening.id == Ticket.screening_id)
        .where(Screening.cinema_id == cinema_id, Ticket.sold_at.is_not(None))
    )
    for ticket, reason in rows:
        assert ticket.sold_at is not None
        if reason and not comps:
            continue
        rate = rate_on(rates, wall_day(ticket.sold_at))
        for moment, sign, name in ((ticket.sold_at, 1, "sold"), (ticket.returned_at, -1, "returned")):
            if moment is not None and first <= wall_day(moment) <= last:
                found[name] += 1
                found["gross"] += sign * ticket.amount
                found["fees"] += sign * ticket.fee_amount
                found["ticket_tax"] += sign * tax_of(ticket.amount, rate)
                found["fee_tax"] += sign * tax_of(ticket.fee_amount, rate)
    names = ("sold", "returned", "gross", "fees", "ticket_tax", "fee_tax")
    return Sums(*(found[name] for name in names))


def money_taken(session: Session) -> int:
    """All payments that were settled, less all refunds, of all cinemas."""
    paid = session.scalars(select(Payment.amount).where(Payment.state == "settled"))
    return sum(paid) - sum(session.scalars(select(PaymentRefund.amount)))


def money_of_incomplete_orders(session: Session) -> int:
    """What was paid for orders that are not complete, and is not back."""
    orders = session.scalars(select(Order).where(Order.state.in_(("held", "paying", "due"))))
    return sum(order.paid_amount - order.refunded_amount for order in orders)


def admissions(
    session: Session, cinema_id: int, film_id: int, first: date, *, comps: bool = True
) -> tuple[int, int]:
    """How many valid tickets that are paid for there are for a film's screenings of a week, and what they cost."""
    rows = session.execute(
        select(Ticket, Order, Screening)
        .join(Order, Order.id == Ticket.order_id)
        .join(Screening, Screening.id == Ticket.screening_id)
        .where(Screening.cinema_id == cinema_id, Screening.film_id == film_id)
    )
    count, gross = 0, 0
    for ticket, order, screening in rows:
        in_week = first <= screening.day < first + timedelta(days=7)
        # Not by when it counts as sold: by what its order says.
        if in_week and ticket.state == "valid" and order.state == "paid" and (comps or not order.comp_reason):
            count += 1
            gross += ticket.amount
    return count, gross
