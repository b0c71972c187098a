"""GET /me/tickets"""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.boxoffice.models import Ticket
from matinee.web.shared.services import Services
from tests.building import DAY, Buyer, House, add_buyer
from tests.web.v1.conftest import Headers, bearer

PATH = "/api/v1/me/tickets"
AMELIE = {"date": DAY.isoformat(), "title": "%D0%90%D0%BC%D0%B5%D0%BB%D0%B8", "time": "18:00"}
CAFE = {"date": DAY.isoformat(), "title": "Caf%C3%A9", "time": "20:30"}


def buy(client: FlaskClient, buyer: Buyer, seats: str, screening: dict[str, str]) -> None:
    headers = {"token": buyer.token, "username": buyer.username, "number": seats, **screening}
    assert client.post("/buyManyTikets", headers=headers).status_code == 200


def test_one_reads_ones_own_tickets(
    client: FlaskClient, services: Services, house: House, buyer: Buyer, signed_in: Headers
) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    buy(client, other, "3", AMELIE)
    buy(client, buyer, "A1", CAFE)
    (ticket,) = client.get(PATH, headers=signed_in).json["items"]
    assert ticket == {
        "id": ticket["id"],
        "order": ticket["order"],
        "state": "valid",
        "screening": house.lettered,
        "cinema": "odeon",
        "film": "Café",
        "hall": "Hall 10",
        "starts_at": "2030-05-18T20:30:00+03:00",
        "seat": "A1",
        "price": {"amount": 15000, "currency": "UAH"},
        "fee": {"amount": 0, "currency": "UAH"},
        "qr_png_url": f"http://testserver/tikets/{ticket['id']}.png",
        "qr_svg_url": f"http://testserver/tikets/{ticket['id']}.svg",
    }
    for url in (ticket["qr_png_url"], ticket["qr_svg_url"]):
        assert client.get(url.removeprefix("http://testserver")).status_code == 200


def test_they_come_by_the_start_of_the_screening_page_by_page(
    client: FlaskClient, house: House, buyer: Buyer, signed_in: Headers
) -> None:
    buy(client, buyer, "A1,A2", CAFE)
    buy(client, buyer, "1,2,3", AMELIE)
    seats, path = [], f"{PATH}?limit=2"
    while path:
        answer = client.get(path, headers=signed_in)
        seats += [(ticket["film"], ticket["seat"]) for ticket in answer.json["items"]]
        link = answer.headers.get("Link")
        path = link.partition(">")[0][1:] if link else ""
    assert [film for film, _ in seats] == ["Амели"] * 3 + ["Café"] * 2
    assert {seat for _, seat in seats} == {"1", "2", "3", "A1", "A2"}


def test_what_was_given_back_is_no_ticket(
    client: FlaskClient, services: Services, house: House, buyer: Buyer, signed_in: Headers
) -> None:
    buy(client, buyer, "A1", CAFE)
    services.transactions.write(lambda session: session.execute(update(Ticket).values(state="refunded")))
    assert client.get(PATH, headers=signed_in).json == {"items": [], "next_cursor": None}
    assert client.get(PATH, headers=bearer("wrong")).status_code == 401
