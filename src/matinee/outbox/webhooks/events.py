"""The events that other programs are told of, and announcing one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from matinee.kernel.codes import random_code
from matinee.outbox.messages import subject_of
from matinee.outbox.models import Message, WebhookEndpoint

EVENTS = ("order.paid", "order.refunded", "ticket.admitted", "screening.changed", "screening.sold_out")
# Beside the ids in a payload: which event it is, the same for all endpoints and all tries.
EVENT_ID = "event_id"
# In the payload of an event that is delivered again: when it happened (ISO 8601).
HAPPENED_AT = "happened_at"


def new_event_id() -> str:
    """By it a receiver knows an event that arrives a second time."""
    return f"evt_{random_code(24)}"


def announce_event(
    session: Session, *, event: str, payload: dict[str, Any], now: datetime, about: str | None = None
) -> int:
    """Tell every active endpoint that asked for `event`; return how many will be told.

    One row of the outbox each, in the caller's transaction. `payload` says by ids what the event is about; the composer
    of the event makes of it what is told, when it is delivered. `about`: as in `enqueue_message`.
    """
    assert event in EVENTS, event
    endpoints = session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.public_id).where(_asks_for(event))
    ).all()
    if not endpoints:
        return 0
    content = {**payload, EVENT_ID: new_event_id()}
    session.add_all(
        Message(
            channel="webhook",
            kind=event,
            endpoint_id=endpoint_id,
            recipient=public_id,
            payload=content,
            about=subject_of(payload) if about is None else about,
            created_at=now,
            next_attempt_at=now,
        )
        for endpoint_id, public_id in endpoints
    )
    session.flush()
    return len(endpoints)


def is_asked_for(session: Session, *, event: str) -> bool:
    """Whether an active endpoint asked for `event`."""
    return session.scalar(select(WebhookEndpoint.id).where(_asks_for(event)).limit(1)) is not None


def _asks_for(event: str) -> ColumnElement[bool]:
    return and_(WebhookEndpoint.active, WebhookEndpoint.events.contains(f" {event} ", autoescape=True))
