"""Runs: seats of one line of the plan without a gap between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from matinee.programme.queries import SeatOfHall

# What a party without a wheelchair is offered. Wheelchair places and companion seats are asked for by name.
ORDINARY_KINDS = frozenset({"standard", "premium", "sofa"})

Run = list[SeatOfHall]


def plan_order(seat: SeatOfHall) -> tuple[int, int, int]:
    """Sorts seats as the plan shows them: line by line from the screen, each from left to right."""
    return (seat.y, seat.x, seat.id)


def runs_of(seats: Iterable[SeatOfHall]) -> list[Run]:
    """The seats in plan order, cut wherever two are not side by side: at an aisle, or where a seat was not given."""
    runs: list[Run] = []
    before: SeatOfHall | None = None
    for seat in sorted(seats, key=plan_order):
        if before is not None and seat.y == before.y and seat.x == before.x + 1:
            runs[-1].append(seat)
        else:
            runs.append([seat])
        before = seat
    return runs


def free_runs(seats: Iterable[SeatOfHall], free_ids: Collection[int]) -> list[Run]:
    """The runs of free ordinary seats. Taken seats, house seats, wheelchair places and companion seats end a run."""
    free = frozenset(free_ids)
    return runs_of(seat for seat in seats if seat.id in free and seat.kind in ORDINARY_KINDS)
