"""Finding a ticket at the door without its code"""

from __future__ import annotations

import pytest

from matinee.door.search import FOUND_MAX, FoundTicket, find_at_door
from tests.boxoffice.selling import GUEST, Sale
from tests.door.scanners import Gate
from tests.door.test_lists import due, hand_over
from tests.query_plans import tables_read_whole


def find(sale: Sale, text: str, *screenings: int) -> list[FoundTicket]:
    ids = screenings or (sale.house.lettered,)
    return sale.read(lambda s: list(find_at_door(s, text=text, screening_ids=ids)))


def seats(sale: Sale, text: str, *screenings: int) -> list[str]:
    return [one.seat for one in find(sale, text, *screenings)]


def test_it_is_found_by_its_last_characters_its_order_its_seat_and_whose_it_is(
    sale: Sale, gate: Gate
) -> None:
    order_id = sale.sold("A1", "A2", known=False)
    ticket, code = sale.tickets(order_id)["A1"], sale.order(order_id).code
    gate.show(ticket.id)
    for text in (ticket.id[-4:], ticket.id[-6:].lower(), f" {ticket.id} ", "a1"):
        assert seats(sale, text) == ["A1"], text
    for text in (code, code[-4:].lower(), GUEST[:3], GUEST.upper()):
        assert seats(sale, text) == ["A1", "A2"], text
    assert find(sale, "A1") == [
        FoundTicket(ticket.id, sale.house.lettered, code, "A1", GUEST, unpaid=False, inside=True)
    ]


def test_what_an_account_bought_is_found_by_its_name_and_what_was_handed_over_by_the_friends(
    sale: Sale,
) -> None:
    order_id = sale.sold("A1", "A2")
    hand_over(sale, order_id)
    assert seats(sale, "frie") == ["A1"]
    assert seats(sale, sale.buyer.username) == ["A2"]


def test_what_is_due_is_said_to_be(sale: Sale) -> None:
    due(sale, "A3")
    assert [one.unpaid for one in find(sale, "A3")] == [True]


def test_what_was_given_back_and_what_is_for_other_screenings_is_not_found(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    sale.refund_some(order_id, "A1")
    assert seats(sale, "A1") == []
    sale.sold("5", screening=sale.house.second_hall)
    assert seats(sale, "5") == []
    assert seats(sale, "5", sale.house.second_hall) == ["5"]


@pytest.mark.parametrize(
    "text", ["", " ", "us", "us%", "_ser", "%", "%%%%", "\0", "A1\0", "\ud800", "user\ud800", "A" * 5000]
)
def test_what_is_too_short_or_no_text_finds_nothing(sale: Sale, text: str) -> None:
    sale.sold("A1")
    assert find(sale, text) == []


def test_no_more_than_fit_on_a_screen_are_found(sale: Sale) -> None:
    assert FOUND_MAX == 20
    for screening in (sale.house.first_hall, sale.house.second_hall):
        for first in (1, 6):
            sale.sold(*map(str, range(first, first + 5)), screening=screening)
    sale.sold("A1")
    everywhere = (sale.house.first_hall, sale.house.second_hall, sale.house.lettered)
    assert len(find(sale, "user@", *everywhere)) == FOUND_MAX


def test_not_all_tickets_are_read_for_it(sale: Sale) -> None:
    assert not tables_read_whole(
        sale.services, lambda s: find_at_door(s, text="user", screening_ids=[sale.house.lettered])
    )
