"""The seats of a screening for those who watch it: after a sale only its claims are read anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matinee.boxoffice.seat_states import (
    SeatsOfScreening,
    SeatStates,
    claims_in,
    seats_of_screening,
    states_by_claims,
)
from matinee.boxoffice.taken_seats import CLAIMS
from matinee.db.direct_select import DirectSelect
from matinee.web.shared.kept_parts import Kept
from matinee.web.shared.services import Services

_CLAIMS = DirectSelect(CLAIMS)


def watched_seats(services: Services, *, screening_id: int, now: datetime) -> SeatStates:
    """The seats as they are at `now`. Raises ScreeningNotFound."""
    key = ("watched seats", screening_id)
    kept: Kept[SeatsOfScreening] | None = services.kept_parts.find(key)
    if kept is not None:
        return states_by_claims(kept.part, _claims(services, screening_id), now=now)
    as_of = services.kept_parts.as_of_now()

    def both(session: Session) -> tuple[SeatsOfScreening, Sequence[Sequence[Any]]]:
        around = seats_of_screening(session, screening_id=screening_id)
        return around, claims_in(session, screening_id=screening_id)

    around, claims = services.reader.read(both)
    services.kept_parts.keep(key, as_of, around)
    return states_by_claims(around, claims, now=now)


def _claims(services: Services, screening_id: int) -> Sequence[Sequence[Any]]:
    # A standby is asked in a session: it must be in step.
    if services.reader is not services.transactions:
        return services.reader.read(lambda session: claims_in(session, screening_id=screening_id))
    return _CLAIMS.rows(services.transactions, services.direct, screening_id=screening_id)
