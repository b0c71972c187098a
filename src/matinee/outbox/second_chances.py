"""What staff does with rows of the outbox that did not leave: have them tried again at once, or give them up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matinee.outbox.errors import (
    MessageGivenUp,
    MessageNotFound,
    MessageSent,
    MessageUnderWay,
    MessageWithoutSecret,
)
from matinee.outbox.messages import SECRET_REMOVED, without_secrets
from matinee.outbox.models import Message

# One click is one transaction; who has more than this clicks again.
PORTION_COUNT_MAX = 1000
_GIVEN_UP_BEGINS, _GIVEN_UP_GOES_ON = "given up after ", " tries; at last: "


def plain_error(error: str) -> str:
    """What went wrong, without how often it was tried before it was given up."""
    return re.sub(rf"^{_GIVEN_UP_BEGINS}\d+{_GIVEN_UP_GOES_ON}", "", error)


def try_again(session: Session, *, message_id: int, now: datetime) -> Message:
    """Have a row that waits or was given up tried at once, and for as long as a new one.

    Raises MessageNotFound, MessageSent, MessageUnderWay, and MessageWithoutSecret for a mail whose code is gone.
    """
    message = _unsent(session, message_id, now=now)
    if message.payload.get(SECRET_REMOVED):
        raise MessageWithoutSecret
    _begin_anew(message, now=now)
    session.flush()
    return message


def try_all_again(session: Session, *, channel: str, error: str, now: datetime) -> int:
    """Have all rows of a channel tried again whose last try failed with this error, as `plain_error` tells it.

    Return how many, of a thousand at the most; those that a worker has, and those whose code is gone, stay as they are.
    """
    found = _failed_with(session, channel=channel, error=error, now=now)
    again = [message for message in found if not message.payload.get(SECRET_REMOVED)]
    for message in again:
        _begin_anew(message, now=now)
    session.flush()
    return len(again)


def count_failed_alike(session: Session, *, channel: str, error: str) -> int:
    """How many rows of a channel did not leave with this error, as `plain_error` tells it."""
    alike = select(func.count()).where(
        Message.channel == channel, Message.sent_at.is_(None), _has_failed_with(error)
    )
    return session.scalar(alike) or 0


def give_up_message(session: Session, *, message_id: int, by: str, now: datetime) -> Message:
    """Try a row that waits no more, and take the code out of it. Raises MessageNotFound, MessageSent, MessageGivenUp,
    MessageUnderWay."""
    message = _unsent(session, message_id, now=now)
    if message.failed_at is not None:
        raise MessageGivenUp
    message.failed_at = now
    message.lease = message.leased_until = None
    message.last_error = f"given up by {by}" + (
        f"; at last: {message.last_error}" if message.last_error else ""
    )
    message.payload = without_secrets(message.payload)
    session.flush()
    return message


def _begin_anew(message: Message, *, now: datetime) -> None:
    message.failed_at = message.lease = message.leased_until = None
    message.attempts = 0
    message.next_attempt_at = now


def _unsent(session: Session, message_id: int, *, now: datetime) -> Message:
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise MessageNotFound
    if message.sent_at is not None:
        raise MessageSent
    if message.leased_until is not None and message.leased_until > now:
        raise MessageUnderWay
    return message


def _failed_with(session: Session, *, channel: str, error: str, now: datetime) -> Sequence[Message]:
    wanted = (
        select(Message)
        .where(
            Message.channel == channel,
            Message.sent_at.is_(None),
            _has_failed_with(error),
            or_(Message.leased_until.is_(None), Message.leased_until <= now),
        )
        .order_by(Message.id)
        .limit(PORTION_COUNT_MAX)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(wanted).all()


def _has_failed_with(error: str) -> ColumnElement[bool]:
    given_up = and_(
        Message.last_error.startswith(_GIVEN_UP_BEGINS),
        Message.last_error.endswith(_GIVEN_UP_GOES_ON + error, autoescape=True),
    )
    return or_(Message.last_error == error, given_up)
