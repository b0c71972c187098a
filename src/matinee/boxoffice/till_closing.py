"""Closing a till: the cash is counted, and its Z report gets the cinema's next number and is frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.till_models import TillSession
from matinee.boxoffice.till_reports import till_report
from matinee.boxoffice.tills import check_amount, lock_open_till
from matinee.programme.models import Cinema

NOTE_CHARACTERS_MAX = 1000


def close_till(
    session: Session, *, till: TillSession, counted_cash: int, note: str, closed_by: str, now: datetime
) -> TillSession:
    """Close the till in which `counted_cash` minor units were counted. Numbers of Z reports have no gap and are given once.

    Raises TillClosed and InvalidTillAmount.
    """
    check_amount(counted_cash, least=0)
    lock_open_till(session, till)
    # All of it is asked first: a till that is half closed cannot be stored.
    figures = till_report(session, till=till, now=now, closed_by=closed_by)
    number = _next_number(session, cinema_id=till.cinema_id)
    till.closed_at = now
    till.counted_cash = counted_cash
    till.expected_cash = figures.expected_cash
    till.note = note.strip()[:NOTE_CHARACTERS_MAX]
    till.number = number
    till.figures = figures.as_json()
    session.flush()
    return till


def _next_number(session: Session, *, cinema_id: int) -> int:
    """One more than the last. Who closes another till of the cinema waits here, and counts on from ours."""
    # No key is changed, so that sales, which refer to the cinema, go on meanwhile.
    locked = select(Cinema.id).where(Cinema.id == cinema_id).with_for_update(key_share=True)
    session.execute(locked).one()
    last = select(func.max(TillSession.number)).where(TillSession.cinema_id == cinema_id)
    return (session.scalar(last) or 0) + 1
