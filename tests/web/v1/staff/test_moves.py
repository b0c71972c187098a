"""POST /screenings/{screening_id}/move"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.programme.models import Screening
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.web.v1.conftest import Headers, Staff
from tests.web.v1.staff.test_screenings import hall_named


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def move(client: FlaskClient, screening_id: int, hall_id: int, headers: Headers):
    return client.post(f"/api/v1/screenings/{screening_id}/move", json={"hall": hall_id}, headers=headers)


def test_who_moved_is_listed(
    client: FlaskClient, services: Services, house: House, buyer: Buyer, programmer: Headers
) -> None:
    sale = Sale(services, house, buyer)
    order_id = sale.hold("A1", "A2")
    sale.pay(order_id)
    hall_id = hall_named(services, "Hall 1")
    answer = move(client, house.lettered, hall_id, programmer)
    assert (answer.status_code, answer.json["hall"]) == (200, {"id": hall_id, "name": "Hall 1"})
    moved = answer.json["moved"]
    assert [(each["order"], each["from_seat"]) for each in moved] == [
        (sale.order(order_id).code, "A1"),
        (sale.order(order_id).code, "A2"),
    ]
    assert sorted(each["to_seat"] for each in moved) == sorted(sale.tickets(order_id))
    assert sale.mails()[-1] == "tickets_moved"
    assert move(client, house.lettered, hall_id, programmer).json["moved"] == []


def test_a_hall_that_cannot_take_it_is_refused(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    for hall, status, code in (("Saal", 404, "hall_not_found"), ("Hall 2", 409, "hall_taken")):
        answer = move(client, house.first_hall, hall_named(services, hall), programmer)
        assert (answer.status_code, answer.json["code"]) == (status, code)
    assert services.transactions.read(lambda s: s.get_one(Screening, house.first_hall).hall.name) == "Hall 1"
    assert move(client, 999, 1, programmer).json["code"] == "screening_not_found"


def test_only_planners_move(client: FlaskClient, house: House, staff: Staff) -> None:
    assert move(client, house.lettered, 1, staff("counter")).status_code == 403
