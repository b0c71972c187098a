"""What webhooks tell about orders and screenings. Composed when they are delivered: how things are by then.

An order has its code here, and a seat its label. The id of a ticket opens the door, and a mail address is nobody's business:
neither stands in any event.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.natural import natural_key
from matinee.outbox.errors import NothingToSend
from matinee.outbox.webhooks.composing import EventComposer, EventContext, moment_text
from matinee.programme.models import Hall, Screening, TicketType
from matinee.tickets.queries import order_to_tell_of


def compose_order(session: Session, payload: dict[str, Any], _context: EventContext) -> dict[str, Any]:
    """The order `order_id` with its tickets, and its screening. Raises NothingToSend."""
    order = order_to_tell_of(session, order_id=payload["order_id"])
    return {
        "order": {
            "code": order.code,
            "state": order.state,
            "channel": order.channel,
            "created_at": moment_text(order.created_at),
            "screening_id": order.screening_id,
            "total": money(order.total_amount, order.currency),
            "fee": money(order.fee_amount, order.currency),
            "discount": money(order.discount_amount, order.currency),
            "paid": money(order.paid_amount, order.currency),
            "refunded": money(order.refunded_amount, order.currency),
            "tickets": _tickets(session, order),
        },
        "screening": screening_facts(order.screening),
    }


def compose_screening(session: Session, payload: dict[str, Any], _context: EventContext) -> dict[str, Any]:
    """The screening `screening_id`. Raises NothingToSend."""
    screening = session.scalars(
        select(Screening)
        .where(Screening.id == payload["screening_id"])
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
    ).one_or_none()
    if screening is None:
        raise NothingToSend("the screening does not exist any more")
    return {"screening": screening_facts(screening)}


def screening_facts(screening: Screening) -> dict[str, Any]:
    """A screening as events tell it: moments in UTC, `day` and `time` as the clock on the cinema's wall has them."""
    cinema = screening.hall.cinema
    return {
        "id": screening.id,
        "cinema": cinema.slug,
        "hall": screening.hall.name,
        "film": screening.film.title,
        "starts_at": moment_text(screening.starts_at),
        "ends_at": moment_text(screening.ends_at),
        "day": screening.day.isoformat(),
        "time": screening.time,
        "timezone": cinema.timezone,
        "cancelled": screening.cancelled_at is not None,
    }


def money(amount: int, currency: str) -> dict[str, Any]:
    """Money as events tell it: minor units."""
    return {"amount": amount, "currency": currency}


def _tickets(session: Session, order: Order) -> list[dict[str, Any]]:
    # Of an exchanged or refunded order, too: what state they are in is said.
    rows = session.execute(
        select(Ticket, TicketType.code)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(Ticket.order_id == order.id)
        .options(joinedload(Ticket.seat))
    ).all()
    return [
        {
            "seat": ticket.seat.label,
            "screening_id": ticket.screening_id,
            "ticket_type": ticket_type,
            "state": ticket.state,
            "price": money(ticket.amount, order.currency),
        }
        for ticket, ticket_type in sorted(rows, key=lambda row: natural_key(row[0].seat.label))
    ]


EVENT_COMPOSERS: dict[str, EventComposer] = {
    "order.paid": compose_order,
    "order.refunded": compose_order,
    "screening.changed": compose_screening,
    "screening.sold_out": compose_screening,
}
