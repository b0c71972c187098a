"""Retention: some time after a screening nobody knows any more who bought its tickets. Figures stay as they are.

A screening at a time, so that its transaction stays short, and never an order with money that is still on its way: its
screening is looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from matinee.boxoffice.forgetting import forget_buyers
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.orders import UNPAID
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Screening

# So many are dealt with by one set of statements.
ORDERS_COUNT_MAX = 500
# The end and the id of a screening: those behind it come next.
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Forgettable:
    """How much there is to forget: orders of screenings that ended long ago, and how many wait for their money."""

    screenings: int
    orders: int
    orders_waiting: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten of one screening, and where to go on."""

    place: Place
    cinema_id: int
    orders: int
    orders_waiting: int


def forgets_before(*, days: int, now: datetime) -> datetime | None:
    """Of screenings that ended before this moment the buyers are forgotten; None, for 0 days: of none ever."""
    return now - timedelta(days=days) if days else None


def count_forgettable(session: Session, *, before: datetime) -> Forgettable:
    """What `forget_next` would forget, all in all."""
    due = _due(before)
    orders = select(func.count()).select_from(Order).join(Screening, Screening.id == Order.screening_id)
    return Forgettable(
        screenings=session.scalar(select(func.count()).select_from(Screening).where(due)) or 0,
        orders=session.scalar(orders.where(due, ~_money_is_on_its_way())) or 0,
        orders_waiting=session.scalar(orders.where(due, _money_is_on_its_way())) or 0,
    )


def forget_next(
    session: Session, *, before: datetime, behind: Place | None = None, now: datetime
) -> Forgotten | None:
    """Forget who bought at the next screening that ended before `before`; None where there is none.

    `behind`: the place of the one before, so that what waits for money is passed by. What another worker is at is, too.
    """
    wanted = select(Screening).where(_due(before)).order_by(Screening.ends_at, Screening.id).limit(1)
    if behind is not None:
        wanted = wanted.where(tuple_(Screening.ends_at, Screening.id) > tuple_(*behind))
    screening = session.scalars(wanted.with_for_update(key_share=True, skip_locked=True)).one_or_none()
    if screening is None:
        return None
    of_screening = select(Order.id).where(Order.screening_id == screening.id).order_by(Order.id)
    # Whoever changes one of them is waited for: what he begins counts.
    every = session.scalars(of_screening.with_for_update()).all()
    waiting = set(session.scalars(of_screening.where(_money_is_on_its_way())))
    ready = [order_id for order_id in every if order_id not in waiting]
    for start in range(0, len(ready), ORDERS_COUNT_MAX):
        forget_buyers(session, order_ids=ready[start : start + ORDERS_COUNT_MAX])
    if not waiting:
        screening.forgotten_at = now
    session.flush()
    return Forgotten((screening.ends_at, screening.id), screening.cinema_id, len(ready), len(waiting))


def _due(before: datetime) -> ColumnElement[bool]:
    # As the index of those that are not forgotten has it.
    return and_(Screening.forgotten_at.is_(None), Screening.ends_at < before)


def _money_is_on_its_way() -> ColumnElement[bool]:
    """Whether a hold is not over, a payment is under way, or money that goes back has not arrived."""
    back = exists().where(
        PaymentRefund.payment_id == Payment.id, PaymentRefund.state.in_(("pending", "by_hand", "failed"))
    )
    moving = exists().where(
        OrderPayment.order_id == Order.id,
        Payment.id == OrderPayment.payment_id,
        or_(Payment.state.in_(("starting", "pending")), back.correlate(Payment)),
    )
    return or_(Order.state.in_(UNPAID), moving.correlate(Order))
