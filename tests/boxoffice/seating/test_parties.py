from __future__ import annotations

import pytest

from matinee.boxoffice.seating.pairing import pair_seats
from matinee.boxoffice.seating.parties import divided, parties_of
from tests.boxoffice.seating.plans import Plan, draw


def test_seats_side_by_side_are_a_party() -> None:
    plan = draw(["--- --", "---"])

    parties = parties_of(7, plan.order("B2 A5 A1 B1 A2 A4"), order_size=6)

    assert [plan.labels(seat.id for seat in party.seats) for party in parties] == ["A1 A2", "A4 A5", "B1 B2"]
    assert {(party.order, party.order_size) for party in parties} == {(7, 6)}


@pytest.mark.parametrize(
    ("count", "lengths", "sizes"),
    [
        (4, [3, 3, 1], (2, 2)),
        (5, [3, 3], (3, 2)),
        # Two parts are possible only so.
        (5, [1, 4, 1], (4, 1)),
        (5, [4, 2, 2], (3, 2)),
        # Three groups: the second part is divided again.
        (6, [2, 2, 2], (2, 4)),
        (7, [3, 3, 3], (3, 4)),
        # What does not fit at all is divided all the same.
        (3, [1, 1], (1, 2)),
    ],
)
def test_a_party_is_divided_into_few_and_even_parts(
    count: int, lengths: list[int], sizes: tuple[int, int]
) -> None:
    plan = draw("|" + "-" * count)
    (party,) = parties_of(0, plan.seats, order_size=count)

    parts = divided(party, lengths=lengths)

    assert tuple(len(part.seats) for part in parts) == sizes
    assert [seat for part in parts for seat in part.seats] == plan.seats


def paired(old: Plan, new: Plan) -> dict[str, str]:
    return {one.label: other.label for one, other in pair_seats(old.seats, new.seats)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("|---", "|---", {"A1": "K1", "A2": "K2", "A3": "K3"}),
        ("|p-", "|-p", {"A1": "K2", "A2": "K1"}),
        ("|=-", "|-=", {"A1": "K2", "A2": "K1"}),
        ("|=p", "|p-", {"A1": "K2", "A2": "K1"}),
        ("|c--", "|---", {"A1": "K1", "A2": "K2", "A3": "K3"}),
    ],
)
def test_within_a_party_like_goes_to_like(old: str, new: str, expected: dict[str, str]) -> None:
    assert paired(draw(old), draw(new, rows="K", first_id=201)) == expected


def test_the_same_kind_in_the_same_zone_goes_before_the_same_kind() -> None:
    assert paired(draw("|=--"), draw("|-=p", rows="K", first_id=201)) == {"A1": "K2", "A2": "K1", "A3": "K3"}


def test_the_same_kind_goes_before_the_same_place_in_another_zone() -> None:
    new = draw("|p-", rows="K", first_id=201, zones={"K": "back"})

    assert paired(draw("|-p"), new) == {"A1": "K2", "A2": "K1"}


def test_within_a_party_labels_are_kept() -> None:
    new = Plan(draw("|----", first_id=201).seats[1:])

    assert paired(draw("|---"), new) == {"A1": "A4", "A2": "A2", "A3": "A3"}
