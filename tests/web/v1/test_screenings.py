"""GET /screenings, GET /screenings/{screening_id}"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.db.version import announce_change
from matinee.programme.lengths import LASTS_MAX
from matinee.programme.models import Cinema, Film, Hall, Screening
from matinee.web.shared.services import Services
from tests.building import DAY, LETTERED, NOW, PRICE_A, TODAY, House, add_screening, clock_at
from tests.web.v1.conftest import Sell


def listed(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/screenings", query_string={"limit": 100, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def ids(client: FlaskClient, **query: Any) -> set[int]:
    return {screening["id"] for screening in listed(client, **query)}


def change(services: Services, screening_id: int, **values: Any) -> None:
    def write(session) -> None:
        session.execute(update(Screening).where(Screening.id == screening_id).values(**values))
        announce_change(session)

    services.transactions.write(write)


def available(client: FlaskClient, screening_id: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/screenings/{screening_id}").json["availability"]
    return found


def test_a_screening_tells_film_hall_times_price_and_seats(
    client: FlaskClient, services: Services, house: House
) -> None:
    change(
        services, house.lettered, format="35 mm", language="fr", subtitles="uk", access_features="captions"
    )
    answer = client.get(f"/api/v1/screenings/{house.lettered}")
    film, hall = answer.json["film"], answer.json["hall"]
    assert answer.json == {
        "id": house.lettered,
        "cinema": "odeon",
        "film": {
            "id": film["id"],
            "title": "Café",
            "duration_minutes": 90,
            "certificate": "",
            "poster_url": "",
        },
        "hall": {"id": hall["id"], "name": "Hall 10"},
        "starts_at": "2030-05-18T20:30:00+03:00",
        "ends_at": "2030-05-18T22:00:00+03:00",
        "day": "2030-05-18",
        "format": "35 mm",
        "language": "fr",
        "subtitles": "uk",
        "access_features": ["captions"],
        "price_from": {"amount": PRICE_A, "currency": "UAH"},
        "availability": {"seats": len(LETTERED), "free": len(LETTERED), "state": "available"},
        "layout_url": answer.json["layout_url"],
    }
    assert client.get(answer.json["layout_url"]).status_code == 200
    assert answer.json in listed(client)


def test_what_is_free_of_charge_costs_nothing(client: FlaskClient, house: House) -> None:
    answer = client.get(f"/api/v1/screenings/{house.first_hall}").json
    assert answer["price_from"] == {"amount": 0, "currency": "UAH"}


@pytest.mark.usefixtures("nothing_kept")
def test_without_a_day_it_is_what_has_not_ended(client: FlaskClient, house: House) -> None:
    starts = [screening["starts_at"] for screening in listed(client)]
    assert starts == sorted(starts)
    # The one that is running is among them, that of yesterday is not.
    assert house.begun in ids(client)
    assert min(starts).startswith(TODAY.isoformat())
    with clock_at(NOW + timedelta(hours=2)):
        assert house.begun not in ids(client)


@pytest.mark.usefixtures("nothing_kept")
def test_the_longest_one_that_can_be_is_listed_to_its_end(
    client: FlaskClient, services: Services, house: House
) -> None:
    starts_at = services.transactions.read(lambda s: s.get_one(Screening, house.begun).starts_at)
    change(services, house.begun, ends_at=starts_at + LASTS_MAX)
    with clock_at(starts_at + LASTS_MAX - timedelta(minutes=1)):
        assert house.begun in ids(client)
    with clock_at(starts_at + LASTS_MAX):
        assert house.begun not in ids(client)


def test_days_are_those_on_the_wall(client: FlaskClient, house: House) -> None:
    after_midnight = ids(client, day="2030-05-19")
    assert len(after_midnight) == 1
    assert ids(client, day=DAY).isdisjoint(after_midnight)
    assert ids(client, day="2030-05-16") == ids(client, until="2030-05-16")
    assert ids(client, **{"from": DAY, "until": "2030-05-19"}) == ids(client, day=DAY) | after_midnight
    assert ids(client, **{"from": "2030-05-19"}) == after_midnight
    assert ids(client, day="2031-01-01") == set()


def test_each_filter_narrows(client: FlaskClient, services: Services, house: House) -> None:
    change(services, house.lettered, format="35 mm")
    one = client.get(f"/api/v1/screenings/{house.second_hall}").json
    assert ids(client, cinema="lux") == {house.elsewhere}
    assert ids(client, film=one["film"]["id"]) == {
        house.begun,
        house.first_hall,
        house.second_hall,
        house.closed,
    }
    assert ids(client, hall=one["hall"]["id"], day=DAY) == {house.second_hall, house.closed}
    assert ids(client, format="35 mm") == {house.lettered}
    assert ids(client, film=one["film"]["id"], cinema="lux") == set()
    assert client.get("/api/v1/screenings?cinema=none").json["code"] == "cinema_not_found"
    assert client.get("/api/v1/screenings/999").json["code"] == "screening_not_found"


def test_pages_go_through_all_of_them_in_order(client: FlaskClient, services: Services, house: House) -> None:
    def add(session) -> None:
        # Several that start at the same moment: the id decides.
        film = session.get_one(Film, 1)
        for number in range(9):
            hall = Hall(cinema_id=house.cinema, name=f"Extra {number}")
            session.add(hall)
            session.flush()
            add_screening(session, hall=hall, film=film, day=DAY, time="18:00")
        announce_change(session)

    services.transactions.write(add)
    whole = [screening["id"] for screening in listed(client)]
    seen: list[int] = []
    path: str | None = "/api/v1/screenings?limit=4"
    while path:
        answer = client.get(path)
        seen += [screening["id"] for screening in answer.json["items"]]
        link = answer.headers.get("Link")
        path = link.partition(">")[0][1:] if link else None
    assert seen == whole
    assert len(whole) == 16


def test_seats_of_the_house_are_not_for_sale(client: FlaskClient, house: House, sell: Sell) -> None:
    assert available(client, house.first_hall) == {"seats": 11, "free": 11, "state": "available"}
    sell(house.first_hall, "1", "2")
    assert available(client, house.first_hall) == {"seats": 11, "free": 9, "state": "available"}
    # The counter may sell one of them: the public has no seat less for it.
    sell(house.first_hall, "12")
    assert available(client, house.first_hall)["free"] == 9


def test_it_says_when_few_are_left_and_when_none_is(
    client: FlaskClient, services: Services, house: House, sell: Sell
) -> None:
    services.transactions.write(
        lambda session: session.execute(update(Cinema).values(selling_out_percent=50))
    )
    states = []
    for label in ("A1", "A2", "A3", "A4", "B1", "B2"):
        sell(house.lettered, label)
        states.append(available(client, house.lettered)["state"])
    assert states == ["available", "available", "few_left", "few_left", "few_left", "sold_out"]


@pytest.mark.usefixtures("nothing_kept")
def test_a_hold_that_ran_out_is_free_again(client: FlaskClient, house: House, sell: Sell) -> None:
    sell(house.lettered, "A1", until=NOW + timedelta(minutes=10))
    assert available(client, house.lettered)["free"] == 5
    with clock_at(NOW + timedelta(minutes=10)):
        assert available(client, house.lettered)["free"] == 6


@pytest.mark.parametrize(("values", "state"), [
    ({"cancelled_at": NOW}, "cancelled"),
    ({"sales_end_at": NOW}, "closed"),
    ({"sales_end_at": NOW + timedelta(seconds=1)}, "available"),
])  # fmt: skip
def test_what_cannot_be_bought_says_so(
    client: FlaskClient, services: Services, house: House, values: dict[str, Any], state: str
) -> None:
    change(services, house.lettered, **values)
    assert available(client, house.lettered)["state"] == state


def test_what_has_begun_is_closed(client: FlaskClient, house: House) -> None:
    assert available(client, house.begun)["state"] == "closed"
    assert available(client, house.closed)["state"] == "closed"


def test_a_sale_is_seen_at_the_next_request(client: FlaskClient, house: House, sell: Sell) -> None:
    before = client.get(f"/api/v1/screenings?day={DAY}").headers["ETag"]
    sell(house.lettered, "A1")
    answer = client.get(f"/api/v1/screenings?day={DAY}", headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert {one["id"]: one for one in answer.json["items"]}[house.lettered]["availability"]["free"] == 5
