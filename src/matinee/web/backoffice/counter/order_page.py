"""GET /backoffice/at/<cinema>/counter/orders/<code>: an order whose buyer stands at the counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.order_details import IssuedTicket, OrderDetails, details_of
from matinee.boxoffice.order_search import events_of
from matinee.boxoffice.orders import SOLD, UNPAID, outstanding_amount, state_at
from matinee.boxoffice.till_models import TillEntry
from matinee.boxoffice.tills import find_open_till
from matinee.kernel import clock
from matinee.programme.ticket_types import ticket_types_of
from matinee.tickets.pdf import SIZES, Size, tickets_pdf
from matinee.tickets.shown import ShownTicket, shown_tickets_of
from matinee.web.backoffice.blueprint import staff_id, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.counter.clerks import order_here
from matinee.web.backoffice.counter.money_taken import change_due, latest_sale
from matinee.web.shared.languages import _
from matinee.web.shared.services import services


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order as the counter needs it."""

    details: OrderDetails
    valid: list[IssuedTicket]
    state: str
    outstanding: int
    sale: TillEntry | None
    has_till: bool
    # Code of a ticket type -> what people call it.
    type_names: Mapping[str, str]

    @property
    def is_sold(self) -> bool:
        """Whether there are tickets that can be given back or exchanged."""
        return self.state in SOLD and bool(self.valid)

    @property
    def is_payable(self) -> bool:
        """Whether money can be taken for it now."""
        return self.outstanding > 0 and (self.state == "due" or self.state in UNPAID)


@staff_page("/at/<cinema>/counter/orders/<code>", power="sell")
def counter_order(cinema: str, code: str) -> ResponseReturnValue:
    """Its tickets, and what can be done with them here."""
    now = clock.now()

    def look(session: Session) -> str:
        shown = shown_order(session, code=code, now=now)
        return render_template(
            "backoffice/counter/order.html",
            shown=shown,
            details=shown.details,
            entry=shown.sale,
            change=change_due(shown.sale),
            events=events_of(session, order=shown.details.order),
            state_words=state_words(),
            zone=shown.details.at.cinema.timezone,
            currency=shown.details.order.currency,
        )

    return read(look)


@staff_page("/at/<cinema>/counter/orders/<code>/tickets.pdf", power="sell")
def counter_tickets_pdf(cinema: str, code: str) -> ResponseReturnValue:
    """The valid tickets of an order on paper, in the order's language; those too that the buyer handed over."""

    def look(session: Session) -> tuple[list[ShownTicket], str]:
        order = order_here(session, code)
        return shown_tickets_of(session, order_id=order.id), order.language

    tickets, language = read(look)
    if not tickets:
        raise TicketNotFound
    wanted = request.args.get("size", "a4")
    size: Size = wanted if wanted in SIZES else "a4"
    # Outside any transaction: setting it takes a moment.
    service = services()
    content = tickets_pdf(tickets, size=size, language=language, base_url=service.base_url, seal=service.seal)
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{code}.pdf"'
    return response


def shown_order(session: Session, *, code: str, now: datetime) -> ShownOrder:
    """The order of this code. Raises OrderNotFound."""
    order = order_here(session, code)
    details = details_of(session, orders=[order])[0]
    mine = find_open_till(session, clerk_id=staff_id())
    return ShownOrder(
        details=details,
        valid=[one for one in details.tickets if one.ticket.state == "valid"],
        state=state_at(order, now=now),
        outstanding=outstanding_amount(order),
        sale=latest_sale(session, order=order),
        has_till=mine is not None and mine.cinema_id == this_house().id,
        type_names={one.code: one.name for one in ticket_types_of(session, cinema_id=this_house().id)},
    )


def state_words() -> dict[str, str]:
    """What the states of an order are called."""
    return {
        "held": _("held"),
        "paying": _("being paid"),
        "due": _("to pay"),
        "paid": _("paid"),
        "refunded": _("given back"),
        "cancelled": _("cancelled"),
        "expired": _("ran out"),
    }
