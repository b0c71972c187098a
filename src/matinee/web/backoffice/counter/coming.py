"""The screenings that the counter sells now: today's, and what has begun a moment ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.availability import Availability, availability_of
from matinee.boxoffice.offers import is_on_sale
from matinee.boxoffice.rules import COUNTER_LATE_MINUTES
from matinee.programme.models import Cinema, Hall, Screening
from matinee.programme.queries import is_public

SCREENINGS_MAX = 100
# Until then people call it tonight.
NIGHT_ENDS = time(5)


@dataclass(frozen=True, slots=True)
class Coming:
    """A screening that can be sold at the counter, and how many seats the public can have of it."""

    screening: Screening
    availability: Availability
    has_begun: bool


def coming_screenings(
    session: Session, *, cinema: Cinema, day: date | None, now: datetime, film_id: int | None = None
) -> Sequence[Coming]:
    """Those of a day on the cinema's wall; None: from now until the night is over. In the order in which they begin."""
    zone = ZoneInfo(cinema.timezone)
    wanted = (
        select(Screening)
        .where(
            Screening.cinema_id == cinema.id,
            is_public(),
            Screening.starts_at > now - timedelta(minutes=COUNTER_LATE_MINUTES),
        )
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
        .order_by(Screening.starts_at, Screening.id)
        .limit(SCREENINGS_MAX)
    )
    if day is None:
        morning = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), NIGHT_ENDS, tzinfo=zone)
        wanted = wanted.where(Screening.starts_at < morning)
    else:
        wanted = wanted.where(Screening.day == day)
    if film_id is not None:
        wanted = wanted.where(Screening.film_id == film_id)
    found = [
        one for one in session.scalars(wanted) if is_on_sale(one, now=now, late_minutes=COUNTER_LATE_MINUTES)
    ]
    known = availability_of(session, screenings=found, now=now)
    return [Coming(one, known[one.id], one.starts_at <= now) for one in found]
