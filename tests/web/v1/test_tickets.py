"""GET /tickets/{ticket_id}"""

from __future__ import annotations

import pytest

from tests.building import on_one_database
from tests.web.log_text import LogText
from tests.web.v1.conftest import Headers, Staff
from tests.web.v1.shopping import Json, Shop, refused, uah, with_secret


@pytest.fixture
def bought(shop: Shop) -> Json:
    """What a guest was told when seats 1 and 2 were held; they are sold by now."""
    told = shop.hold("1", "2", screening=shop.house.second_hall)
    shop.order(told)
    shop.pay(told["code"], "free", with_secret(told))
    return told


def test_whoever_knows_its_id_has_the_ticket_and_not_the_order(
    shop: Shop, bought: Json, signed_in: Headers, staff: Staff
) -> None:
    ids = [ticket["id"] for ticket in shop.look(bought["code"], with_secret(bought))["tickets"]]
    told = {
        "id": ids[0],
        "order": None,
        "state": "valid",
        "screening": shop.house.second_hall,
        "cinema": "odeon",
        "film": "Амели",
        "hall": "Hall 2",
        "starts_at": "2030-05-18T18:00:00+03:00",
        "seat": "1",
        "price": None,
        "fee": None,
        "qr_png_url": f"http://testserver/tikets/{ids[0]}.png",
        "qr_svg_url": f"http://testserver/tikets/{ids[0]}.svg",
    }
    path = f"/tickets/{ids[0]}"
    for stranger in ({}, {"Order-Secret": "x" * 32}, signed_in, staff("usher")):
        assert shop.get(path, stranger).json == told
    whole = {**told, "order": bought["code"], "price": uah(0), "fee": uah(0)}
    for headers in (with_secret(bought), staff("auditor")):
        assert shop.get(path, headers).json == whole
    picture = shop.client.get(told["qr_png_url"].removeprefix("http://testserver"))
    assert (picture.status_code, picture.content_type) == (200, "image/png")


def test_an_account_has_its_tickets_with_their_orders(shop: Shop, signed_in: Headers) -> None:
    told = shop.hold("1", "2", screening=shop.house.second_hall, headers=signed_in)
    shop.pay(told["code"], "free", signed_in)
    for ticket in shop.get("/me/tickets", signed_in).json["items"]:
        assert ticket["order"] == told["code"]
        assert shop.get(f"/tickets/{ticket['id']}", signed_in).json == ticket


@on_one_database
def test_what_is_no_ticket_is_not_found(shop: Shop) -> None:
    for name in ("NOSUCHTICKET", "%00", "ß", "a" * 300):
        assert refused(shop.get(f"/tickets/{name}")) == (404, "ticket_not_found")


@on_one_database
def test_the_log_does_not_tell_the_ids_of_tickets(shop: Shop, bought: Json, log_text: LogText) -> None:
    id_ = shop.look(bought["code"], with_secret(bought))["tickets"][0]["id"]
    shop.get(f"/tickets/{id_}")
    logged = log_text()
    assert f"/api/v1/tickets/{id_[:4]}***" in logged
    assert id_ not in logged
