"""POST /orders/{code}/exchanges"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.access import order_changed_by
from matinee.boxoffice.errors import (
    CompanionAlone,
    NoSeats,
    NotExchangeable,
    OrderNotFound,
    OrphanLeft,
    RefundTooLate,
    SalesClosed,
    SeatNamedTwice,
    SeatsNotFree,
    StepNotAllowed,
    TicketTypeNotSold,
    TooManySeats,
)
from matinee.boxoffice.exchanges import exchange_order
from matinee.boxoffice.rules import COUNTER_RULES, PUBLIC_RULES
from matinee.door.errors import AlreadyAdmitted
from matinee.programme.errors import ScreeningNotFound
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sale.askers import CHANGE_ALL, WHOEVER_HAS_IT, changing
from matinee.web.v1.sale.hold_values import WantedSeats, choices_of
from matinee.web.v1.sale.order_shape import OrderShape
from matinee.web.v1.sale.order_values import Reason
from matinee.web.v1.sale.presenting import told_order
from matinee.web.v1.sale.return_limits import check_reason, check_returnable
from matinee.web.v1.tags import ORDERS
from matinee.web.v1.values import Id, Values


class NewExchange(Values, example={"screening": 18, "seats": [{"label": "D4"}, {"label": "D5"}]}):
    """Where the order moves to: as many seats as it has valid tickets."""

    screening: Id
    seats: WantedSeats
    reason: Reason | None = None


class OrderExchanges(MethodView):
    """An order that moves to another screening."""

    @operation(
        "exchange_order",
        tag=ORDERS,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(OrderShape, "The order, with new tickets")},
        refusals=(
            OrderNotFound,
            StepNotAllowed,
            RefundTooLate,
            AlreadyAdmitted,
            NotExchangeable,
            NoSeats,
            SeatNamedTwice,
            TooManySeats,
            ScreeningNotFound,
            SalesClosed,
            SeatsNotFree,
            TicketTypeNotSold,
            CompanionAlone,
            OrphanLeft,
        ),
        keyed=True,
    )
    def post(self, code: str, body: NewExchange, caller: Caller, now: datetime) -> Answer:
        """Exchange tickets

        For as many seats of another screening, or other seats of the same one; all or nothing. What they cost less goes
        back; what they cost more is left to pay: the order is `due` then. A buyer may as long as tickets can be given back;
        staff (`orders:write`) always, with a reason.
        """
        check_reason(body.reason, caller)

        def exchange(session: Session) -> Answer:
            order = order_changed_by(session, code=code, asker=changing(caller))
            check_returnable(session, order, caller, now=now)
            exchange_order(
                session,
                order=order,
                screening_id=body.screening,
                choices=choices_of(body.seats),
                rules=COUNTER_RULES if caller.may(CHANGE_ALL) else PUBLIC_RULES,
                actor=caller.name,
                reason=body.reason or "",
                now=now,
            )
            return Answer(told_order(session, order=order, now=now))

        return idempotent(exchange, caller=caller, now=now)


v1.add_url_rule("/orders/<code>/exchanges", view_func=OrderExchanges.as_view("order_exchanges"))
