"""Customers as staff sees them: those with an account, and guests, who are known by their mail address alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import SOLD
from matinee.programme.models import Screening


@dataclass(frozen=True, slots=True)
class Figures:
    """What somebody bought: orders, valid tickets for screenings that are not over, and money that was paid and did not go
    back, in minor units by currency."""

    orders: int = 0
    coming: int = 0
    kept: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who bought or may buy. A guest has no account."""

    address: str
    user: User | None
    figures: Figures


def figures_of_users(session: Session, *, user_ids: Collection[int], now: datetime) -> dict[int, Figures]:
    """User id -> what was bought, for those who ever ordered."""
    return _figures(session, Order.user_id, Order.user_id.in_(user_ids), now=now)


def figures_of_guests(session: Session, *, addresses: Collection[str], now: datetime) -> dict[str, Figures]:
    """Mail address -> what was bought with it without an account."""
    return _figures(session, Order.contact_email, is_guests(addresses), now=now)


def is_guests(addresses: Collection[str]) -> ColumnElement[bool]:
    """The condition of an order of one of these guests."""
    return Order.contact_email.in_(addresses) & Order.user_id.is_(None)


def customers_with_account(session: Session, *, users: Sequence[User], now: datetime) -> list[Customer]:
    """These users as customers."""
    figures = figures_of_users(session, user_ids=[user.id for user in users], now=now)
    return [Customer(user.username, user, figures.get(user.id, Figures())) for user in users]


def guests(
    session: Session, *, address: str | None, offset: int, limit: int, now: datetime
) -> list[Customer]:
    """Guests by their addresses, or the one with this address, which is in normal form."""
    wanted = (
        select(Order.contact_email)
        .where(Order.contact_email.is_not(None), Order.user_id.is_(None))
        .group_by(Order.contact_email)
        .order_by(Order.contact_email)
        .offset(offset)
        .limit(limit)
    )
    if address is not None:
        wanted = wanted.where(Order.contact_email == address)
    addresses = [one for one in session.scalars(wanted) if one is not None]
    figures = figures_of_guests(session, addresses=addresses, now=now)
    return [Customer(one, None, figures.get(one, Figures())) for one in addresses]


def latest_orders(session: Session, *, where: ColumnElement[bool], limit: int) -> Sequence[Order]:
    """The newest orders of somebody."""
    return session.scalars(select(Order).where(where).order_by(Order.id.desc()).limit(limit)).all()


def _figures(
    session: Session, key: ColumnElement[Any] | Any, where: ColumnElement[bool], *, now: datetime
) -> dict[Any, Figures]:
    orders: dict[Any, int] = defaultdict(int)
    kept: dict[Any, dict[str, int]] = defaultdict(dict)
    sums = select(key, Order.currency, func.count(), func.sum(Order.paid_amount - Order.refunded_amount))
    for who, currency, count, amount in session.execute(sums.where(where).group_by(key, Order.currency)):
        orders[who] += count
        kept[who][currency] = amount
    coming = (
        select(key, func.count())
        .select_from(Order)
        .join(Ticket, Ticket.order_id == Order.id)
        .join(Screening, Screening.id == Ticket.screening_id)
        .where(where, Order.state.in_(SOLD), Ticket.state == "valid", Screening.ends_at > now)
        .group_by(key)
    )
    tickets = {who: count for who, count in session.execute(coming)}  # noqa: C416 - rows
    return {who: Figures(count, tickets.get(who, 0), kept[who]) for who, count in orders.items()}
