"""Money that did not go back by itself: asking the provider again. Handed out it is at a till."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.orders import find_order
from matinee.boxoffice.refund_list import ask_refund_of_order_again
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.kernel.money import Money
from matinee.payments.errors import RefundNotFound
from matinee.web.backoffice.blueprint import here, lead_to, staff_name, staff_page
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.orders.order_actions import cinema_of
from matinee.web.backoffice.orders.order_file import subject_of_order
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _


@staff_page("/orders/<code>/refunds/<refund_id>/again", power="sell", methods=("POST",))
def ask_refund_anew(code: str, refund_id: str) -> ResponseReturnValue:
    """Ask the provider once more. Raises OrderNotFound."""
    now = clock.now()

    def work(session: Session, trail: Trail) -> None:
        order = find_order(session, code=code)
        refund, own_code = ask_refund_of_order_again(
            session, public_id=refund_id, actor=staff_name(), now=now
        )
        if own_code != order.code:
            # Of another order: undone with the transaction.
            raise RefundNotFound
        said = f"{order.code}: {Money(refund.amount, order.currency)} asked for again"
        trail("order.refund_again", subject_of_order(order), said, cinema_id=cinema_of(session, order))

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("It is asked for again. A worker does it within seconds."), "good")
    return lead_to(here("order", code=code))
