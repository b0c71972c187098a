"""Which sold seats an edit of a plan moves."""

from __future__ import annotations

import pytest

from matinee.boxoffice.seating.moved import moved_seats
from matinee.programme.layouts import parse_layout
from matinee.programme.seats import PlacedSeat

OLD = """
A | 1 2 3 4
B | 1 2 3 4
C | 1 2 3 4
"""


def seats(text: str) -> dict[str, PlacedSeat]:
    layout = parse_layout(f"hall: One\n{text}".encode(), file_name="x")
    return {seat.label: seat for seat in layout.seats}


def moved(new: str, *sold: str) -> set[str]:
    return moved_seats(seats(OLD).values(), seats(new), sold=sold)


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        # An aisle across and one along, a row in front and seats at the sides, the hall further to the right.
        "| \nA | . 1 2 . 3 4\n|\nB | . 1 2 . 3 4\nC | . 1 2 . 3 4",
        "Z | 1 2 3 4\nA | 0 1 2 3 4 5\nB | 1 2 3 4\nC | 1 2 3 4",
        # One row alone is drawn further to the right.
        "A | 1 2 3 4\nB | . . 1 2 3 4\nC | 1 2 3 4",
        # Others go, or go elsewhere.
        "A | 1 2\nB | 1 2 3 4",
        "B | 1 2 3 4\nC | 1 2 3 4\nA | 3 4 1 2",
        "A | 1 2 4\nB | 1 2 3 4 A:3=A3\nC | 1 2 3 4",
    ],
)
def test_a_sold_seat_stays_where_its_neighbours_stay(new: str) -> None:
    assert moved(new, "B1", "B2", "B3") == set()


@pytest.mark.parametrize(
    ("new", "found"),
    [
        # The whole row behind the others.
        ("A | 1 2 3 4\nC | 1 2 3 4\nB | 1 2 3 4", {"B1", "B2"}),
        # One alone: to another line, and to the other end of its own.
        ("A | 1 2 3 4\nB | . 2 3 4\nC | 1 2 3 4 B:1", {"B1"}),
        ("A | 1 2 3 4\nB | 2 3 4 1\nC | 1 2 3 4", {"B1"}),
        # Changed places with one that nobody has.
        ("A | 1 2 3 4\nB | 1 3 2 4\nC | 1 2 3 4", {"B2"}),
        # Two rows in one line.
        ("A | 1 2 3 4 B:1 B:2 B:3 B:4\nC | 1 2 3 4", {"B1", "B2"}),
    ],
)
def test_a_sold_seat_that_is_drawn_among_others_has_moved(new: str, found: set[str]) -> None:
    assert moved(new, "B1", "B2") == found


def test_a_seat_that_goes_has_not_moved() -> None:
    assert moved("A | 1", "B1") == set()
