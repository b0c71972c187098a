"""Seats that an importer makes: where they stand in the hall's plan, when the file does not say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matinee.kernel.natural import natural_key
from matinee.programme.labels import is_number, split_label
from matinee.programme.models import STANDARD_ZONE

# Halls whose seats have numbers alone are drawn in lines of this many.
NUMBERS_PER_LINE = 12
COLUMNS_MAX = 500


@dataclass(frozen=True, slots=True)
class PlacedSeat:
    """A seat and its place in the plan, counted from 0 at the left and at the screen."""

    label: str
    row: str
    place: str
    x: int
    y: int
    kind: str = "standard"
    zone: str = STANDARD_ZONE
    # Why new screenings keep it back; empty: they do not.
    held_back: str = ""


@dataclass(frozen=True, slots=True)
class TakenPlace:
    """Where a seat that is already there stands."""

    row: str
    x: int
    y: int


def place_seats(labels: Iterable[str], *, taken: Iterable[TakenPlace] = ()) -> list[PlacedSeat]:
    """Places for new seats beside those that are `taken`; no two seats share one.

    Numbers go in lines of twelve, "A1", "A2", ... along their row; where that place is taken, into the next free one.
    """
    there = list(taken)
    occupied = {(seat.x, seat.y) for seat in there}
    line_of_row: dict[str, int] = {}
    for seat in there:
        if seat.row:
            line_of_row.setdefault(seat.row, seat.y)
    below = max((seat.y for seat in there), default=-1) + 1
    placed: list[PlacedSeat] = []
    for label in sorted(labels, key=lambda label: (not is_number(label), natural_key(label))):
        row, place = split_label(label)
        if is_number(label):
            x, y = (int(label) - 1) % NUMBERS_PER_LINE, (int(label) - 1) // NUMBERS_PER_LINE
            if (x, y) in occupied:
                y += below
        else:
            y = line_of_row.setdefault(row, below)
            x = int(place) - 1 if is_number(place) and 1 <= int(place) <= COLUMNS_MAX else 0
        while (x, y) in occupied:
            x += 1
        occupied.add((x, y))
        below = max(below, y + 1)
        placed.append(PlacedSeat(label, row, place, x, y))
    return placed
