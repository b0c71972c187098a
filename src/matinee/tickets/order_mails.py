"""What the mails say that bring no tickets: money that goes back, a screening that does not take place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order
from matinee.kernel.money import Money
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets.facts import screening_facts
from matinee.tickets.queries import order_with_screening, valid_tickets


def compose_order_refunded(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """Tickets were given back. Raises NothingToSend."""
    order = _order(session, payload)
    left = valid_tickets(session, order_id=order.id)
    gone = "Some of your tickets are not valid any more" if left else "Your tickets are not valid any more"
    sentences = [f"{gone}.", _money_back(order, payload["amount"]), _reason(payload)]
    if left:
        seats = ", ".join(ticket.seat.label for ticket in left)
        sentences.append(f"Still valid: {seats}.")
    return _news(order, context, "Tickets given back", sentences)


def compose_screening_cancelled(
    session: Session, payload: dict[str, Any], context: MailContext
) -> ComposedMail:
    """The screening does not take place. Raises NothingToSend."""
    order = _order(session, payload)
    sentences = [
        "We are sorry: this screening does not take place. Your tickets for it are not valid any more.",
        _money_back(order, payload["amount"]),
        _reason(payload),
    ]
    return _news(order, context, "Cancelled", sentences)


def compose_payment_returned(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """Money goes back that was not accepted, or that was a part of the price. Raises NothingToSend."""
    order = _order(session, payload)
    has_tickets = bool(valid_tickets(session, order_id=order.id))
    sentences = [
        _money_back(order, payload["amount"]),
        _reason(payload),
        "Your tickets stay valid." if has_tickets else "There are no tickets for this order.",
    ]
    return _news(order, context, "Your payment goes back", sentences)


def _order(session: Session, payload: dict[str, Any]) -> Order:
    order = order_with_screening(session, order_id=payload["order_id"])
    if order is None:
        raise NothingToSend("the order does not exist any more")
    return order


def _money_back(order: Order, amount: int) -> str:
    if not amount:
        return "No money goes back."
    return f"You get {Money(amount, order.currency)} back, the way it was paid."


def _reason(payload: dict[str, Any]) -> str:
    reason = " ".join(str(payload.get("reason", "")).split())
    return f"The reason: {reason}" if reason else ""


def _news(order: Order, context: MailContext, what: str, sentences: list[str]) -> ComposedMail:
    facts = screening_facts(order)
    return render_mail(
        "matinee.tickets",
        "order_news",
        subject=f"{what}: {facts['title']}, {facts['short_day']}, {facts['time']}",
        values={
            **facts,
            "what": what,
            "sentences": [sentence for sentence in sentences if sentence],
            "order_code": order.code,
            "host": urlsplit(context.base_url).netloc,
        },
    )


COMPOSERS: dict[str, Composer] = {
    "order_refunded": compose_order_refunded,
    "screening_cancelled": compose_screening_cancelled,
    "payment_returned": compose_payment_returned,
}
