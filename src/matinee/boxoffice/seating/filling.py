"""A hall that is being filled: which of its seats are free, and which of them suit a party best."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, groupby
from math import inf

from matinee.boxoffice.seating.focus import Point, distance_squared, middle_of
from matinee.boxoffice.seating.runs import ORDINARY_KINDS, plan_order, runs_of
from matinee.programme.queries import SeatOfHall

# What each seat of a party counts for. First comes the kind, then the zone, then the place in the hall: distances are
# relative to the hall, squared, and never more than 8. A seat that has the label of another buyer is left to him, if
# there is one no further away than a quarter of the hall.
OTHER_KIND = 10_000.0
OTHER_ZONE = 100.0
LABEL_OF_ANOTHER = 1 / 16

Signature = tuple[str, str]


class Scale:
    """Turns places in a hall's plan into relative ones: 0 is at the left and at the screen, 1 at the right and back."""

    def __init__(self, seats: Collection[SeatOfHall]) -> None:
        self._left = min((seat.x for seat in seats), default=0)
        self._front = min((seat.y for seat in seats), default=0)
        self._width = max((seat.x for seat in seats), default=0) - self._left
        self._depth = max((seat.y for seat in seats), default=0) - self._front

    def relative(self, x: float, y: float) -> Point:
        """The relative place; the middle where the hall has one column or one line alone."""
        return Point(
            (x - self._left) / self._width if self._width else 0.5,
            (y - self._front) / self._depth if self._depth else 0.5,
        )

    def middle(self, seats: Collection[SeatOfHall]) -> Point:
        """The relative place of the middle of these seats."""
        return self.relative(*middle_of(seats))


class Filling:
    """The seats of a hall, those that are taken, and the labels that buyers bring from their old hall."""

    def __init__(
        self, seats: Collection[SeatOfHall], *, taken_ids: Collection[int], sold: Iterable[SeatOfHall]
    ) -> None:
        self.scale = Scale(seats)
        self.free = {seat.id: seat for seat in seats if seat.id not in taken_ids}
        self._ordinary = sorted((s for s in self.free.values() if s.kind in ORDINARY_KINDS), key=plan_order)
        self._index = {seat.id: index for index, seat in enumerate(self._ordinary)}
        self._places = [self.scale.relative(seat.x, seat.y) for seat in self._ordinary]
        self._runs: list[tuple[int, int]] = []
        for run in runs_of(self._ordinary):
            self._runs.append((self._index[run[0].id], self._index[run[-1].id] + 1))
        self._by_name = {(seat.label, seat.kind, seat.zone): seat for seat in self.free.values()}
        named = (self._by_name.get((seat.label, seat.kind, seat.zone)) for seat in sold)
        self._named_ids = {seat.id for seat in named if seat is not None}
        self._penalties: dict[Signature, list[float]] = {}

    def run_lengths(self) -> list[int]:
        """The lengths of the runs of free ordinary seats."""
        return [end - start for start, end in self._runs]

    def take(self, seats: Iterable[SeatOfHall]) -> None:
        """Take these free seats."""
        for seat in seats:
            del self.free[seat.id]
            index = self._index.get(seat.id)
            if index is not None:
                self._cut_run(index)

    def _cut_run(self, index: int) -> None:
        for position, (start, end) in enumerate(self._runs):
            if start <= index < end:
                pieces = ((start, index), (index + 1, end))
                self._runs[position : position + 1] = [piece for piece in pieces if piece[0] < piece[1]]
                return

    def same_seat(self, seat: SeatOfHall) -> SeatOfHall | None:
        """The free seat with this label, kind and zone."""
        found = self._by_name.get((seat.label, seat.kind, seat.zone))
        return found if found is not None and found.id in self.free else None

    def same_seats(self, seats: Sequence[SeatOfHall]) -> list[SeatOfHall] | None:
        """The free seats with these labels, kinds and zones, if all are there and side by side."""
        found = [same for seat in seats if (same := self.same_seat(seat)) is not None]
        return found if len(found) == len(seats) and len(runs_of(found)) == 1 else None

    def nearest_window(self, seats: Sequence[SeatOfHall], target: Point) -> list[SeatOfHall] | None:
        """The free ordinary seats, side by side, that suit these best near the relative place `target`.

        None if no run is long enough.
        """
        count = len(seats)
        parts = self._parts(seats)
        bonus = self._bonus_for_own_labels(seats)
        bonus_max = max(bonus.values(), default=0)
        best, best_start = inf, -1
        for begin, end in self._runs:
            off_y = self._places[begin].y - target.y
            # Most lines are too far away, whatever else is good about them.
            if count * off_y * off_y - bonus_max >= best:
                continue
            for start in range(begin, end - count + 1):
                off_x = (self._places[start].x + self._places[start + count - 1].x) / 2 - target.x
                cost = count * (off_x * off_x + off_y * off_y)
                for sums, offset, after in parts:
                    cost += sums[start + after] - sums[start + offset]
                cost -= bonus.get(start, 0)
                if cost < best:
                    best, best_start = cost, start
        return None if best_start < 0 else self._ordinary[best_start : best_start + count]

    def nearest_left_over(self, count: int, target: Point) -> list[SeatOfHall]:
        """The free seats nearest to the relative place, companion seats before wheelchair places. There must be enough."""

        def rank(seat: SeatOfHall) -> tuple[bool, float, tuple[int, int, int]]:
            distance = distance_squared(*self.scale.relative(seat.x, seat.y), target)
            return (seat.kind == "wheelchair", round(distance, 6), plan_order(seat))

        return sorted(self.free.values(), key=rank)[:count]

    def _parts(self, seats: Sequence[SeatOfHall]) -> list[tuple[list[float], int, int]]:
        """The party as stretches of one kind and zone: sums of penalties, and where the stretch begins and ends."""
        parts = []
        offset = 0
        for signature, alike in groupby(seats, key=lambda seat: (seat.kind, seat.zone)):
            after = offset + len(list(alike))
            parts.append((self._sums(signature), offset, after))
            offset = after
        return parts

    def _sums(self, signature: Signature) -> list[float]:
        """At each index of an ordinary seat the sum of the penalties before it."""
        kind, zone = signature
        if signature not in self._penalties:
            penalties = (
                OTHER_KIND * (seat.kind != kind)
                + OTHER_ZONE * (seat.zone != zone)
                + LABEL_OF_ANOTHER * (seat.id in self._named_ids)
                for seat in self._ordinary
            )
            self._penalties[signature] = list(accumulate(penalties, initial=0.0))
        return self._penalties[signature]

    def _bonus_for_own_labels(self, seats: Sequence[SeatOfHall]) -> dict[int, float]:
        """By start of a window: what it costs less because it has seats with the party's own labels."""
        bonus: dict[int, float] = {}
        for seat in seats:
            same = self.same_seat(seat)
            index = None if same is None else self._index.get(same.id)
            if index is not None:
                for start in range(index - len(seats) + 1, index + 1):
                    bonus[start] = bonus.get(start, 0) + 2 * LABEL_OF_ANOTHER
        return bonus
