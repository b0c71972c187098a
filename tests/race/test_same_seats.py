"""Many buyers, in processes of their own, want the same seats of a server with two processes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.race.crowd import Answer, Crowd, Shopper
from tests.race.ledger import House, Sales, build_house, check_answers, read_sales
from tests.race.processes import running_server, settings_for

BUYERS = 32
SEATS = 300


@pytest.fixture(autouse=True)
def _same_every_time() -> None:
    random.seed(20)


def sell(
    url: str, folder: Path, house: House, wishes: Sequence[Sequence[Sequence[str]]]
) -> tuple[list[Answer], Sales]:
    """Let one buyer for each list of `wishes` try its purchases, all at once; check what is committed."""
    with running_server(settings_for(url, folder / "data"), folder / "log") as server:
        shoppers = [
            Shopper(username, token, server.port, wanted)
            for (username, token), wanted in zip(house.people, wishes, strict=True)
        ]
        crowd = Crowd(shoppers, house.screening)
        try:
            crowd.buy()
            answers = crowd.answers()
        finally:
            crowd.end()
    assert len(answers) == sum(len(wanted) for wanted in wishes)
    sales = read_sales(url)
    check_answers(answers, sales)
    assert {ticket for answer in answers for ticket in answer.tickets.values()} == set(sales.tickets)
    return answers, sales


def test_each_seat_is_sold_once_and_none_is_lost(database_url: str, tmp_path: Path) -> None:
    house = build_house(database_url, seats=SEATS, people=BUYERS)
    # In the same order for everybody: at each moment all of them are at about the same seat.
    everything = [[str(seat)] for seat in range(1, SEATS + 1)]

    answers, sales = sell(database_url, tmp_path, house, [everything] * BUYERS)

    assert {answer.status for answer in answers} == {200, 404}
    assert {answer.said for answer in answers if answer.status == 404} == {'{"message":"Seat not found"}\n'}
    assert sorted(sales.tickets.values(), key=int) == [str(seat) for seat in range(1, SEATS + 1)]
    sold = Counter(label for answer in answers if answer.status == 200 for label in answer.labels)
    assert set(sold.values()) == {1}


def test_overlapping_purchases_get_all_their_seats_or_none(database_url: str, tmp_path: Path) -> None:
    house = build_house(database_url, seats=120, people=BUYERS)
    # Asked for in any order: two buyers who lock the same seats from both ends would wait for each other in a circle.
    wishes = [
        [[str(seat) for seat in random.sample(_neighbours(120), random.randint(2, 6))] for _ in range(20)]
        for _ in range(BUYERS)
    ]

    answers, sales = sell(database_url, tmp_path, house, wishes)

    assert {answer.status for answer in answers} == {200, 404}
    free = {str(seat) for seat in range(1, 121)} - set(sales.tickets.values())
    for answer in answers:
        # Whoever was refused met a seat that somebody else has.
        assert answer.status == 200 or not set(answer.labels) <= free
    bought = [set(answer.labels) for answer in answers if answer.status == 200]
    assert sorted(map(sorted, bought)) == sorted(
        sorted(sales.tickets[ticket_id] for ticket_id in ticket_ids) for ticket_ids in sales.orders.values()
    )


def _neighbours(seats: int) -> range:
    first = random.randint(1, seats - 7)
    return range(first, first + 8)
