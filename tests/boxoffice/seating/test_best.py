from __future__ import annotations

from itertools import combinations
from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.boxoffice.seating.best import best_available
from matinee.boxoffice.seating.focus import focal_point
from matinee.programme.queries import SeatOfHall
from tests.boxoffice.seating.plans import (
    Plan,
    are_side_by_side,
    draw,
    drawings,
    groups_needed,
    single_seats,
)

EMPTY = """
    |---------
    |---------
    |---------
    |---------
    """


def best(plan: Plan, count: int, **wanted: object) -> str:
    return plan.labels(best_available(plan.seats, plan.free, count=count, **wanted))  # type: ignore[arg-type]


def test_the_middle_two_thirds_back_is_best() -> None:
    plan = draw(EMPTY)

    assert focal_point(plan.seats) == (4, 2)
    assert best(plan, 1) == "C5"
    assert best(plan, 3) == "C4 C5 C6"


def test_a_hall_may_name_its_own_focal_point() -> None:
    assert best(draw(EMPTY), 3, focal=(1, 0)) == "A1 A2 A3"


def test_a_party_sits_together_though_single_seats_are_nearer() -> None:
    plan = draw("""
        |----xxxx-
        |--x-x-x-x
        |x-x-x-x-x
        """)

    assert best(plan, 3) == "A2 A3 A4"


def test_an_aisle_and_a_seat_of_another_kind_part_seats() -> None:
    plan = draw("""
        |--- ---
        |--w-c--
        |--x-x--
        """)

    assert best(plan, 3) == "A1 A2 A3"
    assert best(plan, 4) == ""


def test_premium_seats_and_sofas_are_offered_and_wheelchair_places_are_not() -> None:
    plan = draw("|wcwpocw")

    assert best(plan, 2) == "A4 A5"
    assert best(plan, 3, split=True) == ""


def test_a_zone_leaves_the_others_out() -> None:
    plan = draw(EMPTY, zones={"A": "front"})

    assert best(plan, 3, zone="front") == "A4 A5 A6"
    assert best(plan, 3, zone="balcony") == ""
    assert best(plan, 12, zone="front", split=True) == ""


def test_a_seat_of_another_zone_parts_seats() -> None:
    plan = draw("|--=--")

    assert best(plan, 3, zone="standard") == ""
    assert best(plan, 3, zone="standard", split=True) == "A1 A2 A4"
    assert best(plan, 5) == "A1 A2 A3 A4 A5"


def test_of_two_that_are_equal_the_left_and_the_back_one_is_taken() -> None:
    assert best(draw("|--------"), 3) == "A3 A4 A5"
    assert best(draw(["--x--", "--x--", "--x--"]), 2, focal=(2, 1)) == "B1 B2"
    assert best(draw(["-----", "", "-----"]), 1, focal=(2, 1)) == "C3"
    # The line of the focal point goes before one behind it.
    assert best(draw(["-xx", "x-x"]), 1, focal=(1, 0)) == "A1"


def test_a_single_seat_is_left_only_where_it_is_worth_it() -> None:
    # A2 and A3 are nearer by half a column, but leave A1.
    assert best(draw("|-----"), 2, focal=(1.3, 0)) == "A1 A2"
    # Equal, but for A3.
    assert best(draw(["---", "--"]), 2, focal=(0.5, 0)) == "B1 B2"
    # Several lines nearer.
    assert best(draw(["---x", "", "", "----"]), 2, focal=(2, 0)) == "A2 A3"


@pytest.mark.parametrize("count", [0, -1])
def test_nobody_needs_no_seats(count: int) -> None:
    assert best(draw(EMPTY), count, split=True) == ""


def test_an_empty_hall_and_a_full_one_offer_nothing() -> None:
    assert best_available([], [], count=1, split=True) == []
    assert best(draw("|xxx"), 1, split=True) == ""


def test_a_party_is_split_only_if_it_asked_to() -> None:
    plan = draw("|--x--")

    assert best(plan, 4) == ""
    assert best(plan, 4, split=True) == "A1 A2 A4 A5"


def test_a_party_that_fits_together_is_never_split() -> None:
    plan = draw("""
        |--x--x----
        """)

    assert best(plan, 4, split=True, focal=(2, 0)) == "A7 A8 A9 A10"


