"""GET /getDay"""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.programme.models import Screening
from matinee.web.shared.services import Services
from tests.building import HOUSE_SEAT, LETTERED, NUMBERS, PRICE_A, House, cancel, on_one_database
from tests.web.conftest import OpenApp
from tests.web.given.conftest import Buy

FREE = [int(label) for label in NUMBERS]


def test_a_day_is_its_screenings_by_time_then_hall(client: FlaskClient, house: House) -> None:
    answer = client.get("/getDay?date=2030-05-18")
    assert answer.status_code == 200
    assert answer.json["message"] == "success"
    films = [(film["beginTime"], film["hall"], film["title"]) for film in answer.json["day"]]
    assert films == [
        ("18:00", "Hall 1", "Амели"),
        ("18:00", "Hall 2", "Амели"),
        ("20:30", "Hall 10", "Café"),
        ("21:30", "Hall 2", "Амели"),
    ]


def test_a_film_says_all_that_a_client_can_use(client: FlaskClient, house: House) -> None:
    first, _, priced, _ = client.get("/getDay?date=2030-05-18").json["day"]
    assert first == {
        "title": "Амели",
        "duration": 122,
        "trailer": "https://example.org/amelie",
        "beginTime": "18:00",
        "aviableTikets": [number for number in FREE if number != int(HOUSE_SEAT)],
        "screening": house.first_hall,
        "hall": "Hall 1",
        "price": 0,
        "currency": "UAH",
        "poster": "https://example.org/amelie.jpg",
        "rating": "16",
    }
    assert (priced["aviableTikets"], priced["price"]) == (list(LETTERED), PRICE_A)


def test_a_screening_that_was_cancelled_is_not_shown(
    client: FlaskClient, house: House, services: Services
) -> None:
    services.transactions.write(lambda session: cancel(session, house.first_hall, house.lettered))

    halls = [film["hall"] for film in client.get("/getDay?date=2030-05-18").json["day"]]
    assert halls == ["Hall 2", "Hall 2"]


def test_a_day_of_which_all_was_cancelled_is_not_found(
    client: FlaskClient, house: House, services: Services
) -> None:
    services.transactions.write(lambda session: cancel(session, house.begun))

    answer = client.get("/getDay?date=2030-05-17")
    assert (answer.status_code, answer.json) == (404, {"message": "Date not found"})


@on_one_database
def test_a_date_with_dots_is_read_as_well(client: FlaskClient, house: House) -> None:
    with_dots = client.get("/getDay?date=2030.05.18")
    assert with_dots.status_code == 200
    assert with_dots.json == client.get("/getDay?date=2030-05-18").json


def test_past_days_are_answered_too(client: FlaskClient, house: House) -> None:
    answer = client.get("/getDay?date=2030-05-16")
    assert [film["title"] for film in answer.json["day"]] == ["Café"]


def test_a_screening_after_midnight_belongs_to_the_day_on_its_wall_clock(
    client: FlaskClient, house: House
) -> None:
    assert [film["beginTime"] for film in client.get("/getDay?date=2030-05-19").json["day"]] == ["00:30"]


def test_a_day_without_screenings_and_what_is_no_day_are_not_found(client: FlaskClient, house: House) -> None:
    for date in (
        "2031-01-01",
        "2030-02-30",
        "2030-13-01",
        "tomorrow",
        "18.05.2030",
        "2030-05.18",
        "0000-00-00",
    ):
        answer = client.get("/getDay", query_string={"date": date})
        assert (answer.status_code, answer.json) == (404, {"message": "Date not found"}), date


@on_one_database
def test_a_missing_or_over_long_date_is_a_bad_request(client: FlaskClient, house: House) -> None:
    for query in ("", "date=", "date=" + "1" * 301):
        answer = client.get("/getDay?" + query)
        assert answer.status_code == 400
        assert answer.json["message"] == "Bad request"
        assert answer.json["detail"].startswith("date")


def test_an_empty_database_has_no_day(client: FlaskClient) -> None:
    answer = client.get("/getDay?date=2030-05-18")
    assert (answer.status_code, answer.json) == (404, {"message": "Date not found"})


def test_another_cinema_is_named_by_the_query(client: FlaskClient, house: House) -> None:
    answer = client.get("/getDay?date=2030-05-18&cinema=lux")
    assert [film["title"] for film in answer.json["day"]] == ["Nosferatu"]
    unknown = client.get("/getDay?date=2030-05-18&cinema=none")
    assert (unknown.status_code, unknown.json) == (404, {"message": "Cinema not found"})


def test_another_cinema_is_named_by_the_header(client: FlaskClient, house: House) -> None:
    answer = client.get("/getDay?date=2030-05-18", headers={"cinema": "lux"})
    assert [film["title"] for film in answer.json["day"]] == ["Nosferatu"]


def test_the_first_look_after_a_purchase_shows_it_in_every_process(
    client: FlaskClient, buy: Buy, open_app: OpenApp
) -> None:
    elsewhere = open_app().test_client()
    for number in (5, 6, 7):
        for reader in (client, elsewhere):
            before = reader.get("/getDay?date=2030-05-18").json["day"][0]["aviableTikets"]
            assert number in before
        assert buy(number=str(number)).status_code == 200
        for reader in (elsewhere, client):
            after = reader.get("/getDay?date=2030-05-18").json["day"][0]["aviableTikets"]
            assert number not in after


def test_a_change_of_the_programme_shows_in_every_process(
    client: FlaskClient, services: Services, house: House, open_app: OpenApp
) -> None:
    from matinee.db.version import announce_change

    elsewhere = open_app().test_client()
    assert len(elsewhere.get("/getDay?date=2030-05-18").json["day"]) == 4

    def put_off(session) -> None:
        session.execute(
            update(Screening).where(Screening.id == house.closed).values(day=Screening.day, time="22:00")
        )
        announce_change(session)

    services.transactions.write(put_off)
    assert elsewhere.get("/getDay?date=2030-05-18").json["day"][3]["beginTime"] == "22:00"


def test_head_says_what_get_would_say(client: FlaskClient, house: House) -> None:
    answer = client.head("/getDay?date=2030-05-18")
    assert (answer.status_code, answer.data) == (200, b"")
    assert client.head("/getDay?date=2031-05-18").status_code == 404


@on_one_database
def test_other_methods_are_refused_in_json(client: FlaskClient, house: House) -> None:
    answer = client.post("/getDay?date=2030-05-18")
    assert answer.status_code == 405
    assert answer.is_json
    assert "GET" in answer.headers["Allow"]
