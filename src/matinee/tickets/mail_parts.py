"""What mails that bring tickets are made of: each ticket as it is shown, its picture, and the calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.money import Money
from matinee.languages.catalogs import translations
from matinee.languages.formats import money_text
from matinee.outbox.composing import Attachment, MailContext
from matinee.tickets.addresses import ticket_page_url
from matinee.tickets.calendar import screening_calendar
from matinee.tickets.codes import ticket_code
from matinee.tickets.facts import screening_facts
from matinee.tickets.qr import qr_png


def shown_ticket(
    ticket: Ticket, order: Order, context: MailContext, *, with_price: bool = True
) -> dict[str, str]:
    """What templates of mails show of a ticket that was read with its seat."""
    seat = ticket.seat
    price = money_text(Money(ticket.amount, order.currency), order.language)
    return {
        "id": ticket.id,
        "url": ticket_page_url(context.base_url, ticket.id, language=order.language),
        "cid": picture_cid(ticket.id),
        "seat": seat.label,
        "row": seat.row,
        "place": seat.place,
        "price": price if ticket.amount and with_price else "",
    }


def picture_file(ticket: Ticket, context: MailContext) -> Attachment:
    """The QR picture, which the HTML of the mail shows."""
    return Attachment(
        filename=f"{ticket.id}.png",
        content_type="image/png",
        content=qr_png(ticket_code(context.base_url, ticket, seal=context.seal)),
        content_id=picture_cid(ticket.id),
    )


def picture_cid(ticket_id: str) -> str:
    """The Content-ID by which the HTML of the mail shows the picture of a ticket."""
    return f"{ticket_id}@tickets.matinee"


def calendar_file(tickets: Sequence[Ticket], order: Order, context: MailContext) -> Attachment:
    """The screening of these tickets of an order, as a file for a calendar."""
    uid = _uid(tickets, order)
    content = calendar_entry(tickets, order, base_url=context.base_url)
    return Attachment(filename=f"{uid}.ics", content_type="text/calendar", content=content)


def calendar_entry(tickets: Sequence[Ticket], order: Order, *, base_url: str) -> bytes:
    """One entry for these tickets of an order, each with its seat and screening. A later one replaces it."""
    screening = tickets[0].screening
    facts = screening_facts(screening, language=order.language)
    url = ticket_page_url(base_url, tickets[0].id, language=order.language)
    seats = ", ".join(ticket.seat.label for ticket in tickets)
    speech = translations(order.language)
    lines = [
        f"{facts['hall']}, {speech.ngettext('seat %(seats)s', 'seats %(seats)s', len(tickets)) % {'seats': seats}}"
    ]
    if tickets[0].holder_email is None:
        # A holder knows of no order.
        lines.append(speech.gettext("Order %(code)s") % {"code": order.code})
    return screening_calendar(
        uid=f"{_uid(tickets, order)}@{urlsplit(base_url).hostname}",
        title=facts["title"],
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        location=", ".join(part for part in (facts["hall"], facts["cinema"], facts["address"]) if part),
        description="\n".join([*lines, url]),
        url=url,
        stamped_at=order.created_at,
    )


def _uid(tickets: Sequence[Ticket], order: Order) -> str:
    return tickets[0].id if tickets[0].holder_email is not None else order.code
