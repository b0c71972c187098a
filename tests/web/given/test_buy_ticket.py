"""POST /buyTicket"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.outbox.models import Message
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import (
    HOUSE_SEAT,
    NOW,
    PASSWORD,
    PRICE_A,
    Buyer,
    House,
    add_buyer,
    cancel,
    clock_at,
    count_rows,
    on_one_database,
)
from tests.web.conftest import OpenApp
from tests.web.given.conftest import Buy

NO_USER = (404, {"message": "User not found"})
NO_SESSION = (400, {"message": "Wrong token or session expired"})
NOT_CONFIRMED = (400, {"message": "Email not confirmed"})
NO_CINEMA = (404, {"message": "Cinema not found"})
NO_DATE = (404, {"message": "Date not found"})
NO_TITLE = (404, {"message": "Title not found"})
NO_TIME = (404, {"message": "Time not found"})
NO_SEAT = (404, {"message": "Seat not found"})
WEBSITE_ONLY = (403, {"message": "Sold on the website only"})
LETTERED = {"title": "Caf%C3%A9", "time": "20:30", "number": "A1"}


def answer(buy: Buy, **changes: str | None) -> tuple[int, object]:
    given = buy(**changes)
    return given.status_code, given.json


def test_a_purchase_answers_with_the_ticket(buy: Buy) -> None:
    bought = buy()
    assert bought.status_code == 200
    assert bought.json["message"] == "Ticket bought successfully"
    data = bought.json["data"]
    assert re.fullmatch("[A-Za-z0-9]{16}", data["id"])
    assert data == {
        "date": "2030-05-18",
        "title": "Амели",
        "time": "18:00",
        "number": 5,
        "id": data["id"],
        "urltoqr": f"http://testserver/tikets/{data['id']}.png",
    }


def test_a_purchase_stores_all_that_belongs_to_it(
    buy: Buy, services: Services, buyer: Buyer, house: House
) -> None:
    ticket_id = buy().json["data"]["id"]

    def check(session) -> None:
        ticket = session.scalars(select(Ticket)).one()
        order = session.scalars(select(Order)).one()
        claim = session.scalars(select(SeatClaim)).one()
        event = session.scalars(select(OrderEvent)).one()
        mail = session.scalars(select(Message)).one()
        assert (ticket.id, ticket.state, ticket.amount, ticket.order_id) == (ticket_id, "valid", 0, order.id)
        assert (order.state, order.channel, order.user_id) == ("paid", "given", buyer.id)
        assert (order.seats_asked, order.total_amount, order.paid_amount, order.currency) == (1, 0, 0, "UAH")
        assert (claim.screening_id, claim.order_id, claim.expires_at) == (house.first_hall, order.id, None)
        assert claim.seat_id == ticket.seat_id
        assert (event.from_state, event.to_state, event.actor, event.at) == (
            None,
            "paid",
            buyer.username,
            NOW,
        )
        assert (mail.kind, mail.recipient, mail.payload) == (
            "tickets",
            buyer.username,
            {"order_id": order.id},
        )
        assert mail.next_attempt_at == NOW

    services.transactions.read(check)


def test_the_checks_come_in_the_order_of_the_contract(
    buy: Buy, services: Services, buyer: Buyer, house: House
) -> None:
    newcomer = services.transactions.write(
        lambda session: add_buyer(session, "new@example.com", confirmed=False)
    )
    website_only(services)
    # Everything is wrong; then one thing after the other is put right.
    wrong = {
        "username": "nobody@example.com", "token": "wrong", "cinema": "none", "date": "2031-01-01", "title": "None",
        "time": "03:00", "number": "99",
    }  # fmt: skip
    assert answer(buy, **wrong) == NO_USER
    wrong["username"] = newcomer.username
    assert answer(buy, **wrong) == NO_SESSION
    wrong["token"] = newcomer.token
    assert answer(buy, **wrong) == NOT_CONFIRMED
    wrong |= {"username": buyer.username, "token": buyer.token}
    assert answer(buy, **wrong) == NO_CINEMA
    wrong["cinema"] = "odeon"
    assert answer(buy, **wrong) == NO_DATE
    wrong["date"] = "2030-05-18"
    assert answer(buy, **wrong) == NO_TITLE
    wrong["title"] = "Caf%C3%A9"
    assert answer(buy, **wrong) == NO_TIME
    wrong["time"] = "20:30"
    assert answer(buy, **wrong) == WEBSITE_ONLY
    website_only(services, sells=True)
    assert answer(buy, **wrong) == NO_SEAT
    wrong["number"] = "A1"
    assert answer(buy, **wrong)[0] == 200


def test_a_screening_that_was_cancelled_is_not_sold(buy: Buy, services: Services, house: House) -> None:
    def cancelled(*screening_ids: int) -> None:
        services.transactions.write(lambda session: cancel(session, *screening_ids))

    cancelled(house.first_hall)
    assert answer(buy)[0] == 200, "it is shown in the second hall, too"
    cancelled(house.second_hall)
    assert answer(buy, number="6") == NO_TIME
    cancelled(house.lettered)
    assert answer(buy, **LETTERED) == NO_TITLE
    cancelled(house.closed)
    assert answer(buy) == NO_DATE
    assert services.transactions.read(lambda session: count_rows(session, Ticket)) == 1


def website_only(services: Services, *, sells: bool = False) -> None:
    services.transactions.write(
        lambda session: session.execute(update(Cinema).values(sells_priced_unpaid=sells))
    )


def test_nothing_is_stored_of_a_purchase_that_is_refused(buy: Buy, services: Services) -> None:
    for changes in (
        {"number": "99"},
        {"time": "03:00"},
        {"token": "wrong"},
        {"number": HOUSE_SEAT, "time": "21:30"},
    ):
        assert buy(**changes).status_code in (400, 404)
    for table in (Order, SeatClaim, Ticket, OrderEvent, Message):
        assert services.transactions.read(lambda session, table=table: count_rows(session, table)) == 0


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("Амели".encode().decode("latin-1"), "Амели"),
        (quote("Амели"), "Амели"),
        (quote("Амели").lower(), "Амели"),
        ("Café", "Café"),
        ("Café".encode().decode("latin-1"), "Café"),
        (quote("Café"), "Café"),
        # A client may write é as two characters.
        (quote("Cafe\N{COMBINING ACUTE ACCENT}"), "Café"),
    ],
    ids=["UTF-8", "percent", "small percent", "Latin-1", "UTF-8 é", "percent é", "decomposed"],
)
def test_a_title_is_found_however_the_header_is_encoded(buy: Buy, header: str, title: str) -> None:
    changes = {"title": header} if title == "Амели" else {**LETTERED, "title": header}
    bought = buy(**changes)
    assert bought.status_code == 200
    assert bought.json["data"]["title"] == title


def test_the_same_names_are_taken_from_a_json_object(client: FlaskClient, house: House, buyer: Buyer) -> None:
    values = {
        "username": buyer.username, "token": buyer.token, "date": "2030-05-18", "title": "Амели", "time": "18:00",
        "number": 7,
    }  # fmt: skip
    assert client.post("/buyTicket", json=values).json["data"]["number"] == 7
    assert client.post("/buyTicket", json={**values, "number": "8"}).json["data"]["number"] == 8
    # A header wins.
    assert client.post("/buyTicket", json=values, headers={"number": "9"}).json["data"]["number"] == 9


def test_a_label_of_letters_is_a_string(buy: Buy) -> None:
    assert buy(**LETTERED).json["data"]["number"] == "A1"


def test_a_date_with_dots_and_a_time_without_zero_are_read(buy: Buy) -> None:
    data = buy(date="2030.05.18").json["data"]
    assert data["date"] == "2030-05-18"
    assert buy(date="2030-5-19", title="Caf%C3%A9", time="0:30").json["data"]["time"] == "00:30"


def test_the_cookie_alone_says_who_buys(buy: Buy, client: FlaskClient, buyer: Buyer) -> None:
    assert buy(token=None).status_code == 400
    assert buy(token=None, username=None).status_code == 400
    client.post("/login", query_string={"username": buyer.username, "password": PASSWORD})
    assert buy(token=None, number="5").status_code == 200
    assert buy(token=None, username=None, number="6").status_code == 200
    # A token that is given is the one that counts.
    assert answer(buy, token="wrong", number="7") == NO_SESSION


def test_a_session_that_has_expired(buy: Buy) -> None:
    with clock_at(NOW + timedelta(hours=24)):
        assert answer(buy) == NO_SESSION
    with clock_at(NOW + timedelta(hours=24) - timedelta(seconds=1)):
        assert buy().status_code == 200


def test_the_token_of_somebody_else(buy: Buy, services: Services) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    assert answer(buy, token=other.token) == NO_SESSION


def test_a_date_that_is_none_or_shows_nothing(buy: Buy) -> None:
    for date in ("2031-01-01", "2030-02-30", "tomorrow"):
        assert answer(buy, date=date) == NO_DATE


def test_a_title_that_is_shown_on_another_day(buy: Buy) -> None:
    for title in ("Nosferatu", "Nobody", "Amélie", "амели"):
        assert answer(buy, title=title) == NO_TITLE, title
    assert answer(buy, date="2030-05-19") == NO_TITLE


def test_a_time_at_which_the_film_is_not_shown(buy: Buy) -> None:
    for time in ("20:30", "18:01", "noon", "99:99"):
        assert answer(buy, time=time) == NO_TIME


def test_a_screening_that_has_begun_is_not_on_sale(buy: Buy) -> None:
    assert answer(buy, date="2030-05-17", time="11:00") == NO_TIME
    # 18:00 in Kyiv is 15:00 in UTC.
    start = NOW.replace(day=18, hour=15, minute=0)
    with clock_at(start):
        assert answer(buy) == NO_SESSION


def test_the_sale_ends_at_the_very_start(buy: Buy, services: Services) -> None:
    start = NOW.replace(day=18, hour=15, minute=0)
    with clock_at(start - timedelta(hours=1)):
        buyer = services.transactions.write(lambda session: add_buyer(session, "late@example.com"))
    late = {"username": buyer.username, "token": buyer.token}
    from matinee.accounts.models import UserSession

    services.transactions.write(
        lambda session: session.execute(update(UserSession).values(expires_at=start + timedelta(hours=1)))
    )
    with clock_at(start):
        assert answer(buy, **late) == NO_TIME
    with clock_at(start - timedelta(seconds=1)):
        assert buy(**late).status_code == 200


def test_a_screening_whose_sale_is_closed(buy: Buy) -> None:
    assert answer(buy, time="21:30") == NO_TIME


def test_a_seat_that_the_house_keeps_does_not_exist_for_the_public(buy: Buy) -> None:
    # The second hall at the same time has the same label free; after that there is none.
    assert buy(number=HOUSE_SEAT).status_code == 200
    assert answer(buy, number=HOUSE_SEAT) == NO_SEAT


def test_the_second_buyer_of_a_seat_is_refused(buy: Buy) -> None:
    assert buy(**LETTERED).status_code == 200
    assert answer(buy, **LETTERED) == NO_SEAT


def test_a_seat_that_the_hall_does_not_have(buy: Buy) -> None:
    for number in ("13", "A1", "9999"):
        assert answer(buy, number=number) == NO_SEAT


def test_the_first_hall_with_the_seat_free_sells_it(buy: Buy, services: Services, house: House) -> None:
    for hall in (house.first_hall, house.second_hall):
        ticket_id = buy().json["data"]["id"]
        sold = services.transactions.read(
            lambda session, key=ticket_id: session.get_one(Ticket, key).screening_id
        )
        assert sold == hall
    assert answer(buy) == NO_SEAT


def test_a_screening_with_a_price_is_due_at_the_counter(buy: Buy, services: Services) -> None:
    ticket_id = buy(**LETTERED).json["data"]["id"]

    def check(session) -> None:
        ticket = session.get_one(Ticket, ticket_id)
        assert (ticket.state, ticket.amount) == ("valid", PRICE_A)
        assert (ticket.order.state, ticket.order.total_amount, ticket.order.paid_amount) == (
            "due",
            PRICE_A,
            0,
        )

    services.transactions.read(check)


def test_a_cinema_can_refuse_priced_screenings_and_still_sell_free_ones(buy: Buy, services: Services) -> None:
    website_only(services)
    assert answer(buy, **LETTERED) == WEBSITE_ONLY
    assert buy().status_code == 200


def test_another_cinema_is_named_by_header_query_or_body(buy: Buy) -> None:
    elsewhere = {"title": "Nosferatu", "time": "19:00"}
    assert answer(buy, **elsewhere) == NO_TITLE
    assert buy(**elsewhere, cinema="lux").status_code == 200
    assert buy("/buyTicket?cinema=lux", **elsewhere, number="6").status_code == 200
    assert answer(buy, cinema="lux") == NO_TITLE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", None), ("number", ""), ("number", "[5"), ("number", "0"), ("number", "-5"), ("number", "5,6"),
        ("number", "5.0"), ("number", "05"), ("number", "%00"), ("number", "A" * 13), ("number", "A" * 5000),
        ("number", "10000"), ("date", None), ("title", None), ("title", "x" * 301), ("title", " "),
        ("time", None), ("token", None), ("token", "x" * 201), ("username", "nobody"), ("username", None),
        ("username", "a" * 250 + "@example.com"), ("date", "x" * 301), ("cinema", "x" * 301),
    ],
)  # fmt: skip
@on_one_database
def test_missing_or_malformed_values_are_a_bad_request(buy: Buy, name: str, value: str | None) -> None:
    status, body = answer(buy, **{name: value})
    assert (status, body["message"]) == (400, "Bad request"), body
    assert body["detail"].startswith(name)
    assert body["detail"].endswith(".")


@pytest.mark.parametrize("number", [True, 1.5, None, {}, [5], 0, -1, 10**30, "\ud800", "a\x00"])
@on_one_database
def test_a_seat_in_json_that_is_no_label_is_a_bad_request(
    client: FlaskClient, house: House, buyer: Buyer, number: object
) -> None:
    values = {
        "username": buyer.username, "token": buyer.token, "date": "2030-05-18", "title": "Амели", "time": "18:00",
        "number": number,
    }  # fmt: skip
    refused = client.post("/buyTicket", data=json.dumps(values), content_type="application/json")
    assert (refused.status_code, refused.json["message"]) == (400, "Bad request")


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b", "\U0010ffff" * 300])
def test_letters_that_no_database_can_keep_are_never_a_fault(
    client: FlaskClient, house: House, buyer: Buyer, value: str
) -> None:
    for name in ("title", "time", "date", "cinema", "token", "username"):
        _check_that_it_is_no_fault(client, buyer, name, value)


def _check_that_it_is_no_fault(client: FlaskClient, buyer: Buyer, name: str, value: str) -> None:
    values = {
        "username": buyer.username, "token": buyer.token, "date": "2030-05-18", "title": "Амели", "time": "18:00",
        "number": 5, name: value,
    }  # fmt: skip
    # As escapes: the letters themselves could not be sent.
    answer = client.post("/buyTicket", data=json.dumps(values), content_type="application/json")
    assert answer.status_code in (400, 404)


def test_two_processes_never_sell_one_seat_twice(buy: Buy, open_app: OpenApp, buyer: Buyer) -> None:
    elsewhere = open_app().test_client()
    headers = {
        "username": buyer.username, "token": buyer.token, "date": "2030-05-18", "title": LETTERED["title"],
        "time": "20:30", "number": "A1",
    }  # fmt: skip
    assert buy(**LETTERED).status_code == 200
    refused = elsewhere.post("/buyTicket", headers=headers)
    assert (refused.status_code, refused.json) == NO_SEAT


def test_get_is_refused(client: FlaskClient) -> None:
    assert client.get("/buyTicket").status_code == 405
