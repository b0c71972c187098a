"""The lines of an order: which seats it is for, for whom, and what the buyer was told that each costs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderLine
from matinee.boxoffice.offers import PricedSeat


def lines_of(session: Session, *, order: Order) -> Sequence[OrderLine]:
    """The order's lines in the order of their seats' keys."""
    wanted = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.seat_id)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def replace_lines(session: Session, *, order: Order, priced: Sequence[PricedSeat]) -> None:
    """Let the order be for these seats alone; its claims must follow."""
    session.execute(delete(OrderLine).where(OrderLine.order_id == order.id))
    add_lines(session, order=order, priced=priced)
    order.seats_asked = order.seats_claimed = len(priced)
    session.flush()


def add_lines(session: Session, *, order: Order, priced: Sequence[PricedSeat]) -> None:
    """The lines of an order that has none; stored with what is stored next."""
    session.add_all(
        OrderLine(
            order_id=order.id, seat_id=one.seat.id, ticket_type_id=one.ticket_type_id, amount=one.amount
        )
        for one in priced
    )
