"""GET and POST /orders/<code>/return: giving tickets back, once it was said what comes back."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.access import order_seen_by
from matinee.boxoffice.errors import NotTheseTickets
from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import check_refund_in_time, money_back, refund_tickets
from matinee.door.admissions import require_nobody_inside
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.languages import _, ngettext
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.visitors import asker_for
from matinee.web.site.blueprint import page, to
from matinee.web.site.checkout.acting import act_on, actor, order_form
from matinee.web.site.checkout.exchange_view import valid_tickets
from matinee.web.site.checkout.order_page import seen_order, shown


@page("/orders/<code>/return", access="everybody")
@order_form
def return_tickets(code: str) -> ResponseReturnValue:
    """Which tickets to give back; for those that are named, what comes back, and a button. Raises OrderNotFound."""
    view = seen_order(code)
    if not view.can_return:
        flash(_("These tickets cannot be given back any more."), "error")
        return redirect(to("order", code=code), code=303)
    chosen = request.args.getlist("seat")
    if not chosen and len(view.tickets) == 1:
        chosen = [view.tickets[0].seat.label]
    if not chosen:
        return shown("site/order_return.html", view)
    try:
        amount = _what_comes_back(code, chosen)
    except DomainError as error:
        flash_refusal(error)
        return redirect(to("return_tickets", code=code), code=303)
    tickets = [one for one in view.tickets if one.seat.label in chosen]
    return shown("site/order_return_sure.html", view, tickets=tickets, amount=amount)


@page("/orders/<code>/returned", access="everybody", methods=("POST",))
@order_form
def give_tickets_back(code: str) -> None:
    """The tickets for the named seats are worth nothing any more, their seats free, the money on its way."""
    chosen = request.form.getlist("seat")

    def give_back(session: Session, order: Order, now: datetime) -> None:
        require_nobody_inside(session, order=order)
        check_refund_in_time(session, order=order, now=now)
        ids = _ids_of(session, order, chosen)
        refund_tickets(session, order=order, ticket_ids=ids, actor=actor(), reason="", now=now)

    act_on(code, give_back)
    flash(ngettext("The ticket was given back.", "%(num)d tickets were given back.", len(chosen)), "good")


def _what_comes_back(code: str, labels: list[str]) -> int:
    asker, now = asker_for(code), clock.now()

    def read(session: Session) -> int:
        order = order_seen_by(session, code=code, asker=asker)
        check_refund_in_time(session, order=order, now=now)
        return money_back(session, order=order, ticket_ids=_ids_of(session, order, labels))

    return services().transactions.read(read)


def _ids_of(session: Session, order: Order, labels: list[str]) -> list[str]:
    """The ids of the tickets for these seats; the page does not have those of friends. Raises NotTheseTickets."""
    by_label = {one.seat.label: one.ticket.id for one in valid_tickets(session, order)}
    if not set(labels) <= set(by_label):
        raise NotTheseTickets
    return [by_label[label] for label in dict.fromkeys(labels)]
