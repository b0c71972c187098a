"""POST /cinemas, PATCH /cinemas/{slug}"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.building import House, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/cinemas"
NEW = {"slug": "roxy", "name": "Roxy", "timezone": "Europe/Berlin", "currency": "EUR"}
RULES = {
    "booking_fee_amount": 50,
    "booking_fee_per": "order",
    "sells_priced_unpaid": False,
    "orphan_rule": False,
    "selling_out_percent": 80,
    "companion_until_minutes": 0,
    "refund_until_minutes": 120,
    "counter_until_minutes": 45,
    "accent_color": "#b3202a",
    "phone": "+380 44 123 45 67",
    "email": "office@odeon.example",
}


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def told(rules: dict[str, object], currency: str) -> dict[str, object]:
    """The rules as a cinema tells them."""
    shown = dict(rules)
    shown["booking_fee"] = {"amount": shown.pop("booking_fee_amount"), "currency": currency}
    return shown


def test_a_cinema_is_entered_with_all_its_rules(client: FlaskClient, programmer: Headers) -> None:
    made = client.post(PATH, json=NEW | RULES, headers=programmer)
    assert (made.status_code, made.json) == (
        201,
        {**NEW, "address": "", "logo_url": "", **told(RULES, "EUR")},
    )
    assert client.get(made.headers["Location"]).json == made.json
    again = client.post(PATH, json=NEW, headers=programmer)
    assert (again.status_code, again.json["code"]) == (409, "cinema_exists")


def test_rules_that_are_not_given_stay(client: FlaskClient, house: House, programmer: Headers) -> None:
    before = client.get(f"{PATH}/odeon").json
    changed = client.patch(f"{PATH}/odeon", json=RULES, headers=programmer)
    assert (changed.status_code, changed.json) == (200, {**before, **told(RULES, "UAH")})
    renamed = client.patch(f"{PATH}/odeon", json={"name": "Odeon", "orphan_rule": None}, headers=programmer)
    assert renamed.json == {**changed.json, "name": "Odeon"}


def test_a_cinema_that_was_changed_meanwhile_is_not_changed(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    seen = {**programmer, "If-Match": client.get(f"{PATH}/odeon").headers["ETag"]}
    assert client.patch(f"{PATH}/odeon", json={"orphan_rule": False}, headers=seen).status_code == 200
    assert client.patch(f"{PATH}/odeon", json={"orphan_rule": True}, headers=seen).status_code == 412


def test_what_others_rely_on_stays(client: FlaskClient, house: House, programmer: Headers) -> None:
    for change in ({"timezone": "Europe/Berlin"}, {"currency": "EUR"}, {"timezone": "Nowhere"}):
        answer = client.patch(f"{PATH}/odeon", json=change, headers=programmer)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_cinema")
    assert client.patch(f"{PATH}/nowhere", json={}, headers=programmer).json["code"] == "cinema_not_found"


@on_one_database
def test_only_planners_write_cinemas(client: FlaskClient, house: House, staff: Staff) -> None:
    assert client.post(PATH, json=NEW, headers=staff("counter")).status_code == 403
    assert client.patch(f"{PATH}/odeon", json={}, headers=staff("usher")).status_code == 403
