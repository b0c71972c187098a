"""POST /orders/{code}/exchanges"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matinee.payments.models import PaymentRefund
from matinee.web.shared.services import Services
from tests.building import HOUSE_SEAT, NOW, PRICE_A, PRICE_B, clock_at, mail_kinds
from tests.web.v1.conftest import Headers, Staff
from tests.web.v1.shopping import Json, Shop, refused, uah, with_secret

TOO_LATE = NOW + timedelta(days=1, hours=7, minutes=30)
KEY = {"Idempotency-Key": "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"}


@pytest.fixture
def cashier(staff: Staff) -> Headers:
    return staff("counter")


@pytest.fixture
def bought(shop: Shop, cashier: Headers) -> Json:
    """What a guest was told when A1 and A2 were held; they are paid by now."""
    told = shop.hold("A1", "A2")
    shop.order(told)
    shop.pay(told["code"], "counter", cashier, received=True)
    return told


def seats(*labels: str) -> list[Json]:
    return [{"label": label} for label in labels]


def valid_seats(order: Json) -> list[str]:
    return [ticket["seat"] for ticket in order["tickets"] if ticket["state"] == "valid"]


def test_an_order_moves_to_another_screening_and_what_is_over_goes_back(
    shop: Shop, bought: Json, services: Services
) -> None:
    path = f"/orders/{bought['code']}/exchanges"
    with clock_at(NOW + timedelta(minutes=1)):
        answer = shop.post(path, with_secret(bought), screening=shop.house.second_hall, seats=seats("3", "4"))
    assert answer.status_code == 200
    order = answer.json
    assert order["screening"]["id"] == shop.house.second_hall
    assert order["screening"]["film"] == "Амели"
    assert (order["state"], order["refunded"], order["outstanding"]) == ("paid", uah(2 * PRICE_A), uah(0))
    assert [seat["label"] for seat in order["seats"]] == ["3", "4"]
    assert valid_seats(order) == ["3", "4"]
    assert [ticket["state"] for ticket in order["tickets"]] == ["exchanged", "exchanged", "valid", "valid"]
    assert shop.look(bought["code"], with_secret(bought)) == order
    assert shop.try_hold("A1", "A2").status_code == 201
    assert services.transactions.read(mail_kinds) == ["tickets", "tickets"]
    assert services.transactions.read(lambda s: s.scalars(select(PaymentRefund.amount)).all()) == [
        2 * PRICE_A
    ]


def test_what_is_dearer_is_left_to_pay(shop: Shop, bought: Json, cashier: Headers) -> None:
    path = f"/orders/{bought['code']}"
    order = shop.post(
        f"{path}/exchanges", with_secret(bought), screening=shop.house.lettered, seats=seats("B1", "B2")
    ).json
    assert (order["state"], order["outstanding"]) == ("due", uah(2 * (PRICE_B - PRICE_A)))
    assert order["links"]["payments"] == f"/api/v1{path}/payments"
    shop.pay(bought["code"], "counter", cashier, received=True)
    assert shop.look(bought["code"], cashier)["state"] == "paid"


def test_it_is_all_or_nothing(shop: Shop, bought: Json) -> None:
    before = shop.look(bought["code"], with_secret(bought))
    shop.hold("A4", "B1", "B2")

    def exchange(*labels: str, screening: int | None = None) -> tuple[int, str]:
        return refused(
            shop.post(
                f"/orders/{bought['code']}/exchanges", with_secret(bought), seats=seats(*labels),
                screening=screening or shop.house.lettered,
            )
        )  # fmt: skip

    assert exchange("A3", "A4") == (409, "unavailable")
    assert exchange("A3") == (409, "not_exchangeable")
    assert exchange("A1", "A2", "A3") == (422, "too_many")
    assert exchange("A3", "A3") == (422, "seat_named_twice")
    assert exchange() == (422, "no_seats")
    assert exchange("1", "2", screening=shop.house.closed) == (409, "closed")
    assert exchange("1", "2", screening=2**31 - 1) == (404, "screening_not_found")
    assert exchange("1", HOUSE_SEAT, screening=shop.house.first_hall) == (409, "unavailable")
    assert exchange("1", "3", screening=shop.house.first_hall) == (409, "orphan")
    assert shop.look(bought["code"], with_secret(bought)) == before


def test_a_buyer_exchanges_in_time_and_staff_with_a_reason_by_the_rules_of_the_counter(
    shop: Shop, bought: Json, cashier: Headers
) -> None:
    path = f"/orders/{bought['code']}/exchanges"
    wanted = {"screening": shop.house.first_hall, "seats": seats("1", HOUSE_SEAT)}
    with clock_at(TOO_LATE):
        assert refused(shop.post(path, with_secret(bought), **wanted)) == (409, "refund_too_late")
    answer = shop.post(path, cashier, **wanted)
    assert (refused(answer), answer.json["errors"][0]["field"]) == ((422, "invalid_values"), "reason")
    assert valid_seats(shop.post(path, cashier, **wanted, reason="wrong evening").json) == ["1", HOUSE_SEAT]
    last = shop.get(f"/orders/{bought['code']}/events", cashier).json["items"][-1]
    assert (last["actor"], last["note"]) == ("counter@example.com", "exchanged. wrong evening")


def test_nobody_else_exchanges_it(shop: Shop, bought: Json, signed_in: Headers, staff: Staff) -> None:
    for headers in ({}, signed_in, staff("auditor")):
        answer = shop.post(
            f"/orders/{bought['code']}/exchanges",
            headers,
            screening=shop.house.second_hall,
            seats=seats("3", "4"),
        )
        assert refused(answer) == (404, "order_not_found")


def test_an_exchange_that_is_sent_twice_is_one(shop: Shop, bought: Json) -> None:
    headers = {**with_secret(bought), **KEY}
    wanted = {"screening": shop.house.second_hall, "seats": seats("3", "4")}
    first = shop.post(f"/orders/{bought['code']}/exchanges", headers, **wanted)
    again = shop.post(f"/orders/{bought['code']}/exchanges", headers, **wanted)
    assert (again.status_code, again.json) == (200, first.json)
    assert len(shop.look(bought["code"], with_secret(bought))["tickets"]) == 4


def test_a_hold_is_changed_and_not_exchanged(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    answer = shop.post(
        f"/orders/{told['code']}/exchanges",
        with_secret(told),
        screening=shop.house.second_hall,
        seats=seats("3", "4"),
    )
    assert refused(answer) == (409, "step_not_allowed")
