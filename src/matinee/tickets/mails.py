"""What the mail with the tickets says. Composed when it is delivered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.money import Money
from matinee.outbox.composing import Attachment, ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets import access_mails, order_mails
from matinee.tickets.calendar import screening_calendar
from matinee.tickets.facts import screening_facts
from matinee.tickets.qr import qr_png, ticket_url
from matinee.tickets.queries import order_with_screening, valid_tickets


def compose_tickets(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail with every valid ticket of the order `order_id`, its QR picture and a calendar file.

    Raises NothingToSend where none is valid any more.
    """
    return _compose(session, payload, context, news="")


def compose_tickets_moved(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The same for an order that got other seats, since its screening moved to another hall. Raises NothingToSend."""
    news = (
        "The screening was moved to another hall: you have new seats. Your earlier tickets let you in, too."
    )
    return _compose(session, payload, context, news=news)


def _compose(session: Session, payload: dict[str, Any], context: MailContext, *, news: str) -> ComposedMail:
    order = order_with_screening(session, order_id=payload["order_id"])
    if order is None:
        raise NothingToSend("the order does not exist any more")
    tickets = valid_tickets(session, order_id=order.id)
    if not tickets:
        raise NothingToSend("no ticket of the order is valid any more")
    facts = screening_facts(order)
    shown = [_shown_ticket(ticket, order, context) for ticket in tickets]
    what = "Your ticket" if len(tickets) == 1 else f"Your {len(tickets)} tickets"
    if news:
        what = "Your new seat" if len(tickets) == 1 else "Your new seats"
    seats = ", ".join(ticket.seat.label for ticket in tickets)
    return render_mail(
        "matinee.tickets",
        "tickets",
        subject=f"{what}: {facts['title']}, {facts['short_day']}, {facts['time']}",
        values={
            **facts,
            "what": what,
            "news": news,
            "seats": seats,
            "tickets": shown,
            "order_code": order.code,
            "host": urlsplit(context.base_url).netloc,
            **_payment(order, tickets),
        },
        attachments=(
            *(_picture(ticket, context) for ticket in tickets),
            _calendar_file(order, facts, seats, ticket_url(context.base_url, tickets[0].id), context),
        ),
    )


def _shown_ticket(ticket: Ticket, order: Order, context: MailContext) -> dict[str, str]:
    seat = ticket.seat
    return {
        "id": ticket.id,
        "url": ticket_url(context.base_url, ticket.id),
        "cid": picture_cid(ticket.id),
        "seat": seat.label,
        "row": seat.row,
        "place": seat.place,
        "price": str(Money(ticket.amount, order.currency)) if ticket.amount else "",
    }


def _payment(order: Order, tickets: list[Ticket]) -> dict[str, str]:
    total = sum(ticket.amount + ticket.fee_amount for ticket in tickets)
    paid = order.paid_amount - order.refunded_amount
    owed = max(0, total - paid) if order.state == "due" else 0
    return {
        "total": str(Money(total, order.currency)) if total else "",
        "owed": str(Money(owed, order.currency)) if owed else "",
    }


def _picture(ticket: Ticket, context: MailContext) -> Attachment:
    return Attachment(
        filename=f"{ticket.id}.png",
        content_type="image/png",
        content=qr_png(ticket_url(context.base_url, ticket.id)),
        content_id=picture_cid(ticket.id),
    )


def _calendar_file(
    order: Order, facts: dict[str, str], seats: str, url: str, context: MailContext
) -> Attachment:
    host = urlsplit(context.base_url).hostname
    place = ", ".join(part for part in (facts["hall"], facts["cinema"], facts["address"]) if part)
    content = screening_calendar(
        uid=f"{order.code}@{host}",
        title=facts["title"],
        starts_at=order.screening.starts_at,
        ends_at=order.screening.ends_at,
        location=place,
        description=f"{facts['hall']}, {_counted_seats(seats)}\nOrder {order.code}\n{url}",
        url=url,
        stamped_at=order.created_at,
    )
    return Attachment(filename=f"{order.code}.ics", content_type="text/calendar", content=content)


def picture_cid(ticket_id: str) -> str:
    """The Content-ID by which the HTML of the mail shows the picture of a ticket."""
    return f"{ticket_id}@tickets.matinee"


def _counted_seats(seats: str) -> str:
    return f"seats {seats}" if "," in seats else f"seat {seats}"


COMPOSERS: dict[str, Composer] = {
    "tickets": compose_tickets,
    "tickets_moved": compose_tickets_moved,
    **order_mails.COMPOSERS,
    **access_mails.COMPOSERS,
}
