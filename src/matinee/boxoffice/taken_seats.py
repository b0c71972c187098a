"""Which seats of a screening nobody can have now, known without asking the database for each who wants one.

When a popular film goes on sale, far more people want a seat than there are. Whoever asks for one that is another's by what
was read after he asked is refused by it. Nobody is given a seat by it: that is decided by the claim alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matinee.boxoffice.errors import NotEnoughSeats, SeatsNotFree
from matinee.boxoffice.offers import is_on_sale
from matinee.boxoffice.seat_states import SeatsOfScreening


@dataclass(frozen=True, slots=True)
class TakenSeats:
    """The claims on a screening at one moment."""

    around: SeatsOfScreening
    # Of the seats for sale, by label: when the hold ends; None for what is sold.
    ends: Mapping[str, datetime | None]

    def refuse_taken(self, labels: Iterable[str], *, now: datetime) -> None:
        """Raise SeatsNotFree where one of them is certainly another's, and none is not for sale at all.

        Says nothing of a screening that is not on sale.
        """
        asked = list(labels)
        taken = [label for label in asked if label in self.ends and _lasts(self.ends[label], now)]
        if not taken or not is_on_sale(self.around.screening, now=now):
            return
        if set(self.around.for_sale.values()).issuperset(asked):
            raise SeatsNotFree(taken)

    def refuse_more_than_free(self, count: int, *, now: datetime) -> None:
        """Raise NotEnoughSeats where so many are certainly not free. Says nothing of a screening that is not on sale."""
        # The two were read one after the other: what was not for sale then is not counted.
        free = len(self.around.for_sale) - sum(_lasts(end, now) for end in self.ends.values())
        if free < count and is_on_sale(self.around.screening, now=now):
            raise NotEnoughSeats


def taken_seats(around: SeatsOfScreening, claims: Sequence[Sequence[Any]]) -> TakenSeats:
    """Which of the seats are another's by these rows of `CLAIMS`."""
    labels = around.for_sale
    return TakenSeats(around, {labels[seat_id]: end for seat_id, end in claims if seat_id in labels})


def _lasts(end: datetime | None, now: datetime) -> bool:
    return end is None or end > now
