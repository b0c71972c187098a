"""Scans of long ago are deleted: nobody tells them again, and they say who stood at which door. Admissions stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from matinee.door.models import DoorScan

# A scanner that was away for longer than this is told what it tells as if it were new.
SCANS_KEPT = timedelta(days=60)
# So many go at once, so that a transaction stays short.
SCANS_COUNT_MAX = 2_000


def forget_scans(session: Session, *, now: datetime, limit: int = SCANS_COUNT_MAX) -> int:
    """Delete scans that came in more than 60 days ago, the oldest first; return how many went.

    A conflict that nobody looked at stays until somebody does.
    """
    settled = or_(DoorScan.result != "conflict", DoorScan.seen_at.is_not(None))
    old = (
        select(DoorScan.id)
        .where(DoorScan.received_at < now - SCANS_KEPT, settled)
        .order_by(DoorScan.received_at)
        .limit(limit)
    )
    gone = session.scalars(delete(DoorScan).where(DoorScan.id.in_(old)).returning(DoorScan.id)).all()
    return len(gone)
