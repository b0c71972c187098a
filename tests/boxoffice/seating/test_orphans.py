from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.boxoffice.seating.orphans import orphans_left, refused_orphans
from matinee.programme.queries import SeatOfHall
from tests.boxoffice.seating.plans import ORDINARY, Plan, draw, drawings, single_seats


@pytest.mark.parametrize(
    ("drawing", "left", "refused"),
    [
        # The end of the line, another buyer, an aisle and a wall on both sides leave a seat single.
        ("|-**---", "A1", "A1"),
        ("|x-**--", "A2", "A2"),
        ("|-- -**--", "A3", "A3"),
        ("|-**-", "A1 A4", "A1 A4"),
        # Nothing is left single.
        ("|**----", "", ""),
        ("|--**--", "", ""),
        ("|----", "", ""),
        ("|***", "", ""),
        # It was single before.
        ("|-x**--", "", ""),
        ("|- **--", "", ""),
        # There is no other way: two of three, one of two.
        ("|-**", "A1", ""),
        ("|**-x", "A3", ""),
        ("|x*-x", "A3", ""),
        # Of four there is: at an end.
        ("|-**-xx", "A1 A4", "A1 A4"),
        # Several groups in one run.
        ("|*-*---", "A2", "A2"),
        ("|*--*-", "A5", "A5"),
        ("|*--*", "", ""),
        ("|*-*", "A2", ""),
        ("|**-**", "A3", ""),
        ("|-*-*-", "A1 A3 A5", "A1 A3 A5"),
        # Each run by itself: the first has no other way, the second has one.
        ("|-** -**-", "A1 A4 A7", "A4 A7"),
        # Other kinds are seats too.
        ("|p**--", "A1", "A1"),
        ("|-o*--", "", ""),
        # A wheelchair place or a companion seat is no orphan and no company.
        ("|w**--", "", ""),
        ("|c**--", "", ""),
        ("|w-**--", "A2", "A2"),
        ("|c-**--", "A2", "A2"),
        ("|W-**--", "A2", "A2"),
    ],
)  # fmt: skip
def test_orphans(drawing: str, left: str, refused: str) -> None:
    plan = draw(drawing)

    assert plan.labels(orphans_left(plan.seats, plan.free, plan.chosen)) == left
    assert plan.labels(refused_orphans(plan.seats, plan.free, plan.chosen)) == refused


def test_seats_behind_each_other_are_not_neighbours() -> None:
    plan = draw("""
        |-**---
        |------
        """)

    assert plan.labels(orphans_left(plan.seats, plan.free, plan.chosen)) == "A1"


def test_a_wheelchair_place_or_companion_seat_that_is_chosen_leaves_no_orphans() -> None:
    plan = draw("|-wc-")

    assert orphans_left(plan.seats, plan.free, plan.ids("A2 A3")) == []


def test_who_comes_with_a_wheelchair_user_may_sit_anywhere() -> None:
    plan = draw("|w-**--")

    assert refused_orphans(plan.seats, plan.free, plan.chosen) == plan.ids("A2")
    assert refused_orphans(plan.seats, plan.free, [*plan.chosen, *plan.ids("A1")]) == []


def with_choice(plan: Plan) -> st.SearchStrategy[tuple[Plan, list[int]]]:
    chosen = st.lists(st.sampled_from(sorted(plan.free)), unique=True) if plan.free else st.just([])
    return st.tuples(st.just(plan), chosen)


CHOICES = drawings("----xpwc ", columns_max=9).flatmap(with_choice)


@given(CHOICES)
def test_an_orphan_is_a_free_seat_that_lost_its_last_neighbour(choice: tuple[Plan, list[int]]) -> None:
    plan, chosen = choice

    free = plan.ordinary_free()
    left = [seat for seat in free if seat.id not in chosen]
    assert set(orphans_left(plan.seats, plan.free, chosen)) == single_seats(left) - single_seats(free)


def runs(plan: Plan) -> list[list[SeatOfHall]]:
    found: list[list[SeatOfHall]] = []
    free = plan.ordinary_free()
    for before, seat in pairwise([None, *free]):
        assert seat is not None
        if before is not None and (before.x + 1, before.y) == (seat.x, seat.y):
            found[-1].append(seat)
        else:
            found.append([seat])
    return found


@given(CHOICES)
def test_an_orphan_is_refused_if_the_same_seats_moved_along_their_run_leave_none(
    choice: tuple[Plan, list[int]],
) -> None:
    plan, chosen = choice
    refused: set[int] = set()
    for run in runs(plan):
        count = sum(seat.id in chosen for seat in run)
        windows = [run[start : start + count] for start in range(len(run) - count + 1)]
        another_way = any(
            not single_seats([seat for seat in run if seat not in window]) - single_seats(run)
            for window in windows
        )
        if another_way:
            refused |= single_seats([seat for seat in run if seat.id not in chosen]) - single_seats(run)
    with_wheelchair = any(seat.id in chosen and seat.kind == "wheelchair" for seat in plan.seats)

    found = refused_orphans(plan.seats, plan.free, chosen)

    assert set(found) == (set() if with_wheelchair else refused)
    assert len(found) == len(set(found))


@given(drawings("----xp ", columns_max=9), st.integers(1, 5))
def test_whoever_wants_seats_side_by_side_finds_some_that_are_not_refused(plan: Plan, count: int) -> None:
    assert all(seat.kind in ORDINARY for seat in plan.seats)
    for run in runs(plan):
        windows = [run[start : start + count] for start in range(len(run) - count + 1)]
        if windows:
            assert any(
                refused_orphans(plan.seats, plan.free, [seat.id for seat in window]) == []
                for window in windows
            )
