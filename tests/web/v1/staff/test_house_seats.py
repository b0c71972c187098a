"""GET and PUT /screenings/{screening_id}/house-seats"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import NOW, House, cancel
from tests.web.v1.conftest import Headers, Sell, Staff


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def path_of(screening_id: int) -> str:
    return f"/api/v1/screenings/{screening_id}/house-seats"


@pytest.mark.usefixtures("nothing_kept")
def test_seats_are_kept_back_and_no_others(client: FlaskClient, house: House, programmer: Headers) -> None:
    path = path_of(house.first_hall)
    assert client.get(path, headers=programmer).json == {"screening": house.first_hall, "seats": ["12"]}
    put = client.put(path, json={"seats": ["10", "2"]}, headers=programmer)
    assert (put.status_code, put.json["seats"]) == (200, ["2", "10"])
    seats = client.get(f"/api/v1/screenings/{house.first_hall}/seats").json
    assert seats["taken"] == ["2", "10"]
    assert client.put(path, json={"seats": []}, headers=programmer).json["seats"] == []


def test_a_seat_that_somebody_has_is_refused(
    client: FlaskClient, house: House, programmer: Headers, sell: Sell
) -> None:
    sell(house.first_hall, "3")
    sell(house.first_hall, "4", until=NOW + timedelta(minutes=5))
    sell(house.first_hall, "5", until=NOW)
    answer = client.put(path_of(house.first_hall), json={"seats": ["3", "4", "5"]}, headers=programmer)
    assert (answer.status_code, answer.json["code"], answer.json["seats"]) == (409, "unavailable", ["3", "4"])
    assert client.get(path_of(house.first_hall), headers=programmer).json["seats"] == ["12"]
    # A hold that ran out is nobody's.
    assert client.put(path_of(house.first_hall), json={"seats": ["5"]}, headers=programmer).status_code == 200


def test_seats_that_were_changed_meanwhile_stay(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    path = path_of(house.first_hall)
    seen = {**programmer, "If-Match": client.get(path, headers=programmer).headers["ETag"]}
    assert client.put(path, json={"seats": ["1"]}, headers=seen).status_code == 200
    assert client.put(path, json={"seats": ["2"]}, headers=seen).status_code == 412


def test_what_there_is_not_is_refused(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    unknown = client.put(path_of(house.first_hall), json={"seats": ["Z9"]}, headers=programmer)
    assert (unknown.status_code, unknown.json["code"]) == (404, "seat_not_found")
    assert client.get(path_of(999), headers=programmer).json["code"] == "screening_not_found"
    services.transactions.write(lambda session: cancel(session, house.first_hall))
    gone = client.put(path_of(house.first_hall), json={"seats": ["1"]}, headers=programmer)
    assert (gone.status_code, gone.json["code"]) == (409, "cancelled_screening")


def test_only_planners_keep_seats_back(client: FlaskClient, house: House, staff: Staff) -> None:
    headers = staff("counter")
    assert client.get(path_of(house.first_hall), headers=headers).status_code == 403
    assert client.put(path_of(house.first_hall), json={"seats": []}, headers=headers).status_code == 403
