"""What is planned, for whoever plans: each screening as a few plain values, read in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from matinee.programme.models import Film, Screening
from matinee.programme.weeks import programme_day

# Films are offered that were shown, or are going to be, so many days around the week; and the latest that were entered.
SHELF_DAYS = 28
SHELF_NEW_FILMS = 12
SHELF_FILMS_MAX = 60


@dataclass(frozen=True, slots=True)
class PlannedShow:
    """A screening of a week. `day` and `time` are those on the wall; `shown_on`: in whose day's programme it stands."""

    id: int
    hall_id: int
    film_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    day: date
    time: str
    adverts_minutes: int
    draft: bool
    format: str
    language: str
    subtitles: str

    @property
    def shown_on(self) -> date:
        """The day of the programme, which ends late in the night."""
        return programme_day(self.day, self.time)


def shows_of_days(session: Session, *, cinema_id: int, first_day: date, days: int) -> list[PlannedShow]:
    """The screenings in the programme of these days, drafts too, without those that were cancelled, by their start."""
    wanted = (
        select(Screening.id, Screening.hall_id, Film.id, Film.title, Screening.starts_at, Screening.ends_at,
               Screening.day, Screening.time, Screening.adverts_minutes, Screening.draft, Screening.format,
               Screening.language, Screening.subtitles)
        .join(Film, Film.id == Screening.film_id)
        .where(Screening.cinema_id == cinema_id, Screening.day >= first_day,
               Screening.day <= first_day + timedelta(days=days), Screening.cancelled_at.is_(None))
        .order_by(Screening.starts_at, Screening.id)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(wanted).all()
    shows = (PlannedShow(*row) for row in rows)
    return [show for show in shows if 0 <= (show.shown_on - first_day).days < days]


def screenings_of_days(
    session: Session, *, cinema_id: int, first_day: date, days: int
) -> Sequence[Screening]:
    """As `shows_of_days`: the screenings themselves, with their films and halls."""
    ids = [show.id for show in shows_of_days(session, cinema_id=cinema_id, first_day=first_day, days=days)]
    wanted = select(Screening).where(Screening.id.in_(ids)).order_by(Screening.starts_at, Screening.id)
    return session.scalars(wanted.options(joinedload(Screening.film), joinedload(Screening.hall))).all()


def films_to_plan(session: Session, *, cinema_id: int, around: date, title: str = "") -> list[Film]:
    """Films that one is likely to plan in the weeks around a day, by their titles; with a `title`, those that contain it."""
    if title:
        # Compared here: what is a small letter beyond ASCII, each database sees in its own way.
        part = title.casefold()
        found = [film for film in session.scalars(select(Film)) if part in film.title.casefold()]
    else:
        reach = timedelta(days=SHELF_DAYS)
        shown = select(Screening.film_id).where(
            Screening.cinema_id == cinema_id, Screening.day.between(around - reach, around + reach)
        )
        newest = select(Film.id).order_by(Film.id.desc()).limit(SHELF_NEW_FILMS)
        found = list(session.scalars(select(Film).where(or_(Film.id.in_(shown), Film.id.in_(newest)))))
    return sorted(found, key=lambda film: (film.title.casefold(), film.id))[:SHELF_FILMS_MAX]
