"""What mails say to whoever has a ticket that a buyer handed over: that it came, that it moved, that it is worth nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.holders import EXCHANGED, TAKEN_BACK
from matinee.boxoffice.models import Order, Ticket
from matinee.languages.catalogs import translations
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets.facts import screening_facts
from matinee.tickets.mail_parts import calendar_file, picture_file, shown_ticket
from matinee.tickets.queries import order_to_tell_of, ticket_with_seat


def compose_handed_over(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The ticket `ticket_id` for its holder, with its picture and a calendar file. Raises NothingToSend.

    It tells nothing of the order: what it cost and who paid is the buyer's business.
    """
    ticket, order = _ticket_and_order(session, payload)
    if ticket.state != "valid":
        raise NothingToSend("the ticket is not valid any more")
    language = order.language
    _ = translations(language).gettext
    if payload.get("moved"):
        what = _("Your new seat")
        news = _("The screening was moved to another hall, and you have a new seat.")
    else:
        what = _("A ticket for you")
        news = _("Somebody bought this ticket and has handed it over to you. It is yours alone now.")
    facts = screening_facts(order.screening, language=language)
    return render_mail(
        "matinee.tickets",
        "tickets",
        subject=f"{what}: {facts['title']}, {facts['short_day']}, {facts['time']}",
        language=language,
        values={
            **facts,
            "what": what,
            "news": news,
            "seats": ticket.seat.label,
            "tickets": [shown_ticket(ticket, order, context, with_price=False)],
            "order_code": "",
            "order_url": "",
            "total": "",
            "owed": "",
            "host": urlsplit(context.base_url).netloc,
        },
        attachments=(picture_file(ticket, context), calendar_file([ticket], order, context)),
    )


def compose_withdrawn(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The ticket `ticket_id` lets nobody in any more. Raises NothingToSend."""
    ticket, order = _ticket_and_order(session, payload)
    language = order.language
    _ = translations(language).gettext
    reasons = {
        TAKEN_BACK: _("The buyer has taken it back."),
        EXCHANGED: _("The buyer has exchanged it for another screening or other seats."),
        "order_refunded": _("It was given back."),
        "screening_cancelled": _("We are sorry: this screening does not take place."),
    }
    facts = screening_facts(ticket.screening, language=language)
    what = _("Your ticket is not valid any more")
    sentences = [
        reasons.get(payload["why"], ""),
        _("The ticket for seat %(seat)s that was handed over to you lets nobody in any more.")
        % {"seat": ticket.seat.label},
    ]
    return render_mail(
        "matinee.tickets",
        "order_news",
        subject=f"{what}: {facts['title']}, {facts['short_day']}, {facts['time']}",
        language=language,
        values={
            **facts,
            "what": what,
            "sentences": [sentence for sentence in sentences if sentence],
            "money_back": "",
            "order_code": "",
            "order_url": "",
            "host": urlsplit(context.base_url).netloc,
        },
    )


def _ticket_and_order(session: Session, payload: dict[str, Any]) -> tuple[Ticket, Order]:
    ticket = ticket_with_seat(session, ticket_id=payload["ticket_id"])
    if ticket is None:
        raise NothingToSend("the ticket does not exist any more")
    order = order_to_tell_of(session, order_id=ticket.order_id)
    return ticket, order


COMPOSERS: dict[str, Composer] = {
    "ticket_handed_over": compose_handed_over,
    "ticket_withdrawn": compose_withdrawn,
}
