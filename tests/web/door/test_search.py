"""GET /door/search"""

from __future__ import annotations

import pytest
from sqlalchemy import update

from matinee.boxoffice.models import Order
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import House, on_one_database
from tests.web.door.conftest import OpenDoor


def test_a_ticket_is_found_by_seat_address_and_last_characters(
    at_door: OpenDoor, house: House, codes: list[str], services: Services
) -> None:
    usher = at_door("usher")
    usher.tell({"sequence": 1, "code": codes[0]})
    [found] = usher.get("search", q="a1", screenings=house.lettered).json["found"]
    ticket = codes[0].split("/")[-1][:16]
    assert found == {
        "ticket_id": ticket, "screening": house.lettered, "order": found["order"], "seat": "A1",
        "name": "user@example.com", "unpaid": False, "inside": True,
    }  # fmt: skip
    for said in (ticket[-4:].lower(), ticket):
        assert usher.get("search", q=said, screenings=house.lettered).json["found"] == [found]
    by_name = usher.get("search", q="USER@", screenings=house.lettered).json["found"]
    assert [one["seat"] for one in by_name] == ["A1", "A2", "B1"]
    services.transactions.write(lambda s: s.execute(update(Order).values(state="due", paid_amount=0)))
    assert usher.get("search", q="A1", screenings=house.lettered).json["found"] == [{**found, "unpaid": True}]


@pytest.mark.parametrize("text", ["", " ", "\0", "zz", "%", "_____", "a1\0", "' or 1=1 --", "🎟"])
def test_what_fits_nothing_finds_nothing(at_door: OpenDoor, house: House, sale: Sale, text: str) -> None:
    sale.sold("A1")
    answer = at_door("usher").get("search", q=text, screenings=house.lettered)
    assert (answer.status_code, answer.json) == (200, {"found": []})


@on_one_database
def test_a_text_that_nobody_says_is_refused(at_door: OpenDoor, house: House) -> None:
    answer = at_door("usher").get("search", q="x" * 101, screenings=house.lettered)
    assert answer.status_code == 422
