"""The focal point: where one sits best in a hall."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from matinee.programme.queries import SeatOfHall


class Point(NamedTuple):
    """A place in the plan, in columns from the left and lines from the screen; it may lie between seats."""

    x: float
    y: float


def focal_point(seats: Collection[SeatOfHall]) -> Point:
    """Where one sits best in a hall that names no such point: in the middle column, two thirds back."""
    if not seats:
        return Point(0, 0)
    columns, lines = {seat.x for seat in seats}, {seat.y for seat in seats}
    front, back = min(lines), max(lines)
    return Point((min(columns) + max(columns)) / 2, front + (back - front) * 2 / 3)


def middle_of(seats: Collection[SeatOfHall]) -> Point:
    """The point in the middle of these seats, of which there is one at least."""
    return Point(sum(seat.x for seat in seats) / len(seats), sum(seat.y for seat in seats) / len(seats))


def distance_squared(x: float, y: float, point: Point) -> float:
    """How far this place is from the point, in columns and lines, squared."""
    return (x - point.x) ** 2 + (y - point.y) ** 2
