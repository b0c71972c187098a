"""Reading halls for planning, and writing those that planning made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matinee.programme.hall_book import Booking, HallBook, PlannedHall
from matinee.programme.house_seats import insert_house_seats
from matinee.programme.models import Hall, Screening, Seat
from matinee.programme.queries import in_portions
from matinee.programme.screening_rows import ExistingScreening
from matinee.programme.seats import TakenPlace, place_seats


def load_halls(session: Session, *, cinema_id: int, existing: Iterable[ExistingScreening]) -> HallBook:
    """Every hall of the cinema with its seats, taken by the screenings given."""
    halls = {
        hall.id: PlannedHall(hall.name, timedelta(minutes=hall.turnaround_minutes), hall.id)
        for hall in session.scalars(select(Hall).where(Hall.cinema_id == cinema_id))
    }
    for ids in in_portions(halls):
        wanted = select(Seat.id, Hall.id, Seat.label, Seat.held_back).join(Hall, Hall.id == Seat.hall_id)
        for seat_id, hall_id, label, held_back in session.execute(wanted.where(Hall.id.in_(ids))):
            hall = halls[hall_id]
            hall.seat_ids[label] = seat_id
            if held_back:
                hall.held_back[seat_id] = held_back
    for known in existing:
        what = f"{known.title!r} on {known.day} at {known.time}"
        halls[known.hall_id].book(Booking(known.starts_at, known.ends_at, what))
    return HallBook(halls.values())


def store_halls(session: Session, *, cinema_id: int, book: HallBook) -> tuple[int, int]:
    """Insert the halls and seats that are missing; return how many of each.

    A seat that is new in a hall is kept back at the screenings that are there: nobody said that it is for sale.
    """
    halls_new = seats_new = 0
    for hall in book.by_name.values():
        if hall.id is None:
            row = Hall(cinema_id=cinema_id, name=hall.name, turnaround_minutes=0)
            session.add(row)
            session.flush()
            hall.id = row.id
            halls_new += 1
        if hall.new_labels:
            seats_new += len(hall.new_labels)
            _add_seats(session, hall, hall.id)
    return halls_new, seats_new


def _add_seats(session: Session, hall: PlannedHall, hall_id: int) -> None:
    places = session.execute(
        select(Seat.row, Seat.x, Seat.y).where(Seat.hall_id == hall_id).order_by(Seat.id)
    )
    new = place_seats(hall.new_labels, taken=[TakenPlace(*place) for place in places])
    rows = [
        {"hall_id": hall_id, "label": seat.label, "row": seat.row, "place": seat.place, "x": seat.x, "y": seat.y,
         "kind": seat.kind, "zone": seat.zone}
        for seat in new
    ]  # fmt: skip
    session.execute(insert(Seat), rows)
    wanted = select(Seat.label, Seat.id).where(Seat.hall_id == hall_id)
    ids = dict(session.execute(wanted).all())
    showing = session.scalars(select(Screening.id).where(Screening.hall_id == hall_id)).all()
    insert_house_seats(
        session,
        [(screening_id, ids[label], "house") for screening_id in showing for label in hall.new_labels],
    )
    hall.seat_ids = ids
    hall.new_labels = set()
