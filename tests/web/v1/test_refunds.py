"""POST /orders/{code}/refunds"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from matinee.payments.models import PaymentRefund
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import NOW, PRICE_A, clock_at, count_rows, mail_kinds, on_one_database
from tests.web.v1.conftest import Headers, Staff
from tests.web.v1.shopping import Json, Shop, refused, uah, with_secret

# The screening of the lettered hall starts at 20:30 tomorrow; buyers may give back until an hour before.
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


def tickets_of(order: Json) -> dict[str, str]:
    """Seat -> state of its ticket."""
    return {ticket["seat"]: ticket["state"] for ticket in order["tickets"]}


def test_a_buyer_gives_the_whole_order_back(shop: Shop, bought: Json, services: Services) -> None:
    answer = shop.post(f"/orders/{bought['code']}/refunds", with_secret(bought))
    assert answer.status_code == 200
    order = answer.json
    assert (order["state"], order["paid"], order["refunded"], order["outstanding"]) == (
        "refunded", uah(2 * PRICE_A), uah(2 * PRICE_A), uah(0),
    )  # fmt: skip
    assert tickets_of(order) == {"A1": "refunded", "A2": "refunded"}
    assert order["payments"][0]["refunded"] == uah(2 * PRICE_A)
    assert set(order["links"]) == {"self", "screening"}
    # The seats are free in the same transaction, and the buyer is told.
    assert shop.try_hold("A1", "A2").status_code == 201
    assert services.transactions.read(mail_kinds) == ["tickets", "order_refunded"]
    assert services.transactions.read(lambda s: s.scalars(select(PaymentRefund.amount)).all()) == [
        2 * PRICE_A
    ]


def test_who_is_inside_gives_nothing_back_by_himself(shop: Shop, bought: Json, cashier: Headers) -> None:
    ticket = shop.look(bought["code"], with_secret(bought))["tickets"][0]["id"]
    assert shop.post("/admissions", cashier, ticket=ticket).status_code == 201
    for path, body in (
        ("refunds", {}),
        ("exchanges", {"screening": 1, "seats": [{"label": "1"}, {"label": "2"}]}),
    ):
        answer = shop.post(f"/orders/{bought['code']}/{path}", with_secret(bought), **body)
        assert (answer.status_code, answer.json["code"]) == (409, "already_admitted")
    # The staff can: somebody may have been taken ill.
    answer = shop.post(f"/orders/{bought['code']}/refunds", cashier, reason="ill")
    assert answer.json["state"] == "refunded"


def test_a_buyer_gives_one_ticket_back_and_keeps_the_other(shop: Shop, bought: Json) -> None:
    order = shop.look(bought["code"], with_secret(bought))
    one = order["tickets"][0]["id"]
    answer = shop.post(f"/orders/{bought['code']}/refunds", with_secret(bought), tickets=[one])
    assert (answer.json["state"], answer.json["refunded"]) == ("paid", uah(PRICE_A))
    assert tickets_of(answer.json) == {"A1": "refunded", "A2": "valid"}
    assert shop.get(f"/tickets/{one}").json["state"] == "refunded"
    answer = shop.post(f"/orders/{bought['code']}/refunds", with_secret(bought), tickets=[one])
    assert refused(answer) == (422, "not_these_tickets")


def test_tickets_of_others_are_not_given_back(shop: Shop, bought: Json) -> None:
    other = shop.hold("1", "2", screening=shop.house.second_hall)
    shop.order(other)
    shop.pay(other["code"], "free", with_secret(other))
    foreign = shop.look(other["code"], with_secret(other))["tickets"][0]["id"]
    for tickets in ([foreign], [], ["NOSUCHTICKET"]):
        answer = shop.post(f"/orders/{bought['code']}/refunds", with_secret(bought), tickets=tickets)
        assert refused(answer) == (422, "not_these_tickets")
    assert refused(shop.post(f"/orders/{bought['code']}/refunds", with_secret(other))) == (
        404,
        "order_not_found",
    )
    assert tickets_of(shop.look(bought["code"], with_secret(bought))) == {"A1": "valid", "A2": "valid"}


def test_a_buyer_is_in_time_until_an_hour_before_the_start(shop: Shop, bought: Json) -> None:
    path = f"/orders/{bought['code']}/refunds"
    one = shop.look(bought["code"], with_secret(bought))["tickets"][0]["id"]
    with clock_at(TOO_LATE - timedelta(seconds=1)):
        assert shop.post(path, with_secret(bought), tickets=[one]).status_code == 200
    with clock_at(TOO_LATE):
        assert refused(shop.post(path, with_secret(bought))) == (409, "refund_too_late")


def test_staff_gives_back_late_with_a_reason_that_stands_in_the_trail(
    shop: Shop, bought: Json, cashier: Headers, services: Services
) -> None:
    services.transactions.write(lambda s: s.execute(update(Cinema).values(refund_until_minutes=10_000)))
    path = f"/orders/{bought['code']}/refunds"
    assert refused(shop.post(path, with_secret(bought))) == (409, "refund_too_late")
    answer = shop.post(path, cashier)
    assert refused(answer) == (422, "invalid_values")
    assert answer.json["errors"] == [{"field": "reason", "message": "is demanded of the staff"}]
    assert shop.post(path, cashier, reason="the projector broke").json["state"] == "refunded"
    last = shop.get(f"/orders/{bought['code']}/events", cashier).json["items"][-1]
    assert (last["actor"], last["to_state"], last["note"]) == (
        "counter@example.com", "refunded", "the projector broke",
    )  # fmt: skip


def test_an_order_that_is_not_sold_cannot_be_given_back(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    answer = shop.post(f"/orders/{told['code']}/refunds", with_secret(told))
    assert refused(answer) == (409, "step_not_allowed")


def test_a_refund_that_is_sent_twice_is_one(shop: Shop, bought: Json, services: Services) -> None:
    headers = {**with_secret(bought), **KEY}
    first = shop.post(f"/orders/{bought['code']}/refunds", headers)
    again = shop.post(f"/orders/{bought['code']}/refunds", headers)
    assert (again.status_code, again.json) == (200, first.json)
    assert services.transactions.read(lambda s: count_rows(s, PaymentRefund)) == 1


@on_one_database
def test_whoever_may_only_read_gives_nothing_back(shop: Shop, bought: Json, staff: Staff) -> None:
    answer = shop.post(f"/orders/{bought['code']}/refunds", staff("auditor"), reason="?")
    assert refused(answer) == (404, "order_not_found")
