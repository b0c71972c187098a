"""How often each seat of a hall is sold, over the screenings of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.programme.catalogue import find_hall
from matinee.programme.errors import HallNotFound
from matinee.programme.models import Hall, Screening
from matinee.programme.queries import SeatOfHall, is_public, seats_by_hall

# The latest ones count; with more, a hall would look the same and be read for long.
SCREENINGS_MAX = 400


@dataclass(frozen=True, slots=True)
class SeatHeat:
    """A seat, how often it was sold, and of how many screenings in hundredths: rounded down."""

    seat: SeatOfHall
    sold: int
    percent: int


@dataclass(frozen=True, slots=True)
class HallHeat:
    """The seats of a hall in natural order, over `screenings` of them from the first day to the last (UTC)."""

    hall: Hall
    seats: Sequence[SeatHeat]
    screenings: int
    first_at: datetime | None
    last_at: datetime | None


def hall_heat(session: Session, *, cinema_id: int, hall_id: int, weeks: int, now: datetime) -> HallHeat:
    """How often each seat was sold at the screenings that began in the last `weeks` weeks, of those the latest
    `SCREENINGS_MAX`. What came back does not count. Raises HallNotFound, also for another cinema's.
    """
    hall = find_hall(session, hall_id=hall_id)
    if hall.cinema_id != cinema_id:
        raise HallNotFound
    shown = session.execute(
        select(Screening.id, Screening.starts_at)
        .where(
            Screening.hall_id == hall_id,
            is_public(),
            Screening.starts_at <= now,
            Screening.starts_at > now - timedelta(weeks=weeks),
        )
        .order_by(Screening.starts_at.desc())
        .limit(SCREENINGS_MAX)
    ).all()
    sold = _sold(session, [screening_id for screening_id, _starts_at in shown])
    return HallHeat(
        hall=hall,
        seats=[
            SeatHeat(seat, sold.get(seat.id, 0), sold.get(seat.id, 0) * 100 // max(1, len(shown)))
            for seat in seats_by_hall(session, [hall_id])[hall_id]
        ],
        screenings=len(shown),
        first_at=shown[-1][1] if shown else None,
        last_at=shown[0][1] if shown else None,
    )


def _sold(session: Session, screening_ids: Sequence[int]) -> dict[int, int]:
    """Seat id -> at how many of the screenings somebody has a ticket for it."""
    rows = session.execute(
        select(Ticket.seat_id, func.count())
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state == "valid")
        .group_by(Ticket.seat_id)
    )
    return dict(rows.all())
