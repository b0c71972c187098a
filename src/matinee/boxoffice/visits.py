"""The tickets of one person: those to come, and the visits that are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Order, Ticket
from matinee.programme.models import Hall, Screening


def coming_tickets(session: Session, *, user_id: int, now: datetime) -> Sequence[Ticket]:
    """The valid tickets for screenings that are not over, by their starts, then as they were bought.

    Each has its order, seat, screening, film, hall and cinema.
    """
    wanted = _tickets(user_id).where(Screening.ends_at > now)
    return session.scalars(wanted.order_by(Screening.starts_at, Ticket.created_at, Ticket.seat_id)).all()


def past_tickets(session: Session, *, user_id: int, now: datetime, limit: int) -> Sequence[Ticket]:
    """The same for screenings that are over, the latest first; `limit` of them."""
    wanted = _tickets(user_id).where(Screening.ends_at <= now).limit(limit)
    return session.scalars(
        wanted.order_by(Screening.starts_at.desc(), Ticket.created_at, Ticket.seat_id)
    ).all()


def count_coming_tickets(session: Session, *, user_id: int, now: datetime) -> int:
    """How many tickets are to come."""
    counted = (
        select(func.count())
        .select_from(Ticket)
        .join(Order, Ticket.order_id == Order.id)
        .join(Screening, Ticket.screening_id == Screening.id)
        .where(Order.user_id == user_id, Ticket.state == "valid", Screening.ends_at > now)
    )
    return session.scalar(counted) or 0


def _tickets(user_id: int) -> Select[Ticket]:
    return (
        select(Ticket)
        .join(Order, Ticket.order_id == Order.id)
        .join(Screening, Ticket.screening_id == Screening.id)
        .where(Order.user_id == user_id, Ticket.state == "valid")
        .options(
            joinedload(Ticket.order),
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
    )
