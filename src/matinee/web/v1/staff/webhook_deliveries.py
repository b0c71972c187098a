"""GET /webhook-endpoints/{endpoint_id}/deliveries, POST .../deliveries/{delivery_id}/redelivery"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.outbox.errors import DeliveryNotFound, EndpointNotActive, EndpointNotFound
from matinee.outbox.webhooks.endpoints import find_endpoint
from matinee.outbox.webhooks.log import LoggedDelivery, list_deliveries, redeliver
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, example_of_page, key_of, page_of
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import WEBHOOKS

EXAMPLE = {
    "id": 9041,
    "event": "order.paid",
    "event_id": "evt_K3V9X2M7Q4T8R1WZK3V9X2M7",
    "state": "waiting",
    "happened_at": "2030-05-17T09:00:00Z",
    "created_at": "2030-05-17T09:00:00Z",
    "attempts": 2,
    "next_attempt_at": "2030-05-17T09:05:00Z",
    "ended_at": None,
    "answer_status": 500,
    "error": "answered 500",
}


class DeliveryShape(Shape, example=EXAMPLE):
    """An event for an endpoint."""

    id: int = Field(description="What the endpoint sees as `Matinee-Delivery`.")
    event: str
    event_id: str = Field(description="The same for all endpoints and all deliveries of the event.")
    state: Literal["waiting", "delivered", "given_up"]
    happened_at: datetime
    created_at: datetime = Field(description="Later than `happened_at` where it is delivered again.")
    attempts: int
    next_attempt_at: datetime | None = Field(description="Null once it ended.")
    ended_at: datetime | None
    answer_status: int | None = Field(description="What was answered last; null: nothing.")
    error: str | None = Field(description="Why the last try failed.")


class DeliveryPage(Page[DeliveryShape], example=example_of_page(EXAMPLE)):
    """Deliveries, the newest first."""


class Deliveries(MethodView):
    """The log of an endpoint."""

    @operation(
        "list_webhook_deliveries",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={200: Returns(DeliveryPage, "A page of deliveries", headers={"Link": "The next page."})},
        refusals=(EndpointNotFound,),
    )
    def get(self, endpoint_id: str, query: PageQuery) -> Answer:
        """List what a webhook endpoint was told, and what it answered"""
        before_id = key_of(query.cursor, int)[0] if query.cursor is not None else None

        def read(session: Session) -> Answer:
            endpoint = find_endpoint(session, public_id=endpoint_id)
            found = list_deliveries(session, endpoint=endpoint, before_id=before_id, limit=query.limit + 1)
            return page_of(DeliveryPage, found, query, key=lambda one: (one.id,), present=_present)

        return services().transactions.read(read)


class Redelivery(MethodView):
    """Telling an endpoint again."""

    @operation(
        "redeliver_webhook",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={201: Returns(DeliveryShape, "Another delivery of the same event")},
        refusals=(EndpointNotFound, DeliveryNotFound, EndpointNotActive),
        keyed=True,
    )
    def post(self, endpoint_id: str, delivery_id: int, caller: Caller, now: datetime) -> Answer:
        """Tell a webhook endpoint an event again

        In whatever state the delivery is. What is told is how things are by then.
        """

        def again(session: Session) -> Answer:
            endpoint = find_endpoint(session, public_id=endpoint_id)
            delivery = redeliver(session, endpoint=endpoint, delivery_id=delivery_id, now=now)
            return Answer(_present(delivery), status=201)

        return idempotent(again, caller=caller, now=now)


def _present(delivery: LoggedDelivery) -> DeliveryShape:
    return DeliveryShape.model_validate(asdict(delivery))


v1.add_url_rule(
    "/webhook-endpoints/<endpoint_id>/deliveries", view_func=Deliveries.as_view("webhook_deliveries")
)
v1.add_url_rule(
    "/webhook-endpoints/<endpoint_id>/deliveries/<id:delivery_id>/redelivery",
    view_func=Redelivery.as_view("webhook_redelivery"),
)
