"""GET and POST /cinemas/{slug}/price-lists; GET, PUT and DELETE /cinemas/{slug}/price-lists/{price_list_id}"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.building import PRICE_A, PRICE_B, House, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/cinemas/odeon/price-lists"
WEEKEND = {
    "name": "weekend",
    "weekdays": [6, 7],
    "begins": "17:00",
    "ends": "",
    "amounts": [
        {"zone": "standard", "ticket_type": "adult", "amount": 17000},
        {"zone": "standard", "ticket_type": "child", "amount": 9000},
    ],
}


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


def test_a_price_list_is_entered_replaced_and_deleted(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    made = client.post(PATH, json=WEEKEND, headers=programmer)
    assert (made.status_code, made.json) == (
        201, {**WEEKEND, "id": made.json["id"], "cinema": "odeon", "currency": "UAH"},
    )  # fmt: skip
    path = made.headers["Location"]
    assert client.get(path, headers=programmer).json == made.json
    other = {**WEEKEND, "name": "Sunday", "weekdays": [7], "amounts": WEEKEND["amounts"][:1]}
    changed = client.put(path, json=other, headers=programmer)
    assert (changed.status_code, changed.json) == (200, {**made.json, **other})
    assert client.delete(path, headers=programmer).status_code == 204
    assert client.get(path, headers=programmer).json["code"] == "price_list_not_found"


def test_lists_are_told_with_their_amounts(client: FlaskClient, house: House, programmer: Headers) -> None:
    (evening,) = client.get(PATH, headers=programmer).json["items"]
    assert (evening["name"], evening["weekdays"], evening["begins"]) == ("evening", [], "")
    assert [(each["zone"], each["ticket_type"], each["amount"]) for each in evening["amounts"]] == [
        ("sofa", "adult", PRICE_B),
        ("standard", "adult", PRICE_A),
        ("standard", "child", 100),
    ]


def test_another_price_is_seen_by_the_public_at_once(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    assert client.get(f"/api/v1/screenings/{house.lettered}").json["price_from"]["amount"] == PRICE_A
    cheap = {"name": "evening", "amounts": [{"zone": "standard", "ticket_type": "adult", "amount": 1}]}
    assert client.put(f"{PATH}/1", json=cheap, headers=programmer).status_code == 200
    assert client.get(f"/api/v1/screenings/{house.lettered}").json["price_from"]["amount"] == 1


def test_a_list_that_was_changed_meanwhile_is_not_changed(
    client: FlaskClient, house: House, programmer: Headers
) -> None:
    path = client.post(PATH, json=WEEKEND, headers=programmer).headers["Location"]
    seen = {**programmer, "If-Match": client.get(path, headers=programmer).headers["ETag"]}
    assert client.put(path, json={**WEEKEND, "begins": "18:00"}, headers=seen).status_code == 200
    assert client.put(path, json=WEEKEND, headers=seen).status_code == 412
    assert client.delete(path, headers=seen).status_code == 412


def test_what_cannot_be_is_refused(client: FlaskClient, house: House, programmer: Headers) -> None:
    def code_of(**changes: Any) -> str:
        return client.post(PATH, json={**WEEKEND, **changes}, headers=programmer).json["code"]

    amount = {"zone": "standard", "ticket_type": "adult", "amount": 1}
    assert code_of(name="evening") == "price_list_exists"
    assert code_of(name="auto") == "invalid_price_list"
    assert code_of(begins="18:00", ends="18:00") == "invalid_price_list"
    assert code_of(amounts=[{**amount, "zone": "sofa"}]) == "invalid_price_list"
    assert code_of(amounts=[amount, {**amount, "ticket_type": "dog"}]) == "ticket_type_not_found"
    used = client.delete(f"{PATH}/1", headers=programmer)
    assert (used.status_code, used.json["code"]) == (409, "price_list_in_use")
    elsewhere = client.get("/api/v1/cinemas/lux/price-lists/1", headers=programmer)
    assert elsewhere.json["code"] == "price_list_not_found"


@on_one_database
def test_values_are_checked(client: FlaskClient, house: House, programmer: Headers) -> None:
    amount = {"zone": "standard", "ticket_type": "adult", "amount": 1}
    for changes, field in (
        ({"weekdays": [0]}, "weekdays.0"), ({"amounts": []}, "amounts"), ({"amounts": [amount, amount]}, "amounts.1"),
        ({"amounts": [{**amount, "amount": -1}]}, "amounts.0.amount"),
    ):  # fmt: skip
        answer = client.post(PATH, json={**WEEKEND, **changes}, headers=programmer)
        assert answer.json["errors"][0]["field"] == field
    assert client.post(PATH, json={**WEEKEND, "weekdays": [6, 6]}, headers=programmer).status_code == 422


@on_one_database
def test_only_planners_see_and_write_price_lists(client: FlaskClient, house: House, staff: Staff) -> None:
    headers = staff("counter")
    assert client.get(PATH, headers=headers).status_code == 403
    assert client.post(PATH, json=WEEKEND, headers=headers).status_code == 403
    assert client.put(f"{PATH}/1", json=WEEKEND, headers=headers).status_code == 403
    assert client.delete(f"{PATH}/1", headers=headers).status_code == 403
