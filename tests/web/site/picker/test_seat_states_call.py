"""GET /screenings/<id>/seats.json"""

from __future__ import annotations

from tests.boxoffice.selling import Sale
from tests.building import House, on_one_database
from tests.web.site.picker.conftest import OpenShop, Shopper


def test_seats_are_told_by_what_they_are(open_shop: OpenShop, house: House, sale: Sale) -> None:
    sale.hold("3", screening=house.first_hall)
    sale.settle(sale.intend(sale.hold("4", screening=house.first_hall), "free"))
    told = open_shop(house.first_hall).client.get(f"/screenings/{house.first_hall}/seats.json").json
    assert told == {"state": "available", "free": 9, "sold": ["4"], "held": ["3"], "house": ["12"]}


def test_as_long_as_nothing_changes_the_answer_is_empty(shopper: Shopper, sale: Sale) -> None:
    url = f"{shopper.here}/seats.json"
    etag = shopper.client.get(url).headers["ETag"]
    again = shopper.client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    sale.hold("A1")
    changed = shopper.client.get(url, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.json["held"] == ["A1"]


@on_one_database
def test_watching_sets_no_cookie(shopper: Shopper) -> None:
    shopper.look()
    assert "Set-Cookie" not in shopper.client.get(f"{shopper.here}/seats.json").headers


@on_one_database
def test_an_unknown_screening_is_not_watched(shopper: Shopper) -> None:
    assert shopper.client.get("/screenings/999999/seats.json").status_code == 404
