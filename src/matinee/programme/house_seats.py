"""The seats that the house keeps back: writing them many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from matinee.programme.models import HouseSeat
from matinee.programme.queries import in_portions

SEATS_PER_STATEMENT = 20_000


def replace_house_seats(session: Session, screening_id: int, kept: set[int], wanted: set[int]) -> None:
    for ids in in_portions(kept - wanted):
        session.execute(
            delete(HouseSeat).where(HouseSeat.screening_id == screening_id, HouseSeat.seat_id.in_(ids))
        )
    insert_house_seats(session, [(screening_id, seat_id) for seat_id in sorted(wanted - kept)])


def insert_house_seats(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    # The table itself instead of the model: there may be a million, and they need no objects.
    for start in range(0, len(pairs), SEATS_PER_STATEMENT):
        portion = pairs[start : start + SEATS_PER_STATEMENT]
        session.execute(
            insert(HouseSeat.__table__),  # type: ignore[arg-type]
            [{"screening_id": screening_id, "seat_id": seat_id} for screening_id, seat_id in portion],
        )
