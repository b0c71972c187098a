"""How many seats of a screening the public can still have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import SeatClaim
from matinee.boxoffice.offers import is_on_sale
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.programme.queries import in_portions

State = Literal["available", "few_left", "sold_out", "closed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Availability:
    """The seats that the public can have at all, those of them that are free, and what that means."""

    seats: int
    free: int
    state: State


def availability_of(
    session: Session, *, screenings: Sequence[Screening], now: datetime
) -> dict[int, Availability]:
    """Screening id -> its availability at `now`. The screenings need their halls and cinemas loaded."""
    ids = [screening.id for screening in screenings]
    seats = _seats_by_hall(session, [screening.hall_id for screening in screenings])
    house = _house_seats(session, ids)
    taken = _taken_seats(session, ids, now)
    found = {}
    for screening in screenings:
        sellable = seats.get(screening.hall_id, 0) - house.get(screening.id, 0)
        found[screening.id] = availability(
            screening, seats=sellable, free=max(0, sellable - taken.get(screening.id, 0)), now=now
        )
    return found


def availability(screening: Screening, *, seats: int, free: int, now: datetime) -> Availability:
    """What `free` of `seats` means for the screening at `now`."""
    return Availability(seats, free, _state(screening, seats, free, now))


def _state(screening: Screening, seats: int, free: int, now: datetime) -> State:
    if screening.cancelled_at is not None:
        return "cancelled"
    if not is_on_sale(screening, now=now):
        return "closed"
    if free == 0:
        return "sold_out"
    few = (seats - free) * 100 >= seats * screening.hall.cinema.selling_out_percent
    return "few_left" if few else "available"


def _seats_by_hall(session: Session, hall_ids: Sequence[int]) -> Mapping[int, int]:
    wanted = select(Seat.hall_id, func.count()).where(Seat.hall_id.in_(set(hall_ids))).group_by(Seat.hall_id)
    return {hall_id: count for hall_id, count in session.execute(wanted) if hall_id is not None}


def _house_seats(session: Session, screening_ids: Sequence[int]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for ids in in_portions(screening_ids):
        wanted = select(HouseSeat.screening_id, func.count()).where(HouseSeat.screening_id.in_(ids))
        found |= dict(session.execute(wanted.group_by(HouseSeat.screening_id)).all())
    return found


def _taken_seats(session: Session, screening_ids: Sequence[int], now: datetime) -> Mapping[int, int]:
    """Without those of the house, which the counter may have sold."""
    of_house = exists().where(
        HouseSeat.screening_id == SeatClaim.screening_id, HouseSeat.seat_id == SeatClaim.seat_id
    )
    # Of each screening by itself: of many at once the database expects so many claims, by those of sold out years, that
    # it would rather read all there ever were.
    taken = (
        select(func.count())
        .where(
            SeatClaim.screening_id == Screening.id,
            SeatClaim.lasts(now),
            ~of_house,
        )
        .scalar_subquery()
    )
    found: dict[int, int] = {}
    for ids in in_portions(screening_ids):
        found |= dict(session.execute(select(Screening.id, taken).where(Screening.id.in_(ids))).all())
    return found
