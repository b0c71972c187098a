"""POST /screenings, DELETE /screenings/{screening_id}, GET and PATCH /screenings/{screening_id}/plan"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.boxoffice.models import Order, SeatClaim
from matinee.outbox.models import Message
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.programme.models import Film, Hall, Screening
from matinee.web.shared.services import Services
from tests.building import NOW, House, on_one_database
from tests.web.v1.conftest import Headers, Sell, Staff

PATH = "/api/v1/screenings"


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def plan_of(screening_id: int) -> str:
    return f"{PATH}/{screening_id}/plan"


def hall_named(services: Services, name: str) -> int:
    return services.transactions.read(lambda s: s.scalars(select(Hall.id).where(Hall.name == name)).one())


def film_titled(services: Services, title: str) -> int:
    return services.transactions.read(lambda s: s.scalars(select(Film.id).where(Film.title == title)).one())


def enter(client: FlaskClient, services: Services, headers: Headers, **changes: Any) -> Any:
    values = {
        "hall": hall_named(services, "Hall 10"),
        "film": film_titled(services, "Nosferatu"),
        "day": "2030-05-19",
        "time": "19:30",
        "price_list": "evening",
    }
    return client.post(PATH, json=values | changes, headers=headers)


def test_a_screening_is_entered_and_the_public_reads_it(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    made = enter(client, services, programmer, language="DE", sales_end_at="2030-05-19T16:00:00Z")
    assert made.status_code == 201
    plan = made.json
    assert (plan["cinema"], plan["starts_at"], plan["ends_at"], plan["price_list"], plan["language"]) == (
        "odeon", "2030-05-19T19:30:00+03:00", "2030-05-19T21:04:00+03:00", "evening", "de",
    )  # fmt: skip
    assert plan["sales_end_at"] == "2030-05-19T19:00:00+03:00"
    public = client.get(made.headers["Location"]).json
    assert (public["id"], public["price_from"]["amount"], public["language"]) == (plan["id"], 15000, "de")
    assert client.get(plan_of(plan["id"]), headers=programmer).json == plan


def test_the_price_list_is_named_goes_by_the_time_or_is_none(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    auto = enter(client, services, programmer, price_list="auto").json
    assert (auto["price_list"], auto["price_list_by_time"]) == ("evening", True)
    free = enter(client, services, programmer, price_list=None, time="12:00").json
    assert (free["price_list"], free["price_list_by_time"]) == (None, False)
    unknown = enter(client, services, programmer, price_list="matinee", time="15:00")
    assert (unknown.status_code, unknown.json["code"]) == (404, "price_list_not_found")


def test_a_hall_that_is_taken_is_refused(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    answer = enter(client, services, programmer, day="2030-05-18", time="21:00")
    assert (answer.status_code, answer.json["code"]) == (409, "hall_taken")
    assert "Café" in answer.json["detail"]


def test_an_unsold_screening_changes_its_hall_day_and_time(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    changes = {"hall": hall_named(services, "Hall 2"), "day": "2030-05-20", "time": "9:15"}
    changed = client.patch(plan_of(house.lettered), json=changes, headers=programmer)
    assert changed.status_code == 200
    assert (changed.json["hall"]["name"], changed.json["starts_at"]) == (
        "Hall 2",
        "2030-05-20T09:15:00+03:00",
    )
    assert client.get(plan_of(house.lettered), headers=programmer).json == changed.json


def test_one_that_somebody_has_a_seat_of_keeps_its_place_and_time(
    client: FlaskClient, services: Services, house: House, programmer: Headers, sell: Sell
) -> None:
    sell(house.lettered, "A1", until=NOW + timedelta(minutes=10))
    other_hall = hall_named(services, "Hall 2")
    for changes in ({"hall": other_hall}, {"day": "2030-05-20"}, {"time": "21:00"}):
        answer = client.patch(plan_of(house.lettered), json=changes, headers=programmer)
        assert (answer.status_code, answer.json["code"]) == (409, "screening_in_use"), changes
    # All else changes, also when the place and the time that it has are said again.
    plan = client.get(plan_of(house.lettered), headers=programmer).json
    same = {"hall": plan["hall"]["id"], "day": plan["day"], "time": plan["time"]}
    changed = client.patch(
        plan_of(house.lettered), json={**same, "format": "3D", "price_list": None}, headers=programmer
    )
    assert (changed.status_code, changed.json) == (200, {**plan, "format": "3D", "price_list": None})


def test_a_hold_that_ran_out_is_not_in_the_way_and_ends(
    client: FlaskClient, services: Services, house: House, programmer: Headers, sell: Sell
) -> None:
    sell(house.lettered, "A1", until=NOW)
    changed = client.patch(plan_of(house.lettered), json={"time": "21:00"}, headers=programmer)
    assert (changed.status_code, changed.json["time"]) == (200, "21:00")
    with_claims = services.transactions.read(
        lambda s: (
            [order.state for order in s.scalars(select(Order))] + list(s.scalars(select(SeatClaim.seat_id)))
        )
    )
    assert with_claims == ["expired"]


def test_what_is_left_out_stays_and_null_is_a_value_of_two(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    path = plan_of(house.lettered)
    before = client.get(path, headers=programmer).json
    assert client.patch(path, json={}, headers=programmer).json == before
    later = {"sales_end_at": "2030-05-18T16:00:00Z"}
    assert (
        client.patch(path, json=later, headers=programmer).json["sales_end_at"] == "2030-05-18T19:00:00+03:00"
    )
    assert client.patch(path, json={"sales_end_at": None, "film": None}, headers=programmer).json == before


def test_a_plan_that_was_changed_meanwhile_is_not_changed(
    client: FlaskClient, services: Services, house: House, programmer: Headers, sell: Sell
) -> None:
    path = plan_of(house.lettered)
    seen = {**programmer, "If-Match": client.get(path, headers=programmer).headers["ETag"]}
    # A sale does not make it another plan.
    sell(house.lettered, "A1")
    changed = client.patch(path, json={"format": "IMAX"}, headers=seen)
    assert changed.status_code == 200
    late = client.patch(path, json={"format": "3D"}, headers=seen)
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")
    fresh = {**programmer, "If-Match": changed.headers["ETag"]}
    assert client.patch(path, json={"format": "3D"}, headers=fresh).json["format"] == "3D"


def test_a_screening_goes_unless_it_was_ever_sold(
    client: FlaskClient, services: Services, house: House, programmer: Headers, sell: Sell
) -> None:
    assert client.delete(f"{PATH}/{house.first_hall}", headers=programmer).status_code == 204
    assert client.get(f"{PATH}/{house.first_hall}").status_code == 404
    sell(house.lettered, "A1")
    sell(house.second_hall, "1", until=NOW)
    for screening_id in (house.lettered, house.second_hall):
        answer = client.delete(f"{PATH}/{screening_id}", headers=programmer)
        assert (answer.status_code, answer.json["code"]) == (409, "screening_in_use")
        assert services.transactions.read(lambda s, one=screening_id: s.get(Screening, one)) is not None


def test_webhooks_are_told_once_of_a_change(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    services.transactions.write(
        lambda s: register_endpoint(
            s, url="https://example.org/hook", events=["screening.changed"], private_allowed=False, now=NOW
        )
    )
    client.patch(plan_of(house.lettered), json={"time": "21:00", "format": "3D"}, headers=programmer)
    told = services.transactions.read(lambda s: [one.payload for one in s.scalars(select(Message))])
    assert [payload["screening_id"] for payload in told] == [house.lettered]


@on_one_database
def test_values_are_checked(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    for changes in (
        {"day": 20300519},
        {"day": "19.5.2030"},
        {"sales_end_at": "2030-05-19T16:00:00"},
        {"rows": 3},
    ):
        assert enter(client, services, programmer, **changes).json["code"] == "invalid_values", changes
    for changes in ({"time": "25:00"}, {"day": "2029-05-19"}, {"language": "Deutsch!"}):
        assert enter(client, services, programmer, **changes).json["code"] == "invalid_screening", changes
    # Leaving it out must not give the seats away.
    without = {"hall": 1, "film": 1, "day": "2030-05-19", "time": "19:30"}
    assert client.post(PATH, json=without, headers=programmer).json["errors"][0]["field"] == "price_list"


@on_one_database
def test_only_planners_plan(client: FlaskClient, services: Services, house: House, staff: Staff) -> None:
    for headers in (staff("counter"), staff("usher"), staff("auditor")):
        assert enter(client, services, headers).status_code == 403
        assert client.get(plan_of(house.lettered), headers=headers).status_code == 403
        assert client.patch(plan_of(house.lettered), json={}, headers=headers).status_code == 403
        assert client.delete(f"{PATH}/{house.lettered}", headers=headers).status_code == 403


def test_what_a_screening_offers_is_set_changed_and_read_by_the_public(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    made = enter(client, services, programmer, access_features=["relaxed", "captions"])
    assert made.json["access_features"] == ["captions", "relaxed"]
    public = made.headers["Location"]
    assert client.get(public).json["access_features"] == ["captions", "relaxed"]

    plan = f"{public}/plan"
    assert client.patch(plan, json={"format": "3D"}, headers=programmer).json["access_features"] == [
        "captions",
        "relaxed",
    ]
    assert client.patch(plan, json={"access_features": []}, headers=programmer).json["access_features"] == []
    refused = client.patch(plan, json={"access_features": ["popcorn"]}, headers=programmer)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_values")
