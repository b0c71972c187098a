"""POST /buyManyTikets"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matinee.boxoffice.models import Order, SeatClaim, Ticket
from matinee.outbox.models import Message
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import (
    HOUSE_SEAT,
    PASSWORD,
    PRICE_A,
    PRICE_B,
    Buyer,
    House,
    add_buyer,
    count_rows,
    on_one_database,
)
from tests.web.conftest import OpenApp
from tests.web.given.conftest import Buy

PATH = "/buyManyTikets"
LETTERED = {"title": "Caf%C3%A9", "time": "20:30"}
NO_SEAT = (404, {"message": "Seat not found"})


def test_each_seat_is_a_ticket_of_one_order_and_one_mail(
    buy: Buy, services: Services, buyer: Buyer, house: House
) -> None:
    bought = buy(PATH, number="[3, 1, 2]")
    assert bought.status_code == 200
    assert bought.json["message"] == "Ticket bought successfully"
    data = bought.json["data"]
    assert [ticket["number"] for ticket in data] == [3, 1, 2]
    assert len({ticket["id"] for ticket in data}) == 3
    for ticket in data:
        assert ticket == {
            "username": buyer.username, "date": "2030-05-18", "title": "Амели", "time": "18:00",
            "number": ticket["number"], "id": ticket["id"],
            "urltoqr": f"http://testserver/tikets/{ticket['id']}.png",
        }  # fmt: skip

    def check(session) -> None:
        order = session.scalars(select(Order)).one()
        assert (order.seats_asked, order.seats_claimed, order.state) == (3, 3, "paid")
        assert session.scalars(select(Message)).one().payload == {"order_id": order.id}
        kept = {ticket.id: ticket.seat.label for ticket in session.scalars(select(Ticket))}
        # What was answered is what is stored: this id opens this seat.
        assert kept == {ticket["id"]: str(ticket["number"]) for ticket in data}

    services.transactions.read(check)


@pytest.mark.parametrize(
    "number", ["[A1, A2, A3]", '["A1", "A2", "A3"]', "A1,A2,A3", "['A1','A2','A3']", " [ A1 ,A2,A3 ] "]
)
def test_letters_are_read_in_every_notation(buy: Buy, number: str) -> None:
    bought = buy(PATH, **LETTERED, number=number)
    assert [ticket["number"] for ticket in bought.json["data"]] == ["A1", "A2", "A3"]


@pytest.mark.parametrize("number", ["[1, 2]", '["1", "2"]', "1,2", "%5B1%2C%202%5D"])
@on_one_database
def test_numbers_are_read_in_every_notation(buy: Buy, number: str) -> None:
    assert [ticket["number"] for ticket in buy(PATH, number=number).json["data"]] == [1, 2]


@pytest.mark.parametrize("number", [[1, 2], ["1", "2"], [1, "2"], "1,2", "[1, 2]"])
@on_one_database
def test_a_json_object_may_carry_a_list(
    client: FlaskClient, house: House, buyer: Buyer, number: object
) -> None:
    values = {
        "username": buyer.username, "token": buyer.token, "date": "2030-05-18", "title": "Амели", "time": "18:00",
        "number": number,
    }  # fmt: skip
    assert [ticket["number"] for ticket in client.post(PATH, json=values).json["data"]] == [1, 2]


def test_one_seat_is_a_list_of_one(buy: Buy) -> None:
    assert [ticket["number"] for ticket in buy(PATH, number="4").json["data"]] == [4]


def test_all_seats_or_none(buy: Buy, services: Services) -> None:
    assert buy(PATH, **LETTERED, number="A2").status_code == 200
    for number in ("A1,A2", "A2,A1", "A1,Z9", "A3,A4,B1,B2,A2"):
        refused = buy(PATH, **LETTERED, number=number)
        assert (refused.status_code, refused.json) == NO_SEAT
    for table in (SeatClaim, Ticket, Order, Message):
        assert services.transactions.read(lambda session, table=table: count_rows(session, table)) == 1
    assert buy(PATH, **LETTERED, number="A1,A3").status_code == 200


def test_a_house_seat_among_them_sends_all_to_the_next_hall(
    buy: Buy, services: Services, house: House
) -> None:
    data = buy(PATH, number=f"11,{HOUSE_SEAT}").json["data"]
    halls = services.transactions.read(
        lambda session: {session.get_one(Ticket, ticket["id"]).screening_id for ticket in data}
    )
    assert halls == {house.second_hall}
    # Seat 11 of the first hall was not taken on the way.
    assert buy(PATH, number="11").status_code == 200
    refused = buy(PATH, number=f"10,{HOUSE_SEAT}")
    assert (refused.status_code, refused.json) == NO_SEAT


def test_prices_of_the_zones_add_up(buy: Buy, services: Services) -> None:
    data = buy(PATH, **LETTERED, number="B1,A1").json["data"]

    def check(session) -> None:
        order = session.scalars(select(Order)).one()
        assert (order.state, order.total_amount, order.paid_amount) == ("due", PRICE_A + PRICE_B, 0)
        amounts = [session.get_one(Ticket, ticket["id"]).amount for ticket in data]
        assert amounts == [PRICE_B, PRICE_A]
        states = [session.get_one(Ticket, ticket["id"]).state for ticket in data]
        assert states == ["valid", "valid"]

    services.transactions.read(check)


@pytest.mark.parametrize(
    "number",
    [
        "1,1",
        "[1, 2, 1]",
        "5,5.",
        ",",
        "[]",
        "1,",
        "[1;2]",
        ",".join(map(str, range(1, 12))),
        "1," * 4000,
        "[[1]]",
    ],
)
@on_one_database
def test_a_list_that_cannot_be_is_a_bad_request(buy: Buy, services: Services, number: str) -> None:
    refused = buy(PATH, number=number)
    assert (refused.status_code, refused.json["message"]) == (400, "Bad request")
    assert refused.json["detail"].endswith(".")
    assert services.transactions.read(lambda session: count_rows(session, Ticket)) == 0


def test_ten_seats_are_the_most(buy: Buy, open_app: OpenApp, buyer: Buyer) -> None:
    ten = ",".join(map(str, range(1, 11)))
    assert len(buy(PATH, number=ten).json["data"]) == 10
    # The number is a setting.
    headers = {
        "username": buyer.username, "token": buyer.token, "date": "2030-05-18", "title": LETTERED["title"],
        "time": "20:30",
    }  # fmt: skip
    strict = open_app(seats_per_order_max=2).test_client()
    assert strict.post(PATH, headers={**headers, "number": "A1,A2,A3"}).status_code == 400
    assert strict.post(PATH, headers={**headers, "number": "A1,A2"}).status_code == 200


def test_the_checks_come_in_the_order_of_the_contract(
    buy: Buy, services: Services, buyer: Buyer, house: House
) -> None:
    newcomer = services.transactions.write(
        lambda session: add_buyer(session, "new@example.com", confirmed=False)
    )
    services.transactions.write(
        lambda session: session.execute(update(Cinema).values(sells_priced_unpaid=False))
    )
    wrong = {
        "username": "nobody@example.com", "token": "wrong", "date": "2031-01-01", "title": "None", "time": "03:00",
        "number": "98,99",
    }  # fmt: skip
    steps = [
        ({}, 404, "User not found"),
        ({"username": newcomer.username}, 400, "Wrong token or session expired"),
        ({"token": newcomer.token}, 400, "Email not confirmed"),
        ({"username": buyer.username, "token": buyer.token}, 404, "Date not found"),
        ({"date": "2030-05-18"}, 404, "Title not found"),
        ({"title": "Caf%C3%A9"}, 404, "Time not found"),
        ({"time": "20:30"}, 403, "Sold on the website only"),
        ({"title": "%D0%90%D0%BC%D0%B5%D0%BB%D0%B8", "time": "18:00"}, 404, "Seat not found"),
    ]
    for right, status, text in steps:
        wrong |= right
        refused = buy(PATH, **wrong)
        assert (refused.status_code, refused.json) == (status, {"message": text})


def test_the_cookie_alone_says_who_buys(buy: Buy, client: FlaskClient, buyer: Buyer) -> None:
    client.post("/login", query_string={"username": buyer.username, "password": PASSWORD})
    data = buy(PATH, token=None, username=None, number="1,2").json["data"]
    assert [ticket["username"] for ticket in data] == [buyer.username] * 2


def test_get_is_refused(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 405
