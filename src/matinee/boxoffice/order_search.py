"""Finding orders, and reading what happened to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, union
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, OrderEvent
from matinee.boxoffice.orders import UNPAID


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; None does not narrow. `email`: in normal form, of the account or where the mail goes."""

    user_id: int | None = None
    screening_id: int | None = None
    state: str | None = None
    code: str | None = None
    email: str | None = None


def orders_newest_first(
    session: Session,
    *,
    wanted: OrderFilter,
    behind: ColumnElement[bool] | None,
    limit: int,
    now: datetime,
) -> Sequence[Order]:
    """The orders, by descending key. `behind`: a condition on that key."""
    found = select(Order).order_by(Order.id.desc()).limit(limit)
    if wanted.user_id is not None:
        found = found.where(Order.user_id == wanted.user_id)
    if wanted.screening_id is not None:
        found = found.where(Order.screening_id == wanted.screening_id)
    if wanted.code is not None:
        found = found.where(Order.code == wanted.code.upper())
    if wanted.email is not None:
        # Not by an OR, for which the database would look at every order.
        account = select(User.id).where(User.username == wanted.email)
        theirs = union(
            select(Order.id).where(Order.contact_email == wanted.email),
            select(Order.id).where(Order.user_id.in_(account)),
        )
        found = found.where(Order.id.in_(theirs))
    if wanted.state is not None:
        found = found.where(is_in_state(wanted.state, now))
    return session.scalars(found if behind is None else found.where(behind)).all()


def events_of(session: Session, *, order: Order) -> Sequence[OrderEvent]:
    """What happened to the order, the first step first."""
    wanted = select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id)
    return session.scalars(wanted).all()


def is_in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Whether an order is in this state at `now`: a hold that ran out is expired, swept or not."""
    if state == "expired":
        return or_(Order.state == state, and_(Order.state.in_(UNPAID), Order.hold_expires_at <= now))
    if state in UNPAID:
        return and_(Order.state == state, Order.hold_expires_at > now)
    return Order.state == state
