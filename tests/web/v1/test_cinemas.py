"""GET /cinemas, GET /cinemas/{slug}"""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import House


def test_the_default_cinema_comes_first(client: FlaskClient, house: House) -> None:
    items = client.get("/api/v1/cinemas").json["items"]
    assert [cinema["slug"] for cinema in items] == ["odeon", "lux"]
    assert items[0] == client.get("/api/v1/cinemas/odeon").json


def test_a_cinema_tells_its_zone_its_currency_its_fee_and_its_rules(
    client: FlaskClient, services: Services, house: House
) -> None:
    services.transactions.write(
        lambda session: session.execute(
            update(Cinema)
            .where(Cinema.slug == "odeon")
            .values(booking_fee_amount=1000, booking_fee_per="order")
        )
    )
    assert client.get("/api/v1/cinemas/odeon").json == {
        "slug": "odeon",
        "name": "Одеон",
        "address": "Volodymyrska 1, Kyiv",
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        "booking_fee": {"amount": 1000, "currency": "UAH"},
        "booking_fee_per": "order",
        "sells_priced_unpaid": True,
        "orphan_rule": True,
        "selling_out_percent": 90,
        "companion_until_minutes": 60,
        "refund_until_minutes": 60,
        "counter_until_minutes": 30,
        "accent_color": "",
        "phone": "",
        "email": "",
        "logo_url": "",
    }


def test_without_a_cinema_the_list_is_empty(client: FlaskClient) -> None:
    assert client.get("/api/v1/cinemas").json == {"items": []}


def test_an_unknown_cinema_is_404(client: FlaskClient, house: House) -> None:
    assert client.get("/api/v1/cinemas/nowhere").json["code"] == "cinema_not_found"
