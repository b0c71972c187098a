"""A ticket to keep: as PDF, in a calendar, in the wallet of a phone."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.access import order_seen_by
from matinee.boxoffice.errors import TicketNotFound
from matinee.door.errors import TicketNotValid
from matinee.kernel import clock
from matinee.tickets.mail_parts import calendar_entry
from matinee.tickets.pdf import SIZES, Size, tickets_pdf
from matinee.tickets.shown import ShownTicket, find_shown_ticket, shown_tickets_of
from matinee.tickets.wallets.apple import CONTENT_TYPE as PKPASS
from matinee.web.shared.languages import page_language
from matinee.web.shared.services import services
from matinee.web.shared.visitors import asker_for, visitor
from matinee.web.site.blueprint import page
from matinee.web.site.tickets.private_answers import keep_private


@page("/tickets/<ticket_id>.pdf", access="everybody")
def ticket_pdf(ticket_id: str) -> ResponseReturnValue:
    """The ticket on paper (`?size=a4`), or in the shape of a phone (`?size=phone`)."""
    return _pdf([_valid_ticket(ticket_id)], name="ticket.pdf")


@page("/orders/<code>/tickets.pdf", access="everybody")
def order_tickets_pdf(code: str) -> ResponseReturnValue:
    """All valid tickets of an order that its owner did not hand over. 404 for anybody else."""
    visitor()

    def read(session: Session) -> list[ShownTicket]:
        order = order_seen_by(session, code=code, asker=asker_for(code))
        shown = shown_tickets_of(session, order_id=order.id)
        return [one for one in shown if one.ticket.holder_email is None]

    tickets = services().transactions.read(read)
    if not tickets:
        raise TicketNotFound
    return _pdf(tickets, name="tickets.pdf")


@page("/tickets/<ticket_id>.ics", access="everybody")
def ticket_calendar(ticket_id: str) -> ResponseReturnValue:
    """The screening as an entry for a calendar."""
    shown = _valid_ticket(ticket_id)
    content = calendar_entry([shown.ticket], shown.order, base_url=services().base_url)
    return _file(content, content_type="text/calendar; charset=utf-8", name="ticket.ics")


@page("/tickets/<ticket_id>.pkpass", access="everybody")
def ticket_apple_wallet(ticket_id: str) -> ResponseReturnValue:
    """The ticket for Apple Wallet. 404 where the cinema has no certificate for it."""
    service = services()
    wallet = service.wallets.apple_at(clock.now())
    if wallet is None:
        raise TicketNotFound
    shown = _valid_ticket(ticket_id)
    content = wallet.pkpass(shown, language=page_language(), base_url=service.base_url, seal=service.seal)
    return _file(content, content_type=PKPASS, name="ticket.pkpass")


@page("/tickets/<ticket_id>/google-wallet", access="everybody")
def ticket_google_wallet(ticket_id: str) -> ResponseReturnValue:
    """On to Google, which keeps the ticket in its wallet. 404 where the cinema has no key for it."""
    service = services()
    wallet = service.wallets.google
    if wallet is None:
        raise TicketNotFound
    shown = _valid_ticket(ticket_id)
    url = wallet.save_url(
        shown, language=page_language(), base_url=service.base_url, seal=service.seal, now=clock.now()
    )
    return keep_private(redirect(url, code=303))  # type: ignore[arg-type]


def _valid_ticket(ticket_id: str) -> ShownTicket:
    """Raises TicketNotFound, TicketNotValid: what lets nobody in is not kept as though it did."""
    shown = services().transactions.read(lambda session: find_shown_ticket(session, ticket_id=ticket_id))
    if shown.ticket.state != "valid":
        raise TicketNotValid(shown.ticket.state)
    return shown


def _pdf(tickets: Sequence[ShownTicket], *, name: str) -> Response:
    wanted = request.args.get("size", "a4")
    size: Size = wanted if wanted in SIZES else "a4"
    # Outside any transaction: setting it takes a moment.
    service = services()
    content = tickets_pdf(
        tickets, size=size, language=page_language(), base_url=service.base_url, seal=service.seal
    )
    return _file(content, content_type="application/pdf", name=name, shown=True)


def _file(content: bytes, *, content_type: str, name: str, shown: bool = False) -> Response:
    response = Response(content, content_type=content_type)
    disposition = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return keep_private(response)
