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
from matinee.web.shared.services import Services

_CLAIMS = DirectSelect(CLAIMS)

Part = TypeVar("Part")


def watched_seats(services: Services, *, screening_id: int, now: datetime) -> SeatStates:
    """The seats as they are at `now`. Raises ScreeningNotFound."""

    def read(session: Session) -> SeatsOfScreening:
        return seats_of_screening(session, screening_id=screening_id)

    around, claims = _with_claims(services, "watched seats", screening_id, services.reader, read)
    return states_by_claims(around, claims, now=now)


def wanted_seats(services: Services, *, screening_id: int) -> tuple[TakenSeats, Surroundings]:
    """Which of the seats are another's, for who wants some, and what they are offered with. Raises ScreeningNotFound.

    Both by the primary, as everything that is decided upon.
    """

    def read(session: Session) -> tuple[SeatsOfScreening, Surroundings]:
        around = seats_of_screening(session, screening_id=screening_id)
        return around, surroundings_of(session, screening=around.screening, seats=around.seats)

    (around, surroundings), claims = _with_claims(
        services, "wanted seats", screening_id, services.transactions, read
    )
    return taken_seats(around, claims), surroundings


def _with_claims(
    services: Services, what: str, screening_id: int, reader: Reader, read: Callable[[Session], Part]
) -> tuple[Part, Sequence[Sequence[Any]]]:
    def claims_in_session(session: Session) -> Sequence[Sequence[Any]]:
        return claims_in(session, screening_id=screening_id)

    def claims_alone() -> Sequence[Sequence[Any]]:
        # A standby is asked in a session: it must be in step.
        if reader is not services.transactions:
            return reader.read(claims_in_session)
        return _CLAIMS.rows(services.transactions, services.direct, screening_id=screening_id)

    found: tuple[Part, Sequence[Sequence[Any]]] = services.kept_parts.with_claims(
        (what, screening_id),
        reader,
        read,
        claims_in=lambda session, _: claims_in_session(session),
        claims_alone=lambda _: claims_alone(),
    )
    return found
