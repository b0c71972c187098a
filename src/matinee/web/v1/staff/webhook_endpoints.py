"""GET and POST /webhook-endpoints; GET, PATCH and DELETE /webhook-endpoints/{endpoint_id}; POST .../secret"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.outbox.errors import EndpointNotFound, InvalidEndpoint
from matinee.outbox.models import WebhookEndpoint
from matinee.outbox.webhooks.endpoints import (
    DESCRIPTION_CHARACTERS_MAX,
    change_endpoint,
    deactivate_endpoint,
    events_of,
    find_endpoint,
    list_endpoints,
    register_endpoint,
    renew_secret,
)
from matinee.outbox.webhooks.events import EVENTS
from matinee.outbox.webhooks.targets import URL_CHARACTERS_MAX
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import WEBHOOKS
from matinee.web.v1.values import Values

EXAMPLE = {
    "id": "we_7KQ2MX9RT4WA8V3B",
    "url": "https://crm.example.org/matinee",
    "events": ["order.paid", "order.refunded"],
    "description": "Our customers' records",
    "active": True,
    "created_at": "2030-05-17T09:00:00Z",
}
SECRET = "whsec_R4T8W1X9K3V2M7Q5N6Z0R4T8W1X9K3V2M7Q5N6Z0"  # noqa: S105 - an example
TOLD = ", ".join(f"`{event}`" for event in EVENTS)
Url = Annotated[str, Field(min_length=8, max_length=URL_CHARACTERS_MAX)]
Events = Annotated[list[str], Field(min_length=1, max_length=20)]
Description = Annotated[str, Field(max_length=DESCRIPTION_CHARACTERS_MAX)]


class EndpointShape(Shape, example=EXAMPLE):
    """An address of another program that is told of events."""

    id: str
    url: str
    events: list[str] = Field(description=f"What it is told of: some of {TOLD}.")
    description: str
    active: bool = Field(description="Whether it is told anything.")
    created_at: datetime


class NewEndpointShape(EndpointShape, example={**EXAMPLE, "secret": SECRET}):
    """An endpoint with the secret that signs what it is told."""

    secret: str = Field(description="It is shown this once.")


class EndpointList(Shape, example={"items": [EXAMPLE]}):
    """Every endpoint, the oldest first, also those that are not active."""

    items: list[EndpointShape]


class NewEndpoint(Values, example={"url": EXAMPLE["url"], "events": EXAMPLE["events"]}):
    """Where events are to be sent to."""

    url: Url = Field(description="Begins with `https://`.")
    events: Events = Field(description=f"Some of {TOLD}.")
    description: Description = ""


class ChangedEndpoint(Values, example={"active": True}):
    """What is to be different; what is left out or null stays as it is."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    active: bool | None = None


class Endpoints(MethodView):
    """Where events are sent to."""

    @operation(
        "list_webhook_endpoints",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={200: Returns(EndpointList, "The endpoints")},
    )
    def get(self) -> Answer:
        """List the webhook endpoints"""
        return services().transactions.read(
            lambda session: Answer(EndpointList(items=[_present(one) for one in list_endpoints(session)]))
        )

    @operation(
        "create_webhook_endpoint",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={201: Returns(NewEndpointShape, "The endpoint; keep its secret, it is not shown again")},
        refusals=(InvalidEndpoint,),
        keyed=True,
    )
    def post(self, body: NewEndpoint, caller: Caller, now: datetime) -> Answer:
        """Register a webhook endpoint

        It is told of what happens from now on.
        """
        private_allowed = services().private_webhooks

        def make(session: Session) -> Answer:
            endpoint = register_endpoint(
                session,
                url=body.url,
                events=body.events,
                description=body.description,
                private_allowed=private_allowed,
                now=now,
            )
            location = f"{PREFIX}/webhook-endpoints/{endpoint.public_id}"
            return created(_with_secret(endpoint), location=location)

        return idempotent(make, caller=caller, now=now)


class OneEndpoint(MethodView):
    """One endpoint."""

    @operation(
        "get_webhook_endpoint",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={200: Returns(EndpointShape, "The endpoint")},
        refusals=(EndpointNotFound,),
    )
    def get(self, endpoint_id: str) -> Answer:
        """Read a webhook endpoint"""
        return services().transactions.read(
            lambda session: Answer(_present(find_endpoint(session, public_id=endpoint_id)))
        )

    @operation(
        "change_webhook_endpoint",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={200: Returns(EndpointShape, "The endpoint")},
        refusals=(EndpointNotFound, InvalidEndpoint),
    )
    def patch(self, endpoint_id: str, body: ChangedEndpoint) -> Answer:
        """Change a webhook endpoint

        What waits for it is delivered to the new address. One that becomes active again is told of what
        happens from then on.
        """
        private_allowed = services().private_webhooks

        def change(session: Session) -> Answer:
            endpoint = find_endpoint(session, public_id=endpoint_id)
            change_endpoint(session, endpoint=endpoint, private_allowed=private_allowed, **body.model_dump())
            return Answer(_present(endpoint))

        return write_audited(change)

    @operation(
        "deactivate_webhook_endpoint",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={204: Returns(None, "It is told nothing any more")},
        refusals=(EndpointNotFound,),
    )
    def delete(self, endpoint_id: str) -> Answer:
        """Tell a webhook endpoint nothing any more

        Not even what waits for it. It stays in the list with its log, and can become active again.
        """

        def deactivate(session: Session) -> Answer:
            deactivate_endpoint(session, endpoint=find_endpoint(session, public_id=endpoint_id))
            return NO_CONTENT

        return write_audited(deactivate)


class EndpointSecret(MethodView):
    """The secret of an endpoint."""

    @operation(
        "renew_webhook_secret",
        tag=WEBHOOKS,
        access=needs("webhooks:write"),
        answers={201: Returns(NewEndpointShape, "The endpoint with its new secret")},
        refusals=(EndpointNotFound,),
        keyed=True,
    )
    def post(self, endpoint_id: str, caller: Caller, now: datetime) -> Answer:
        """Give a webhook endpoint another secret

        The old one signs nothing any more, not even what waits.
        """

        def renew(session: Session) -> Answer:
            endpoint = find_endpoint(session, public_id=endpoint_id)
            renew_secret(session, endpoint=endpoint)
            return Answer(_with_secret(endpoint), status=201)

        return idempotent(renew, caller=caller, now=now)


def _present(endpoint: WebhookEndpoint) -> EndpointShape:
    return EndpointShape.model_validate(_told(endpoint))


def _with_secret(endpoint: WebhookEndpoint) -> NewEndpointShape:
    return NewEndpointShape.model_validate({**_told(endpoint), "secret": endpoint.secret})


def _told(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {
        "id": endpoint.public_id,
        "url": endpoint.url,
        "events": list(events_of(endpoint)),
        "description": endpoint.description,
        "active": endpoint.active,
        "created_at": endpoint.created_at,
    }


v1.add_url_rule("/webhook-endpoints", view_func=Endpoints.as_view("webhook_endpoints"))
v1.add_url_rule("/webhook-endpoints/<endpoint_id>", view_func=OneEndpoint.as_view("webhook_endpoint"))
v1.add_url_rule(
    "/webhook-endpoints/<endpoint_id>/secret", view_func=EndpointSecret.as_view("webhook_endpoint_secret")
)
