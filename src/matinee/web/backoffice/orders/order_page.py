"""GET /backoffice/orders/<code>: everything about one order."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.web.backoffice.blueprint import NAME, here, may_here, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.orders import words
from matinee.web.backoffice.orders.order_file import OrderFile, read_order_file
from matinee.web.backoffice.orders.timeline import recipient_told, timeline_of
from matinee.web.shared.languages import N_, _
from matinee.web.shared.powers import Power

KINDS = {
    "step": N_("Order"),
    "money": N_("Money"),
    "ticket": N_("Ticket"),
    "door": N_("Door"),
    "mail": N_("Mail"),
    "staff": N_("Staff"),
}


@staff_page("/orders/<code>", power="orders")
def order(code: str) -> ResponseReturnValue:
    """The order, its whole history, and what can be done with it. Raises OrderNotFound."""
    now = clock.now()
    file = read(lambda session: read_order_file(session, code=code, now=now))
    return render_template("backoffice/orders/order.html", **order_values(file))


def order_values(file: OrderFile) -> dict[str, Any]:
    """What the templates of one order are told."""
    at = file.details.at
    return {
        "file": file,
        "order": file.order,
        "at": at,
        "zone": file.zone,
        "currency": file.currency,
        "timeline": timeline_of(file),
        "kinds": {key: _(said) for key, said in KINDS.items()},
        "words": words,
        "recipient_told": lambda message: recipient_told(file, message),
        "link": link_where_there_is,
    }


def link_where_there_is(endpoint: str, power: Power, **values: Any) -> str | None:
    """The address of a page of another room; None where this house has none, or whoever looks may not see it."""
    if f"{NAME}.{endpoint}" not in current_app.view_functions or not may_here(power):
        return None
    return here(endpoint, **values)
