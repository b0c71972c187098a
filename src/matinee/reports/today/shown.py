"""The screenings of a day, and how their seats are doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import SeatClaim
from matinee.door.counts import door_counts
from matinee.kernel.natural import natural_key
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.programme.queries import is_public


@dataclass(frozen=True, slots=True)
class SeatCounts:
    """Seats of a screening: each is counted once. What the house keeps back is `house` as long as nobody has it."""

    seats: int = 0
    sold: int = 0
    held: int = 0
    house: int = 0
    # People who were let in.
    inside: int = 0

    @property
    def free(self) -> int:
        """What is left; seats may have been taken out of the hall since they were sold."""
        return max(0, self.seats - self.sold - self.held - self.house)

    @property
    def percent(self) -> int:
        """How full it is, by what is sold: rounded down, so that 100 means that every seat is."""
        return min(100, self.sold * 100 // self.seats) if self.seats else 0


@dataclass(frozen=True, slots=True)
class ShownToday:
    """A screening: what, where, when (UTC), and its seats."""

    id: int
    film: str
    hall: str
    starts_at: datetime
    ends_at: datetime
    counts: SeatCounts


def shown_on(session: Session, *, cinema_id: int, day: date, now: datetime) -> list[ShownToday]:
    """The published screenings of a day on the cinema's wall, and those of the day before that still run at `now`; by their
    start, then by hall. A hold that ran out at `now` is free.
    """
    found = _screenings(session, cinema_id=cinema_id, day=day, now=now)
    counts = seat_counts(session, screenings=found, now=now)
    return [
        ShownToday(one.id, one.film.title, one.hall.name, one.starts_at, one.ends_at, counts[one.id])
        for one in found
    ]


def _screenings(session: Session, *, cinema_id: int, day: date, now: datetime) -> list[Screening]:
    wanted = (
        select(Screening)
        .where(
            Screening.cinema_id == cinema_id,
            Screening.day.in_((day - timedelta(days=1), day)),
            or_(Screening.day == day, Screening.ends_at > now),
            is_public(),
        )
        .options(joinedload(Screening.film), joinedload(Screening.hall))
    )
    return sorted(
        session.scalars(wanted), key=lambda one: (one.starts_at, natural_key(one.hall.name), one.id)
    )


def seat_counts(session: Session, *, screenings: Sequence[Screening], now: datetime) -> dict[int, SeatCounts]:
    """Screening id -> its seats at `now`."""
    ids = [one.id for one in screenings]
    seats = _counted(
        session,
        select(Seat.hall_id, func.count())
        .where(Seat.hall_id.in_({one.hall_id for one in screenings}))
        .group_by(Seat.hall_id),
    )
    claims = _claims(session, ids, now)
    house = _counted(session, _unclaimed_house_seats(ids, now))
    at_doors = door_counts(session, screening_ids=ids)
    return {
        one.id: SeatCounts(
            seats=seats.get(one.hall_id, 0),
            sold=claims.get((one.id, 1), 0),
            held=claims.get((one.id, 0), 0),
            house=house.get(one.id, 0),
            inside=at_doors[one.id].inside,
        )
        for one in screenings
    }


def _counted(session: Session, wanted: Select[Any, int]) -> Mapping[int, int]:
    return dict(session.execute(wanted).all())


def _claims(session: Session, ids: Sequence[int], now: datetime) -> Mapping[tuple[int, int], int]:
    """(screening, 1 for sold and 0 for held) -> seats."""
    each = (
        select(SeatClaim.screening_id, case((SeatClaim.expires_at.is_(None), 1), else_=0).label("is_sold"))
        .where(SeatClaim.screening_id.in_(ids), SeatClaim.lasts(now))
        .subquery()
    )
    rows = session.execute(
        select(each.c.screening_id, each.c.is_sold, func.count()).group_by(
            each.c.screening_id, each.c.is_sold
        )
    )
    return {(screening_id, is_sold): count for screening_id, is_sold, count in rows}


def _unclaimed_house_seats(ids: Sequence[int], now: datetime) -> Select[int, int]:
    claimed = exists().where(
        SeatClaim.screening_id == HouseSeat.screening_id,
        SeatClaim.seat_id == HouseSeat.seat_id,
        SeatClaim.lasts(now),
    )
    return (
        select(HouseSeat.screening_id, func.count())
        .where(HouseSeat.screening_id.in_(ids), ~claimed)
        .group_by(HouseSeat.screening_id)
    )
