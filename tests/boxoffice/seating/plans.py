"""Halls as small drawings: a character a seat, a line of text a line of seats, the screen above.

`-` is a free standard seat, `*` one that is chosen, `=` a free one in the zone "back", `x` one that is taken; `p` a premium
seat, `o` a sofa, `w` a wheelchair place, `c` a companion seat, as capitals when they are taken; a blank is an aisle. Seats
are labelled "A1", "A2", ... along their line, aisles not counted. `|` before a line shows where it begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import strategies as st

from matinee.programme.queries import SeatOfHall

KINDS = {"p": "premium", "o": "sofa", "w": "wheelchair", "c": "companion"}
ORDINARY = ("standard", "premium", "sofa")


@dataclass
class Plan:
    """A hall that was drawn, and which of its seats are free and chosen."""

    seats: list[SeatOfHall] = field(default_factory=list)
    free: set[int] = field(default_factory=set)
    chosen: set[int] = field(default_factory=set)

    def labels(self, ids: Iterable[int]) -> str:
        by_id = {seat.id: seat.label for seat in self.seats}
        return " ".join(by_id[seat_id] for seat_id in ids)

    def ids(self, labels: str) -> list[int]:
        by_label = {seat.label: seat.id for seat in self.seats}
        return [by_label[label] for label in labels.split()]

    def order(self, labels: str) -> list[SeatOfHall]:
        by_label = {seat.label: seat for seat in self.seats}
        return [by_label[label] for label in labels.split()]

    def ordinary_free(self) -> list[SeatOfHall]:
        return [seat for seat in self.seats if seat.id in self.free and seat.kind in ORDINARY]

    @property
    def taken(self) -> set[int]:
        return {seat.id for seat in self.seats} - self.free


def draw(
    drawing: str | list[str], *, zones: Mapping[str, str] | None = None, first_id: int = 101, rows: str = ""
) -> Plan:
    """The hall of this drawing. `zones` by the letter of the line; `rows` are the letters of the lines."""
    lines = [line.strip() for line in drawing.strip().splitlines()] if isinstance(drawing, str) else drawing
    plan = Plan()
    for y, line in enumerate(lines):
        row = rows[y] if rows else chr(ord("A") + y)
        place = 0
        for x, mark in enumerate(line.removeprefix("|")):
            if mark == " ":
                continue
            place += 1
            seat_id = first_id + len(plan.seats)
            kind = KINDS.get(mark.lower(), "standard")
            zone = "back" if mark == "=" else (zones or {}).get(row, "standard")
            plan.seats.append(SeatOfHall(seat_id, f"{row}{place}", row, str(place), x, y, kind, zone))
            if mark in "-=*powc":
                plan.free.add(seat_id)
            if mark == "*":
                plan.chosen.add(seat_id)
    return plan


def are_side_by_side(seats: Collection[SeatOfHall]) -> bool:
    columns = sorted(seat.x for seat in seats)
    return len({seat.y for seat in seats}) == 1 and columns == list(
        range(columns[0], columns[0] + len(columns))
    )


def single_seats(free: Collection[SeatOfHall]) -> set[int]:
    """The ids of those ordinary seats among these that have none of them beside it."""
    places = {(seat.x, seat.y) for seat in free if seat.kind in ORDINARY}
    return {
        seat.id
        for seat in free
        if seat.kind in ORDINARY and not places & {(seat.x - 1, seat.y), (seat.x + 1, seat.y)}
    }


def groups_needed(free: Collection[SeatOfHall], count: int) -> int | None:
    """The least number of groups that any choice of `count` of these seats has; by trying every choice."""
    found: int | None = None
    for choice in combinations(free, count):
        places = {(seat.x, seat.y) for seat in choice}
        groups = sum((seat.x - 1, seat.y) not in places for seat in choice)
        found = groups if found is None else min(found, groups)
    return found


def drawings(marks: str, *, lines_max: int = 3, columns_max: int = 7) -> st.SearchStrategy[Plan]:
    """Any hall with these marks, zones in some lines."""
    lines = st.lists(st.text(st.sampled_from(marks), max_size=columns_max), min_size=1, max_size=lines_max)
    return st.builds(
        lambda lines, back: draw(lines, zones=dict.fromkeys(back, "back")),
        lines,
        st.sets(st.sampled_from("ABC")),
    )
