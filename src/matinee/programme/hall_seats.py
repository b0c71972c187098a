"""The seats of a hall while its plan is changed: those that come, those that change, those that go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.programme.models import HouseSeat, Seat
from matinee.programme.queries import SeatOfHall, in_portions
from matinee.programme.seats import PlacedSeat


def placed(seat: SeatOfHall) -> PlacedSeat:
    """A stored seat as a layout has it."""
    return PlacedSeat(seat.label, seat.row, seat.place, seat.x, seat.y, seat.kind, seat.zone, seat.held_back)


def store_seats(
    session: Session, *, hall_id: int, there: Mapping[str, SeatOfHall], wanted: Mapping[str, PlacedSeat]
) -> tuple[int, int, int]:
    """Make the seats `there` like those that are `wanted`, both by label; return how many are new, changed and removed."""
    removed = [seat.id for label, seat in there.items() if label not in wanted]
    remove_seats(session, seat_ids=removed)
    added = [seat for label, seat in wanted.items() if label not in there]
    if added:
        session.execute(insert(Seat), [{"hall_id": hall_id} | asdict(seat) for seat in added])
    changed = [
        {"id": there[label].id} | asdict(seat)
        for label, seat in wanted.items()
        if label in there and placed(there[label]) != seat
    ]
    if changed:
        session.execute(update(Seat), changed)
    return len(added), len(changed), len(removed)


def remove_seats(session: Session, *, seat_ids: Collection[int]) -> None:
    """Take seats out of their hall: for good where nothing names them, else they stay for the tickets that do.

    The database itself says which those are: it knows every row that names a seat.
    """
    for ids in in_portions(seat_ids):
        session.execute(delete(HouseSeat).where(HouseSeat.seat_id.in_(ids)))
        if not _deleted(session, ids):
            _let_go(session, ids)


def _let_go(session: Session, ids: Iterable[int]) -> None:
    for seat_id in ids:
        if not _deleted(session, [seat_id]):
            session.execute(update(Seat).where(Seat.id == seat_id).values(hall_id=None))


def _deleted(session: Session, ids: list[int]) -> bool:
    try:
        with session.begin_nested():
            session.execute(delete(Seat).where(Seat.id.in_(ids)))
    except IntegrityError:
        return False
    return True
