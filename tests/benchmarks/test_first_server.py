from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from benchmarks.first_server import DAYS, PICTURES, USERS, first_server
from benchmarks.first_server_rounds import days_of, sold_by_first_server
from benchmarks.seed import House, purchase_headers

HOUSE = House(screenings=8, halls=2, seats=3, films=4, times=("10:00", "19:00"))
FIRST_DAY = "2030-05-17"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    (tmp_path / DAYS).write_text(json.dumps(days_of(HOUSE, FIRST_DAY)))
    users = {f"user{number}@example.org": f"token-{number}" for number in range(1, 1001)}
    (tmp_path / USERS).write_text(json.dumps(users))
    return first_server(tmp_path).test_client()


def buy(client: FlaskClient, seat: int, **changed: str) -> tuple[int, str]:
    headers = {**purchase_headers(seat, FIRST_DAY, HOUSE), **changed}
    answer = client.post("/buyTicket", headers=headers)
    return answer.status_code, answer.get_json()["message"]


def test_a_sale_is_in_its_file_and_has_a_picture(client: FlaskClient, tmp_path: Path) -> None:
    for number in (0, 1, 9):
        assert buy(client, number) == (200, "Ticket bought successfully")
    assert sold_by_first_server(tmp_path, HOUSE) == (10, 3)
    assert {path.read_bytes()[:4] for path in (tmp_path / PICTURES).iterdir()} == {b"\x89PNG"}
    shown = client.get(f"/getDay?date={FIRST_DAY}").get_json()["day"]
    assert [film["aviableTikets"] for film in shown[:2]] == [[2, 3], [3]]


def test_a_seat_is_sold_once(client: FlaskClient, tmp_path: Path) -> None:
    assert buy(client, 5)[0] == 200
    assert buy(client, 5) == (404, "Seat not found")
    assert sold_by_first_server(tmp_path, HOUSE)[1] == 1


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"username": "nobody@example.org"}, (404, "User not found")),
        ({"token": "token-0"}, (400, "Wrong token or session expired")),
        ({"date": "2031-01-01"}, (404, "Date not found")),
        ({"title": "Film 9"}, (404, "Title not found")),
        ({"time": "11:00"}, (404, "Time not found")),
        ({"number": "4"}, (404, "Seat not found")),
        ({"number": "x"}, (404, "Seat not found")),
    ],
)
def test_what_cannot_be_sold_is_refused(
    client: FlaskClient, tmp_path: Path, changed: dict[str, str], answer: tuple[int, str]
) -> None:
    assert buy(client, 0, **changed) == answer
    assert sold_by_first_server(tmp_path, HOUSE) == (0, 0)


def test_the_whole_schedule_has_every_day_and_screening(client: FlaskClient) -> None:
    schedule = client.get("/fullSchedule").get_json()["schedule"]
    assert {day: len(films) for day, films in schedule.items()} == {"2030-05-17": 4, "2030-05-18": 4}


def test_a_sale_without_its_picture_is_found_out(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert buy(client, 0)[0] == 200
    for picture in (tmp_path / PICTURES).iterdir():
        picture.unlink()
    monkeypatch.setattr("benchmarks.first_server_rounds._SETTLING_SECONDS_MAX", 0)
    with pytest.raises(RuntimeError, match="sold 1 seats and drew 0 pictures"):
        sold_by_first_server(tmp_path, HOUSE)
