"""POST /orders/{code}/payments, GET /payments/{payment_id}, GET /payment-providers"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.settlement import settle_payment
from matinee.boxoffice.vouchers import create_voucher
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import NOW, PRICE_A, clock_at, count_rows, mail_kinds, on_one_database
from tests.web.v1.conftest import Headers, Program, Staff
from tests.web.v1.shopping import Json, Shop, refused, uah, with_secret

KEY = {"Idempotency-Key": "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"}
# The lettered hall's screening starts at 20:30 tomorrow; what is to be paid at the counter is kept until 20:00.
COUNTER_CLOSES = "2030-05-18T20:00:00+03:00"
AFTER_IT_CLOSED = NOW + timedelta(days=1, hours=8)


@pytest.fixture
def cashier(staff: Staff) -> Headers:
    return staff("counter")


@pytest.fixture
def ordered(shop: Shop) -> Json:
    """What a guest was told when A1 and A2 were held; where the tickets go is said."""
    told = shop.hold("A1", "A2")
    shop.order(told)
    return told


def voucher(services: Services, shop: Shop, amount: int) -> str:
    def work(session) -> str:
        cinema = session.get_one(Cinema, shop.house.cinema)
        return create_voucher(session, cinema=cinema, amount=amount, valid_until=None, now=NOW)[1]

    return services.transactions.write(work)


def test_a_guest_buys_what_is_free_from_hold_to_tickets(shop: Shop, services: Services) -> None:
    told = shop.hold("1", "2", screening=shop.house.second_hall)
    mine, code = with_secret(told), told["code"]
    shop.order(told)
    answer = shop.post(f"/orders/{code}/payments", mine, provider="free")
    assert answer.status_code == 201
    payment = answer.json
    assert answer.headers["Location"] == f"/api/v1/payments/{payment['id']}"
    assert payment == {
        "id": payment["id"],
        "order": code,
        "provider": "free",
        "state": "settled",
        "amount": uah(0),
        "refunded": uah(0),
        "redirect_url": None,
        "failure": None,
        "created_at": "2030-05-17T12:00:00+03:00",
        "expires_at": "2030-05-17T12:15:00+03:00",
        "settled_at": "2030-05-17T12:00:00+03:00",
        "links": {"self": f"/api/v1/payments/{payment['id']}", "order": f"/api/v1/orders/{code}"},
    }
    assert shop.get(f"/payments/{payment['id']}", mine).json == payment
    order = shop.look(code, mine)
    assert (order["state"], order["expires_at"]) == ("paid", None)
    assert [(ticket["seat"], ticket["state"]) for ticket in order["tickets"]] == [
        ("1", "valid"),
        ("2", "valid"),
    ]
    assert services.transactions.read(mail_kinds) == ["tickets"]


def test_a_guest_pays_at_the_counter_from_hold_to_tickets(
    shop: Shop, ordered: Json, cashier: Headers, services: Services
) -> None:
    mine, path = with_secret(ordered), f"/orders/{ordered['code']}"
    payment = shop.pay(ordered["code"], "counter", mine)
    assert (payment["state"], payment["amount"], payment["redirect_url"]) == (
        "pending",
        uah(2 * PRICE_A),
        None,
    )
    order = shop.look(ordered["code"], mine)
    assert (order["state"], order["expires_at"], order["tickets"]) == ("paying", COUNTER_CLOSES, [])
    assert "extensions" not in order["links"]
    # Long after a hold would have ended.
    with clock_at(NOW + timedelta(hours=20)):
        assert refused(shop.try_hold("A1", "A2")) == (409, "unavailable")
        refusal = shop.post(f"{path}/payments", mine, provider="counter", received=True)
        assert refused(refusal) == (403, "provider_not_for_you")
        taken = shop.pay(ordered["code"], "counter", cashier, received=True)
        assert (taken["id"], taken["state"]) == (payment["id"], "settled")
        order = shop.look(ordered["code"], mine)
    assert (order["state"], order["paid"], order["outstanding"]) == ("paid", uah(2 * PRICE_A), uah(0))
    assert [ticket["amount"] for ticket in order["tickets"]] == [uah(PRICE_A)] * 2
    assert services.transactions.read(mail_kinds) == ["tickets"]
    trail = shop.get(f"{path}/events", cashier).json["items"]
    assert [step["to_state"] for step in trail] == ["held", "paying", "paid", "paid"]
    assert trail[-1]["actor"] == "counter@example.com"


def test_what_is_not_paid_at_the_counter_is_free_again_half_an_hour_before(shop: Shop, ordered: Json) -> None:
    shop.pay(ordered["code"], "counter", with_secret(ordered))
    with clock_at(AFTER_IT_CLOSED):
        assert shop.look(ordered["code"], with_secret(ordered))["state"] == "expired"
        told = shop.hold("A1", "A2")
        shop.order(told)
        answer = shop.post(f"/orders/{told['code']}/payments", with_secret(told), provider="counter")
        assert refused(answer) == (409, "too_late_for_counter")


def test_the_counter_sells_without_an_address(shop: Shop, cashier: Headers, services: Services) -> None:
    told = shop.hold("A2", channel="counter", headers=cashier)
    payment = shop.pay(told["code"], "counter", cashier, received=True)
    assert payment["state"] == "settled"
    assert [ticket["seat"] for ticket in shop.look(told["code"], cashier)["tickets"]] == ["A2"]
    assert services.transactions.read(mail_kinds) == []


def test_a_payment_that_is_sent_twice_is_one(shop: Shop, ordered: Json, services: Services) -> None:
    headers, path = {**with_secret(ordered), **KEY}, f"/orders/{ordered['code']}/payments"
    first = shop.post(path, headers, provider="counter")
    again = shop.post(path, headers, provider="counter")
    assert (again.status_code, again.json) == (201, first.json)
    assert (again.headers["Location"], again.headers["Idempotent-Replayed"]) == (
        first.headers["Location"],
        "true",
    )
    assert services.transactions.read(lambda s: count_rows(s, Payment)) == 1
    assert refused(shop.post(path, headers, provider="free")) == (422, "idempotency_key_reused")


def test_money_that_is_taken_twice_by_the_same_request_is_taken_once(
    shop: Shop, ordered: Json, cashier: Headers, services: Services
) -> None:
    for _ in range(2):
        shop.pay(ordered["code"], "counter", {**cashier, **KEY}, received=True)
    assert services.transactions.read(lambda s: s.scalars(select(Order.paid_amount)).one()) == 2 * PRICE_A
    answer = shop.post(f"/orders/{ordered['code']}/payments", cashier, provider="counter", received=True)
    assert refused(answer) == (409, "step_not_allowed")


def test_a_voucher_pays_as_much_as_it_has(
    shop: Shop, ordered: Json, cashier: Headers, services: Services
) -> None:
    code, mine = ordered["code"], with_secret(ordered)
    small, large = voucher(services, shop, 10_000), voucher(services, shop, 50_000)
    headers = {**mine, **KEY}
    for _ in range(2):
        payment = shop.pay(code, "voucher", headers, voucher_code=f" {small.lower()} ")
        assert (payment["state"], payment["amount"]) == ("settled", uah(10_000))
    order = shop.look(code, mine)
    assert (order["state"], order["paid"], order["outstanding"]) == (
        "held",
        uah(10_000),
        uah(2 * PRICE_A - 10_000),
    )
    answer = shop.post(f"/orders/{code}/payments", mine, provider="voucher", voucher_code=small)
    assert refused(answer) == (409, "voucher_empty")
    answer = shop.post(f"/orders/{code}/payments", mine, provider="voucher", voucher_code="NOSUCHVOUCHER")
    assert refused(answer) == (422, "voucher_not_valid")
    # Seats that are partly paid for cannot change.
    assert refused(shop.patch(f"/holds/{code}", mine, seats=[{"label": "B1"}])) == (409, "payment_under_way")
    assert shop.pay(code, "voucher", mine, voucher_code=large)["amount"] == uah(2 * PRICE_A - 10_000)
    assert shop.look(code, mine)["state"] == "paid"


def test_a_hold_that_is_given_up_gives_the_voucher_its_money_back(
    shop: Shop, ordered: Json, services: Services
) -> None:
    code = voucher(services, shop, 10_000)
    shop.pay(ordered["code"], "voucher", with_secret(ordered), voucher_code=code)
    order = shop.post(f"/orders/{ordered['code']}/cancellation", with_secret(ordered)).json
    assert (order["state"], order["refunded"], order["payments"][0]["refunded"]) == (
        "cancelled", uah(10_000), uah(10_000),
    )  # fmt: skip
    other = shop.hold("B1", "B2")
    shop.order(other)
    assert shop.pay(other["code"], "voucher", with_secret(other), voucher_code=code)["amount"] == uah(10_000)


def test_each_reason_has_a_code_of_its_own(shop: Shop, ordered: Json, cashier: Headers) -> None:
    def pay(told: Json, **body) -> tuple[int, str]:
        return refused(shop.post(f"/orders/{told['code']}/payments", with_secret(told), **body))

    assert pay(ordered, provider="shells") == (404, "provider_not_found")
    assert pay(ordered, provider="free") == (409, "something_to_pay")
    free = shop.hold("1", "2", screening=shop.house.second_hall)
    assert pay(free, provider="free") == (422, "contact_missing")
    shop.order(free)
    assert pay(free, provider="counter") == (409, "nothing_to_pay")
    shop.pay(free["code"], "free", with_secret(free))
    assert pay(free, provider="free") == (409, "step_not_allowed")
    with clock_at(NOW + timedelta(minutes=10)):
        assert pay(ordered, provider="counter") == (409, "hold_expired")
    assert refused(shop.post("/orders/NOSUCHCODE/payments", cashier, provider="counter")) == (
        404,
        "order_not_found",
    )


@on_one_database
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "provider"),
        ({"provider": "voucher"}, "voucher_code"),
        ({"provider": "counter", "voucher_code": "X"}, "voucher_code"),
        ({"provider": "free", "received": True}, "received"),
        ({"provider": "counter", "amount": 1}, "amount"),
    ],
)
def test_what_does_not_go_together_is_refused(shop: Shop, ordered: Json, body: Json, field: str) -> None:
    answer = shop.post(f"/orders/{ordered['code']}/payments", with_secret(ordered), **body)
    assert refused(answer) == (422, "invalid_values")
    assert [fault["field"] for fault in answer.json["errors"]] == [field]


def test_nobody_else_pays_or_looks(
    shop: Shop, ordered: Json, signed_in: Headers, staff: Staff, program: Program
) -> None:
    path = f"/orders/{ordered['code']}/payments"
    for headers in ({}, signed_in, staff("auditor"), program("sales")):
        assert refused(shop.post(path, headers, provider="counter")) == (404, "order_not_found")
    payment = shop.pay(ordered["code"], "counter", with_secret(ordered))
    for headers in ({}, signed_in, program("sales")):
        assert refused(shop.get(f"/payments/{payment['id']}", headers)) == (404, "payment_not_found")
    assert shop.get(f"/payments/{payment['id']}", program("orders:read")).json == payment
    assert refused(shop.get("/payments/%00")) == (404, "payment_not_found")


def test_the_ways_to_pay_are_told_to_everybody(shop: Shop) -> None:
    names = [one["name"] for one in shop.get("/payment-providers").json["items"]]
    assert names == ["counter", "free", "voucher"]


def test_what_was_seen_before_paying_is_what_is_paid(
    shop: Shop, ordered: Json, cashier: Headers, services: Services
) -> None:
    services.transactions.write(lambda s: s.execute(update(Cinema).values(booking_fee_amount=999)))
    shop.pay(ordered["code"], "counter", cashier, received=True)
    sums = services.transactions.read(
        lambda s: [ticket.amount + ticket.fee_amount for ticket in s.scalars(select(Ticket))]
    )
    assert sum(sums) == ordered["total"]["amount"]


def test_the_api_as_given_shows_what_was_bought_here(
    shop: Shop, ordered: Json, cashier: Headers, services: Services
) -> None:
    shop.pay(ordered["code"], "counter", cashier, received=True)
    (film,) = [
        film for film in shop.client.get("/getDay?date=2030-05-18").json["day"] if film["title"] == "Café"
    ]
    assert film["aviableTikets"] == ["A3", "A4", "B1", "B2"]
    ticket = shop.look(ordered["code"], with_secret(ordered))["tickets"][0]["id"]
    assert shop.client.get(f"/tikets/{ticket}.svg").status_code == 200


def test_money_that_comes_when_the_seats_are_gone_goes_back(
    shop: Shop, ordered: Json, services: Services
) -> None:
    payment = shop.pay(ordered["code"], "counter", with_secret(ordered))
    with clock_at(AFTER_IT_CLOSED):
        other = shop.hold("A1", "A2")
        services.transactions.write(lambda s: settle_payment(s, public_id=payment["id"], now=AFTER_IT_CLOSED))
        told = shop.get(f"/payments/{payment['id']}", with_secret(ordered)).json
        assert (told["state"], told["refunded"]) == ("settled", uah(2 * PRICE_A))
        assert shop.look(ordered["code"], with_secret(ordered))["state"] == "expired"
        assert shop.look(other["code"], with_secret(other))["state"] == "held"
    assert services.transactions.read(lambda s: s.scalars(select(PaymentRefund.amount)).one()) == 2 * PRICE_A
