"""GET /tickets/<id>: the ticket on a phone. Whoever knows the id may see it, as at the door."""

from __future__ import annotations

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.tickets.facts import screening_facts
from matinee.tickets.qr import qr_for_page
from matinee.web.shared.house import house_of
from matinee.web.shared.languages import page_language
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.blueprint import page
from matinee.web.site.tickets.private_answers import keep_private
from matinee.web.site.tickets.seen import see_ticket


@page("/tickets/<ticket_id>", access="everybody")
def ticket(ticket_id: str) -> ResponseReturnValue:
    """The ticket as it is worth now."""
    service = services()
    now = clock.now()
    # Before the transaction: it looks for the account in one of its own.
    visitor()
    seen = service.transactions.read(lambda session: see_ticket(session, ticket_id=ticket_id, now=now))
    shown = seen.shown
    wallets = service.wallets
    response = make_response(
        render_template(
            "site/tickets/ticket.html",
            house=house_of(shown.cinema.slug),
            seen=seen,
            shown=shown,
            facts=screening_facts(shown.screening, language=page_language()),
            qr=qr_for_page(shown.code(service.base_url, seal=service.seal)),
            has_apple=wallets.apple_at(now) is not None,
            has_google=wallets.google is not None,
        )
    )
    return keep_private(response)
