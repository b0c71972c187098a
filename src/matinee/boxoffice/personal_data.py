"""Everything that is known of a member, to be handed out to that member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.personal_data import account_data
from matinee.boxoffice.models import Order, OrderEvent
from matinee.boxoffice.order_details import IssuedTicket, OrderDetails, details_of
from matinee.programme.queries import in_portions


def personal_data(session: Session, *, user: User, now: datetime) -> dict[str, Any]:
    """The account and all that was bought with it, as plain values: amounts in minor units, moments in ISO 8601, UTC."""
    orders = session.scalars(select(Order).where(Order.user_id == user.id).order_by(Order.id)).all()
    return {**account_data(session, user=user, now=now), "orders": orders_data(session, orders=orders)}


def orders_data(session: Session, *, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """These orders with all that happened to them, as plain values."""
    events: dict[int, list[OrderEvent]] = {order.id: [] for order in orders}
    for portion in in_portions(events):
        wanted = select(OrderEvent).where(OrderEvent.order_id.in_(portion)).order_by(OrderEvent.id)
        for event in session.scalars(wanted):
            events[event.order_id].append(event)
    return [_order(one, events[one.order.id]) for one in details_of(session, orders=orders)]


def _order(details: OrderDetails, events: list[OrderEvent]) -> dict[str, Any]:
    order, at = details.order, details.at
    return {
        "code": order.code,
        "created_at": order.created_at.isoformat(),
        "state": order.state,
        "bought_through": order.channel,
        "language": order.language,
        "mails_go_to": details.email,
        "film": at.film.title,
        "cinema": at.cinema.name,
        "hall": at.hall.name,
        "starts_at": at.screening.starts_at.isoformat(),
        "currency": order.currency,
        "total_amount": order.total_amount,
        "fee_amount": order.fee_amount,
        "discount_amount": order.discount_amount,
        "paid_amount": order.paid_amount,
        "refunded_amount": order.refunded_amount,
        "promo_code": details.promo_code,
        "seats": [one.seat.label for one in details.seats],
        "tickets": [_ticket(one) for one in details.tickets],
        "payments": [
            {
                "id": payment.public_id,
                "way": payment.provider,
                "amount": payment.amount,
                "refunded_amount": payment.refunded_amount,
                "state": payment.state,
                "created_at": payment.created_at.isoformat(),
            }
            for payment in details.payments
        ],
        "steps": [{"at": event.at.isoformat(), "state": event.to_state} for event in events],
    }


def _ticket(issued: IssuedTicket) -> dict[str, Any]:
    ticket = issued.ticket
    return {
        # Whom it was handed over to has an id that the buyer does not know: it opens the door.
        "id": ticket.id if ticket.holder_email is None else None,
        "handed_over_to": ticket.holder_email,
        "seat": issued.seat.label,
        "type": issued.ticket_type,
        "amount": ticket.amount,
        "fee_amount": ticket.fee_amount,
        "state": ticket.state,
    }
