"""GET /backoffice/at/<cinema>/counter/screenings/<id>: selling seats of a screening."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.order_details import OrderDetails, details_of
from matinee.boxoffice.till_models import TillEntry
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.counter.clerks import SEATS_MAX, lead_to_till, order_here
from matinee.web.backoffice.counter.map_config import map_config
from matinee.web.backoffice.counter.money_taken import latest_sale
from matinee.web.backoffice.counter.sale_view import sale_view, type_of
from matinee.web.site.picker.drawing import draw


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>", power="sell")
def counter_screening(cinema: str, screening_id: int) -> ResponseReturnValue:
    """The hall, and the panel beside it. htmx is answered with the panel alone."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()
    if request.headers.get("HX-Target") == "sale":
        return sale_part(screening_id, now=now)
    view = read(lambda session: sale_view(session, screening_id=screening_id, now=now))
    drawing = draw(view.states.seats) if view.states.seats else None
    return render_template(
        "backoffice/counter/sale.html",
        view=view,
        held=view.held,
        shown=view.screening,
        drawing=drawing,
        marks=view.marks(),
        config=map_config(drawing, view.prices, hall=view.screening.hall.name, currency=view.currency)
        if drawing is not None
        else {},
        seats_max=SEATS_MAX,
        type_of=type_of,
    )


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/states", power="sell")
def counter_states(cinema: str, screening_id: int) -> ResponseReturnValue:
    """What became of the seats meanwhile, for the map: others sell, too."""
    view = read(lambda session: sale_view(session, screening_id=screening_id, now=clock.now()))
    return render_template(
        "backoffice/counter/states.html", states=view.told_states(), screening_id=screening_id
    )


def sale_part(screening_id: int, *, now: datetime) -> str:
    """The panel of a screening: what is held, and what can be done with it."""
    view = read(lambda session: sale_view(session, screening_id=screening_id, now=now))
    return render_template(
        "backoffice/counter/sale_part.html", view=view, held=view.held, seats_max=SEATS_MAX, type_of=type_of
    )


def answer_sale(screening_id: int, *, now: datetime) -> ResponseReturnValue:
    """The panel for htmx; for whoever has no scripts, the page."""
    if request.headers.get("HX-Request"):
        return sale_part(screening_id, now=now)
    return redirect(here("counter_screening", screening_id=screening_id), code=303)


def answer_sold(code: str) -> ResponseReturnValue:
    """What is said when the money is in the till: the change, and the tickets."""
    if not request.headers.get("HX-Request"):
        return redirect(here("counter_order", code=code), code=303)

    def look(session: Session) -> tuple[OrderDetails, TillEntry | None]:
        order = order_here(session, code)
        return details_of(session, orders=[order])[0], latest_sale(session, order=order)

    details, entry = read(look)
    return render_template("backoffice/counter/sold_part.html", details=details, entry=entry)
