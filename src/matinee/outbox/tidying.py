"""Forgetting what left long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from matinee.outbox.models import Message

KEPT_FOR = timedelta(days=30)
# How many one portion deletes, so that its transaction stays short.
PORTION_COUNT_MAX = 1000


def delete_old_messages(session: Session, *, now: datetime) -> int:
    """Delete a portion of the rows that were sent 30 days ago or earlier, and events that were given up then.

    Return how many; fewer than `PORTION_COUNT_MAX` were the last. A mail that was given up stays, with the reason.
    """
    before = now - KEPT_FOR
    old = (
        select(Message.id)
        .where(
            or_(
                Message.sent_at <= before,
                and_(Message.channel == "webhook", Message.failed_at <= before),
            )
        )
        .order_by(Message.id)
        .limit(PORTION_COUNT_MAX)
    )
    deleted = session.scalars(delete(Message).where(Message.id.in_(old)).returning(Message.id)).all()
    return len(deleted)
