"""Money that was paid for orders that are not complete: neither a ticket's nor given back, yet.

Nothing is kept about the past of an order but its trail, its payments, its refunds and its tickets, each with its moment.
What an order's money was at any moment is worked out from them; and its state then, from its trail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderEvent, OrderPayment, Ticket
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema, Screening
from matinee.programme.queries import in_portions
from matinee.reports.periods import Period

# In which something may be paid that is not a ticket's yet. Of all others, what came in is tickets, or back.
INCOMPLETE = ("held", "paying", "due")


@dataclass(frozen=True, slots=True)
class Deposits:
    """By how much the money of incomplete orders grew in a period (minor units), and the codes of orders that are complete
    and whose money is not what their tickets cost: there should be none."""

    grown: int
    wrong: Sequence[str]


def deposits(session: Session, *, cinema: Cinema, period: Period) -> Deposits:
    """Of the orders that are for the cinema now."""
    ids = _unbalanced(session, cinema, period)
    before = _incomplete_money(session, ids, until=period.begins_at)
    after = _incomplete_money(session, ids, until=period.ends_at)
    wrong = sorted({*before.wrong, *after.wrong})
    return Deposits(after.money - before.money, _codes(session, wrong))


def _unbalanced(session: Session, cinema: Cinema, period: Period) -> list[int]:
    """The orders that got other money in the period than their tickets of the period cost."""
    moves = union_all(
        select(OrderPayment.order_id.label("order_id"), Payment.amount.label("amount"))
        .join(Payment, Payment.id == OrderPayment.payment_id)
        .where(period.holds(Payment.settled_at)),
        select(OrderPayment.order_id, -PaymentRefund.amount)
        .select_from(PaymentRefund)
        .join(OrderPayment, OrderPayment.payment_id == PaymentRefund.payment_id)
        .where(period.holds(PaymentRefund.created_at)),
        select(Ticket.order_id, -(Ticket.amount + Ticket.fee_amount)).where(period.holds(Ticket.sold_at)),
        select(Ticket.order_id, Ticket.amount + Ticket.fee_amount).where(period.holds(Ticket.returned_at)),
    ).subquery()
    # Added up first: few orders are left then, whose screenings have to be looked up.
    uneven = (
        select(moves.c.order_id).group_by(moves.c.order_id).having(func.sum(moves.c.amount) != 0).subquery()
    )
    wanted = (
        select(uneven.c.order_id)
        .join(Order, Order.id == uneven.c.order_id)
        .join(Screening, Screening.id == Order.screening_id)
        .where(Screening.cinema_id == cinema.id)
    )
    return list(session.scalars(wanted))


@dataclass(frozen=True, slots=True)
class _Held:
    money: int
    wrong: Sequence[int]


def _incomplete_money(session: Session, ids: Collection[int], *, until: datetime) -> _Held:
    money, wrong = 0, []
    for portion in in_portions(ids):
        amounts = _money(session, portion, until=until)
        states = _states(session, portion, until=until)
        for one in portion:
            if states.get(one) in INCOMPLETE:
                money += amounts.get(one, 0)
            elif amounts.get(one, 0):
                wrong.append(one)
    return _Held(money, wrong)


def _money(session: Session, ids: Sequence[int], *, until: datetime) -> dict[int, int]:
    """What was paid for each order before `until`, less what went back and what its tickets cost."""
    moves = union_all(
        select(OrderPayment.order_id.label("order_id"), Payment.amount.label("amount"))
        .join(Payment, Payment.id == OrderPayment.payment_id)
        .where(OrderPayment.order_id.in_(ids), Payment.settled_at < until),
        select(OrderPayment.order_id, -PaymentRefund.amount)
        .select_from(PaymentRefund)
        .join(OrderPayment, OrderPayment.payment_id == PaymentRefund.payment_id)
        .where(OrderPayment.order_id.in_(ids), PaymentRefund.created_at < until),
        _tickets(ids, -(Ticket.amount + Ticket.fee_amount)).where(Ticket.sold_at < until),
        _tickets(ids, Ticket.amount + Ticket.fee_amount).where(Ticket.returned_at < until),
    ).subquery()
    rows = session.execute(select(moves.c.order_id, func.sum(moves.c.amount)).group_by(moves.c.order_id))
    return {order_id: int(amount) for order_id, amount in rows}


def _tickets(ids: Sequence[int], amount: Any) -> Select[Any]:
    return select(Ticket.order_id, amount).where(Ticket.order_id.in_(ids))


def _states(session: Session, ids: Sequence[int], *, until: datetime) -> Mapping[int, str]:
    """The state of each order just before `until`, as its trail says; none before it was made."""
    last = (
        select(func.max(OrderEvent.id))
        .where(OrderEvent.order_id.in_(ids), OrderEvent.at < until)
        .group_by(OrderEvent.order_id)
    )
    rows = session.execute(select(OrderEvent.order_id, OrderEvent.to_state).where(OrderEvent.id.in_(last)))
    return {order_id: state for order_id, state in rows}  # noqa: C416 - rows


def _codes(session: Session, ids: Sequence[int]) -> list[str]:
    return [
        code
        for portion in in_portions(ids)
        for code in session.scalars(select(Order.code).where(Order.id.in_(portion)).order_by(Order.id))
    ]
