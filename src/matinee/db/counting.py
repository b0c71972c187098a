"""Counting what a transaction does once it is committed: one that is undone, or tried again, counts nothing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matinee.kernel.counts import count, is_counting

_COUNTS = "matinee_counts"


def count_when_committed(session: Session, what: str, amount: float = 1, **labels: str) -> None:
    """Count `amount` more of `what` when the transaction of this session is committed."""
    if is_counting():
        session.info.setdefault(_COUNTS, []).append((what, amount, labels))


def tell_counts(session: Session) -> None:
    """What the session collected is so: count it. For `db.transaction`, after the commit."""
    for what, amount, labels in session.info.pop(_COUNTS, ()):
        count(what, amount, **labels)
