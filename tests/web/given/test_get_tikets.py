"""GET /getTikets"""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import refund_order
from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, add_buyer, clock_at
from tests.web.conftest import OpenApp
from tests.web.given.conftest import Buy


def own(buyer: Buyer) -> dict[str, str]:
    return {"username": buyer.username, "token": buyer.token}


def test_no_tickets_yet(client: FlaskClient, buyer: Buyer) -> None:
    answer = client.get("/getTikets", query_string=own(buyer))
    assert (answer.status_code, answer.json) == (200, {"message": "success", "tikets": []})


def test_every_ticket_is_there_as_it_was_bought(client: FlaskClient, buy: Buy, buyer: Buyer) -> None:
    later = buy(title="Caf%C3%A9", time="20:30", number="B1").json["data"]
    many = buy("/buyManyTikets", number="2,1").json["data"]
    answer = client.get("/getTikets", query_string=own(buyer))
    assert answer.json["message"] == "success"
    bought = [
        {name: value for name, value in ticket.items() if name != "username"} for ticket in [*many, later]
    ]
    tickets = answer.json["tikets"]
    assert sorted(tickets, key=lambda ticket: ticket["id"]) == sorted(bought, key=lambda ticket: ticket["id"])
    # In the order of the screenings.
    assert [ticket["time"] for ticket in tickets] == ["18:00", "18:00", "20:30"]


def test_nobody_sees_the_tickets_of_another(client: FlaskClient, services: Services, buy: Buy) -> None:
    buy()
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    assert client.get("/getTikets", query_string=own(other)).json["tikets"] == []


def test_a_ticket_that_was_refunded_is_gone(
    client: FlaskClient, services: Services, buy: Buy, buyer: Buyer
) -> None:
    buy()
    services.transactions.write(
        lambda session: refund_order(
            session, order=session.scalars(select(Order)).one(), actor="counter", reason="", now=NOW
        )
    )
    assert client.get("/getTikets", query_string=own(buyer)).json["tikets"] == []


def test_the_first_look_after_a_purchase_shows_it_in_every_process(
    client: FlaskClient, buy: Buy, buyer: Buyer, open_app: OpenApp
) -> None:
    elsewhere = open_app().test_client()
    for count in (1, 2):
        buy(number=str(count))
        for reader in (elsewhere, client):
            assert len(reader.get("/getTikets", query_string=own(buyer)).json["tikets"]) == count


def test_an_unknown_name_is_told_before_a_wrong_token(client: FlaskClient, buyer: Buyer) -> None:
    for token in (buyer.token, "wrong"):
        answer = client.get("/getTikets", query_string={"username": "nobody@example.com", "token": token})
        assert (answer.status_code, answer.json) == (404, {"message": "User not found"})


def test_a_wrong_token_or_one_that_has_expired(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    refused = (400, {"message": "Wrong token or session expired"})
    for token in ("wrong", other.token):
        answer = client.get("/getTikets", query_string={"username": buyer.username, "token": token})
        assert (answer.status_code, answer.json) == refused
    with clock_at(NOW + timedelta(hours=24)):
        answer = client.get("/getTikets", query_string=own(buyer))
        assert (answer.status_code, answer.json) == refused


def test_the_token_may_come_in_the_header_or_the_cookie(client: FlaskClient, buyer: Buyer) -> None:
    named = {"username": buyer.username}
    assert client.get("/getTikets", query_string=named, headers={"token": buyer.token}).status_code == 200
    client.post("/login", query_string={**named, "password": PASSWORD})
    assert client.get("/getTikets", query_string=named).status_code == 200
    assert client.get("/getTikets").status_code == 200
    assert client.get("/getTikets", query_string={**named, "token": "wrong"}).status_code == 400


def test_the_cookie_of_one_does_not_open_the_tickets_of_another(
    client: FlaskClient, services: Services, buyer: Buyer
) -> None:
    services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    client.post("/login", query_string={"username": buyer.username, "password": PASSWORD})
    answer = client.get("/getTikets?username=other@example.com")
    assert (answer.status_code, answer.json) == (400, {"message": "Wrong token or session expired"})


def test_without_a_token_it_is_a_bad_request(client: FlaskClient, buyer: Buyer) -> None:
    for query in (
        {},
        {"username": buyer.username},
        {"username": "nobody", "token": "x"},
        {"token": buyer.token},
    ):
        answer = client.get("/getTikets", query_string=query)
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")
        assert answer.json["detail"]


def test_post_is_refused(client: FlaskClient) -> None:
    assert client.post("/getTikets").status_code == 405
