"""What staff does with an order that moves neither money nor seats: mail, address, hold, paper."""

from __future__ import annotations

from flask import Response, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.users import normal_username
from matinee.boxoffice.contacts import set_contact
from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.holds import release_hold
from matinee.boxoffice.models import Order
from matinee.boxoffice.orders import find_order
from matinee.boxoffice.resending import resend_tickets
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.models import Screening
from matinee.tickets.pdf import tickets_pdf
from matinee.tickets.shown import ShownTicket, shown_tickets_of
from matinee.web.backoffice.blueprint import here, lead_to, staff_name, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.orders.order_file import subject_of_order
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, ngettext, page_language
from matinee.web.shared.services import services


def cinema_of(session: Session, order: Order) -> int:
    """The id of the order's cinema."""
    return session.get_one(Screening, order.screening_id).cinema_id


@staff_page("/orders/<code>/resend", power="sell", methods=("POST",))
def resend_order(code: str) -> ResponseReturnValue:
    """Send the mail with the tickets once more. Raises OrderNotFound."""
    now = clock.now()

    def work(session: Session, trail: Trail) -> str:
        order = find_order(session, code=code)
        recipient = resend_tickets(session, order=order, now=now)
        said = f"{order.code}: tickets sent again"
        trail("order.resend", subject_of_order(order), said, cinema_id=cinema_of(session, order))
        return recipient

    try:
        recipient = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The tickets are on their way to %(address)s.", address=recipient), "good")
    return lead_to(here("order", code=code))


@staff_page("/orders/<code>/contact", power="sell", methods=("POST",))
def change_contact(code: str) -> ResponseReturnValue:
    """Send mail about the order to another address; to that of its account where none is given. Raises OrderNotFound."""
    now, typed = clock.now(), request.form.get("email", "").strip()

    def work(session: Session, trail: Trail) -> None:
        order = find_order(session, code=code)
        set_contact(session, order=order, email=normal_username(typed) if typed else None, now=now)
        # No address: the log is kept for longer than what it is about.
        said = f"{order.code}: mail goes to another address"
        trail("order.contact", subject_of_order(order), said, cinema_id=cinema_of(session, order))

    try:
        change(work, now=now)
    except NotAnAddress:
        flash(_("This is no mail address. It looks like anna@example.org."), "error")
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("Mail about this order goes there from now on. Nothing was sent yet."), "good")
    return lead_to(here("order", code=code))


@staff_page("/orders/<code>/release", power="sell", methods=("GET", "POST"))
def cancel_hold(code: str) -> ResponseReturnValue:
    """Let go of the seats of a hold, once it was typed that this is meant. Raises OrderNotFound, StepNotAllowed."""
    now, word = clock.now(), _("let go")
    if request.method == "GET":
        return read(lambda session: _ask_about_hold(session, code, word))
    if not is_sure(word):
        return lead_to(here("cancel_hold", code=code))

    def work(session: Session, trail: Trail) -> None:
        order = find_order(session, code=code)
        release_hold(session, order=order, actor=staff_name(), now=now)
        said = f"{order.code}: hold cancelled, {order.seats_claimed} seats free again"
        trail("order.cancel_hold", subject_of_order(order), said, cinema_id=cinema_of(session, order))

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The seats are free again."), "good")
    return lead_to(here("order", code=code))


def _ask_about_hold(session: Session, code: str, word: str) -> str:
    order = find_order(session, code=code)
    seats = ngettext("%(num)d seat is free again.", "%(num)d seats are free again.", order.seats_claimed)
    paid = order.paid_amount - order.refunded_amount
    back = _("What was paid of it goes back.") if paid else _("Nothing was paid of it.")
    return ask_sure(
        title=_("Let go of the hold %(code)s?", code=order.code),
        facts=[(_("Seats"), seats), (_("Money"), back)],
        word=word,
        action=here("cancel_hold", code=order.code),
        button=_("Let go"),
        back=here("order", code=order.code),
    )


@staff_page("/orders/<code>/tickets.pdf", power="sell")
def print_order(code: str) -> ResponseReturnValue:
    """The valid tickets that are still the buyer's, on paper. Raises OrderNotFound, TicketNotFound where there is none."""

    def work(session: Session) -> list[ShownTicket]:
        found = shown_tickets_of(session, order_id=find_order(session, code=code).id)
        return [one for one in found if one.ticket.holder_email is None]

    tickets = read(work)
    if not tickets:
        raise TicketNotFound
    # Outside any transaction: setting it takes a moment.
    service = services()
    content = tickets_pdf(
        tickets, size="a4", language=page_language(), base_url=service.base_url, seal=service.seal
    )
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="tickets.pdf"'
    return response
