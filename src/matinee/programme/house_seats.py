"""The seats that the house keeps back at a screening."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.kernel.natural import natural_key
from matinee.programme.errors import ScreeningNotFound, SeatNotFound
from matinee.programme.locks import lock_row
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.programme.queries import house_seats_by_screening, in_portions

SEATS_PER_STATEMENT = 20_000


def set_house_seats(session: Session, *, screening: Screening, labels: Iterable[str]) -> None:
    """Keep back the seats with these labels and no others.

    Only what the programme knows is checked: the caller must have made sure that none of them is sold or held, since a
    seat that somebody has stays his. Raises SeatNotFound with the labels that the hall does not have, and
    ScreeningNotFound.
    """
    # Buyers who are about to take one of them are waited for.
    lock_row(session, screening, gone=ScreeningNotFound)
    wanted = set(labels)
    ids = _seat_ids(session, screening.hall_id)
    missing = sorted(wanted - set(ids), key=natural_key)
    if missing:
        raise SeatNotFound(f"The hall has no seat {', '.join(missing)[:200]}.")
    kept = house_seats_by_screening(session, [screening.id])[screening.id]
    replace_house_seats(session, screening.id, kept, {ids[label] for label in wanted})
    announce_change(session)


def take_house_seats_along(session: Session, *, screening_id: int, to_hall_id: int) -> None:
    """Keep back in another hall the seats with the labels of those that are kept back now, where it has such."""
    kept = house_seats_by_screening(session, [screening_id])[screening_id]
    labels: set[str] = set()
    for ids in in_portions(kept):
        labels.update(session.scalars(select(Seat.label).where(Seat.id.in_(ids))))
    there = _seat_ids(session, to_hall_id)
    replace_house_seats(session, screening_id, kept, {there[label] for label in labels & set(there)})


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


def _seat_ids(session: Session, hall_id: int) -> dict[str, int]:
    return dict(session.execute(select(Seat.label, Seat.id).where(Seat.hall_id == hall_id)).all())
