"""GET /orders/<code>: one page for an order, whatever it is; its state for scripts; its screening for calendars."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.holds import WARNED_BEFORE_END
from matinee.kernel import clock
from matinee.languages.formats import moment_text, time_text
from matinee.tickets.calendar import screening_calendar
from matinee.web.shared.house import house_of
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.security_headers import let_forms_lead_to
from matinee.web.shared.services import services
from matinee.web.shared.visitors import asker_for
from matinee.web.site.blueprint import full_url, page, to
from matinee.web.site.checkout.order_view import OrderView, read_order
from matinee.web.site.checkout.seats_told import told_seats
from matinee.web.site.checkout.ways_to_pay import payment_pages, ways_to_pay

TEMPLATES = {
    "held": "site/order_held.html",
    "paying": "site/order_paying.html",
    "late": "site/order_paying.html",
    "reserved": "site/order_reserved.html",
    "sold": "site/order_sold.html",
}
OVER = "site/order_over.html"


@page("/orders/<code>", access="everybody")
def order(code: str) -> ResponseReturnValue:
    """The order; how to find it where it is not the visitor's."""
    try:
        view = seen_order(code)
    except OrderNotFound:
        return unknown_order(code)
    if (pages := payment_pages(view)) and view.stage not in ("expired", "cancelled", "refunded"):
        let_forms_lead_to(" ".join(pages))
    return shown(
        TEMPLATES.get(view.stage, OVER),
        view,
        ways=ways_to_pay(view),
        until=told_until(view),
        came_back="back" in request.args,
        register_url=_way_to("register", next=request.path),
        extensions_left=max(0, services().hold_terms.extensions_max - view.order.extensions),
        more_minutes=int(services().hold_terms.lifetime.total_seconds() // 60),
        next_look_seconds=_next_look_seconds(view),
        warning=WARNED_BEFORE_END,
    )


@page("/orders/<code>/state", access="everybody")
def order_state(code: str) -> ResponseReturnValue:
    """For the scripts of the page. Raises OrderNotFound."""
    return _unkept(jsonify(state_told(seen_order(code))))


@page("/orders/<code>/screening.ics", access="everybody")
def order_calendar(code: str) -> ResponseReturnValue:
    """The screening for the visitor's calendar. Raises OrderNotFound."""
    view = seen_order(code)
    at = view.details.at
    content = screening_calendar(
        # The same as in the mail with the tickets: one entry, however often it is taken.
        uid=f"{view.order.code}@{urlsplit(services().base_url).hostname}",
        title=at.film.title,
        starts_at=at.screening.starts_at,
        ends_at=at.screening.ends_at,
        location=", ".join(part for part in (at.hall.name, at.cinema.name, at.cinema.address) if part),
        description=f"{told_seats(view)}\n{_('Order %(code)s', code=view.order.code)}",
        url=full_url("order", code=view.order.code),
        stamped_at=view.order.created_at,
    )
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.order.code}.ics"'
    return _unkept(response)


def seen_order(code: str) -> OrderView:
    """The visitor's order. Raises OrderNotFound."""
    now, asker = clock.now(), asker_for(code)
    return services().transactions.read(lambda session: read_order(session, code=code, asker=asker, now=now))


def state_told(view: OrderView) -> dict[str, object]:
    """What scripts learn of an order; moments in milliseconds of Unix time."""
    ends = view.expires_at
    return {
        "version": view.version,
        "expires_at": int(ends.timestamp() * 1000) if ends is not None else None,
        "now": int(view.now.timestamp() * 1000),
        "until": told_until(view),
    }


def told_until(view: OrderView) -> str:
    """Until when the order is kept: the time, with the day where that is not soon; empty where it has no end."""
    if view.expires_at is None:
        return ""
    zone = view.details.at.cinema.timezone
    is_soon = view.expires_at - view.now < timedelta(hours=12)
    return (time_text if is_soon else moment_text)(view.expires_at, zone, page_language())


def shown(template: str, view: OrderView, **values: object) -> Response:
    """A page about an order, which no cache keeps: the way back leads to what it is by then."""
    at = view.details.at
    house = house_of(at.cinema.slug)
    return _unkept(make_response(render_template(template, view=view, at=at, house=house, **values)))


def unknown_order(code: str) -> ResponseReturnValue:
    """The order is not there, or not the visitor's: which of the two is nobody's business."""
    return _unkept(make_response(render_template("site/order_unknown.html", code=code), 404))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _next_look_seconds(view: OrderView) -> int | None:
    """After which a browser without scripts looks again: when the warning is due, and at the end."""
    if view.expires_at is None:
        return None
    left = view.expires_at - view.now
    until = left - WARNED_BEFORE_END if left > WARNED_BEFORE_END else left
    return int(until.total_seconds()) + 1


def _way_to(endpoint: str, **values: str) -> str | None:
    """The address of a page, where there is one of this name."""
    try:
        return to(endpoint, **values)
    except BuildError:
        return None
