"""Weeks of a cinema: what distributors are told of begins on the weekday that the cinema chose, most often Thursday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.programme.models import Cinema, Screening
from matinee.programme.queries import is_public
from matinee.reports.periods import beginning_of

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days on the wall of a cinema. A screening belongs to the day that its wall shows at the start."""

    first_day: date

    @property
    def last_day(self) -> date:
        """The seventh day."""
        return self.first_day + WEEK - timedelta(days=1)

    @property
    def after(self) -> Week:
        """The next one."""
        return Week(self.first_day + WEEK)

    @property
    def before(self) -> Week:
        """The one before."""
        return Week(self.first_day - WEEK)

    def is_over(self, *, zone: str, now: datetime) -> bool:
        """Whether its last day is over."""
        return now >= beginning_of(self.after.first_day, zone=zone)


def week_of(day: date, *, begins_on: int) -> Week:
    """The week in which a day is. `begins_on`: the ISO number of a weekday."""
    return Week(day - timedelta(days=(day.isoweekday() - begins_on) % 7))


def number_of_week(session: Session, *, cinema: Cinema, film_id: int, week: Week) -> int:
    """Which week of the film in this cinema it is: that of its first screening there is 1, and all after it count, with or
    without screenings. 1 where there is none."""
    first = session.scalar(
        select(func.min(Screening.day)).where(
            Screening.film_id == film_id, Screening.cinema_id == cinema.id, is_public()
        )
    )
    if first is None:
        return 1
    # From the week that is asked about: the weeks of a return that was sent stay, should the cinema choose another weekday.
    begun = week_of(first, begins_on=week.first_day.isoweekday())
    return max(1, (week.first_day - begun.first_day) // WEEK + 1)
