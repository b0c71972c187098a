"""POST /orders/{code}/refunds"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.access import order_changed_by
from matinee.boxoffice.errors import NotTheseTickets, OrderNotFound, RefundTooLate, StepNotAllowed
from matinee.boxoffice.refunds import refund_tickets, valid_tickets_of
from matinee.door.errors import AlreadyAdmitted
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sale.askers import WHOEVER_HAS_IT, changing
from matinee.web.v1.sale.order_shape import OrderShape
from matinee.web.v1.sale.order_values import Reason
from matinee.web.v1.sale.presenting import told_order
from matinee.web.v1.sale.return_limits import check_reason, check_returnable
from matinee.web.v1.tags import ORDERS
from matinee.web.v1.values import Code, Values


class NewRefund(Values, example={"tickets": ["K3V9X2M7Q4T8R1WZ"], "reason": "ill"}):
    """Which tickets are given back, and why."""

    tickets: Annotated[list[Code], Field(max_length=500)] | None = Field(
        default=None, description="The ids of some valid tickets; left out: all of them."
    )
    reason: Reason | None = None


class OrderRefunds(MethodView):
    """Tickets that are given back."""

    @operation(
        "refund_order",
        tag=ORDERS,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(OrderShape, "The order")},
        refusals=(OrderNotFound, StepNotAllowed, RefundTooLate, AlreadyAdmitted, NotTheseTickets),
        keyed=True,
    )
    def post(self, code: str, body: NewRefund, caller: Caller, now: datetime) -> Answer:
        """Give tickets back

        They are worth nothing from now on, their seats are free, and the money goes back the way it came. A buyer may until
        a time before the start that the cinema sets; staff (`orders:write`) always, with a reason.
        """
        check_reason(body.reason, caller)

        def refund(session: Session) -> Answer:
            order = order_changed_by(session, code=code, asker=changing(caller))
            check_returnable(session, order, caller, now=now)
            ticket_ids = body.tickets
            if ticket_ids is None:
                ticket_ids = [ticket.id for ticket in valid_tickets_of(session, order=order)]
            refund_tickets(
                session,
                order=order,
                ticket_ids=ticket_ids,
                actor=caller.name,
                reason=body.reason or "",
                now=now,
            )
            return Answer(told_order(session, order=order, now=now))

        return idempotent(refund, caller=caller, now=now)


v1.add_url_rule("/orders/<code>/refunds", view_func=OrderRefunds.as_view("order_refunds"))
