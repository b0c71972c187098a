"""Companion seats: each goes with a wheelchair place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from matinee.boxoffice.seating.runs import plan_order
from matinee.programme.queries import SeatOfHall


def wheelchair_of(seats: Iterable[SeatOfHall]) -> dict[int, int]:
    """The wheelchair place of each companion seat, by id. Empty for a hall that has no wheelchair places.

    It is the place right beside it, so shared out that as many places as can be have a companion seat; else the nearest
    in the same line; else the nearest at all. Among equals the one with fewer companion seats, then the first in plan order.
    A wheelchair place may have several companion seats or none.
    """
    ordered = sorted(seats, key=plan_order)
    companions = [seat for seat in ordered if seat.kind == "companion"]
    wheelchairs = [seat for seat in ordered if seat.kind == "wheelchair"]
    paired = _beside(companions, wheelchairs)
    companions_of = Counter(paired.values())
    for companion in companions:
        if wheelchairs and companion.id not in paired:
            nearest = _nearest(companion, wheelchairs, companions_of)
            paired[companion.id] = nearest.id
            companions_of[nearest.id] += 1
    return paired


def companions_without_wheelchair(seats: Collection[SeatOfHall], chosen_ids: Collection[int]) -> list[int]:
    """The ids of the companion seats in this choice whose wheelchair place is not in it, in plan order.

    In a hall without wheelchair places there are none.
    """
    chosen = frozenset(chosen_ids)
    paired = wheelchair_of(seats)
    return [
        seat.id
        for seat in sorted(seats, key=plan_order)
        if seat.id in chosen and seat.id in paired and paired[seat.id] not in chosen
    ]


def _beside(companions: Iterable[SeatOfHall], wheelchairs: Iterable[SeatOfHall]) -> dict[int, int]:
    """One wheelchair place right beside each companion seat, where there is one that no other has.

    From left to right and the left neighbour first: of seats in a line, no other way pairs more.
    """
    unpaired = {(seat.y, seat.x): seat.id for seat in reversed(list(wheelchairs))}
    paired: dict[int, int] = {}
    for seat in companions:
        for place in ((seat.y, seat.x - 1), (seat.y, seat.x + 1)):
            if place in unpaired:
                paired[seat.id] = unpaired.pop(place)
                break
    return paired


def _nearest(
    companion: SeatOfHall, wheelchairs: Iterable[SeatOfHall], companions_of: Counter[int]
) -> SeatOfHall:
    def rank(seat: SeatOfHall) -> tuple[bool, int, int, tuple[int, int, int]]:
        distance_squared = (seat.x - companion.x) ** 2 + (seat.y - companion.y) ** 2
        return (seat.y != companion.y, distance_squared, companions_of[seat.id], plan_order(seat))

    return min(wheelchairs, key=rank)
