"""The seats of a screening as somebody who watches it sees them: free, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.availability import Availability, availability
from matinee.boxoffice.models import SeatClaim
from matinee.programme.catalogue import find_screening
from matinee.programme.models import Screening
from matinee.programme.queries import SeatOfHall, house_seats_by_screening, seats_by_hall


@dataclass(frozen=True, slots=True)
class SeatStates:
    """A screening, all seats of its hall, and by their ids those that the public cannot have. Nobody learns who has them.

    Each seat is in one of the three sets at the most: what the house keeps back is that, whoever has it.
    """

    screening: Screening
    seats: Sequence[SeatOfHall]
    availability: Availability
    house: frozenset[int]
    held: frozenset[int]
    sold: frozenset[int]

    def labels(self, ids: frozenset[int]) -> list[str]:
        """The labels of these seats in natural order."""
        return [seat.label for seat in self.seats if seat.id in ids]

    @property
    def taken(self) -> list[str]:
        """The labels of all that the public cannot have, in natural order."""
        return self.labels(self.house | self.held | self.sold)


def seat_states(session: Session, *, screening_id: int, now: datetime) -> SeatStates:
    """The seats as they are at `now`; a hold that ran out is free. Raises ScreeningNotFound."""
    screening = find_screening(session, screening_id=screening_id)
    seats = seats_by_hall(session, [screening.hall_id])[screening.hall_id]
    house = frozenset(house_seats_by_screening(session, [screening_id])[screening_id])
    held: set[int] = set()
    sold: set[int] = set()
    claims = select(SeatClaim.seat_id, SeatClaim.expires_at).where(
        SeatClaim.screening_id == screening_id,
        SeatClaim.lasts(now),
    )
    for seat_id, expires_at in session.execute(claims):
        (sold if expires_at is None else held).add(seat_id)
    taken = sum(1 for seat in seats if seat.id in house or seat.id in held or seat.id in sold)
    found = availability(screening, seats=len(seats) - len(house), free=len(seats) - taken, now=now)
    return SeatStates(screening, seats, found, house, frozenset(held - house), frozenset(sold - house))
