"""POST /orders/<code>/mail: the tickets by mail once more."""

from __future__ import annotations

from flask import flash

from matinee.boxoffice.sales import mail_tickets
from matinee.web.shared.address import caller_address
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page
from matinee.web.site.checkout.acting import act_on, order_form


@page("/orders/<code>/mail", access="everybody", methods=("POST",))
@order_form
def mail_order_tickets(code: str) -> None:
    """To where they went before. Raises TooManyAttempts."""
    services().throttle.count_attempt("send_code", account=f"tickets {code}", address=caller_address())
    act_on(code, lambda session, order, now: mail_tickets(session, order=order, now=now))
    flash(_("The tickets are on their way to you."), "good")
