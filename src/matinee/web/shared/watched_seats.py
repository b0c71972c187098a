"""The seats of a screening for those who watch it and who want some: after a sale only its claims are read anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from matinee.boxoffice.seat_states import (
    CLAIMS,
    SeatsOfScreening,
    SeatStates,
    claims_in,
    seats_of_screening,
    states_by_claims,
)
from matinee.boxoffice.surroundings import Surroundings, surroundings_of
from matinee.boxoffice.taken_seats import TakenSeats, taken_seats
from matinee.db.direct_select import DirectSelect
from matinee.db.standby import Reader
from matinee.web.shared.kept_parts import Kept
from matinee.web.shared.services import Services

_CLAIMS = DirectSelect(CLAIMS)

Part = TypeVar("Part")


def watched_seats(services: Services, *, screening_id: int, now: datetime) -> SeatStates:
    """The seats as they are at `now`. Raises ScreeningNotFound."""

    def read(session: Session) -> SeatsOfScreening:
        return seats_of_screening(session, screening_id=screening_id)

    around = _kept_part(services, ("watched seats", screening_id), services.reader, read)
    # A standby is asked in a session: it must be in step.
    if services.reader is not services.transactions:
        claims = services.reader.read(lambda session: claims_in(session, screening_id=screening_id))
    else:
        claims = _claims(services, screening_id)
    return states_by_claims(around, claims, now=now)


def wanted_seats(services: Services, *, screening_id: int) -> tuple[TakenSeats, Surroundings]:
    """Which of the seats are another's, for who wants some, and what they are offered with. Raises ScreeningNotFound.

    Both by the primary, as everything that is decided upon.
    """

    def read(session: Session) -> tuple[SeatsOfScreening, Surroundings]:
        around = seats_of_screening(session, screening_id=screening_id)
        return around, surroundings_of(session, screening=around.screening, seats=around.seats)

    around, surroundings = _kept_part(services, ("wanted seats", screening_id), services.transactions, read)
    return taken_seats(around, _claims(services, screening_id)), surroundings


def _kept_part(services: Services, key: object, reader: Reader, read: Callable[[Session], Part]) -> Part:
    kept: Kept[Part] | None = services.kept_parts.find(key)
    if kept is not None:
        return kept.part
    as_of = services.kept_parts.as_of_now()
    part = reader.read(read)
    services.kept_parts.keep(key, as_of, part)
    return part


def _claims(services: Services, screening_id: int) -> Sequence[Sequence[Any]]:
    return _CLAIMS.rows(services.transactions, services.direct, screening_id=screening_id)
