"""GET and POST /cinemas/{slug}/ticket-types, PATCH /cinemas/{slug}/ticket-types/{ticket_type_id}"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.building import House
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/cinemas/odeon/ticket-types"


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def test_a_ticket_type_is_entered_once_and_renamed(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    made = client.post(PATH, json={"code": "student", "name": "Student"}, headers=programmer)
    assert (made.status_code, made.json["code"]) == (201, "student")
    again = client.post(PATH, json={"code": "student", "name": "Pupil"}, headers=programmer)
    assert (again.status_code, again.json["code"]) == (409, "ticket_type_exists")
    renamed = client.patch(made.headers["Location"], json={"name": "In training"}, headers=programmer)
    assert renamed.json == {**made.json, "name": "In training"}
    assert [one["code"] for one in client.get(PATH).json["items"]] == ["adult", "child", "student"]


def test_a_ticket_type_of_another_cinema_is_not_there(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    answer = client.patch("/api/v1/cinemas/lux/ticket-types/1", json={"name": "x"}, headers=programmer)
    assert (answer.status_code, answer.json["code"]) == (404, "ticket_type_not_found")


def test_only_planners_write_ticket_types(client: FlaskClient, house: House, staff: Staff) -> None:
    headers = staff("counter")
    assert client.post(PATH, json={"code": "x", "name": "x"}, headers=headers).status_code == 403
    assert client.patch(f"{PATH}/1", json={"name": "x"}, headers=headers).status_code == 403
