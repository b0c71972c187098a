"""POST /screenings/{screening_id}/cancellation"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.web.v1.conftest import Headers, Staff


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def path_of(screening_id: int) -> str:
    return f"/api/v1/screenings/{screening_id}/cancellation"


@pytest.mark.usefixtures("nothing_kept")
def test_everybody_is_given_back_and_told(
    client: FlaskClient, services: Services, house: House, buyer: Buyer, programmer: Headers
) -> None:
    sale = Sale(services, house, buyer)
    sold, held = sale.hold("A1", "A2"), sale.hold("B1")
    sale.pay(sold)
    keyed = {**programmer, "Idempotency-Key": "once"}
    answer = client.post(path_of(house.lettered), json={"reason": "No light."}, headers=keyed)
    assert (answer.status_code, answer.json) == (201, {"screening": house.lettered, "orders": 1, "holds": 1})
    assert (sale.order(sold).state, sale.order(held).state) == ("refunded", "cancelled")
    assert sale.mails()[-1] == "screening_cancelled"
    assert client.get(answer.headers["Location"]).json["availability"]["state"] == "cancelled"
    assert (
        client.post(path_of(house.lettered), json={"reason": "No light."}, headers=keyed).json == answer.json
    )
    again = client.post(path_of(house.lettered), json={"reason": "No light."}, headers=programmer)
    assert (again.status_code, again.json["code"]) == (409, "screening_cancelled")


def test_a_reason_must_be_given(client: FlaskClient, house: House, programmer: Headers) -> None:
    for body in ({}, {"reason": " "}):
        answer = client.post(path_of(house.lettered), json=body, headers=programmer)
        assert answer.json["errors"][0]["field"] == "reason"
    assert client.post(path_of(999), json={"reason": "x"}, headers=programmer).status_code == 404


def test_only_planners_cancel(client: FlaskClient, house: House, staff: Staff) -> None:
    answer = client.post(path_of(house.lettered), json={"reason": "x"}, headers=staff("counter"))
    assert (answer.status_code, answer.json["scope"]) == (403, "programme:write")
