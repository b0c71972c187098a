"""What the mail with the tickets of an order says. Composed when it is delivered, in the order's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.money import Money
from matinee.languages.catalogs import translations
from matinee.languages.formats import money_text
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets import access_mails, holder_mails, order_mails
from matinee.tickets.addresses import order_page_url
from matinee.tickets.facts import screening_facts
from matinee.tickets.mail_parts import calendar_file, picture_file, shown_ticket
from matinee.tickets.queries import order_to_tell_of, own_valid_tickets


def compose_tickets(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail with every valid ticket of the order `order_id` that the buyer still has, QR pictures and a calendar file.

    Raises NothingToSend where there is none.
    """
    return _compose(session, payload, context, moved=False)


def compose_tickets_moved(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The same for an order that got other seats, since its screening moved to another hall. Raises NothingToSend."""
    return _compose(session, payload, context, moved=True)


def _compose(session: Session, payload: dict[str, Any], context: MailContext, *, moved: bool) -> ComposedMail:
    order = order_to_tell_of(session, order_id=payload["order_id"])
    tickets = own_valid_tickets(session, order_id=order.id)
    if not tickets:
        raise NothingToSend("no ticket of the order is valid any more and still the buyer's")
    language = order.language
    facts = screening_facts(order.screening, language=language)
    what, news = _what(len(tickets), moved=moved, language=language)
    return render_mail(
        "matinee.tickets",
        "tickets",
        subject=f"{what}: {facts['title']}, {facts['short_day']}, {facts['time']}",
        language=language,
        values={
            **facts,
            "what": what,
            "news": news,
            "seats": ", ".join(ticket.seat.label for ticket in tickets),
            "tickets": [shown_ticket(ticket, order, context) for ticket in tickets],
            "order_code": order.code,
            "order_url": order_page_url(context.base_url, order.code, language=language),
            "host": urlsplit(context.base_url).netloc,
            **_payment(order, tickets),
        },
        attachments=(
            *(picture_file(ticket, context) for ticket in tickets),
            calendar_file(tickets, order, context),
        ),
    )


def _what(count: int, *, moved: bool, language: str) -> tuple[str, str]:
    """The first words of the mail, and what is new."""
    speech = translations(language)
    if not moved:
        return speech.ngettext("Your ticket", "Your %(num)d tickets", count) % {"num": count}, ""
    return (
        speech.ngettext("Your new seat", "Your new seats", count),
        speech.gettext(
            "The screening was moved to another hall: you have new seats. Your earlier tickets let you in, too."
        ),
    )


def _payment(order: Order, tickets: list[Ticket]) -> dict[str, str]:
    total = sum(ticket.amount + ticket.fee_amount for ticket in tickets)
    paid = order.paid_amount - order.refunded_amount
    owed = max(0, total - paid) if order.state == "due" else 0

    def told(amount: int) -> str:
        return money_text(Money(amount, order.currency), order.language) if amount else ""

    return {"total": told(total), "owed": told(owed)}


COMPOSERS: dict[str, Composer] = {
    "tickets": compose_tickets,
    "tickets_moved": compose_tickets_moved,
    **order_mails.COMPOSERS,
    **access_mails.COMPOSERS,
    **holder_mails.COMPOSERS,
}
