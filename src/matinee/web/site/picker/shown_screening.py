"""A screening as its page shows it to everybody: what, where, when, for how much, which seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from matinee.boxoffice.availability import Availability, availability_of
from matinee.boxoffice.seat_states import SeatStates, seat_states
from matinee.programme.catalogue import ScreeningFilter, screenings_in_order
from matinee.programme.models import Cinema, Film, Hall, Screening
from matinee.programme.screening_prices import ZonePrice, prices_of_screening
from matinee.web.shared.services import services

OTHER_TIMES_MAX = 6
# Of these, those that can be bought are offered.
LOOKED_AT_MAX = 40

Stage = Literal["on_sale", "sold_out", "closed", "begun", "over", "cancelled"]


@dataclass(frozen=True, slots=True)
class OtherTime:
    """Another screening of the film in the same cinema that can be bought."""

    screening: Screening
    availability: Availability


@dataclass(frozen=True, slots=True)
class ShownScreening:
    """A screening with all that belongs to it. Its rows were read before, and are not changed."""

    states: SeatStates
    prices: Sequence[ZonePrice]
    other_times: Sequence[OtherTime]

    @property
    def screening(self) -> Screening:
        """The row."""
        return self.states.screening

    @property
    def film(self) -> Film:
        """What is shown."""
        return self.states.screening.film

    @property
    def hall(self) -> Hall:
        """Where it is shown."""
        return self.states.screening.hall

    @property
    def cinema(self) -> Cinema:
        """Whose hall that is."""
        return self.states.screening.hall.cinema

    def stage(self, *, now: datetime) -> Stage:
        """Whether it can be bought at `now`, or why not."""
        screening, state = self.screening, self.states.availability.state
        if state == "cancelled":
            return "cancelled"
        if screening.ends_at <= now:
            return "over"
        if screening.starts_at <= now:
            return "begun"
        if state == "closed":
            return "closed"
        return "sold_out" if state == "sold_out" else "on_sale"

    def types_of(self, zone: str) -> list[ZonePrice]:
        """The ticket types that are sold for a zone, each with its price; the cinema's first one at the front."""
        return [price for price in self.prices if price.zone == zone]


def shown_screening(screening_id: int, *, now: datetime) -> ShownScreening:
    """The screening as it is at `now`, read once per version of the data. Raises ScreeningNotFound."""
    service = services()
    found: ShownScreening = service.kept_answers.get(
        ("picker", screening_id),
        lambda: service.reader.read(lambda session: _read(session, screening_id, now)),
    )
    return found


def _read(session: Session, screening_id: int, now: datetime) -> ShownScreening:
    states = seat_states(session, screening_id=screening_id, now=now)
    return ShownScreening(
        states=states,
        prices=prices_of_screening(session, screening=states.screening),
        other_times=_other_times(session, states.screening, now),
    )


def _other_times(session: Session, screening: Screening, now: datetime) -> list[OtherTime]:
    same_film = ScreeningFilter(cinema_id=screening.cinema_id, film_id=screening.film_id)
    found = screenings_in_order(session, wanted=same_film, behind=None, limit=LOOKED_AT_MAX, now=now)
    available = availability_of(session, screenings=found, now=now)
    return [
        OtherTime(other, available[other.id])
        for other in found
        if other.id != screening.id and available[other.id].state in ("available", "few_left")
    ][:OTHER_TIMES_MAX]
