"""Putting mail into the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matinee.outbox.models import Message


def enqueue_message(
    session: Session, *, kind: str, recipient: str, payload: dict[str, Any], now: datetime
) -> Message:
    """Store a mail for delivery, in the caller's transaction. `kind` names the composer registered for it."""
    message = Message(kind=kind, recipient=recipient, payload=payload, created_at=now, next_attempt_at=now)
    session.add(message)
    session.flush()
    return message