def test_the_groups_of_a_party_sit_one_behind_the_other() -> None:
    plan = draw("""
        |---xxxxx
        |xxxxx---
        |---xxxxx
        |xxxxx---
        """)

    assert best(plan, 5, split=True) == "B6 B7 B8 D6 D7"


def test_nobody_of_a_party_sits_alone_where_two_and_two_is_possible() -> None:
    assert best(draw(["---xxxxxx", "---xxxxxx"]), 4, split=True, focal=(1, 0)) == "A1 A2 B1 B2"


def test_three_in_two_groups_are_two_and_one() -> None:
    assert best(draw("|-- --"), 3, split=True) == "A1 A2 A3"


def test_groups_near_each_other_go_before_groups_on_both_sides_of_the_focal_point() -> None:
    assert best(draw(["--xxx--", "--xxxxx"]), 4, split=True, focal=(3, 0)) == "A1 A2 B1 B2"


def test_a_group_moves_towards_the_other_one() -> None:
    assert best(draw(["---x", "    ---"]), 4, split=True, focal=(0, 0)) == "A2 A3 B1 B2"


def test_a_short_run_near_by_does_not_keep_a_party_from_two_groups() -> None:
    plan = draw("""
        |---xxxxxx---
        |xxx-x-x-xxxx
        """)

    assert best(plan, 6, split=True) == "A1 A2 A3 A10 A11 A12"


FREE_AND_TAKEN = "---=xpowc "


def weight(plan: Plan, choice: tuple[SeatOfHall, ...], focus: tuple[float, float]) -> float:
    """How far the middle is from the focal point, and one more for each seat that is left single."""
    x = sum(seat.x for seat in choice) / len(choice)
    free = plan.ordinary_free()
    left = [seat for seat in free if seat not in choice]
    return hypot(x - focus[0], choice[0].y - focus[1]) + len(single_seats(left) - single_seats(free))


# No deadlines where every choice is tried: that takes as long as it takes.
@settings(deadline=None)
@given(
    drawings(FREE_AND_TAKEN, columns_max=6),
    st.integers(1, 5),
    st.none() | st.tuples(st.integers(0, 7), st.integers(0, 3)),
    st.sampled_from([None, "standard", "back"]),
)
def test_no_seats_side_by_side_are_better(
    plan: Plan, count: int, focal: tuple[int, int] | None, zone: str | None
) -> None:
    found = best_available(plan.seats, plan.free, count=count, focal=focal, zone=zone)

    focus = focal or focal_point(plan.seats)
    allowed = [seat for seat in plan.ordinary_free() if zone in (None, seat.zone)]
    weights = {
        tuple(seat.id for seat in choice): weight(plan, choice, focus)
        for choice in combinations(allowed, count)
        if are_side_by_side(choice)
    }
    if weights:
        assert weights[tuple(found)] == pytest.approx(min(weights.values()), abs=1e-5)
        assert best_available(plan.seats, plan.free, count=count, focal=focal, zone=zone, split=True) == found
    else:
        assert found == []


@settings(deadline=None)
@given(drawings("--=xx  pwc", columns_max=5), st.integers(1, 6), st.sampled_from([None, "standard", "back"]))
def test_a_split_party_has_all_its_seats_in_as_few_groups_as_can_be(
    plan: Plan, count: int, zone: str | None
) -> None:
    found = best_available(plan.seats, plan.free, count=count, zone=zone, split=True)

    allowed = [seat for seat in plan.ordinary_free() if zone in (None, seat.zone)]
    chosen = [seat for seat in allowed if seat.id in found]
    assert len(chosen) == len(found) == len(set(found))
    assert len(found) == (count if len(allowed) >= count else 0)
    if found:
        assert groups_needed(chosen, count) == groups_needed(allowed, count)


@given(drawings(FREE_AND_TAKEN), st.integers(1, 5), st.booleans(), st.randoms())
def test_the_order_of_the_seats_does_not_matter(plan: Plan, count: int, split: bool, random: object) -> None:
    shuffled = list(plan.seats)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    found = best_available(plan.seats, plan.free, count=count, split=split)

    assert best_available(shuffled, list(plan.free), count=count, split=split) == found
