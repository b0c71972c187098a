"""Money that did not go back by itself: asking the provider again, or handing it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.orders import find_order
from matinee.boxoffice.refund_list import RefundOfOrder, ask_refund_of_order_again, hand_out_refund_of_order
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


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done about a refund: by which operation, what the log calls it, and what is said then."""

    operation: Callable[..., RefundOfOrder]
    action: str
    summary: str
    said: str


@staff_page("/orders/<code>/refunds/<refund_id>/again", power="sell", methods=("POST",))
def ask_refund_anew(code: str, refund_id: str) -> ResponseReturnValue:
    """Ask the provider once more. Raises OrderNotFound."""
    said = _("It is asked for again. A worker does it within seconds.")
    deed = Deed(ask_refund_of_order_again, "order.refund_again", "asked for again", said)
    return _deal(code, refund_id, deed)


@staff_page("/orders/<code>/refunds/<refund_id>/handed-out", power="sell", methods=("POST",))
def hand_refund_out(code: str, refund_id: str) -> ResponseReturnValue:
    """Say that the money was handed out. Raises OrderNotFound."""
    said = _("It is noted that you handed the money out.")
    return _deal(code, refund_id, Deed(hand_out_refund_of_order, "order.hand_out", "handed out", said))


def _deal(code: str, refund_id: str, deed: Deed) -> ResponseReturnValue:
    now = clock.now()

    def work(session: Session, trail: Trail) -> None:
        order = find_order(session, code=code)
        refund, own_code = deed.operation(session, public_id=refund_id, actor=staff_name(), now=now)
        if own_code != order.code:
            # Of another order: undone with the transaction.
            raise RefundNotFound
        said = f"{order.code}: {Money(refund.amount, order.currency)} {deed.summary}"
        trail(deed.action, subject_of_order(order), said, cinema_id=cinema_of(session, order))

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(deed.said, "good")
    return lead_to(here("order", code=code))
