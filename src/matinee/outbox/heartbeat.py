"""The sign of life of the workers. A worker that died unnoticed is what keeps mails from leaving."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matinee.outbox.models import WorkerHeartbeat

KEPT_FOR = timedelta(days=1)
# A worker signs every few seconds, but not while a mail server keeps it waiting: that takes up to a minute
# and a half.
WORKER_MISSING_AFTER = timedelta(minutes=2)


def sign_heartbeat(session: Session, *, name: str, started_at: datetime, now: datetime) -> None:
    """Note that the worker `name` is alive, and forget workers that have not been seen for a day."""
    row = session.get(WorkerHeartbeat, name)
    if row is None:
        session.add(WorkerHeartbeat(name=name, seen_at=now, started_at=started_at))
    else:
        row.seen_at = now
        row.started_at = started_at
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < now - KEPT_FOR))
    session.flush()


def sign_off(session: Session, *, name: str) -> None:
    """Forget a worker that ends in good order."""
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.name == name))


def worker_seen_at(session: Session) -> datetime | None:
    """When a worker was last seen alive (UTC); None where none was."""
    return session.scalar(select(func.max(WorkerHeartbeat.seen_at)))
