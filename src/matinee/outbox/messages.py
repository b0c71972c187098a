"""Putting mail into the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matinee.outbox.models import Message

# What stands under these names in a payload opens an account or an order to whoever reads it.
SECRETS = frozenset({"code", "secret", "token"})
SECRET_REMOVED = "secret_removed"  # noqa: S105 - a mark, no secret


# What a payload tells by its key -> what a row is about.
_SUBJECTS = {"order_id": "order", "screening_id": "screening", "user_id": "user"}


def enqueue_message(
    session: Session,
    *,
    kind: str,
    recipient: str,
    payload: dict[str, Any],
    now: datetime,
    about: str | None = None,
) -> Message:
    """Store a mail for delivery, in the caller's transaction. `kind` names the composer registered for it.

    `about`: what it is found by later, such as "order:7"; None: as the payload tells.
    """
    message = Message(
        kind=kind,
        recipient=recipient,
        payload=payload,
        about=subject_of(payload) if about is None else about,
        created_at=now,
        next_attempt_at=now,
    )
    session.add(message)
    session.flush()
    return message


def subject_of(payload: dict[str, Any]) -> str:
    """What a row with this payload is about: "order:7"; empty where the payload does not tell."""
    return next((f"{what}:{payload[key]}" for key, what in _SUBJECTS.items() if key in payload), "")


def without_secrets(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload of a row that is not delivered any more and is kept: what it was about, and no code in clear.

    Where there was one it is marked: without it the mail cannot be composed again.
    """
    kept = {name: value for name, value in payload.items() if name not in SECRETS}
    return kept if kept.keys() == payload.keys() else {**kept, SECRET_REMOVED: True}


def forget_recipient(session: Session, *, recipient: str) -> int:
    """Delete every mail to this address, sent or not; return how many. One that a worker is sending may still arrive."""
    gone = session.scalars(
        delete(Message).where(Message.channel == "mail", Message.recipient == recipient).returning(Message.id)
    ).all()
    return len(gone)


def forget_messages_about(session: Session, *, order_ids: Sequence[int]) -> int:
    """Delete every mail and event about these orders, sent or not; return how many. A few hundred at a time.

    One that a worker is sending may still arrive.
    """
    gone = session.scalars(
        delete(Message)
        .where(Message.about.in_([f"order:{order_id}" for order_id in order_ids]))
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)
