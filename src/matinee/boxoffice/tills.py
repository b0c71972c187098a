"""Tills: opening one, and finding it. Nobody takes or gives money at the counter without an open one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import (
    InvalidTillAmount,
    NoTillOpen,
    TillAlreadyOpen,
    TillClosed,
    TillNotFound,
)
from matinee.boxoffice.till_models import TillSession
from matinee.db.constraints import translating

# So much fits into a column, and into no till.
TILL_AMOUNT_MAX = 1_000_000_000


def open_till(
    session: Session, *, cinema_id: int, clerk: User, opening_float: int, now: datetime
) -> TillSession:
    """Give a clerk a till in which `opening_float` minor units in cash were counted.

    Raises TillAlreadyOpen, be it in another cinema, and InvalidTillAmount.
    """
    check_amount(opening_float, least=0)
    till = TillSession(
        cinema_id=cinema_id,
        clerk_id=clerk.id,
        clerk_name=clerk.username,
        opened_at=now,
        opening_float=opening_float,
    )
    session.add(till)
    with translating({"uq_till_session_open": TillAlreadyOpen}):
        session.flush()
    return till


def find_open_till(session: Session, *, clerk_id: int) -> TillSession | None:
    """The till that a clerk has open, in whatever cinema; None: he has none."""
    wanted = select(TillSession).where(TillSession.clerk_id == clerk_id, TillSession.closed_at.is_(None))
    return session.scalars(wanted).one_or_none()


def require_open_till(session: Session, *, clerk_id: int, cinema_id: int) -> TillSession:
    """The till that a clerk has open in this cinema. Raises NoTillOpen."""
    till = find_open_till(session, clerk_id=clerk_id)
    if till is None or till.cinema_id != cinema_id:
        raise NoTillOpen
    return till


def find_till(session: Session, *, till_id: int, cinema_id: int) -> TillSession:
    """A till of this cinema, open or closed. Raises TillNotFound."""
    till = session.get(TillSession, till_id)
    if till is None or till.cinema_id != cinema_id:
        raise TillNotFound
    return till


def lock_open_till(session: Session, till: TillSession) -> None:
    """Wait for whoever puts money into the till or closes it, then keep them out until the transaction ends.

    It comes last, after orders and payments, so that nobody waits in a circle. Raises TillClosed.
    """
    session.refresh(till, with_for_update=True)
    if till.closed_at is not None:
        raise TillClosed


def check_amount(amount: int, *, least: int) -> None:
    """Raise InvalidTillAmount for minor units that no till has."""
    if not least <= amount <= TILL_AMOUNT_MAX:
        raise InvalidTillAmount
