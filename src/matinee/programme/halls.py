"""Halls: taking a layout over, giving it out."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.kernel.natural import natural_key
from matinee.programme.errors import SeatsInUse
from matinee.programme.layouts import HallLayout
from matinee.programme.models import Cinema, Hall, Screening, Seat
from matinee.programme.queries import SeatOfHall, hall_by_name, in_portions, seats_by_hall
from matinee.programme.seats import PlacedSeat


@dataclass(frozen=True, slots=True)
class HallReport:
    """What taking a layout over changed, in numbers of seats."""

    name: str
    new: bool
    turnaround_changed: bool = False
    seats_new: int = 0
    seats_changed: int = 0
    seats_removed: int = 0

    @property
    def changed_anything(self) -> bool:
        """Whether the hall differs from what it was."""
        return (
            self.new
            or self.turnaround_changed
            or self.seats_new + self.seats_changed + self.seats_removed > 0
        )


def store_layout(session: Session, *, cinema: Cinema, layout: HallLayout) -> HallReport:
    """Make the hall, or make it like the layout. A seat is known by its label.

    Raises SeatsInUse where a seat would go (or get another label) while the hall has screenings: tickets name it.
    """
    hall = session.scalars(
        select(Hall).where(Hall.cinema_id == cinema.id, Hall.name == layout.name)
    ).one_or_none()
    new = hall is None
    if hall is None:
        hall = Hall(cinema_id=cinema.id, name=layout.name, turnaround_minutes=layout.turnaround_minutes)
        session.add(hall)
        session.flush()
    turnaround_changed = hall.turnaround_minutes != layout.turnaround_minutes
    hall.turnaround_minutes = layout.turnaround_minutes
    there = {seat.label: seat for seat in seats_by_hall(session, [hall.id])[hall.id]}
    wanted = {seat.label: seat for seat in layout.seats}
    removed = _remove_seats(session, hall, [seat for label, seat in there.items() if label not in wanted])
    added = [seat for label, seat in wanted.items() if label not in there]
    if added:
        session.execute(insert(Seat), [{"hall_id": hall.id} | asdict(seat) for seat in added])
    changed = [
        {"id": there[label].id} | asdict(seat)
        for label, seat in wanted.items()
        if label in there and _placed(there[label]) != seat
    ]
    if changed:
        session.execute(update(Seat), changed)
    report = HallReport(hall.name, new, turnaround_changed, len(added), len(changed), removed)
    if report.changed_anything:
        session.flush()
        announce_change(session)
    return report


def layout_of_hall(session: Session, *, cinema: Cinema, name: str) -> HallLayout:
    """The hall as a layout. Raises HallNotFound."""
    hall = hall_by_name(session, cinema_id=cinema.id, name=name)
    seats = sorted(seats_by_hall(session, [hall.id])[hall.id], key=lambda seat: (seat.y, seat.x))
    return HallLayout(hall.name, hall.turnaround_minutes, tuple(_placed(seat) for seat in seats))


def _placed(seat: SeatOfHall) -> PlacedSeat:
    return PlacedSeat(seat.label, seat.row, seat.place, seat.x, seat.y, seat.kind, seat.zone)


def _remove_seats(session: Session, hall: Hall, seats: list[SeatOfHall]) -> int:
    if not seats:
        return 0
    if session.scalar(select(Screening.id).where(Screening.hall_id == hall.id).limit(1)) is not None:
        labels = ", ".join(sorted((seat.label for seat in seats), key=natural_key)[:10])
        raise SeatsInUse(
            f"{hall.name!r} has screenings, so its seats stay: the layout leaves out {len(seats)} of them ({labels}). "
            "Give the changed hall another name."
        )
    for ids in in_portions({seat.id for seat in seats}):
        session.execute(delete(Seat).where(Seat.id.in_(ids)))
    return len(seats)
