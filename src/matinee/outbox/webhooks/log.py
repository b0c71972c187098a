"""The log of an endpoint: what it was told, what it answered, and telling it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.outbox.errors import DeliveryNotFound, EndpointNotActive
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.webhooks.events import EVENT_ID, HAPPENED_AT


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """One event for one endpoint. `state` is "waiting", "delivered" or "given_up".

    `id` is what the endpoint sees as `Matinee-Delivery`, `happened_at` what it sees as `created`. `error` and
    `answer_status` are those of the last try; no status: there was no answer. `next_attempt_at` is None once it ended.
    """

    id: int
    event: str
    event_id: str
    state: str
    happened_at: datetime
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    ended_at: datetime | None
    answer_status: int | None
    error: str | None


def list_deliveries(
    session: Session, *, endpoint: WebhookEndpoint, before_id: int | None = None, limit: int
) -> list[LoggedDelivery]:
    """What the endpoint was or will be told, the newest first; with `before_id` what is older than that one."""
    asked = select(Message).where(Message.endpoint_id == endpoint.id)
    if before_id is not None:
        asked = asked.where(Message.id < before_id)
    return [_logged(row) for row in session.scalars(asked.order_by(Message.id.desc()).limit(limit))]


def redeliver(
    session: Session, *, endpoint: WebhookEndpoint, delivery_id: int, now: datetime
) -> LoggedDelivery:
    """Tell the endpoint an event of its log again, in whatever state that is: another delivery with the same event id.

    What is told is how things are by now. Raises DeliveryNotFound, EndpointNotActive.
    """
    told = session.get(Message, delivery_id)
    if told is None or told.endpoint_id != endpoint.id:
        raise DeliveryNotFound
    if not endpoint.active:
        raise EndpointNotActive
    again = Message(
        channel="webhook",
        kind=told.kind,
        endpoint_id=endpoint.id,
        recipient=endpoint.public_id,
        about=told.about,
        payload={**told.payload, HAPPENED_AT: _happened_at(told).isoformat()},
        created_at=now,
        next_attempt_at=now,
    )
    session.add(again)
    session.flush()
    return _logged(again)


def _happened_at(row: Message) -> datetime:
    text = row.payload.get(HAPPENED_AT)
    return datetime.fromisoformat(text) if text else row.created_at


def _logged(row: Message) -> LoggedDelivery:
    ended_at = row.sent_at or row.failed_at
    return LoggedDelivery(
        id=row.id,
        event=row.kind,
        event_id=row.payload[EVENT_ID],
        state="delivered" if row.sent_at else "given_up" if row.failed_at else "waiting",
        happened_at=_happened_at(row),
        created_at=row.created_at,
        attempts=row.attempts,
        next_attempt_at=None if ended_at else row.next_attempt_at,
        ended_at=ended_at,
        answer_status=row.answer_status,
        error=row.last_error,
    )
