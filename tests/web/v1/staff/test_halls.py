"""GET and POST /cinemas/{slug}/halls, GET and PUT /halls/{hall_id}/plan"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import House
from tests.web.v1.conftest import Headers, Staff
from tests.web.v1.staff.test_screenings import hall_named

PATH = "/api/v1/cinemas/odeon/halls"
PLAN = "hall: Studio\nturnaround: 10\n\nA | 1 2 . 3\nB | 1 2 . 3\n\nwheelchair: A1\nfocus: B2\n"


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def test_halls_are_listed_as_people_count(client: FlaskClient, house: House) -> None:
    items = client.get(PATH).json["items"]
    assert [hall["name"] for hall in items] == ["Hall 1", "Hall 2", "Hall 10"]
    assert (items[2]["cinema"], items[2]["seats"], items[2]["turnaround_minutes"]) == ("odeon", 6, 0)


def test_a_hall_is_entered_as_text(client: FlaskClient, house: House, programmer: Headers) -> None:
    made = client.post(PATH, json={"plan": PLAN}, headers=programmer)
    assert (made.status_code, made.json["plan"]) == (201, PLAN)
    assert client.get(made.headers["Location"], headers=programmer).json == made.json
    layout = client.get(f"/api/v1/halls/{made.json['hall']['id']}/layout").json
    assert (layout["seats"][0]["kind"], layout["focal_point"], len(layout["seats"])) == (
        "wheelchair", {"x": 1.0, "y": 1.0}, made.json["hall"]["seats"],
    )  # fmt: skip
    assert client.post(PATH, json={"plan": PLAN}, headers=programmer).json["code"] == "hall_exists"


def test_a_hall_becomes_like_the_text(client: FlaskClient, house: House, programmer: Headers) -> None:
    path = client.post(PATH, json={"plan": PLAN}, headers=programmer).headers["Location"]
    seen = {**programmer, "If-Match": client.get(path, headers=programmer).headers["ETag"]}
    other = PLAN.replace("Studio", "Red").replace("B | 1 2 . 3", "B | 1 2 3 4").replace("10", "20")
    changed = client.put(path, json={"plan": other}, headers=seen)
    assert (changed.status_code, changed.json["plan"]) == (200, other)
    assert (changed.json["hall"]["name"], changed.json["hall"]["seats"]) == ("Red", 7)
    assert client.put(path, json={"plan": PLAN}, headers=seen).status_code == 412


def test_seats_that_somebody_has_stay(
    client: FlaskClient, services: Services, house: House, programmer: Headers, sell: Any
) -> None:
    path = f"/api/v1/halls/{hall_named(services, 'Hall 10')}/plan"
    sell(house.lettered, "B1")
    before = client.get(path, headers=programmer).json
    answer = client.put(path, json={"plan": "hall: Hall 10\n\nA | 1 2\n"}, headers=programmer)
    assert (answer.status_code, answer.json["code"]) == (409, "seats_in_use")
    assert "B1" in answer.json["detail"]
    assert client.get(path, headers=programmer).json == before
    others = "hall: Hall 10\n\nA | 1 2 B:1\n\nzone sofa: B1\nbroken: A1\n"
    assert client.put(path, json={"plan": others}, headers=programmer).status_code == 200
    house_seats = client.get(f"/api/v1/screenings/{house.lettered}/house-seats", headers=programmer)
    assert house_seats.json["seats"] == ["A1"]


def test_every_fault_of_a_text_is_told(client: FlaskClient, house: House, programmer: Headers) -> None:
    answer = client.post(PATH, json={"plan": "A | 1 1\nwheels: A1\n"}, headers=programmer)
    assert (answer.status_code, answer.json["code"]) == (422, "faulty_file")
    assert [problem.partition(":")[0] for problem in answer.json["problems"]] == [
        "plan, line 1", "plan, line 2", "plan", "plan",
    ][: len(answer.json["problems"])]  # fmt: skip
    assert client.get("/api/v1/halls/999/plan", headers=programmer).json["code"] == "hall_not_found"


def test_only_planners_see_and_write_plans(client: FlaskClient, house: House, staff: Staff) -> None:
    headers = staff("counter")
    assert client.post(PATH, json={"plan": PLAN}, headers=headers).status_code == 403
    assert client.get("/api/v1/halls/1/plan", headers=headers).status_code == 403
    assert client.put("/api/v1/halls/1/plan", json={"plan": PLAN}, headers=headers).status_code == 403
