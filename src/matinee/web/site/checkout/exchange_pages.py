"""GET and POST /orders/<code>/exchange: other seats, in another screening of the film or in the same one."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.access import order_changed_by, order_seen_by
from matinee.boxoffice.exchanges import exchange_order
from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import check_refund_in_time
from matinee.boxoffice.rules import PUBLIC_RULES
from matinee.door.admissions import require_nobody_inside
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.visitors import asker_for
from matinee.web.site.blueprint import page, to
from matinee.web.site.checkout.acting import act_on, actor, order_form
from matinee.web.site.checkout.exchange_view import (
    Exchange,
    OtherScreening,
    choices_for,
    look_at_exchange,
    other_screenings,
    valid_tickets,
)
from matinee.web.site.checkout.order_page import seen_order, shown


@page("/orders/<code>/exchange", access="everybody")
@order_form
def exchange_tickets(code: str) -> ResponseReturnValue:
    """The other screenings; for the one that is named (`to`), seats and what they come to. Raises OrderNotFound."""
    view = seen_order(code)
    if not view.can_return:
        flash(_("These tickets cannot be exchanged any more."), "error")
        return redirect(to("order", code=code), code=303)
    wanted = request.args.get("to", type=int)
    if wanted is None:
        return shown("site/order_exchange.html", view, others=_others(code))
    labels = request.args.getlist("seat")
    try:
        exchange = _look(code, wanted, labels)
    except DomainError as error:
        flash_refusal(error)
        back = {"to": wanted} if labels else {}
        return redirect(to("exchange_tickets", code=code, **back), code=303)
    return shown("site/order_exchange_sure.html", view, exchange=exchange)


@page("/orders/<code>/exchanged", access="everybody", methods=("POST",))
@order_form
def exchange_for(code: str) -> None:
    """New tickets for the named seats; the old ones are worth nothing any more."""
    wanted, labels = request.form.get("to", 0, type=int), request.form.getlist("seat")

    def exchange(session: Session, order: Order, now: datetime) -> None:
        require_nobody_inside(session, order=order)
        check_refund_in_time(session, order=order, now=now)
        exchange_order(
            session,
            order=order,
            screening_id=wanted,
            choices=choices_for(valid_tickets(session, order), labels),
            rules=PUBLIC_RULES,
            actor=actor(),
            reason="",
            now=now,
        )

    act_on(code, exchange)
    flash(_("Here are your new tickets. The old ones are not valid any more."), "good")


def _others(code: str) -> list[OtherScreening]:
    asker, now = asker_for(code), clock.now()
    return services().transactions.read(
        lambda session: other_screenings(
            session, order=order_seen_by(session, code=code, asker=asker), now=now
        )
    )


def _look(code: str, screening_id: int, labels: list[str]) -> Exchange:
    asker, now = asker_for(code), clock.now()
    # Nothing is written. It locks as the exchange itself does, which a transaction that only reads may not.
    return services().transactions.write(
        lambda session: look_at_exchange(
            session,
            order=order_changed_by(session, code=code, asker=asker),
            screening_id=screening_id,
            labels=labels,
            now=now,
        )
    )
