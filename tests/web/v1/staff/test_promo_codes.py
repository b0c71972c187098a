"""GET and POST /cinemas/{slug}/promo-codes, PATCH /cinemas/{slug}/promo-codes/{code}"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from matinee.boxoffice.errors import PromoCodeNotValid, PromoCodeUsedUp
from matinee.web.shared.services import Services
from tests.boxoffice.selling import END, Sale
from tests.building import Buyer, House, clock_at, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/cinemas/odeon/promo-codes"


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def make(client: FlaskClient, headers: Headers, **changes: Any) -> Any:
    return client.post(
        PATH, json={"code": "spring", "kind": "percentage", "value": 10, **changes}, headers=headers
    )


def test_a_code_is_made_and_makes_orders_cheaper(
    client: FlaskClient, sale: Sale, programmer: Headers
) -> None:
    made = make(client, programmer)
    assert (made.status_code, made.json["code"], made.json["uses"]) == (201, "SPRING", 0)
    assert made.headers["Location"] == f"{PATH}/SPRING"
    order_id = sale.hold("A1")
    sale.apply(order_id, "spring")
    assert sale.order(order_id).discount_amount == 1500
    again = make(client, programmer)
    assert (again.status_code, again.json["code"]) == (409, "promo_code_exists")


def test_uses_are_orders_that_are_sold_or_held_now(
    client: FlaskClient, sale: Sale, programmer: Headers
) -> None:
    make(client, programmer)
    make(client, programmer, code="autumn")
    for label in ("A1", "B1"):
        sale.apply(sale.hold(label), "spring")
    sold = sale.hold("A3")
    sale.apply(sold, "spring")
    sale.pay(sold)

    def uses() -> list[tuple[str, int]]:
        return [(one["code"], one["uses"]) for one in client.get(PATH, headers=programmer).json["items"]]

    assert uses() == [("SPRING", 3), ("AUTUMN", 0)]
    with clock_at(END):
        assert uses() == [("SPRING", 1), ("AUTUMN", 0)]


def test_a_code_is_ended_and_opened_again(client: FlaskClient, sale: Sale, programmer: Headers) -> None:
    path = make(client, programmer).headers["Location"]
    assert client.patch(path.lower(), json={"active": False}, headers=programmer).status_code == 200
    order_id = sale.hold("A1")
    with pytest.raises(PromoCodeNotValid):
        sale.apply(order_id, "spring")
    assert client.patch(path, json={"active": True}, headers=programmer).json["active"] is True
    sale.apply(order_id, "spring")


def test_what_is_left_out_stays_and_null_takes_a_limit_away(
    client: FlaskClient, sale: Sale, programmer: Headers
) -> None:
    made = make(client, programmer, uses_max=5, valid_until="2030-06-01T00:00:00Z")
    path = made.headers["Location"]
    assert client.patch(path, json={}, headers=programmer).json == made.json
    fewer = client.patch(path, json={"uses_max": 1, "valid_until": None}, headers=programmer).json
    assert (fewer["uses_max"], fewer["valid_until"]) == (1, None)
    first, second = sale.hold("A1"), sale.hold("B1")
    sale.apply(first, "spring")
    with pytest.raises(PromoCodeUsedUp):
        sale.apply(second, "spring")
    assert client.patch(path, json={"uses_max": None}, headers=programmer).json["uses_max"] is None
    sale.apply(second, "spring")


def test_codes_are_listed_in_pages(client: FlaskClient, house: House, programmer: Headers) -> None:
    for code in ("one", "two", "three"):
        make(client, programmer, code=code)
    page = client.get(f"{PATH}?limit=2", headers=programmer).json
    rest = client.get(f"{PATH}?limit=2&cursor={page['next_cursor']}", headers=programmer).json
    assert [one["code"] for one in page["items"] + rest["items"]] == ["ONE", "TWO", "THREE"]


@on_one_database
def test_values_are_checked(client: FlaskClient, house: House, programmer: Headers) -> None:
    for changes in ({"value": 101}, {"code": "?!"}):
        assert make(client, programmer, **changes).json["code"] == "invalid_offer"
    for changes in ({"value": 0}, {"kind": "gift"}, {"uses_max": 0}):
        assert make(client, programmer, **changes).json["code"] == "invalid_values"
    unknown = client.patch(f"{PATH}/NOTHING", json={}, headers=programmer)
    assert (unknown.status_code, unknown.json["code"]) == (404, "promo_code_not_found")
    from_may = make(client, programmer, valid_from="2030-05-20T00:00:00Z").headers["Location"]
    never = client.patch(from_may, json={"valid_until": "2030-05-19T00:00:00Z"}, headers=programmer)
    assert never.json["code"] == "invalid_offer"


@on_one_database
def test_only_planners_write_codes(client: FlaskClient, house: House, staff: Staff) -> None:
    headers = staff("counter")
    assert make(client, headers).status_code == 403
    assert client.get(PATH, headers=headers).status_code == 403
    assert client.patch(f"{PATH}/X", json={}, headers=headers).status_code == 403
