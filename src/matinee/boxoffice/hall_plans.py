"""Changing the plan of a hall: the box office looks who has a seat, then lets the programme act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SeatsInUse
from matinee.boxoffice.held_back import keep_back_at_coming
from matinee.boxoffice.seat_conflicts import Harm, SeatConflict, SoldSeat
from matinee.boxoffice.seating.moved import moved_seats
from matinee.boxoffice.seats_sold import coming_screenings, seats_sold
from matinee.programme.errors import PlanChanged
from matinee.programme.halls import (
    HallReport,
    create_hall,
    layout_of,
    replace_layout,
    version_of_plan,
)
from matinee.programme.layouts import HallLayout
from matinee.programme.locks import lock_halls
from matinee.programme.models import Cinema, Hall
from matinee.programme.seats import PlacedSeat


@dataclass(frozen=True, slots=True)
class ChangedPlan:
    """What a change did, and the seats that it would keep back where somebody has them: those stay his."""

    report: HallReport
    not_kept_back: tuple[SeatConflict, ...] = ()


def store_hall_plan(session: Session, *, cinema: Cinema, layout: HallLayout, now: datetime) -> ChangedPlan:
    """Make the hall that the layout names, or change it as `change_hall_plan` does."""
    named = select(Hall).where(Hall.cinema_id == cinema.id, Hall.name == layout.name)
    hall = session.scalars(named).one_or_none()
    if hall is None:
        return ChangedPlan(create_hall(session, cinema=cinema, layout=layout)[1])
    return change_hall_plan(session, hall=hall, layout=layout, now=now)


def change_hall_plan(
    session: Session, *, hall: Hall, layout: HallLayout, seen_version: str | None = None, now: datetime
) -> ChangedPlan:
    """Make the hall like the layout, its name included. A seat is known by its label.

    A seat that somebody has at a screening that is not over stays what it is and where it is: SeatsInUse, with every
    such seat, where the layout leaves it out, calls it another row or place, makes it another kind, puts it into
    another zone, or draws it elsewhere among the others (see `moved_seats`). What is kept back from now on is kept back
    at coming screenings, too, where the seat is free. Raises HallExists and InvalidHall; and PlanChanged where
    `seen_version` is not the version of the plan any more (None: whatever it is).
    """
    lock_halls(session, hall_ids=[hall.id])
    if seen_version is not None and seen_version != version_of_plan(session, hall=hall):
        raise PlanChanged
    screenings = coming_screenings(session, hall_id=hall.id, now=now, alone=True)
    conflicts = conflicts_with(session, hall=hall, layout=layout, now=now)
    if conflicts:
        raise SeatsInUse(conflicts)
    old = {seat.label: seat.held_back for seat in layout_of(session, hall=hall).seats}
    report = replace_layout(session, hall=hall, layout=layout)
    changed = {seat.label: seat.held_back for seat in layout.seats}
    changed = {label: why for label, why in changed.items() if why != old.get(label, "")}
    kept = keep_back_at_coming(
        session, hall_id=hall.id, changed=changed, old=old, screenings=screenings, now=now
    )
    return ChangedPlan(report, tuple(SeatConflict("kept_back", sold) for sold in kept))


def conflicts_with(session: Session, *, hall: Hall, layout: HallLayout, now: datetime) -> list[SeatConflict]:
    """What of the layout stands against seats that somebody has, in the order of `seats_sold`; nothing is changed."""
    sold = seats_sold(session, hall_id=hall.id, now=now)
    if not sold:
        return []
    harms = harms_to(layout_of(session, hall=hall).seats, layout.seats, sold=sold)
    return [SeatConflict(harms[each.label], each) for each in sold if each.label in harms]


def harms_to(
    old: Sequence[PlacedSeat], new: Iterable[PlacedSeat], *, sold: Iterable[SoldSeat]
) -> dict[str, Harm]:
    """What would become of sold seats that do not stay as they are, by label."""
    labels = {each.label for each in sold}
    wanted = {seat.label: seat for seat in new}
    moved = moved_seats(old, wanted, sold=labels)
    found: dict[str, Harm] = {}
    for seat in old:
        if seat.label in labels:
            harm = _harm_to(seat, wanted.get(seat.label), is_moved=seat.label in moved)
            if harm is not None:
                found[seat.label] = harm
    return found


def _harm_to(seat: PlacedSeat, becomes: PlacedSeat | None, *, is_moved: bool) -> Harm | None:
    if becomes is None:
        return "removed"
    if (seat.row, seat.place) != (becomes.row, becomes.place):
        return "renamed"
    if seat.kind != becomes.kind:
        return "kind"
    if seat.zone != becomes.zone:
        return "zone"
    return "moved" if is_moved else None
