"""The halls of a cinema in outline: how many seats of which kind, and how much is planned in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.programme.models import Hall, Screening, Seat
from matinee.programme.queries import halls_of


@dataclass(frozen=True, slots=True)
class HallOutline:
    """A hall. `kinds`: how many seats it has of each kind; `held_back`: of each reason for keeping seats back."""

    id: int
    name: str
    turnaround_minutes: int
    kinds: Mapping[str, int]
    held_back: Mapping[str, int]
    coming_screenings: int

    @property
    def seats(self) -> int:
        """How many it has."""
        return sum(self.kinds.values())


def halls_in_outline(session: Session, *, cinema_id: int, now: datetime) -> list[HallOutline]:
    """The halls of a cinema in natural order of their names, with what is planned in them and not over at `now`."""
    halls = halls_of(session, cinema_id=cinema_id)
    kinds: dict[int, dict[str, int]] = {hall.id: {} for hall in halls}
    held_back: dict[int, dict[str, int]] = {hall.id: {} for hall in halls}
    counted = (
        select(Hall.id, Seat.kind, Seat.held_back, func.count())
        .join(Seat, Seat.hall_id == Hall.id)
        .where(Hall.cinema_id == cinema_id)
        .group_by(Hall.id, Seat.kind, Seat.held_back)
    )
    for hall_id, kind, why, count in session.execute(counted):
        kinds[hall_id][kind] = kinds[hall_id].get(kind, 0) + count
        if why:
            held_back[hall_id][why] = held_back[hall_id].get(why, 0) + count
    coming = _coming(session, cinema_id, now)
    return [
        HallOutline(
            hall.id,
            hall.name,
            hall.turnaround_minutes,
            kinds[hall.id],
            held_back[hall.id],
            coming.get(hall.id, 0),
        )
        for hall in halls
    ]


def _coming(session: Session, cinema_id: int, now: datetime) -> dict[int, int]:
    # The day narrows by the index; it is that of the wall, and a film lasts a day at the most.
    wanted = (
        select(Screening.hall_id, func.count())
        .where(
            Screening.cinema_id == cinema_id,
            Screening.day >= (now - timedelta(days=2)).date(),
            Screening.ends_at > now,
            Screening.cancelled_at.is_(None),
        )
        .group_by(Screening.hall_id)
    )
    return dict(session.execute(wanted).all())
