"""Endpoints: the addresses of other programs, registered by staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.codes import random_code
from matinee.outbox.errors import EndpointNotFound, InvalidEndpoint
from matinee.outbox.models import WebhookEndpoint
from matinee.outbox.webhooks.events import EVENTS
from matinee.outbox.webhooks.targets import Target

DESCRIPTION_CHARACTERS_MAX = 200
PUBLIC_ID_CHARACTERS = 16
SECRET_CHARACTERS = 40


def register_endpoint(
    session: Session,
    *,
    url: str,
    events: Collection[str],
    description: str = "",
    private_allowed: bool,
    now: datetime,
) -> WebhookEndpoint:
    """Store an endpoint that is told of `events` from now on. Show its `secret` this once, and never again.

    The URL is https, or also http where private addresses are allowed. Raises InvalidEndpoint.
    """
    endpoint = WebhookEndpoint(
        public_id=f"we_{random_code(PUBLIC_ID_CHARACTERS)}",
        url=_checked_url(url, private_allowed=private_allowed),
        secret=_new_secret(),
        events=_checked_events(events),
        description=_checked_description(description),
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def change_endpoint(
    session: Session,
    *,
    endpoint: WebhookEndpoint,
    url: str | None = None,
    events: Collection[str] | None = None,
    description: str | None = None,
    active: bool | None = None,
    private_allowed: bool,
) -> None:
    """Change what is given. What waits is delivered to the new address.

    An endpoint that becomes active again is told of what happens from then on. Raises InvalidEndpoint.
    """
    if url is not None:
        endpoint.url = _checked_url(url, private_allowed=private_allowed)
    if events is not None:
        endpoint.events = _checked_events(events)
    if description is not None:
        endpoint.description = _checked_description(description)
    if active is not None:
        endpoint.active = active
    session.flush()


def renew_secret(session: Session, *, endpoint: WebhookEndpoint) -> str:
    """Give the endpoint another secret and return it, to be shown this once. The old one signs nothing any more."""
    endpoint.secret = _new_secret()
    session.flush()
    return endpoint.secret


def deactivate_endpoint(session: Session, *, endpoint: WebhookEndpoint) -> None:
    """Tell the endpoint nothing any more, not even what waits for it."""
    endpoint.active = False
    session.flush()


def list_endpoints(session: Session) -> list[WebhookEndpoint]:
    """All of them, the oldest first, also those that are not active."""
    return list(session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id)))


def find_endpoint(session: Session, *, public_id: str) -> WebhookEndpoint:
    """The endpoint of this public id. Raises EndpointNotFound."""
    if not (public_id.isascii() and public_id.replace("_", "").isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise EndpointNotFound
    found = session.scalars(
        select(WebhookEndpoint).where(WebhookEndpoint.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise EndpointNotFound
    return found


def events_of(endpoint: WebhookEndpoint) -> tuple[str, ...]:
    """The events that the endpoint is told of."""
    return tuple(endpoint.events.split())


def _new_secret() -> str:
    return f"whsec_{random_code(SECRET_CHARACTERS)}"


def _checked_url(url: str, *, private_allowed: bool) -> str:
    try:
        return Target.parsed(url.strip(), private_allowed=private_allowed).url
    except ValueError as error:
        raise InvalidEndpoint(f"The address {error}.") from None


def _checked_events(events: Collection[str]) -> str:
    unknown = sorted(set(events) - set(EVENTS))
    if unknown:
        raise InvalidEndpoint(f"There is no event {unknown[0]!r}. There are: {', '.join(EVENTS)}.")
    if not events:
        raise InvalidEndpoint(f"It must ask for an event at least: {', '.join(EVENTS)}.")
    # With a blank on both sides of each, so that one can be searched for.
    return "".join(f" {event}" for event in EVENTS if event in events) + " "


def _checked_description(description: str) -> str:
    text = " ".join(description.split())
    if len(text) > DESCRIPTION_CHARACTERS_MAX:
        raise InvalidEndpoint(f"The description has more than {DESCRIPTION_CHARACTERS_MAX} characters.")
    if not text.isprintable():
        raise InvalidEndpoint("The description has a character that cannot be shown.")
    return text
