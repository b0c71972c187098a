"""Which screenings one can stand at the door of: those that run now, or begin soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.programme.lengths import LASTS_MAX
from matinee.programme.models import Hall, Screening

# Whoever is late is let in until the end; somebody always comes with last night's ticket.
AFTER_THE_END = timedelta(hours=1)
AHEAD = timedelta(hours=18)


def screenings_at_doors(
    session: Session, *, now: datetime, cinema_id: int | None = None
) -> Sequence[Screening]:
    """Published screenings that ended at most an hour ago or begin within 18 hours, of one cinema or of all, in order.

    Cancelled ones among them: people come for those, too. Read with film, hall and cinema.
    """
    wanted = (
        select(Screening)
        .join(Screening.hall)
        .where(
            Screening.draft.is_(False),
            Screening.ends_at > now - AFTER_THE_END,
            Screening.starts_at < now + AHEAD,
            Screening.starts_at > now - AFTER_THE_END - LASTS_MAX,
        )
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
        .order_by(Screening.starts_at, Screening.id)
    )
    if cinema_id is not None:
        wanted = wanted.where(Hall.cinema_id == cinema_id)
    return session.scalars(wanted).all()
