"""GET and POST /cinemas/{slug}/vouchers"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import PRICE_A, Buyer, House, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/cinemas/odeon/vouchers"


@pytest.fixture
def counter(staff: Staff) -> Headers:
    return staff("counter")


def test_a_voucher_tells_its_code_once_and_pays(
    client: FlaskClient, services: Services, house: House, buyer: Buyer, counter: Headers
) -> None:
    made = client.post(PATH, json={"amount": 50000}, headers=counter)
    assert (made.status_code, made.json["balance"]) == (201, {"amount": 50000, "currency": "UAH"})
    code = made.json["code"]
    assert made.json["hint"] == code[-4:]
    sale = Sale(services, house, buyer)
    sale.use_voucher(sale.hold("A1"), code)
    listed = client.get(PATH, headers=counter)
    assert code not in listed.text
    (voucher,) = listed.json["items"]
    assert (voucher["worth"]["amount"], voucher["balance"]["amount"]) == (50000, 50000 - PRICE_A)


def test_a_request_that_is_sent_again_makes_no_second_voucher(
    client: FlaskClient, house: House, counter: Headers
) -> None:
    keyed = {**counter, "Idempotency-Key": "gift"}
    first, second = (client.post(PATH, json={"amount": 100}, headers=keyed).json for _ in range(2))
    assert first == second
    assert len(client.get(PATH, headers=counter).json["items"]) == 1


@on_one_database
def test_values_are_checked(client: FlaskClient, house: House, counter: Headers) -> None:
    for body, field in (
        ({"amount": 0}, "amount"), ({}, "amount"), ({"amount": 1, "valid_until": "2030-05-17T09:00:00Z"}, "valid_until"),
    ):  # fmt: skip
        assert client.post(PATH, json=body, headers=counter).json["errors"][0]["field"] == field


@on_one_database
def test_only_who_takes_money_makes_vouchers(client: FlaskClient, house: House, staff: Staff) -> None:
    for headers in (staff("programmer"), staff("auditor"), staff("usher")):
        assert client.post(PATH, json={"amount": 1}, headers=headers).json["scope"] == "orders:write"
        assert client.get(PATH, headers=headers).status_code == 403
