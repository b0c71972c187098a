"""When a hall is taken: from the start of a screening to the end of the turnaround after it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.programme.errors import HallTaken
from matinee.programme.hall_book import REACH
from matinee.programme.models import Hall, Screening


def is_free(
    session: Session,
    *,
    hall: Hall,
    starts_at: datetime,
    ends_at: datetime,
    except_screening: Screening | None = None,
) -> bool:
    """Whether a film from `starts_at` to `ends_at` has a place in the hall, turnarounds included.

    What was cancelled, and `except_screening`, is not in the way. Whoever relies on the answer locks the hall first.
    """
    return (
        screening_in_the_way(
            session, hall=hall, starts_at=starts_at, ends_at=ends_at, except_screening=except_screening
        )
        is None
    )


def require_free(
    session: Session,
    *,
    hall: Hall,
    starts_at: datetime,
    ends_at: datetime,
    except_screening: Screening | None = None,
) -> None:
    """Raise HallTaken, with what is in the way, where `is_free` says no."""
    other = screening_in_the_way(
        session, hall=hall, starts_at=starts_at, ends_at=ends_at, except_screening=except_screening
    )
    if other is not None:
        minutes = hall.turnaround_minutes
        cleaning = f" ({minutes} minutes of turnaround included)" if minutes else ""
        raise HallTaken(
            f"It overlaps in {hall.name!r}{cleaning} with {other.film.title!r} on {other.day} at {other.time}.",
            hall=hall.name,
            title=other.film.title,
            day=other.day,
            time=other.time,
        )


def screening_in_the_way(
    session: Session,
    *,
    hall: Hall,
    starts_at: datetime,
    ends_at: datetime,
    except_screening: Screening | None = None,
) -> Screening | None:
    """The first screening that overlaps, with its film; None where the hall is free."""
    turnaround = timedelta(minutes=hall.turnaround_minutes)
    wanted = (
        select(Screening)
        .where(
            Screening.hall_id == hall.id,
            Screening.cancelled_at.is_(None),
            # What began earlier cannot reach that far: it keeps the search to a few rows.
            Screening.starts_at > starts_at - REACH,
            Screening.starts_at < ends_at + turnaround,
            Screening.ends_at > starts_at - turnaround,
        )
        .order_by(Screening.starts_at)
        .limit(1)
        .options(joinedload(Screening.film))
    )
    if except_screening is not None:
        wanted = wanted.where(Screening.id != except_screening.id)
    return session.scalars(wanted).one_or_none()
