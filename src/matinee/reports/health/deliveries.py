"""The workers by name, and what leaves by mail and by webhook: numbers for people who look after the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.outbox.heartbeat import WORKER_MISSING_AFTER
from matinee.outbox.leases import is_waiting
from matinee.outbox.models import Message, WebhookEndpoint, WorkerHeartbeat

# So far back the last one that was sent is looked for.
NEWEST_MAX = 2_000


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker that was there within a day."""

    name: str
    seen_at: datetime
    started_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True)
class ChannelState:
    """Mails, or events for webhook endpoints. `last_sent_at`: None where none left lately."""

    waiting: int
    oldest_at: datetime | None
    failed: int
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """All of it."""

    workers: Sequence[WorkerSeen]
    mail: ChannelState
    webhooks: ChannelState
    endpoints: int


def deliveries(session: Session, *, now: datetime) -> Deliveries:
    """As it is at `now`; what was sent long ago is not looked at."""
    workers = session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.seen_at.desc()))
    return Deliveries(
        workers=[
            WorkerSeen(one.name, one.seen_at, one.started_at, now - one.seen_at <= WORKER_MISSING_AFTER)
            for one in workers
        ],
        mail=_channel(session, "mail"),
        webhooks=_channel(session, "webhook"),
        endpoints=session.scalar(select(func.count()).where(WebhookEndpoint.active)) or 0,
    )


def _channel(session: Session, channel: str) -> ChannelState:
    own = Message.channel == channel
    waiting, oldest_at = session.execute(
        select(func.count(), func.min(Message.created_at)).where(own, is_waiting())
    ).one()
    failed = session.scalar(select(func.count()).where(own, Message.failed_at.is_not(None))) or 0
    # Among the newest, by their numbers: the moment has no index, and what was ever sent is much.
    newest = select(Message.sent_at, Message.channel).order_by(Message.id.desc()).limit(NEWEST_MAX).subquery()
    last_sent_at = session.scalar(select(func.max(newest.c.sent_at)).where(newest.c.channel == channel))
    return ChannelState(waiting, oldest_at, failed, last_sent_at)
