"""The version of a hall's layout: differs whenever anything that a seat map shows of the hall differs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from matinee.programme.models import Hall
from matinee.programme.queries import SeatOfHall


def layout_version(hall: Hall, seats: Sequence[SeatOfHall]) -> str:
    """16 hexadecimal digits; the same on every machine and after every start."""
    told = [hall.id, hall.name, hall.focal_x, hall.focal_y, hall.curve]
    rows = [(seat.label, seat.row, seat.place, seat.x, seat.y, seat.kind, seat.zone) for seat in seats]
    return _hash(told, rows)


def plan_version(hall: Hall, seats: Sequence[SeatOfHall]) -> str:
    """The same for whoever edits the plan: differs whenever anything that an editor saves differs.

    That is also which seats are kept back, but not what the hall is called.
    """
    told = [hall.id, hall.focal_x, hall.focal_y, hall.curve]
    rows = [
        (seat.label, seat.row, seat.place, seat.x, seat.y, seat.kind, seat.zone, seat.held_back)
        for seat in seats
    ]
    return _hash(told, rows)


def _hash(told: object, rows: object) -> str:
    return hashlib.blake2b(repr((told, rows)).encode(), digest_size=8).hexdigest()
