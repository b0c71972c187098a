"""GET /screenings/{screening_id}/seats"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matinee.programme.models import Film, Hall, Seat
from matinee.web.shared.services import Services
from tests.building import DAY, NOW, Buyer, House, add_screening, clock_at
from tests.web.v1.conftest import Sell

ROWS, PLACES = 20, 25
GZIP_BYTES_MAX = 8_000


def seats(client: FlaskClient, screening_id: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/screenings/{screening_id}/seats").json
    return found


def test_nothing_is_taken_at_first_but_what_the_house_keeps(client: FlaskClient, house: House) -> None:
    assert seats(client, house.lettered)["taken"] == []
    assert seats(client, house.first_hall)["taken"] == ["12"]
    assert seats(client, house.first_hall)["availability"] == {"seats": 11, "free": 11, "state": "available"}


def test_sold_and_held_seats_are_taken_and_nobody_learns_by_whom(
    client: FlaskClient, house: House, sell: Sell
) -> None:
    sell(house.lettered, "B1")
    sell(house.lettered, "A3", until=NOW + timedelta(minutes=10))
    told = seats(client, house.lettered)
    assert told == {
        "screening": house.lettered,
        "layout_url": client.get(f"/api/v1/screenings/{house.lettered}").json["layout_url"],
        "availability": {"seats": 6, "free": 4, "state": "available"},
        "taken": ["A3", "B1"],
    }
    assert seats(client, house.first_hall)["taken"] == ["12"]


@pytest.mark.usefixtures("nothing_kept")
def test_a_hold_that_ran_out_is_free_swept_or_not(client: FlaskClient, house: House, sell: Sell) -> None:
    sell(house.lettered, "A3", until=NOW + timedelta(minutes=10))
    with clock_at(NOW + timedelta(minutes=10) - timedelta(microseconds=1)):
        assert seats(client, house.lettered)["taken"] == ["A3"]
    with clock_at(NOW + timedelta(minutes=10)):
        assert seats(client, house.lettered)["taken"] == []


def test_every_seat_that_is_taken_is_in_the_layout(client: FlaskClient, house: House, sell: Sell) -> None:
    sell(house.lettered, "A1", "A2", "A3", "A4", "B1", "B2")
    told = seats(client, house.lettered)
    layout = client.get(told["layout_url"]).json
    assert [seat["label"] for seat in layout["seats"]] == told["taken"]
    assert told["availability"] == {"seats": 6, "free": 0, "state": "sold_out"}


def test_a_purchase_of_the_given_api_is_seen_at_once(client: FlaskClient, house: House, buyer: Buyer) -> None:
    path = f"/api/v1/screenings/{house.second_hall}/seats"
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    bought = client.post(
        "/buyTicket",
        headers={
            "token": buyer.token, "username": buyer.username, "date": DAY.isoformat(), "time": "18:00",
            "title": "%D0%90%D0%BC%D0%B5%D0%BB%D0%B8", "number": "12",
        },
    )  # fmt: skip
    assert bought.status_code == 200
    answer = client.get(path, headers={"If-None-Match": etag})
    # The house keeps 12 back in the first hall; in the second it was free.
    assert (answer.status_code, answer.json["taken"]) == (200, ["12"])


def test_a_sale_elsewhere_leaves_it_as_it_is(client: FlaskClient, house: House, sell: Sell) -> None:
    path = f"/api/v1/screenings/{house.lettered}/seats"
    etag = client.get(path).headers["ETag"]
    sell(house.elsewhere, "1")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("taken_every", [1, 2, 3])
def test_a_hall_of_500_seats_is_small_in_gzip(
    client: FlaskClient, services: Services, house: House, sell: Sell, taken_every: int
) -> None:
    labels = [f"{chr(65 + row)}{place + 1}" for row in range(ROWS) for place in range(PLACES)]

    def build(session: Session) -> int:
        hall = Hall(cinema_id=house.cinema, name="Large")
        session.add(hall)
        session.flush()
        session.add_all(
            Seat(hall_id=hall.id, label=label, row=label[0], place=label[1:], x=x % PLACES, y=x // PLACES)
            for x, label in enumerate(labels)
        )
        session.flush()
        return add_screening(session, hall=hall, film=session.get_one(Film, 1), day=DAY, time="18:00").id

    screening = services.transactions.write(build)
    sell(screening, *labels[::taken_every])
    path = f"/api/v1/screenings/{screening}/seats"
    assert len(client.get(path).json["taken"]) == len(labels[::taken_every])
    assert len(client.get(path, headers={"Accept-Encoding": "gzip"}).data) < GZIP_BYTES_MAX


def test_an_unknown_screening_is_404(client: FlaskClient, house: House) -> None:
    assert client.get("/api/v1/screenings/999/seats").json["code"] == "screening_not_found"
