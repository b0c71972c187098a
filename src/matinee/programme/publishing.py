"""Publishing drafts: from then on everybody sees them, and can buy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.outbox.webhooks.events import announce_event
from matinee.programme.locks import lock_halls
from matinee.programme.models import Screening
from matinee.programme.queries import in_portions


def publish_screenings(
    session: Session, *, cinema_id: int, screening_ids: Collection[int], now: datetime
) -> list[int]:
    """Publish those of the screenings that are drafts of this cinema and have not begun; return their ids.

    Whoever asked for `screening.changed` is told of each.
    """
    found: list[Screening] = []
    for ids in in_portions(set(screening_ids)):
        wanted = select(Screening).where(
            Screening.id.in_(ids),
            Screening.cinema_id == cinema_id,
            Screening.draft,
            Screening.cancelled_at.is_(None),
            Screening.starts_at > now,
        )
        # Whoever plans in these halls is waited for, and what he changed is seen.
        lock_halls(session, hall_ids=session.scalars(wanted.with_only_columns(Screening.hall_id)).all())
        locked = wanted.order_by(Screening.id).with_for_update().execution_options(populate_existing=True)
        found += session.scalars(locked)
    for screening in found:
        screening.draft = False
    session.flush()
    for screening in found:
        announce_event(session, event="screening.changed", payload={"screening_id": screening.id}, now=now)
    if found:
        announce_change(session)
    return [screening.id for screening in found]
