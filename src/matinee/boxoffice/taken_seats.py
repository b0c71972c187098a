"""Which seats of a screening nobody can have now, known without asking the database for each who wants one.

When a popular film goes on sale, far more people want a seat than there are. Whoever asks for one that is another's by what
was read after he asked is refused by it. Nobody is given a seat by it: that is decided by the claim alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import NotEnoughSeats, SeatsNotFree
from matinee.boxoffice.models import SeatClaim
from matinee.boxoffice.offers import is_on_sale
from matinee.programme.catalogue import find_screening
from matinee.programme.models import HouseSeat, Screening, Seat


@dataclass(frozen=True, slots=True)
class ForSale:
    """A screening, and the labels of the seats that the public can have, taken or not: what no claim changes."""

    screening: Screening
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class TakenSeats:
    """The claims on a screening at one moment."""

    for_sale: ForSale
    # By label: when the hold ends; None for what is sold.
    ends: Mapping[str, datetime | None]

    def refuse_taken(self, labels: Iterable[str], *, now: datetime) -> None:
        """Raise SeatsNotFree where one of them is certainly another's, and none is not for sale at all.

        Says nothing of a screening that is not on sale.
        """
        asked = list(labels)
        taken = [label for label in asked if label in self.ends and _lasts(self.ends[label], now)]
        if taken and self.for_sale.labels.issuperset(asked) and is_on_sale(self.for_sale.screening, now=now):
            raise SeatsNotFree(taken)

    def refuse_more_than_free(self, count: int, *, now: datetime) -> None:
        """Raise NotEnoughSeats where so many are certainly not free. Says nothing of a screening that is not on sale."""
        # The two were read one after the other: what was not for sale then is not counted.
        free = sum(
            label not in self.ends or not _lasts(self.ends[label], now) for label in self.for_sale.labels
        )
        if free < count and is_on_sale(self.for_sale.screening, now=now):
            raise NotEnoughSeats


def seats_for_sale(session: Session, *, screening_id: int) -> ForSale:
    """As they are now. Raises ScreeningNotFound."""
    screening = find_screening(session, screening_id=screening_id)
    of_house = and_(HouseSeat.screening_id == screening_id, HouseSeat.seat_id == Seat.id)
    labels = session.scalars(
        select(Seat.label)
        .outerjoin(HouseSeat, of_house)
        .where(Seat.hall_id == screening.hall_id, HouseSeat.seat_id.is_(None))
    )
    return ForSale(screening, frozenset(labels))


def taken_seats(session: Session, for_sale: ForSale) -> TakenSeats:
    """The claims as they are now."""
    screening = for_sale.screening
    claims = session.execute(
        select(Seat.label, SeatClaim.expires_at)
        .join(SeatClaim, SeatClaim.seat_id == Seat.id)
        .where(SeatClaim.screening_id == screening.id, Seat.hall_id == screening.hall_id)
    )
    return TakenSeats(for_sale, dict(claims.all()))


def _lasts(end: datetime | None, now: datetime) -> bool:
    return end is None or end > now
