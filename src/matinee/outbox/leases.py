"""Who delivers a row, and keeping what became of it.

A worker takes rows by a lease that is committed before anything leaves, so that no other worker sends them. A
worker that dies loses its leases when they run out; its rows are then sent by another, with the same
Message-ID or id of the event.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from matinee.outbox.models import Message
from matinee.outbox.outcomes import LeasedMessage, Outcome

# How far apart the clocks of two machines may be. A row is handed over only while its lease outlasts that.
CLOCK_SKEW_SECONDS_MAX = 30.0


def is_waiting() -> ColumnElement[bool]:
    """The condition of a row that was neither sent nor given up."""
    return and_(Message.sent_at.is_(None), Message.failed_at.is_(None))


def is_due(*, channel: str, now: datetime) -> ColumnElement[bool]:
    """The condition of a row of this channel that may be taken now."""
    free = or_(Message.leased_until.is_(None), Message.leased_until <= now)
    return and_(is_waiting(), Message.channel == channel, Message.next_attempt_at <= now, free)


def anything_due(session: Session, *, channel: str, now: datetime) -> bool:
    """Whether a row of this channel may be taken now. Cheap, and takes no lock."""
    return session.scalar(select(Message.id).where(is_due(channel=channel, now=now)).limit(1)) is not None


def lease_messages(
    session: Session,
    *,
    channel: str,
    endpoint_id: int | None = None,
    lease: str,
    duration: timedelta,
    count_max: int,
    now: datetime,
) -> list[LeasedMessage]:
    """Take up to `count_max` due rows of the channel until `now + duration`, the longest due first.

    With an `endpoint_id` only those for that endpoint. PostgreSQL passes over rows that another worker is taking at
    this moment; SQLite lets one writer in at a time, since a writing transaction begins as IMMEDIATE.
    """
    due = select(Message).where(is_due(channel=channel, now=now))
    if endpoint_id is not None:
        due = due.where(Message.endpoint_id == endpoint_id)
    due = due.order_by(Message.next_attempt_at, Message.id).limit(count_max)
    taken = []
    for message in session.scalars(due.with_for_update(skip_locked=True)):
        message.lease = lease
        message.leased_until = now + duration
        taken.append(_as_taken(message, lease))
    session.flush()
    return taken


def _as_taken(message: Message, lease: str) -> LeasedMessage:
    return LeasedMessage(
        id=message.id,
        lease=lease,
        channel=message.channel,
        kind=message.kind,
        endpoint_id=message.endpoint_id,
        recipient=message.recipient,
        payload=message.payload,
        created_at=message.created_at,
        attempts=message.attempts,
    )


def release_messages(session: Session, *, lease: str, message_ids: Collection[int]) -> None:
    """Give rows back that were taken and not tried."""
    session.execute(
        update(Message)
        .where(Message.id.in_(message_ids), Message.lease == lease)
        .values(lease=None, leased_until=None)
    )


def record_outcome(session: Session, outcome: Outcome) -> bool:
    """Keep what became of a row and end its lease.

    False where the row has passed to another worker meanwhile.
    """
    values: dict[str, Any] = {
        "attempts": Message.attempts + 1,
        "lease": None,
        "leased_until": None,
        "last_error": outcome.error,
        "answer_status": outcome.answer_status,
    }
    if outcome.payload is not None:
        values |= {"payload": outcome.payload}
    if outcome.error is None:
        values |= {"sent_at": outcome.at}
    elif outcome.retry_at is None:
        values |= {"failed_at": outcome.at}
    else:
        values |= {"next_attempt_at": outcome.retry_at}
    result = session.execute(
        update(Message)
        .where(Message.id == outcome.message_id, Message.lease == outcome.lease, is_waiting())
        .values(values)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1
