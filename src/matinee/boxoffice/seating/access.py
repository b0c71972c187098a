"""Wheelchair users and their companions in a hall that is being filled: they are seated first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matinee.boxoffice.seating.filling import Filling, Scale
from matinee.boxoffice.seating.focus import Point, distance_squared
from matinee.boxoffice.seating.runs import plan_order
from matinee.programme.queries import SeatOfHall

# A companion gets the companion seat of the place, unless another seat is nearer by more than this.
COMPANION_SEAT_COLUMNS = 2
# Beside somebody is nearer than behind him: a line is about as deep as two seats are wide.
LINE_COLUMNS = 2

Moves = dict[int, SeatOfHall]


def seat_wheelchairs(tickets: Iterable[SeatOfHall], hall: Filling, *, old_scale: Scale) -> Moves:
    """Wheelchair places for tickets of wheelchair places, by old seat; whoever finds none left is not in it.

    The place with the same label and zone first, then one in the same zone, then the nearest to the relative place.
    """
    moves: Moves = {}
    waiting = []
    for old in tickets:
        same = hall.same_seat(old)
        if same is None:
            waiting.append(old)
        else:
            _move(old, same, moves, hall)
    for old in waiting:
        places = [seat for seat in hall.free.values() if seat.kind == "wheelchair"]
        if not places:
            break
        target = old_scale.relative(old.x, old.y)
        _move(old, min(places, key=lambda seat: _suits(seat, old, target, hall)), moves, hall)
    return moves


def seat_companions(
    order: Sequence[SeatOfHall],
    hall: Filling,
    moves: Moves,
    *,
    old_pairs: dict[int, int],
    new_pairs: dict[int, int],
) -> Moves:
    """Seats for the companions in this order of wheelchair users who have moved, by old seat; not more than are free.

    His own label, if it is no further from the user than before. Else the nearest seat to the user's new place, where
    companion seats that go with it count as nearer, and those of other places come last. A companion whose wheelchair
    user is not among those of the order who found a place goes with the first of them.
    """
    users = {seat.id: seat for seat in order if seat.kind == "wheelchair" and seat.id in moves}
    found: Moves = {}
    for old in order:
        if old.kind != "companion" or not users:
            continue
        user = users.get(old_pairs.get(old.id, 0)) or next(iter(users.values()))
        place = moves[user.id]
        new = hall.same_seat(old)
        if new is None or _columns_between(new, place) > _columns_between(old, user):
            new = _nearest_to(place, hall, new_pairs)
        if new is not None:
            _move(old, new, found, hall)
    return found


def _move(old: SeatOfHall, new: SeatOfHall, moves: Moves, hall: Filling) -> None:
    moves[old.id] = new
    hall.take([new])


def _suits(
    seat: SeatOfHall, old: SeatOfHall, target: Point, hall: Filling
) -> tuple[bool, float, tuple[int, int, int]]:
    there = hall.scale.relative(seat.x, seat.y)
    return (seat.zone != old.zone, round(distance_squared(*there, target), 6), plan_order(seat))


def _nearest_to(place: SeatOfHall, hall: Filling, new_pairs: dict[int, int]) -> SeatOfHall | None:
    def rank(seat: SeatOfHall) -> tuple[bool, int, bool, tuple[int, int, int]]:
        is_ordinary = seat.kind != "companion"
        columns = _columns_between(seat, place) + COMPANION_SEAT_COLUMNS * is_ordinary
        return (new_pairs.get(seat.id, place.id) != place.id, columns, is_ordinary, plan_order(seat))

    return min((seat for seat in hall.free.values() if seat.kind != "wheelchair"), key=rank, default=None)


def _columns_between(one: SeatOfHall, other: SeatOfHall) -> int:
    return abs(one.x - other.x) + LINE_COLUMNS * abs(one.y - other.y)
