"""POST /orders/<code>/hand-overs, /take-backs and /mails: what the owner of an order does with its tickets."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.users import normal_username
from matinee.boxoffice.access import order_changed_by
from matinee.boxoffice.hand_overs import hand_over_ticket, take_ticket_back
from matinee.boxoffice.resending import resend_tickets as put_into_the_mail
from matinee.boxoffice.tickets import find_ticket
from matinee.door.admissions import require_nobody_inside
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.address import caller_address
from matinee.web.shared.forgery import is_ours
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.visitors import asker_for, visitor
from matinee.web.site.blueprint import page, to


@page("/orders/<code>/hand-overs", access="everybody", methods=("POST",))
def hand_over(code: str) -> ResponseReturnValue:
    """Hand one ticket (`ticket`) over to a friend (`email`); lead back to its page, which then says so."""
    now = clock.now()
    name = visitor().name
    ticket_id = request.form.get("ticket", "")

    def work(session: Session) -> None:
        order = order_changed_by(session, code=code, asker=asker_for(code))
        label = find_ticket(session, ticket_id=ticket_id).seat.label
        require_nobody_inside(session, order=order, seat_label=label)
        hand_over_ticket(session, order=order, ticket_id=ticket_id, email=email, actor=name, now=now)

    try:
        email = normal_username(request.form.get("email", ""))
        _count_mail(code)
        services().transactions.write(work)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The ticket is on its way to %(address)s.", address=email), "good")
    return _back(to("ticket", ticket_id=ticket_id) if ticket_id else to("order", code=code))


@page("/orders/<code>/take-backs", access="everybody", methods=("POST",))
def take_back(code: str) -> ResponseReturnValue:
    """Take the ticket for one seat (`seat`) back; lead to the page that it has now."""
    now = clock.now()
    name = visitor().name
    seat = request.form.get("seat", "")

    def work(session: Session) -> str:
        order = order_changed_by(session, code=code, asker=asker_for(code))
        require_nobody_inside(session, order=order, seat_label=seat)
        return take_ticket_back(session, order=order, seat_label=seat, actor=name, now=now).id

    try:
        ticket_id = services().transactions.write(work)
    except DomainError as error:
        flash_refusal(error)
        return _back(to("order", code=code))
    flash(_("The ticket is yours again. What your friend had lets nobody in any more."), "good")
    return redirect(to("ticket", ticket_id=ticket_id), code=303)


@page("/orders/<code>/mails", access="everybody", methods=("POST",))
def resend_tickets(code: str) -> ResponseReturnValue:
    """Send the mail with the tickets once more, to where mail about the order goes."""
    now = clock.now()
    visitor()

    def work(session: Session) -> str:
        order = order_changed_by(session, code=code, asker=asker_for(code))
        return put_into_the_mail(session, order=order, now=now)

    try:
        _count_mail(code)
        address = services().transactions.write(work)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The tickets are on their way to %(address)s once more.", address=address), "good")
    return _back(to("order", code=code))


def _count_mail(code: str) -> None:
    services().throttle.count_attempt("send_code", account=f"order {code}", address=caller_address())


def _back(otherwise: str) -> ResponseReturnValue:
    wanted = request.form.get("next", "")
    return redirect(wanted if is_ours(wanted) else otherwise, code=303)
