"""The best seats that are available for a party."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import sqrt

from matinee.boxoffice.seating.focus import Point, distance_squared, focal_point
from matinee.boxoffice.seating.runs import Run, free_runs, plan_order, runs_of
from matinee.boxoffice.seating.split import split_party
from matinee.programme.queries import SeatOfHall

# A seat that would be left single beside the party weighs as much as sitting this much further from the focal point.
SINGLE_LEFT_COLUMNS = 1.0


def best_available(
    seats: Collection[SeatOfHall],
    free_ids: Collection[int],
    *,
    count: int,
    focal: tuple[float, float] | None = None,
    zone: str | None = None,
    split: bool = False,
) -> list[int]:
    """The ids of the best `count` free seats, in plan order; an empty list if there are none.

    They are side by side in one line, and their middle is as near the focal point as can be, where a seat left single
    beside them counts as one column more. Among equals: what leaves fewer single, then the line nearest the focal
    point, then further back, then further left. `split` allows several groups, but only where no run is long enough.

    `seats` are all of the hall; wheelchair places and companion seats are never chosen. `focal` is in columns and lines
    of the plan; None: worked out from it. `zone` leaves the seats of other zones out; None: all are good.
    """
    if count < 1:
        return []
    focus = focal_point(seats) if focal is None else Point(*focal)
    runs = free_runs(seats, free_ids)
    chosen = _nearest_window(runs, count, focus, zone)
    if not chosen and split:
        allowed = (seat for run in runs for seat in run if zone is None or seat.zone == zone)
        chosen = split_party(runs_of(allowed), count=count, focus=focus)
    return [seat.id for seat in sorted(chosen, key=plan_order)]


def _nearest_window(runs: Iterable[Run], count: int, focus: Point, zone: str | None) -> Run:
    best: tuple[tuple[float, ...], Run, int] | None = None
    for run in sorted(runs, key=lambda run: abs(run[0].y - focus.y)):
        line = run[0].y
        from_focus = abs(line - focus.y)
        if best is not None and round(from_focus, 6) > best[0][0]:
            # No seat of this line is as near as that, nor of those that are further away.
            break
        for start in _starts(run, count, zone):
            left_single = (start == 1) + (len(run) - start - count == 1)
            middle = run[start].x + (count - 1) / 2
            distance = sqrt(distance_squared(middle, line, focus))
            # Rounded, so that what is equally far on paper is so in floating point too.
            weight = round(distance + left_single * SINGLE_LEFT_COLUMNS, 6)
            rank = (weight, left_single, from_focus, -line, middle)
            if best is None or rank < best[0]:
                best = (rank, run, start)
    return [] if best is None else best[1][best[2] : best[2] + count]


def _starts(run: Run, count: int, zone: str | None) -> Iterator[int]:
    """Where in the run a window of `count` seats of the zone may begin."""
    if zone is None:
        yield from range(len(run) - count + 1)
        return
    in_zone = 0
    for end, seat in enumerate(run, start=1):
        in_zone = in_zone + 1 if seat.zone == zone else 0
        if in_zone >= count:
            yield end - count
