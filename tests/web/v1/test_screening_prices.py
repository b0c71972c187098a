"""GET /screenings/{screening_id}/prices"""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.db.version import announce_change
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import PRICE_A, PRICE_B, House


def test_each_zone_has_a_price_for_each_ticket_type_that_is_sold(
    client: FlaskClient, services: Services, house: House
) -> None:
    def charge(session) -> None:
        session.execute(update(Cinema).values(booking_fee_amount=500))
        announce_change(session)

    services.transactions.write(charge)
    told = client.get(f"/api/v1/screenings/{house.lettered}/prices").json
    assert told["ticket_types"] == [{"code": "adult", "name": "Adult"}, {"code": "child", "name": "Child"}]
    prices = {(one["zone"], one["ticket_type"]): one["price"] for one in told["prices"]}
    # A zone without an amount of its own costs what "standard" does.
    assert prices == {
        ("standard", "adult"): {"amount": PRICE_A, "currency": "UAH"},
        ("standard", "child"): {"amount": 100, "currency": "UAH"},
        ("sofa", "adult"): {"amount": PRICE_B, "currency": "UAH"},
        ("sofa", "child"): {"amount": 100, "currency": "UAH"},
    }
    assert (told["booking_fee"], told["booking_fee_per"]) == ({"amount": 500, "currency": "UAH"}, "ticket")


def test_what_is_free_of_charge_costs_nothing(client: FlaskClient, house: House) -> None:
    told = client.get(f"/api/v1/screenings/{house.first_hall}/prices").json
    assert [one["price"]["amount"] for one in told["prices"]] == [0]
    assert client.get("/api/v1/screenings/999/prices").json["code"] == "screening_not_found"
