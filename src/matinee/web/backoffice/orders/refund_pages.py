"""GET and POST /backoffice/orders/<code>/refund: tickets that staff takes back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import NotTheseTickets
from matinee.boxoffice.models import Order
from matinee.boxoffice.money_back import parts_back
from matinee.boxoffice.order_details import IssuedTicket
from matinee.boxoffice.orders import find_order
from matinee.boxoffice.refunds import money_back, refund_tickets, valid_tickets_of
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.kernel.money import Money
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.web.backoffice.blueprint import here, lead_to, staff_name, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.orders.money import told_money
from matinee.web.backoffice.orders.order_actions import cinema_of
from matinee.web.backoffice.orders.order_file import OrderFile, read_order_file, subject_of_order
from matinee.web.backoffice.orders.order_page import order_values
from matinee.web.backoffice.orders.words import PROVIDERS, word_for
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, ngettext

REASON_CHARACTERS_MAX = 200


def typed_reason(text: str | None) -> str:
    """Why, as somebody wrote it, on one line."""
    return " ".join((text or "").replace("\0", "").split())[:REASON_CHARACTERS_MAX]


@staff_page("/orders/<code>/refund", power="sell")
def refund_order_tickets(code: str) -> ResponseReturnValue:
    """Which tickets and why; for those that are named, what comes back and a word to type. Raises OrderNotFound."""
    now = clock.now()
    file = read(lambda session: read_order_file(session, code=code, now=now))
    if not file.is_sold or not file.valid_tickets:
        flash(_("There is no ticket that could be given back."), "error")
        return lead_to(here("order", code=file.order.code))
    seats, reason = set(request.args.getlist("seat", type=int)), typed_reason(request.args.get("reason"))
    if request.args.get("all"):
        seats = {one.seat.id for one in file.valid_tickets}
    chosen = [one for one in file.valid_tickets if one.seat.id in seats]
    if not chosen or len(chosen) != len(seats) or not reason:
        if request.args.get("step"):
            flash(_("Choose at least one ticket, and write why."), "error")
        return render_template(
            "backoffice/orders/refund.html", **order_values(file), chosen=seats, reason=reason
        )
    return _ask(file, chosen, reason)


def _ask(file: OrderFile, chosen: Sequence[IssuedTicket], reason: str) -> str:
    ids = [one.ticket.id for one in chosen]

    def plan(session: Session) -> tuple[int, list[tuple[Payment, int]]]:
        order = find_order(session, code=file.order.code)
        amount = money_back(session, order=order, ticket_ids=ids)
        return amount, parts_back(session, order=order, amount=amount)

    amount, ways = read(plan)
    count = ngettext("%(num)d ticket", "%(num)d tickets", len(chosen))
    facts = [
        (_("Tickets"), f"{count}: {', '.join(one.seat.label for one in chosen)}"),
        (_("Money back"), told_money(amount, file.currency) if amount else _("Nothing: nothing was paid.")),
        *((_("By"), _way(payment, part)) for payment, part in ways),
        (_("Reason"), reason),
        (_("Mail"), file.details.email or _("Nobody is told: there is no address.")),
    ]
    return ask_sure(
        title=_("Take tickets of %(code)s back?", code=file.order.code),
        facts=facts,
        word=_("refund"),
        action=here("refund_now", code=file.order.code),
        button=_("Refund"),
        back=here("order", code=file.order.code),
        warning=_warning(file, chosen),
        fields={"seats": ",".join(str(one.seat.id) for one in chosen), "reason": reason},
    )


def _way(payment: Payment, part: int) -> str:
    amount, way = told_money(part, payment.currency), word_for(payment.provider, PROVIDERS)
    if payment.provider == "counter":
        return _("%(way)s: %(amount)s. You hand it out.", way=way, amount=amount)
    if payment.provider == VOUCHER:
        return _("%(way)s: %(amount)s. It can be spent again at once.", way=way, amount=amount)
    return _("%(way)s: %(amount)s. It goes back the way it came.", way=way, amount=amount)


def _warning(file: OrderFile, chosen: Sequence[IssuedTicket]) -> str:
    inside = [one.seat.label for one in chosen if one.ticket.id in file.admissions]
    if not inside:
        return ""
    return ngettext(
        "Somebody came in with the ticket for %(seats)s.",
        "Somebody came in with the tickets for %(seats)s.",
        len(inside),
        seats=", ".join(inside),
    )


@staff_page("/orders/<code>/refunded", power="sell", methods=("POST",))
def refund_now(code: str) -> ResponseReturnValue:
    """The tickets are worth nothing any more, their seats free, the money on its way. Raises OrderNotFound."""
    reason = typed_reason(request.form.get("reason"))
    seats = {
        int(one) for one in request.form.get("seats", "").split(",") if one.isascii() and one.isdecimal()
    }
    if not is_sure(_("refund")):
        return lead_to(here("refund_order_tickets", code=code, seat=sorted(seats), reason=reason))
    if not reason:
        flash(_("Choose at least one ticket, and write why."), "error")
        return lead_to(here("refund_order_tickets", code=code, seat=sorted(seats)))
    now = clock.now()

    def work(session: Session, trail: Trail) -> int:
        order = find_order(session, code=code)
        before = order.refunded_amount
        ids = _ids(session, order, seats)
        refund_tickets(session, order=order, ticket_ids=ids, actor=staff_name(), reason=reason, now=now)
        back = Money(order.refunded_amount - before, order.currency)
        trail(
            "order.refund",
            subject_of_order(order),
            f"{order.code}: {len(ids)} tickets taken back, {back} goes back: {reason}",
            cinema_id=cinema_of(session, order),
            details={"tickets": len(ids), "amount": back.amount, "currency": back.currency},
        )
        return len(ids)

    try:
        count = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(ngettext("The ticket was taken back.", "%(num)d tickets were taken back.", count), "good")
    return lead_to(here("order", code=code))


def _ids(session: Session, order: Order, seats: set[int]) -> list[str]:
    """The ids of the valid tickets for these seats. Raises NotTheseTickets."""
    found = [one.id for one in valid_tickets_of(session, order=order) if one.seat_id in seats]
    if not found or len(found) != len(seats):
        raise NotTheseTickets
    return found
