"""Putting mail into the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matinee.outbox.models import Message

# What stands under these names in a payload opens an account or an order to whoever reads it.
SECRETS = frozenset({"code", "secret", "token"})


def enqueue_message(
    session: Session, *, kind: str, recipient: str, payload: dict[str, Any], now: datetime
) -> Message:
    """Store a mail for delivery, in the caller's transaction. `kind` names the composer registered for it."""
    message = Message(kind=kind, recipient=recipient, payload=payload, created_at=now, next_attempt_at=now)
    session.add(message)
    session.flush()
    return message


def without_secrets(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload of a row that is not delivered any more and is kept: what it was about, and no code in clear."""
    return {name: value for name, value in payload.items() if name not in SECRETS}


def forget_recipient(session: Session, *, recipient: str) -> int:
    """Delete every mail to this address, sent or not; return how many. One that a worker is sending may still arrive."""
    gone = session.scalars(
        delete(Message).where(Message.channel == "mail", Message.recipient == recipient).returning(Message.id)
    ).all()
    return len(gone)
