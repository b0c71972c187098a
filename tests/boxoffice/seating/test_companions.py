from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.boxoffice.seating.companions import companions_without_wheelchair, wheelchair_of
from tests.boxoffice.seating.plans import Plan, draw, drawings


def pairs(plan: Plan) -> str:
    """Each companion seat with its wheelchair place."""
    found = wheelchair_of(plan.seats)
    return ", ".join(plan.labels([companion, found[companion]]) for companion in sorted(found))


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ("|wc----cw", "A2 A1, A7 A8"),
        ("|cw", "A1 A2"),
        # Two companions of one wheelchair user.
        ("|cwc", "A1 A2, A3 A2"),
        ("|wcc", "A2 A1, A3 A1"),
        # Every wheelchair place gets a companion seat where that is possible.
        ("|wcwc", "A2 A1, A4 A3"),
        ("|cwcw", "A1 A2, A3 A4"),
        ("|wcw", "A2 A1"),
        ("|w c w", "A2 A1"),
        ("|w cc w", "A2 A1, A3 A4"),
        # Those that are taken are what they are.
        ("|WC--", "A2 A1"),
        # The nearest in the line goes before the one that is right behind.
        (["w----c", "-----w"], "A6 A1"),
        (["-----c", "-w---w"], "A6 B6"),
        # Nothing to go with.
        ("|-cc-", ""),
        ("|www", ""),
    ],
)
def test_a_companion_seat_goes_with_a_wheelchair_place(drawing: str | list[str], expected: str) -> None:
    assert pairs(draw(drawing)) == expected


def test_equally_near_places_share_the_companion_seats() -> None:
    assert pairs(draw(["w w", " c ", " c "])) == "B1 A1, C1 A2"


@pytest.mark.parametrize(
    ("chosen", "alone"),
    [
        ("A1 A2", ""),
        ("A1", ""),
        ("A2", "A2"),
        ("A2 A8", "A2"),
        ("A7 A2", "A2 A7"),
        ("A4 A5", ""),
        ("", ""),
    ],
)
def test_a_companion_seat_is_not_chosen_without_its_wheelchair_place(chosen: str, alone: str) -> None:
    plan = draw("|wc----cw")

    assert plan.labels(companions_without_wheelchair(plan.seats, plan.ids(chosen))) == alone


def test_in_a_hall_without_wheelchair_places_companion_seats_are_free_to_choose() -> None:
    plan = draw("|-cc-")

    assert companions_without_wheelchair(plan.seats, plan.ids("A2 A3")) == []


@given(drawings("wc- "), st.randoms())
def test_every_companion_seat_has_a_place_as_near_as_can_be(plan: Plan, random: object) -> None:
    by_id = {seat.id: seat for seat in plan.seats}
    places = [seat for seat in plan.seats if seat.kind == "wheelchair"]
    shuffled = list(plan.seats)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    found = wheelchair_of(shuffled)

    companions = {seat.id for seat in plan.seats if seat.kind == "companion"}
    assert found == wheelchair_of(plan.seats)
    assert set(found) == (companions if places else set())
    for companion_id, place_id in found.items():
        companion, place = by_id[companion_id], by_id[place_id]
        assert place.kind == "wheelchair"
        in_line = [abs(other.x - companion.x) for other in places if other.y == companion.y]
        if in_line:
            assert place.y == companion.y
            assert abs(place.x - companion.x) == min(in_line)
        else:
            distances = [(other.x - companion.x) ** 2 + (other.y - companion.y) ** 2 for other in places]
            assert (place.x - companion.x) ** 2 + (place.y - companion.y) ** 2 == min(distances)
