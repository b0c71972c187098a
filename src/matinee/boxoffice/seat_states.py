"""The seats of a screening as somebody who watches it sees them: free, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from matinee.boxoffice.availability import Availability, availability
from matinee.boxoffice.models import SeatClaim
from matinee.programme.catalogue import find_screening
from matinee.programme.layout_versions import layout_version
from matinee.programme.models import Screening
from matinee.programme.queries import SeatOfHall, house_seats_by_screening, seats_by_hall

# Every claim on a screening, with its end; one that ran out, too.
CLAIMS = select(SeatClaim.seat_id, SeatClaim.expires_at).where(
    SeatClaim.screening_id == bindparam("screening_id")
)


@dataclass(frozen=True)
class SeatsOfScreening:
    """A screening and all seats of its hall: what no claim changes."""

    screening: Screening
    seats: Sequence[SeatOfHall]
    # By their ids: what the house keeps back.
    house: frozenset[int]

    # Worked out when they are first asked for, and not after every sale.

    @cached_property
    def layout_version(self) -> str:
        """That of the hall."""
        return layout_version(self.screening.hall, self.seats)

    @cached_property
    def for_sale(self) -> Mapping[int, str]:
        """The labels of the seats that the public can have, taken or not, by their ids."""
        return {seat.id: seat.label for seat in self.seats if seat.id not in self.house}


@dataclass(frozen=True, slots=True)
class SeatStates:
    """A screening, all seats of its hall, and by their ids those that the public cannot have. Nobody learns who has them.

    Each seat is in one of the three sets at the most: what the house keeps back is that, whoever has it.
    """

    around: SeatsOfScreening
    availability: Availability
    held: frozenset[int]
    sold: frozenset[int]

    @property
    def screening(self) -> Screening:
        """Whose seats they are."""
        return self.around.screening

    @property
    def seats(self) -> Sequence[SeatOfHall]:
        """Those of the hall, in natural order of their labels."""
        return self.around.seats

    @property
    def house(self) -> frozenset[int]:
        """What the house keeps back."""
        return self.around.house

    def labels(self, ids: frozenset[int]) -> list[str]:
        """The labels of these seats in natural order."""
        return [seat.label for seat in self.seats if seat.id in ids]

    @property
    def taken(self) -> list[str]:
        """The labels of all that the public cannot have, in natural order."""
        return self.labels(self.house | self.held | self.sold)


def seat_states(session: Session, *, screening_id: int, now: datetime) -> SeatStates:
    """The seats as they are at `now`; a hold that ran out is free. Raises ScreeningNotFound."""
    around = seats_of_screening(session, screening_id=screening_id)
    return states_by_claims(around, claims_in(session, screening_id=screening_id), now=now)


def seats_of_screening(session: Session, *, screening_id: int) -> SeatsOfScreening:
    """As they are now. Raises ScreeningNotFound."""
    screening = find_screening(session, screening_id=screening_id)
    seats = seats_by_hall(session, [screening.hall_id])[screening.hall_id]
    house = frozenset(house_seats_by_screening(session, [screening_id])[screening_id])
    return SeatsOfScreening(screening, seats, house)


def claims_in(session: Session, *, screening_id: int) -> Sequence[Sequence[Any]]:
    """The rows of `CLAIMS` of a screening."""
    return session.execute(CLAIMS, {"screening_id": screening_id}).all()


def states_by_claims(
    around: SeatsOfScreening, claims: Iterable[Sequence[Any]], *, now: datetime
) -> SeatStates:
    """What these rows of `CLAIMS` mean for the seats at `now`."""
    held: set[int] = set()
    sold: set[int] = set()
    for seat_id, expires_at in claims:
        if expires_at is None:
            sold.add(seat_id)
        elif expires_at > now:
            held.add(seat_id)
    house = around.house
    taken = sum(1 for seat in around.seats if seat.id in house or seat.id in held or seat.id in sold)
    total = len(around.seats)
    found = availability(around.screening, seats=total - len(house), free=total - taken, now=now)
    return SeatStates(around, found, frozenset(held - house), frozenset(sold - house))
