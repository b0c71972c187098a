"""The orphan rule: a choice leaves no single empty seat beside it, unless there is no other way."""

from __future__ import annotations

from collections.abc import Collection

from matinee.boxoffice.seating.runs import free_runs
from matinee.programme.queries import SeatOfHall


def orphans_left(
    seats: Collection[SeatOfHall], free_ids: Collection[int], chosen_ids: Collection[int]
) -> list[int]:
    """The ids of the free seats that this choice would leave single and that are not so before it, in plan order.

    A seat is single when it is free and has no free ordinary seat beside it. A wheelchair place or a companion seat is
    never an orphan itself, and no company for another seat: who wants two seats does not buy it.

    `free_ids` are the seats free for this buyer: those of the hold that he is changing are among them.
    """
    single_before = {run[0].id for run in free_runs(seats, free_ids) if len(run) == 1}
    left = frozenset(free_ids) - frozenset(chosen_ids)
    single = [run[0].id for run in free_runs(seats, left) if len(run) == 1]
    return [seat_id for seat_id in single if seat_id not in single_before]


def refused_orphans(
    seats: Collection[SeatOfHall], free_ids: Collection[int], chosen_ids: Collection[int]
) -> list[int]:
    """The orphans that this choice need not leave, in plan order; an empty list if the choice is good.

    There is another way if the same number of seats in the same run can be chosen side by side without an orphan. Put at
    the end of the run they leave one piece, so this fails only where that piece is a single seat: in a run that is
    longer by one than what is chosen of it, in however many groups. Each run is looked at by itself.

    A choice with a wheelchair place in it is always good: those who come along need the seats near it.
    """
    chosen = frozenset(chosen_ids)
    if any(seat.kind == "wheelchair" and seat.id in chosen for seat in seats):
        return []
    no_other_way = {
        seat.id
        for run in free_runs(seats, free_ids)
        if len(run) - sum(seat.id in chosen for seat in run) == 1
        for seat in run
    }
    return [seat_id for seat_id in orphans_left(seats, free_ids, chosen) if seat_id not in no_other_way]
