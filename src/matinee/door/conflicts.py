"""Conflicts: tickets that a scanner let in by itself, and that it would not have let in had it known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from matinee.door.models import DoorScan

_OPEN = (DoorScan.result == "conflict", DoorScan.seen_at.is_(None))


def count_open_conflicts(session: Session) -> int:
    """How many no manager has looked at."""
    return session.scalars(select(func.count()).select_from(DoorScan).where(*_OPEN)).one()


def conflicts_in_order(
    session: Session, *, only_open: bool, behind: ColumnElement[bool] | None = None, limit: int
) -> Sequence[DoorScan]:
    """Conflicts by the moment at which they came to light, then their number. `behind`: a condition on those two."""
    wanted = select(DoorScan).where(*(_OPEN if only_open else _OPEN[:1]))
    if behind is not None:
        wanted = wanted.where(behind)
    return session.scalars(wanted.order_by(DoorScan.received_at, DoorScan.id).limit(limit)).all()


def mark_conflict_seen(session: Session, *, scan_id: int, by: str, now: datetime) -> bool:
    """Let a conflict count as looked at. False where there is none, or somebody had looked at it before."""
    marked = session.execute(
        update(DoorScan)
        .where(DoorScan.id == scan_id, *_OPEN)
        .values(seen_at=now, seen_by=by)
        .returning(DoorScan.id)
    )
    return marked.one_or_none() is not None
