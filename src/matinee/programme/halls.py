"""Halls: taking a layout over, giving it out."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.db.version import announce_change
from matinee.programme.errors import HallExists, HallInUse, InvalidHall
from matinee.programme.fields import HALL_NAME_CHARACTERS_MAX, parse_line, told_as
from matinee.programme.hall_book import TURNAROUND_MINUTES_MAX
from matinee.programme.hall_seats import placed, remove_seats, store_seats
from matinee.programme.layout_versions import plan_version
from matinee.programme.layouts import HallLayout
from matinee.programme.locks import lock_halls
from matinee.programme.models import Cinema, Hall, Screening
from matinee.programme.plan_faults import faults_of
from matinee.programme.queries import hall_by_name, seats_by_hall


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
    curve_changed: bool = False

    @property
    def changed_anything(self) -> bool:
        """Whether the hall differs from what it was."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "name")


def store_layout(session: Session, *, cinema: Cinema, layout: HallLayout) -> HallReport:
    """Make the hall, or make it like the layout, as `create_hall` and `replace_layout` do."""
    hall = session.scalars(
        select(Hall).where(Hall.cinema_id == cinema.id, Hall.name == layout.name)
    ).one_or_none()
    if hall is not None:
        return replace_layout(session, hall=hall, layout=layout)
    _, report = create_hall(session, cinema=cinema, layout=layout)
    return report


def create_hall(session: Session, *, cinema: Cinema, layout: HallLayout) -> tuple[Hall, HallReport]:
    """Make the hall that the layout describes. Raises HallExists and InvalidHall."""
    _check(layout)
    hall = Hall(cinema_id=cinema.id, name=layout.name, turnaround_minutes=layout.turnaround_minutes)
    session.add(hall)
    with translating({"uq_hall_cinema_id_name": HallExists}):
        session.flush()
    return hall, _take_over(session, hall, layout, new=True)


def replace_layout(session: Session, *, hall: Hall, layout: HallLayout) -> HallReport:
    """Make the hall like the layout, its name included. A seat is known by its label.

    Only what the programme knows is checked: the caller must have made sure that nobody has a seat that goes or becomes
    another. A seat that tickets of the past name stays for them, and belongs to no hall any more. Which seats are kept back
    holds for screenings that are planned from now on, and so does another turnaround. Raises HallExists where another hall
    has the name, and InvalidHall.
    """
    _check(layout)
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


def rename_hall(session: Session, *, hall: Hall, name: str) -> None:
    """Call the hall something else. Raises InvalidHall, and HallExists where another hall of the cinema has the name."""
    with told_as(InvalidHall, "The hall"):
        parsed = parse_line(name, what="name", characters_max=HALL_NAME_CHARACTERS_MAX)
    lock_halls(session, hall_ids=[hall.id])
    hall.name = parsed
    with translating({"uq_hall_cinema_id_name": HallExists}):
        session.flush()
    announce_change(session)


def delete_hall(session: Session, *, hall: Hall) -> None:
    """Take the hall away with its seats. Raises HallInUse where anything was ever planned in it and is still known."""
    lock_halls(session, hall_ids=[hall.id])
    if is_used(session, hall=hall):
        raise HallInUse
    remove_seats(session, seat_ids=[seat.id for seat in seats_by_hall(session, [hall.id])[hall.id]])
    try:
        with session.begin_nested():
            session.delete(hall)
    except IntegrityError as error:
        raise HallInUse from error
    announce_change(session)


def layout_of_hall(session: Session, *, cinema: Cinema, name: str) -> HallLayout:
    """The hall as a layout. Raises HallNotFound."""
    return layout_of(session, hall=hall_by_name(session, cinema_id=cinema.id, name=name))


def is_used(session: Session, *, hall: Hall) -> bool:
    """Whether there is a screening in the hall, be it long over."""
    return session.scalar(select(Screening.id).where(Screening.hall_id == hall.id).limit(1)) is not None


def version_of_plan(session: Session, *, hall: Hall) -> str:
    """The version of what an editor of the hall's plan saves."""
    return plan_version(hall, seats_by_hall(session, [hall.id])[hall.id])


def layout_of(session: Session, *, hall: Hall) -> HallLayout:
    """The hall as a layout, its seats in plan order."""
    seats = sorted(seats_by_hall(session, [hall.id])[hall.id], key=lambda seat: (seat.y, seat.x))
    focus = next((seat.label for seat in seats if (seat.x, seat.y) == _focus_of(hall)), None)
    return HallLayout(
        hall.name, hall.turnaround_minutes, tuple(placed(seat) for seat in seats), focus, hall.curve
    )


def _check(layout: HallLayout) -> None:
    faults = faults_of(layout)
    if faults:
        told = "; ".join(f"{fault.what}: {', '.join(fault.labels)}"[:200] for fault in faults)
        raise InvalidHall(f"The plan of the hall is wrong: {told}.")


def _take_over(session: Session, hall: Hall, layout: HallLayout, *, new: bool) -> HallReport:
    there = {seat.label: seat for seat in seats_by_hall(session, [hall.id])[hall.id]}
    wanted = {seat.label: seat for seat in layout.seats}
    added, changed, removed = store_seats(session, hall_id=hall.id, there=there, wanted=wanted)
    focus = None if layout.focus is None else (wanted[layout.focus].x, wanted[layout.focus].y)
    report = HallReport(
        layout.name,
        new,
        hall.turnaround_minutes != layout.turnaround_minutes,
        added,
        changed,
        removed,
        focus_changed=focus != _focus_of(hall),
        renamed=hall.name != layout.name,
        curve_changed=(hall.curve or 0) != layout.curve,
    )
    hall.name, hall.turnaround_minutes, hall.curve = layout.name, layout.turnaround_minutes, layout.curve
    hall.focal_x, hall.focal_y = focus or (None, None)
    if report.changed_anything:
        with translating({"uq_hall_cinema_id_name": HallExists}):
            session.flush()
        announce_change(session)
    return report


def _focus_of(hall: Hall) -> tuple[int, int] | None:
    return None if hall.focal_x is None or hall.focal_y is None else (hall.focal_x, hall.focal_y)
