"""Which seats an edit of a hall's plan moves, and which only seem to because others did, or because an aisle came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from matinee.programme.seats import PlacedSeat

# A seat, or a line of seats, that nobody has weighs a little more: of two that changed places, the sold one has moved.
Weighed = tuple[str | int, int, int]


def moved_seats(
    old: Iterable[PlacedSeat], new: Mapping[str, PlacedSeat], *, sold: Collection[str]
) -> set[str]:
    """The labels of sold seats that would stand elsewhere among the seats that stay.

    What counts is what a buyer saw: how many rows are in front, and who sits to the left. Aisles that are made wider, rows
    and seats that come or go, and a whole hall that is drawn further to the right move nobody. Where several readings are
    possible, as few seats as can be have moved.
    """
    lines: dict[int, list[PlacedSeat]] = {}
    for seat in sorted(old, key=lambda seat: (seat.y, seat.x)):
        if seat.label in new:
            lines.setdefault(seat.y, []).append(seat)
    # A line is where most of its seats are.
    goes_to = {
        y: Counter(new[seat.label].y for seat in seats).most_common(1)[0][0] for y, seats in lines.items()
    }
    overtaken = _out_of_order([_weigh_line(y, goes_to[y], seats, sold) for y, seats in lines.items()])
    moved: set[str] = set()
    for y, seats in lines.items():
        there = [seat for seat in seats if new[seat.label].y == goes_to[y]]
        beside = _out_of_order(
            [(seat.label, new[seat.label].x, 2 + (seat.label not in sold)) for seat in there]
        )
        for seat in seats:
            if y in overtaken or seat not in there or seat.label in beside:
                moved.add(seat.label)
    return moved.intersection(sold)


def _weigh_line(y: int, goes_to: int, seats: Sequence[PlacedSeat], sold: Collection[str]) -> Weighed:
    is_sold = any(seat.label in sold for seat in seats)
    return (y, goes_to, 2 * len(seats) + (not is_sold))


def _out_of_order(items: Sequence[Weighed]) -> set[str | int]:
    """The keys of the items, given in their old order with their new positions, that must have moved: all but the heaviest
    of them whose positions still ascend.
    """
    positions = [position for _, position, _ in items]
    if all(before < after for before, after in pairwise(positions)):
        return set()
    weights: list[int] = []
    before: list[int | None] = []
    for at, (_, position, weight) in enumerate(items):
        best = max((k for k in range(at) if positions[k] < position), key=lambda k: weights[k], default=None)
        weights.append(weight + (0 if best is None else weights[best]))
        before.append(best)
    kept: set[int] = set()
    last: int | None = max(range(len(items)), key=lambda k: weights[k])
    while last is not None:
        kept.add(last)
        last = before[last]
    return {key for at, (key, _, _) in enumerate(items) if at not in kept}
