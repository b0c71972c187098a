"""Tickets that a buyer handed over, as the API tells of them; and the language of an order"""

from __future__ import annotations

import pytest

from matinee.accounts.models import User
from matinee.boxoffice.hand_overs import hand_over_ticket
from matinee.boxoffice.models import Order
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, on_one_database
from tests.web.v1.conftest import Headers, Staff
from tests.web.v1.shopping import Json, Shop, with_secret

FRIEND = "friend@example.org"


@pytest.fixture
def sale(shop: Shop, services, buyer: Buyer) -> Sale:
    return Sale(services, shop.house, buyer)


def hand_over(sale: Sale, code: str, ticket_id: str) -> str:
    """Hand the ticket over; return the id that the friend has."""

    def work(session) -> str:
        order = session.query(Order).filter_by(code=code).one()
        return hand_over_ticket(
            session, order=order, ticket_id=ticket_id, email=FRIEND, actor="buyer", now=NOW
        ).id

    return sale.write(work)


def bought(shop: Shop, headers: Headers | None = None) -> Json:
    """What was told when seats 1 and 2 were held, by a guest or an account; they are sold by now."""
    told = shop.hold("1", "2", screening=shop.house.second_hall, headers=headers)
    if headers is None:
        shop.order(told)
    shop.pay(told["code"], "free", headers or with_secret(told))
    return told


def test_buyers_are_not_told_the_ids_that_their_friends_have(
    shop: Shop, sale: Sale, signed_in: Headers, staff: Staff
) -> None:
    told = bought(shop, signed_in)
    first = shop.look(told["code"], signed_in)["tickets"][0]["id"]
    friends = hand_over(sale, told["code"], first)
    order = shop.look(told["code"], signed_in)
    assert {(one["seat"], one["state"], one["id"] is None) for one in order["tickets"]} == {
        ("1", "exchanged", False),
        ("2", "valid", False),
        ("1", "valid", True),
    }
    listed = shop.get("/orders", signed_in).json["items"][0]
    assert listed["tickets"] == order["tickets"]
    mine = shop.get("/me/tickets", signed_in)
    assert [ticket["seat"] for ticket in mine.json["items"]] == ["2"]
    hold = shop.get(f"/holds/{told['code']}", signed_in)
    for answer in (shop.get(f"/orders/{told['code']}", signed_in), mine, hold):
        assert friends not in answer.text
    auditor = shop.look(told["code"], staff("auditor"))
    assert friends in {one["id"] for one in auditor["tickets"]}


def test_what_changes_an_order_does_not_tell_them_either(shop: Shop, sale: Sale) -> None:
    told = bought(shop)
    guest = with_secret(told)
    first = shop.look(told["code"], guest)["tickets"][0]["id"]
    friends = hand_over(sale, told["code"], first)
    changed = shop.patch(f"/orders/{told['code']}", guest, email="other@example.org")
    assert changed.status_code == 200
    refunded = shop.post(f"/orders/{told['code']}/refunds", guest)
    assert refunded.status_code == 200
    assert refunded.json["state"] == "refunded"
    for answer in (changed, refunded):
        assert friends not in answer.text


def test_the_friend_looks_at_the_ticket_by_its_id(shop: Shop, sale: Sale) -> None:
    told = bought(shop)
    first = shop.look(told["code"], with_secret(told))["tickets"][0]["id"]
    friends = hand_over(sale, told["code"], first)
    answer = shop.get(f"/tickets/{friends}").json
    assert (answer["state"], answer["seat"], answer["order"]) == ("valid", "1", None)
    assert shop.get(f"/tickets/{first}").json["state"] == "exchanged"


def test_the_api_as_given_does_not_list_them(
    shop: Shop, sale: Sale, buyer: Buyer, signed_in: Headers
) -> None:
    told = bought(shop, signed_in)
    first = shop.look(told["code"], signed_in)["tickets"][0]["id"]
    friends = hand_over(sale, told["code"], first)
    query = f"?username={buyer.username}&token={buyer.token}"
    for path in ("/getTikets", "/displayTikets"):
        answer = shop.client.get(f"{path}{query}")
        assert answer.status_code == 200
        assert friends not in answer.text
        assert [one["number"] for one in answer.json["tikets"]] == [2]


@pytest.mark.parametrize(
    ("asked", "account", "language"),
    [("uk-UA,uk;q=0.9", "en", "uk"), ("de", "uk", "uk"), (None, "uk", "uk"), (None, "en", "en")],
)
def test_mails_are_in_the_language_that_is_asked_for_else_in_that_of_the_account(
    shop: Shop, sale: Sale, signed_in: Headers, asked: str | None, account: str, language: str
) -> None:
    set_language(sale, account)
    headers = {**signed_in, **({"Accept-Language": asked} if asked else {})}
    told = shop.hold("A1", headers=headers)
    assert language_of(sale, told["code"]) == language


@on_one_database
@pytest.mark.parametrize(("asked", "language"), [("uk", "uk"), ("de", "en"), ("", "en")])
def test_guests_get_mails_in_the_language_that_they_ask_for(
    shop: Shop, sale: Sale, asked: str, language: str
) -> None:
    told = shop.hold("A1", headers={"Accept-Language": asked})
    assert language_of(sale, told["code"]) == language


def test_the_api_as_given_writes_in_the_language_of_the_account(shop: Shop, sale: Sale, buyer: Buyer) -> None:
    set_language(sale, "uk")
    headers = {"username": buyer.username, "token": buyer.token, "date": "2030-05-18", "time": "20:30"}
    answer = shop.client.post("/buyTicket", headers={**headers, "title": "Caf%C3%A9", "number": "A1"})
    assert answer.status_code == 200
    (order,) = sale.read(lambda s: s.query(Order).all())
    assert order.language == "uk"


def set_language(sale: Sale, language: str) -> None:
    sale.write(lambda s: setattr(s.get_one(User, sale.buyer.id), "language", language))


def language_of(sale: Sale, code: str) -> str:
    found: str = sale.read(lambda s: s.query(Order).filter_by(code=code).one().language)
    return found
