"""POST /films, PATCH and DELETE /films/{film_id}"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.programme.models import Film, Screening
from matinee.web.shared.services import Services
from tests.building import House, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/films"


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def enter(client: FlaskClient, headers: Headers, **changes: Any) -> Any:
    return client.post(PATH, json={"title": "Stalker", "duration_minutes": 162, **changes}, headers=headers)


def test_a_film_is_entered_and_the_public_reads_it(client: FlaskClient, programmer: Headers) -> None:
    made = enter(client, programmer, certificate="12", poster_url="https://example.org/stalker.jpg")
    assert made.status_code == 201
    assert made.json["poster_url"] == "https://example.org/stalker.jpg"
    assert client.get(made.headers["Location"]).json == made.json


def test_a_film_is_entered_once_for_one_key(client: FlaskClient, programmer: Headers) -> None:
    keyed = {**programmer, "Idempotency-Key": "one"}
    assert enter(client, keyed).json == enter(client, keyed).json
    assert len(client.get(f"{PATH}?title=stalker").json["items"]) == 1
    again = enter(client, programmer)
    assert (again.status_code, again.json["code"]) == (409, "film_exists")


def test_a_longer_film_ends_its_screenings_later(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    film_id = services.transactions.read(lambda s: s.get_one(Screening, house.lettered).film_id)
    before = client.get(f"/api/v1/screenings/{house.lettered}").json
    changed = client.patch(f"{PATH}/{film_id}", json={"duration_minutes": 100}, headers=programmer)
    assert (changed.status_code, changed.json["title"]) == (200, "Café")
    after = client.get(f"/api/v1/screenings/{house.lettered}").json
    assert (before["ends_at"], after["ends_at"]) == ("2030-05-18T22:00:00+03:00", "2030-05-18T22:10:00+03:00")


def test_a_film_that_was_changed_meanwhile_is_not_changed(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    path = f"{PATH}/1"
    seen = {**programmer, "If-Match": client.get(path).headers["ETag"]}
    assert client.patch(path, json={"certificate": "18"}, headers=seen).status_code == 200
    late = client.patch(path, json={"certificate": "6"}, headers=seen)
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")
    assert client.delete(path, headers=seen).status_code == 412
    assert client.get(path).json["certificate"] == "18"


def test_a_film_goes_unless_it_is_shown(
    client: FlaskClient, services: Services, house: House, programmer: Headers
) -> None:
    path = enter(client, programmer).headers["Location"]
    assert client.delete(path, headers=programmer).status_code == 204
    assert client.get(path).status_code == 404
    shown = client.delete(f"{PATH}/1", headers=programmer)
    assert (shown.status_code, shown.json["code"]) == (409, "film_in_use")
    assert services.transactions.read(lambda s: s.scalar(select(Film.id).where(Film.id == 1))) == 1


@on_one_database
def test_values_are_checked(client: FlaskClient, house: House, programmer: Headers) -> None:
    for changes in ({"duration_minutes": 0}, {"title": " "}, {"rating": "12"}, {"duration_minutes": True}):
        assert enter(client, programmer, **changes).json["code"] == "invalid_values"
    assert enter(client, programmer, trailer_url="javascript:x").json["code"] == "invalid_film"
    assert client.patch(f"{PATH}/99", json={}, headers=programmer).status_code == 404


@on_one_database
@pytest.mark.parametrize("role", ["counter", "usher", "auditor"])
def test_only_planners_write_films(client: FlaskClient, house: House, staff: Staff, role: str) -> None:
    headers = staff(role)
    assert enter(client, headers).json["scope"] == "programme:write"
    assert client.patch(f"{PATH}/1", json={}, headers=headers).status_code == 403
    assert client.delete(f"{PATH}/1", headers=headers).status_code == 403
