"""Who delivers a row, and what became of it.

A worker takes rows by a lease that is committed before any mail leaves, so that no other worker sends them. A
worker that dies loses its leases when they run out; its rows are then sent by another, with the same Message-
ID.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from matinee.outbox.models import Message


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """A row as it was when it was taken."""

    id: int
    lease: str
    kind: str
    recipient: str
    payload: dict[str, Any]
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery.

    Without an `error` it was sent; with one and no `retry_at` it is given up.
    """

    message_id: int
    lease: str
    at: datetime
    error: str | None = None
    retry_at: datetime | None = None


def is_waiting() -> ColumnElement[bool]:
    """The condition of a row that was neither sent nor given up."""
    return and_(Message.sent_at.is_(None), Message.failed_at.is_(None))


def _is_due(now: datetime) -> ColumnElement[bool]:
    free = or_(Message.leased_until.is_(None), Message.leased_until <= now)
    return and_(is_waiting(), Message.next_attempt_at <= now, free)


def anything_due(session: Session, *, now: datetime) -> bool:
    """Whether a row may be taken now. Cheap, and takes no lock."""
    return session.scalar(select(Message.id).where(_is_due(now)).limit(1)) is not None


def lease_messages(
    session: Session, *, lease: str, duration: timedelta, count_max: int, now: datetime
) -> list[LeasedMessage]:
    """Take up to `count_max` due rows until `now + duration`, the longest due first.

    PostgreSQL passes over rows that another worker is taking at this moment; SQLite lets one writer in at a
    time, since a writing transaction begins as IMMEDIATE.
    """
    due = (
        select(Message)
        .where(_is_due(now))
        .order_by(Message.next_attempt_at, Message.id)
        .limit(count_max)
        .with_for_update(skip_locked=True)
    )
    taken = []
    for message in session.scalars(due):
        message.lease = lease
        message.leased_until = now + duration
        taken.append(
            LeasedMessage(
                id=message.id,
                lease=lease,
                kind=message.kind,
                recipient=message.recipient,
                payload=message.payload,
                created_at=message.created_at,
                attempts=message.attempts,
            )
        )
    session.flush()
    return taken


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
    }
    if outcome.error is None:
        # The payload may hold a code in clear; it has done its work.
        values |= {"sent_at": outcome.at, "payload": {}}
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
