"""GET /tikets/<id>.png and .svg, and the ticket that the picture leads to"""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import refund_order
from matinee.tickets.codes import read_code
from matinee.tickets.signing import public_keys
from matinee.web.shared.services import Services
from tests.building import NOW
from tests.web.given.conftest import Buy

BROWSER = {"Accept": "text/html,*/*;q=0.8"}


def test_the_picture_holds_the_signed_address_of_the_ticket(
    client: FlaskClient, buy: Buy, services: Services
) -> None:
    ticket = buy().json["data"]
    answer = client.get(ticket["urltoqr"].removeprefix("http://testserver"))
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(answer.data)))
    assert code.text.startswith(f"http://testserver/tikets/{ticket['id']}?c=")
    read = read_code(code.text)
    assert read is not None
    assert read.is_genuine(services.transactions.read(public_keys))
    assert client.get(code.text.removeprefix("http://testserver")).json["tiket"]["id"] == ticket["id"]


def test_the_same_as_svg(client: FlaskClient, buy: Buy) -> None:
    answer = client.get(f"/tikets/{buy().json['data']['id']}.svg")
    assert answer.status_code == 200
    assert answer.content_type.startswith("image/svg+xml")
    assert b"<svg" in answer.data


@pytest.mark.parametrize("form", ["png", "svg"])
def test_clients_may_keep_it_and_ask_whether_it_changed(client: FlaskClient, buy: Buy, form: str) -> None:
    path = f"/tikets/{buy().json['data']['id']}.{form}"
    answer = client.get(path)
    assert "private" in answer.headers["Cache-Control"]
    assert "max-age=" in answer.headers["Cache-Control"]
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).data == answer.data
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")


def test_two_tickets_have_two_pictures(client: FlaskClient, buy: Buy) -> None:
    first, second = (client.get(f"/tikets/{buy(number=n).json['data']['id']}.png") for n in ("1", "2"))
    assert first.headers["ETag"] != second.headers["ETag"]
    assert first.data != second.data


@pytest.mark.parametrize(
    "ticket_id", ["AAAABBBBCCCCDDDD", "x", "%00", "A" * 500, "..%2f..%2fetc%2fpasswd", "%D0%90", "%ff"]
)
def test_an_unknown_id_is_not_found(client: FlaskClient, ticket_id: str) -> None:
    for path in (f"/tikets/{ticket_id}.png", f"/tikets/{ticket_id}.svg", f"/tikets/{ticket_id}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.is_json
        page = client.get(path, headers=BROWSER)
        assert page.status_code == 404


def test_an_unknown_ticket_is_told_in_the_words_of_the_api(client: FlaskClient) -> None:
    for ending in (".png", ".svg", ""):
        assert client.get(f"/tikets/AAAABBBBCCCCDDDD{ending}").json == {"message": "Ticket not found"}


def test_the_ticket_behind_the_picture_names_nobody(client: FlaskClient, buy: Buy) -> None:
    bought = buy(title="Caf%C3%A9", time="20:30", number="A1").json["data"]
    answer = client.get(f"/tikets/{bought['id']}")
    assert answer.json == {
        "message": "success",
        "tiket": {**bought, "hall": "Hall 10", "state": "valid", "due": True},
    }
    page = client.get(f"/tikets/{bought['id']}", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "Café" in page.text
    assert "To be paid at the counter" in page.text
    assert "user@example.com" not in page.text


def test_a_ticket_that_is_not_valid_any_more_says_so(
    client: FlaskClient, services: Services, buy: Buy
) -> None:
    ticket_id = buy().json["data"]["id"]
    services.transactions.write(
        lambda session: refund_order(
            session, order=session.scalars(select(Order)).one(), actor="counter", reason="", now=NOW
        )
    )
    assert client.get(f"/tikets/{ticket_id}").json["tiket"]["state"] == "refunded"
    assert "no longer valid" in client.get(f"/tikets/{ticket_id}", headers=BROWSER).text
