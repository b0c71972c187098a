"""GET and POST /orders, GET and PATCH /orders/{code}, POST /orders/{code}/cancellation, GET /orders/{code}/events"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from matinee.boxoffice.models import Order
from matinee.boxoffice.promo_codes import create_promo_code
from matinee.web.shared.services import Services
from tests.building import NOW, PRICE_A, Buyer, add_buyer, clock_at, count_rows, on_one_database
from tests.web.v1.conftest import Headers, Program, Staff, bearer
from tests.web.v1.shopping import GUEST, Shop, refused, uah, with_secret

LATER = NOW + timedelta(minutes=10)
KEY = {"Idempotency-Key": "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"}
NOT_FOUND = (404, "order_not_found")


@pytest.fixture
def spring(services: Services, shop: Shop) -> str:
    """A promo code that can be used once: ten per cent."""
    services.transactions.write(
        lambda s: create_promo_code(
            s, cinema_id=shop.house.cinema, code="SPRING", kind="percentage", value=10, uses_max=1, now=NOW
        )
    )
    return "SPRING"


def test_a_guest_says_where_the_tickets_go(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    answer = shop.post("/orders", with_secret(told), hold=told["code"], email=" Guest@EXAMPLE.org ")
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/orders/{told['code']}"
    assert (answer.json["code"], answer.json["state"], answer.json["email"]) == (told["code"], "held", GUEST)
    assert "secret" not in answer.json
    assert shop.look(told["code"], with_secret(told)) == answer.json


def test_an_order_of_nobody_knows_where_is_refused(shop: Shop, services: Services) -> None:
    told = shop.hold("A1", "A2")
    assert refused(shop.post("/orders", with_secret(told), hold=told["code"])) == (422, "contact_missing")
    for email in ("nobody", "a@b", "x" * 300 + "@example.org", "a\x00@example.org", None, 7):
        answer = shop.post("/orders", with_secret(told), hold=told["code"], email=email)
        assert refused(answer)[0] == 422
    assert services.transactions.read(lambda s: s.scalars(select(Order.contact_email)).one()) is None


def test_an_account_gets_the_tickets_at_its_own_address_or_another(
    shop: Shop, signed_in: Headers, buyer: Buyer
) -> None:
    told = shop.hold("A1", "A2", headers=signed_in)
    assert shop.order(told, signed_in)["email"] == buyer.username
    assert shop.order(told, signed_in, email=GUEST)["email"] == GUEST
    answer = shop.patch(f"/orders/{told['code']}", signed_in, email=None)
    assert (answer.status_code, answer.json["email"]) == (200, buyer.username)


def test_the_same_order_sent_twice_is_one(shop: Shop, services: Services) -> None:
    told = shop.hold("A1", "A2")
    headers = {**with_secret(told), **KEY}
    first = shop.post("/orders", headers, hold=told["code"], email=GUEST)
    again = shop.post("/orders", headers, hold=told["code"], email=GUEST)
    assert (again.status_code, again.json, again.headers["Idempotent-Replayed"]) == (201, first.json, "true")
    assert services.transactions.read(lambda s: count_rows(s, Order)) == 1


def test_an_account_that_knows_the_secret_takes_a_guests_hold_over(
    shop: Shop, signed_in: Headers, buyer: Buyer, staff: Staff, services: Services
) -> None:
    told = shop.hold("A1", "A2")
    mine, path = with_secret(told), f"/orders/{told['code']}"
    assert refused(shop.post("/orders", signed_in, hold=told["code"])) == NOT_FOUND
    # Looking at it does not take it over.
    assert shop.look(told["code"], {**signed_in, **mine})["email"] is None
    assert shop.order(told, {**signed_in, **mine})["email"] == buyer.username
    assert refused(shop.get(path, mine)) == NOT_FOUND
    assert refused(shop.patch(path, mine, email=GUEST)) == NOT_FOUND
    assert shop.get(path, signed_in).status_code == 200
    assert services.transactions.read(lambda s: s.scalars(select(Order.secret_hash)).one()) is None
    trail = shop.get(f"{path}/events", staff("auditor")).json["items"]
    assert [(step["actor"], step["note"]) for step in trail] == [
        ("buyer", ""), (buyer.username, "taken over by an account"),
    ]  # fmt: skip


def test_an_order_of_an_account_is_not_taken_over(shop: Shop, signed_in: Headers, services: Services) -> None:
    told = shop.hold("A1", "A2", headers=signed_in)
    thief = bearer(services.transactions.write(lambda s: add_buyer(s, "thief@example.com")).token)
    for headers in (thief, {**thief, "Order-Secret": ""}, {**thief, "Order-Secret": "x" * 32}):
        assert refused(shop.patch(f"/orders/{told['code']}", headers, email=None)) == NOT_FOUND
        assert refused(shop.get(f"/orders/{told['code']}", headers)) == NOT_FOUND


def test_a_change_takes_over_as_well(shop: Shop, signed_in: Headers, buyer: Buyer) -> None:
    told = shop.hold("A1", "A2")
    changed = shop.patch(f"/orders/{told['code']}", {**signed_in, **with_secret(told)})
    assert (changed.status_code, changed.json["email"]) == (200, buyer.username)


def test_a_promo_code_makes_it_cheaper_until_it_is_taken_away(shop: Shop, spring: str) -> None:
    told = shop.hold("A1", "A2")
    order = shop.order(told, promo_code=" spring ")
    assert (order["promo_code"], order["discount"], order["total"], order["outstanding"]) == (
        "SPRING", uah(PRICE_A // 5), uah(2 * PRICE_A - PRICE_A // 5), uah(2 * PRICE_A - PRICE_A // 5),
    )  # fmt: skip
    path, mine = f"/orders/{told['code']}", with_secret(told)
    assert shop.patch(path, mine, email="other@example.org").json["promo_code"] == "SPRING"
    changed = shop.patch(path, mine, promo_code=None).json
    assert (changed["promo_code"], changed["total"]) == (None, uah(2 * PRICE_A))
    assert changed["email"] == "other@example.org"
    assert shop.patch(path, mine, promo_code=spring).json["discount"] == uah(PRICE_A // 5)


def test_a_promo_code_that_is_no_good_changes_nothing(shop: Shop, spring: str) -> None:
    told = shop.hold("A1", "A2")
    answer = shop.post("/orders", with_secret(told), hold=told["code"], email=GUEST, promo_code="WINTER")
    assert refused(answer) == (422, "promo_code_not_valid")
    assert shop.look(told["code"], with_secret(told))["email"] is None
    other = shop.hold("A3", "A4")
    shop.order(other, promo_code=spring)
    answer = shop.post("/orders", with_secret(told), hold=told["code"], email=GUEST, promo_code=spring)
    assert refused(answer) == (409, "promo_code_used_up")


def test_a_change_is_refused_where_the_order_is_not_as_it_was_seen(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    path, mine = f"/orders/{told['code']}", with_secret(told)
    seen = shop.get(path, mine).headers["ETag"]
    changed = shop.patch(path, {**mine, "If-Match": seen}, email=GUEST)
    assert changed.status_code == 200
    answer = shop.patch(path, {**mine, "If-Match": seen}, email="other@example.org")
    assert refused(answer) == (412, "changed_meanwhile")
    assert (
        shop.client.get(
            f"/api/v1{path}", headers={**mine, "If-None-Match": changed.headers["ETag"]}
        ).status_code
        == 304
    )


def test_what_ran_out_or_is_over_cannot_be_ordered(shop: Shop) -> None:
    told, gone = shop.hold("A1", "A2"), shop.hold("A3", "A4")
    assert shop.post(f"/orders/{gone['code']}/cancellation", with_secret(gone)).json["state"] == "cancelled"
    for answer in (
        shop.post("/orders", with_secret(gone), hold=gone["code"], email=GUEST),
        shop.patch(f"/orders/{gone['code']}", with_secret(gone), email=GUEST),
    ):
        assert refused(answer) == (409, "step_not_allowed")
    with clock_at(LATER):
        answer = shop.post("/orders", with_secret(told), hold=told["code"], email=GUEST)
        assert refused(answer) == (409, "hold_expired")
        assert refused(shop.patch(f"/orders/{told['code']}", with_secret(told), email=GUEST)) == (
            409,
            "hold_expired",
        )


def test_a_sold_order_is_not_ordered_again_but_its_mail_can_go_elsewhere(shop: Shop) -> None:
    told = shop.hold("1", "2", screening=shop.house.second_hall)
    mine = with_secret(told)
    shop.order(told)
    shop.pay(told["code"], "free", mine)
    answer = shop.post("/orders", mine, hold=told["code"], email="other@example.org")
    assert refused(answer) == (409, "step_not_allowed")
    answer = shop.patch(f"/orders/{told['code']}", mine, email="other@example.org")
    assert (answer.json["state"], answer.json["email"]) == ("paid", "other@example.org")
    assert refused(shop.patch(f"/orders/{told['code']}", mine, promo_code=None)) == (409, "step_not_allowed")
    assert refused(shop.patch(f"/orders/{told['code']}", mine, email=None)) == (422, "contact_missing")


def test_a_cancelled_order_frees_its_seats_and_can_be_cancelled_again(shop: Shop, services: Services) -> None:
    told = shop.hold("A1", "A2")
    path, mine = f"/orders/{told['code']}/cancellation", with_secret(told)
    assert refused(shop.post(path)) == NOT_FOUND
    for _ in range(2):
        assert shop.post(path, mine).json["state"] == "cancelled"
    assert shop.try_hold("A1", "A2").status_code == 201


def test_buyers_list_their_own_orders_and_staff_all(
    shop: Shop, signed_in: Headers, buyer: Buyer, staff: Staff, program: Program, services: Services
) -> None:
    guests = shop.hold("A1", "A2")
    shop.order(guests)
    own = shop.hold("A3", "A4", headers=signed_in)
    free = shop.hold("1", "2", headers=signed_in, screening=shop.house.second_hall)
    reader = staff("auditor")

    def codes(query: str, headers: Headers) -> list[str]:
        answer = shop.get(f"/orders{query}", headers)
        assert answer.status_code == 200, answer.json
        return [order["code"] for order in answer.json["items"]]

    newest_first = [free["code"], own["code"], guests["code"]]
    assert refused(shop.get("/orders")) == (401, "not_signed_in")
    assert refused(shop.get("/orders", program("sales"))) == (403, "scope_missing")
    assert codes("", signed_in) == newest_first[:2]
    assert codes("?email=guest@example.org", signed_in) == []
    assert codes("", reader) == newest_first
    assert codes("?mine=true", reader) == []
    assert codes("?mine=true", program("orders:read")) == []
    assert codes(f"?screening={shop.house.lettered}", reader) == newest_first[1:]
    assert codes("?email=Guest@example.org", reader) == [guests["code"]]
    assert codes(f"?email={buyer.username}", reader) == newest_first[:2]
    assert codes(f"?code={own['code'].lower()}", reader) == [own["code"]]
    shop.delete(f"/holds/{own['code']}", signed_in)
    assert codes("?state=held", reader) == [free["code"], guests["code"]]
    assert codes("?state=cancelled", reader) == [own["code"]]
    with clock_at(LATER):
        assert codes("?state=held", reader) == []
        assert codes("?state=expired", reader) == [free["code"], guests["code"]]
    assert refused(shop.get("/orders?state=lost", reader)) == (422, "invalid_values")
    listed = shop.get("/orders", reader).json["items"]
    assert listed[2] == shop.look(guests["code"], reader)


def test_a_long_list_comes_in_pages_that_neither_repeat_nor_hide(shop: Shop, signed_in: Headers) -> None:
    made = [
        shop.hold(str(number), str(number + 1), headers=signed_in, screening=shop.house.second_hall)["code"]
        for number in (1, 3, 5)
    ]
    first = shop.get("/orders?limit=2", signed_in)
    assert [order["code"] for order in first.json["items"]] == [made[2], made[1]]
    # What is new meanwhile stands before the first page.
    shop.hold("7", "8", headers=signed_in, screening=shop.house.second_hall)
    link = first.headers["Link"].partition("<")[2].partition(">")[0]
    second = shop.client.get(link, headers=signed_in)
    assert [order["code"] for order in second.json["items"]] == [made[0]]
    assert (second.json["next_cursor"], "Link" in second.headers) == (None, False)
    assert refused(shop.get("/orders?cursor=nonsense", signed_in)) == (422, "invalid_values")


def test_the_trail_is_for_those_who_may_read_all_orders(shop: Shop, signed_in: Headers, staff: Staff) -> None:
    told = shop.hold("A1", "A2", headers=signed_in)
    path = f"/orders/{told['code']}/events"
    assert refused(shop.get(path)) == (401, "not_signed_in")
    assert refused(shop.get(path, signed_in)) == (403, "scope_missing")
    reader = staff("auditor")
    assert shop.get(path, reader).json == {
        "items": [
            {"at": "2030-05-17T12:00:00+03:00", "actor": "user@example.com", "from_state": None, "to_state": "held",
             "note": ""}
        ]
    }  # fmt: skip
    assert refused(shop.get("/orders/NOSUCHCODE/events", reader)) == NOT_FOUND


def test_a_purchase_by_the_api_as_given_is_an_order_as_well(
    shop: Shop, buyer: Buyer, signed_in: Headers
) -> None:
    values = {"token": buyer.token, "username": buyer.username, "date": "2030-05-18", "title": "Caf%C3%A9",
              "time": "20:30", "number": "A1"}  # fmt: skip
    assert shop.client.post("/buyTicket", headers=values).status_code == 200
    (order,) = shop.get("/orders", signed_in).json["items"]
    assert (order["state"], order["channel"], order["outstanding"]) == ("due", "given", uah(PRICE_A))
    assert [(seat["label"], seat["amount"]) for seat in order["seats"]] == [("A1", uah(PRICE_A))]
    assert [(ticket["seat"], ticket["state"]) for ticket in order["tickets"]] == [("A1", "valid")]
    assert set(order["links"]) == {"self", "screening", "payments", "refunds", "exchanges"}


@on_one_database
def test_codes_that_can_be_none_are_not_found(shop: Shop, signed_in: Headers) -> None:
    for code in ("%00", "ß", "%ff", "a" * 300, "..%2f"):
        assert refused(shop.get(f"/orders/{code}", signed_in))[0] == 404
    answer = shop.post("/orders", signed_in, hold="ß")
    assert refused(answer) == NOT_FOUND


def test_the_secret_is_compared_and_not_searched(shop: Shop, services: Services) -> None:
    told = shop.hold("A1", "A2")
    services.transactions.write(lambda s: s.execute(update(Order).values(secret_hash=None)))
    for secret in (told["secret"], "", "None"):
        assert refused(shop.get(f"/orders/{told['code']}", {"Order-Secret": secret})) == NOT_FOUND
