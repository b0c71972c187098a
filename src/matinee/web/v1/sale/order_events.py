"""GET /orders/{code}/events"""

from __future__ import annotations

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.models import OrderEvent
from matinee.boxoffice.order_details import screening_details
from matinee.boxoffice.order_search import events_of
from matinee.boxoffice.orders import find_order
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sale.askers import READ_ALL
from matinee.web.v1.shapes import Moment, Shape, in_zone
from matinee.web.v1.tags import ORDERS

EXAMPLE = {
    "at": "2030-05-17T12:03:00+02:00",
    "actor": "stripe",
    "from_state": "paying",
    "to_state": "paid",
    "note": "",
}


class OrderEventShape(Shape, example=EXAMPLE):
    """One step of an order."""

    at: Moment
    actor: str = Field(description="A user's name, a key's, or what acted by itself.")
    from_state: str | None = Field(description="Null for the first step.")
    to_state: str
    note: str


class OrderTrail(Shape, example={"items": [EXAMPLE]}):
    """All that happened to an order, the first step first."""

    items: list[OrderEventShape]


class OrderEvents(MethodView):
    """What happened to an order."""

    @operation(
        "list_order_events",
        tag=ORDERS,
        access=needs(READ_ALL),
        answers={200: Returns(OrderTrail, "The trail")},
        refusals=(OrderNotFound,),
    )
    def get(self, code: str) -> Answer:
        """Read the trail of an order"""

        def read(session: Session) -> Answer:
            order = find_order(session, code=code)
            at = screening_details(session, screening_ids={order.screening_id})[order.screening_id]
            events = events_of(session, order=order)
            return Answer(OrderTrail(items=[_told(event, at.cinema.timezone) for event in events]))

        return services().transactions.read(read)


def _told(event: OrderEvent, timezone: str) -> OrderEventShape:
    return OrderEventShape(
        at=in_zone(event.at, timezone),
        actor=event.actor,
        from_state=event.from_state,
        to_state=event.to_state,
        note=event.note,
    )


v1.add_url_rule("/orders/<code>/events", view_func=OrderEvents.as_view("order_events"))
