"""What the database and the machine know that no process counts, as numbers. Cheap: asked every few seconds."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.payments.models import PaymentRefund
from matinee.programme.models import Screening
from matinee.reports.health.backups import newest_backup
from matinee.reports.health.deliveries import ChannelState, deliveries
from matinee.reports.health.installation import Installation

SOON = timedelta(hours=24)


class Reading(NamedTuple):
    """One number under the name of its metric; `label` for those that have one."""

    name: str
    value: float
    label: str = ""


def read_database(session: Session, *, now: datetime) -> Iterator[Reading]:
    """Workers, what waits, holds and sales, as they are at `now`. Looks at nothing that grows with what was ever sold."""
    state = deliveries(session, now=now)
    yield Reading("workers_alive", sum(one.is_alive for one in state.workers))
    if state.workers:
        yield Reading("worker_heartbeat_age_seconds", _age(state.workers[0].seen_at, now))
    yield from _channel("mail", state.mail, now)
    yield from _channel("webhook", state.webhooks, now)
    holds = select(func.count()).where(Order.hold_expires_at > now)
    yield Reading("holds", session.scalar(holds) or 0)
    pending = select(func.count(), func.min(PaymentRefund.created_at)).where(PaymentRefund.state == "pending")
    waiting, oldest_at = session.execute(pending).one()
    yield Reading("refunds_waiting", waiting)
    yield Reading("refunds_oldest_seconds", _age(oldest_at, now))
    yield Reading("screenings_on_sale", _on_sale(session, now))
    sold_at = session.scalar(select(func.max(Ticket.sold_at)).where(Ticket.sold_at.is_not(None)))
    if sold_at is not None:
        yield Reading("last_sale_age_seconds", _age(sold_at, now))


def read_machine(installation: Installation, *, now: datetime) -> Iterator[Reading]:
    """The disk and the newest backup; what cannot be looked at is left out."""
    with contextlib.suppress(OSError):
        yield Reading("disk_free_bytes", shutil.disk_usage(installation.data_dir).free)
    if installation.backup_dir is None:
        return
    yield Reading("backup_age_max_seconds", installation.backup_age_max.total_seconds())
    try:
        newest = newest_backup(installation.backup_dir)
    except OSError:
        return
    if newest is not None and newest.size_bytes:
        yield Reading("backup_age_seconds", _age(newest.made_at, now))


def _channel(channel: str, state: ChannelState, now: datetime) -> Iterator[Reading]:
    yield Reading("outbox_waiting", state.waiting, channel)
    yield Reading("outbox_oldest_seconds", _age(state.oldest_at, now), channel)
    yield Reading("outbox_given_up", state.failed, channel)


def _on_sale(session: Session, now: datetime) -> int:
    wanted = select(func.count()).where(
        Screening.starts_at > now,
        Screening.starts_at <= now + SOON,
        Screening.cancelled_at.is_(None),
        Screening.draft.is_(False),
        or_(Screening.sales_end_at.is_(None), Screening.sales_end_at > now),
    )
    return session.scalar(wanted) or 0


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0
