"""A party that no run is long enough for: in few groups, near each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matinee.boxoffice.seating.focus import Point, distance_squared, middle_of
from matinee.boxoffice.seating.runs import Run, plan_order
from matinee.programme.queries import SeatOfHall

# To try every run as the first of the groups takes long in a large hall, and those far from the focal point never win.
FIRST_GROUPS_TRIED = 24


def fewest_runs(lengths: Iterable[int], count: int) -> int | None:
    """How many of the runs, which have these lengths, `count` seats need at least; None if all are too few."""
    seats = 0
    for number, length in enumerate(sorted(lengths, reverse=True), start=1):
        seats += length
        if seats >= count:
            return number
    return None


def split_party(runs: Sequence[Run], *, count: int, focus: Point) -> Run:
    """`count` seats in as few of these runs as can be, those of a run side by side; an empty list if they are too few.

    The runs are in plan order.

    Which runs: those whose seats are near each other and near the focal point. Every group of a party that is large
    enough has two seats or more, if its run has them. This is a good choice, not always the best: to find that one
    would mean trying every set of runs.
    """
    groups = fewest_runs(map(len, runs), count)
    if groups is None:
        return []
    lengths = sorted(map(len, runs), reverse=True)
    first_length_min = count - sum(lengths[: groups - 1])
    first = [run for run in runs if len(run) >= first_length_min]
    first.sort(key=lambda run: _to_run(focus, run))
    tried = (_seats_of_groups(_with_nearest(run, runs, groups, count, focus), count, focus)
             for run in first[:FIRST_GROUPS_TRIED])  # fmt: skip
    return min(tried, key=lambda seats: round(_scatter(seats, focus), 6))


def _with_nearest(first: Run, runs: Sequence[Run], groups: int, count: int, focus: Point) -> list[Run]:
    """`first` and the runs nearest to it that make `groups` runs of `count` seats or more together."""
    seat = min(first, key=lambda seat: distance_squared(seat.x, seat.y, focus))
    here = Point(seat.x, seat.y)
    others = [run for run in runs if run is not first]
    others.sort(key=lambda run: _to_run(here, run) + _to_run(focus, run))
    lengths = sorted(map(len, others), reverse=True)
    chosen = [first]
    while len(chosen) < groups:
        # The next run may be so short that the longest of the rest can still make up for it, and no shorter.
        length_min = count - sum(map(len, chosen)) - sum(lengths[: groups - len(chosen) - 1])
        position = next(position for position, run in enumerate(others) if len(run) >= length_min)
        lengths.remove(len(others[position]))
        chosen.append(others.pop(position))
    return chosen


def _seats_of_groups(runs: Sequence[Run], count: int, focus: Point) -> Run:
    seats = _nearest_seats(runs, count, focus)
    middle = middle_of(seats)
    return _nearest_seats(runs, count, Point((focus.x + middle.x) / 2, (focus.y + middle.y) / 2))


def _nearest_seats(runs: Sequence[Run], count: int, point: Point) -> Run:
    """The `count` seats of these runs nearest to the point. Those of a run are always side by side.

    For a seat is never nearer than the one beside it that is closer to the point.
    """
    each = 2 if count >= 2 * len(runs) else 1
    chosen: Run = []
    rest: Run = []

    def near(seat: SeatOfHall) -> tuple[float, int, int]:
        return (distance_squared(seat.x, seat.y, point), seat.y, seat.x)

    for run in runs:
        nearest = sorted(run, key=near)
        chosen += nearest[:each]
        rest += nearest[each:]
    rest.sort(key=near)
    return sorted(chosen + rest[: count - len(chosen)], key=plan_order)


def _to_run(point: Point, run: Run) -> float:
    """How far the nearest seat of the run is from the point, squared."""
    x = min(max(point.x, run[0].x), run[-1].x)
    return distance_squared(x, run[0].y, point)


def _scatter(seats: Run, focus: Point) -> float:
    """How far the seats are from the focal point and from their own middle: the less, the better."""
    middle = middle_of(seats)
    return sum(
        distance_squared(seat.x, seat.y, focus) + distance_squared(seat.x, seat.y, middle) for seat in seats
    )
