"""Halls: taking a layout over, giving it out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.db.version import announce_change
from matinee.kernel.natural import natural_key
from matinee.programme.errors import HallExists, InvalidHall, SeatsInUse
from matinee.programme.hall_book import TURNAROUND_MINUTES_MAX
from matinee.programme.layouts import HallLayout
from matinee.programme.locks import lock_halls
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
    focus_changed: bool = False
    renamed: bool = False

    @property
    def changed_anything(self) -> bool:
        """Whether the hall differs from what it was."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "name")


def store_layout(session: Session, *, cinema: Cinema, layout: HallLayout) -> HallReport:
    """Make the hall, or make it like the layout. A seat is known by its label.

    Raises SeatsInUse where a seat would go (or get another label) while the hall has screenings: tickets name it.
    """
    hall = session.scalars(
        select(Hall).where(Hall.cinema_id == cinema.id, Hall.name == layout.name)
    ).one_or_none()
    if hall is not None:
        return replace_layout(session, hall=hall, layout=layout)
    _, report = create_hall(session, cinema=cinema, layout=layout)
    return report


def create_hall(session: Session, *, cinema: Cinema, layout: HallLayout) -> tuple[Hall, HallReport]:
    """Make the hall that the layout describes. Raises HallExists."""
    hall = Hall(cinema_id=cinema.id, name=layout.name, turnaround_minutes=layout.turnaround_minutes)
    session.add(hall)
    with translating({"uq_hall_cinema_id_name": HallExists}):
        session.flush()
    return hall, _take_over(session, hall, layout, new=True)


def replace_layout(session: Session, *, hall: Hall, layout: HallLayout) -> HallReport:
    """Make the hall like the layout, its name included. A seat is known by its label.

    Another turnaround holds for what is planned from now on. Raises HallExists where another hall has the name, and
    SeatsInUse where a seat would go (or get another label) while the hall has screenings: tickets name it.
    """
    lock_halls(session, hall_ids=[hall.id])
    return _take_over(session, hall, layout, new=False)


def change_turnaround(session: Session, *, hall: Hall, minutes: int) -> None:
    """Change the time for cleaning, for what is planned from now on. Raises InvalidHall."""
    if not 0 <= minutes <= TURNAROUND_MINUTES_MAX:
        raise InvalidHall(f"A turnaround has 0 to {TURNAROUND_MINUTES_MAX} minutes.")
    lock_halls(session, hall_ids=[hall.id])
    hall.turnaround_minutes = minutes
    session.flush()
    announce_change(session)


def layout_of_hall(session: Session, *, cinema: Cinema, name: str) -> HallLayout:
    """The hall as a layout. Raises HallNotFound."""
    hall = hall_by_name(session, cinema_id=cinema.id, name=name)
    seats = sorted(seats_by_hall(session, [hall.id])[hall.id], key=lambda seat: (seat.y, seat.x))
    focus = next((seat.label for seat in seats if (seat.x, seat.y) == _focus_of(hall)), None)
    return HallLayout(hall.name, hall.turnaround_minutes, tuple(_placed(seat) for seat in seats), focus)


def _take_over(session: Session, hall: Hall, layout: HallLayout, *, new: bool) -> HallReport:
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
    focus = None if layout.focus is None else (wanted[layout.focus].x, wanted[layout.focus].y)
    report = HallReport(
        layout.name,
        new,
        hall.turnaround_minutes != layout.turnaround_minutes,
        len(added),
        len(changed),
        removed,
        focus_changed=focus != _focus_of(hall),
        renamed=hall.name != layout.name,
    )
    hall.name, hall.turnaround_minutes = layout.name, layout.turnaround_minutes
    hall.focal_x, hall.focal_y = focus or (None, None)
    if report.changed_anything:
        with translating({"uq_hall_cinema_id_name": HallExists}):
            session.flush()
        announce_change(session)
    return report


def _focus_of(hall: Hall) -> tuple[int, int] | None:
    return None if hall.focal_x is None or hall.focal_y is None else (hall.focal_x, hall.focal_y)


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
