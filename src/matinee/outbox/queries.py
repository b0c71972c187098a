"""How the mail in the outbox is doing, for readiness and for the operator.

Webhooks do not count: an endpoint that is away is its owner's trouble, and shows in its log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.outbox.leases import is_waiting
from matinee.outbox.models import Message

_IS_MAIL = Message.channel == "mail"


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """The mails that have not left yet, and how long the oldest has been waiting."""

    count: int
    oldest_age: timedelta | None


def messages_about(session: Session, *, about: str) -> Sequence[Message]:
    """The mails and events about something ("order:7") that are still kept, the first at the front."""
    return session.scalars(select(Message).where(Message.about == about).order_by(Message.id)).all()


@dataclass(frozen=True, slots=True)
class OutboxSummary:
    """The state of the outbox. `failed` counts the mails that were given up; their rows say why."""

    waiting: int
    oldest_waiting_age: timedelta | None
    failed: int
    last_error: str | None


def waiting_mail(session: Session, *, now: datetime) -> WaitingMail:
    """The mails that wait. Cheap: it looks at those alone."""
    count, oldest = session.execute(
        select(func.count(), func.min(Message.created_at)).where(_IS_MAIL, is_waiting())
    ).one()
    return WaitingMail(count, now - oldest if oldest is not None else None)


def outbox_summary(session: Session, *, now: datetime) -> OutboxSummary:
    """The whole picture. It looks at what waits and at what was given up, and not at all that was ever sent."""
    waiting = waiting_mail(session, now=now)
    failed = session.scalar(select(func.count()).where(_IS_MAIL, Message.failed_at.is_not(None))) or 0
    return OutboxSummary(waiting.count, waiting.oldest_age, failed, _last_error(session))


def _last_error(session: Session) -> str | None:
    """Of the newest mail that waits or was given up and has one."""
    found = [
        session.execute(
            select(Message.id, Message.last_error)
            .where(_IS_MAIL, Message.last_error.is_not(None), condition)
            .order_by(Message.id.desc())
            .limit(1)
        ).one_or_none()
        for condition in (is_waiting(), Message.failed_at.is_not(None))
    ]
    return max(((row.id, row.last_error) for row in found if row), default=(0, None))[1]
