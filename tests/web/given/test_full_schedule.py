"""GET /fullSchedule"""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import NOW, House, cancel, clock_at, on_one_database
from tests.web.conftest import OpenApp
from tests.web.given.conftest import Buy


def test_the_days_ascend_from_today(client: FlaskClient, house: House) -> None:
    answer = client.get("/fullSchedule")
    assert answer.status_code == 200
    assert answer.json["message"] == "success"
    assert list(answer.json["schedule"]) == ["2030-05-17", "2030-05-18", "2030-05-19"]


def test_a_day_of_the_schedule_is_what_get_day_says(client: FlaskClient, house: House) -> None:
    schedule = client.get("/fullSchedule").json["schedule"]
    for day, films in schedule.items():
        assert films == client.get(f"/getDay?date={day}").json["day"]


def test_a_screening_that_was_cancelled_is_not_in_the_schedule(
    client: FlaskClient, house: House, services: Services
) -> None:
    services.transactions.write(lambda session: cancel(session, house.begun, house.lettered))

    schedule = client.get("/fullSchedule").json["schedule"]
    assert list(schedule) == ["2030-05-18", "2030-05-19"]
    assert house.lettered not in {film["screening"] for film in schedule["2030-05-18"]}


def test_what_began_today_is_still_shown(client: FlaskClient, house: House) -> None:
    today = client.get("/fullSchedule").json["schedule"]["2030-05-17"]
    assert [film["screening"] for film in today] == [house.begun]


def test_today_is_the_day_on_the_cinemas_wall(open_app: OpenApp, client: FlaskClient, house: House) -> None:
    # 20:59 in UTC is 23:59 in Kyiv, two minutes later a new day has begun there and in UTC not yet.
    just_before = NOW.replace(hour=20, minute=59)
    with clock_at(just_before):
        assert "2030-05-17" in client.get("/fullSchedule").json["schedule"]
    with clock_at(just_before + timedelta(minutes=2)):
        # An app that keeps no answer of a moment ago.
        assert "2030-05-17" not in open_app().test_client().get("/fullSchedule").json["schedule"]


def test_an_empty_database_has_an_empty_schedule(client: FlaskClient) -> None:
    answer = client.get("/fullSchedule")
    assert (answer.status_code, answer.json) == (200, {"message": "success", "schedule": {}})


def test_another_cinema_is_named_by_query_or_header(client: FlaskClient, house: House) -> None:
    for answer in (
        client.get("/fullSchedule?cinema=lux"),
        client.get("/fullSchedule", headers={"cinema": "lux"}),
        client.get("/fullSchedule?cinema=lux", headers={"cinema": "odeon"}),
    ):
        films = answer.json["schedule"]["2030-05-18"]
        assert [film["title"] for film in films] == ["Nosferatu"]
    unknown = client.get("/fullSchedule?cinema=none")
    assert (unknown.status_code, unknown.json) == (404, {"message": "Cinema not found"})


def test_the_first_look_after_a_purchase_shows_it_in_every_process(
    client: FlaskClient, buy: Buy, open_app: OpenApp
) -> None:
    readers = (open_app().test_client(), client)
    for reader in readers:
        assert 5 in reader.get("/fullSchedule").json["schedule"]["2030-05-18"][0]["aviableTikets"]
    assert buy().status_code == 200
    for reader in readers:
        assert 5 not in reader.get("/fullSchedule").json["schedule"]["2030-05-18"][0]["aviableTikets"]


@on_one_database
def test_an_over_long_cinema_is_a_bad_request(client: FlaskClient, house: House) -> None:
    answer = client.get("/fullSchedule?cinema=" + "x" * 301)
    assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


@on_one_database
def test_other_methods_are_refused(client: FlaskClient) -> None:
    assert client.post("/fullSchedule").status_code == 405
