"""GET /displayTikets"""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.programme.models import Film
from matinee.web.shared.services import Services
from tests.building import PASSWORD, Buyer
from tests.web.given.conftest import Buy

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_program_gets_what_get_tikets_says(client: FlaskClient, buy: Buy, buyer: Buyer) -> None:
    buy()
    own = {"username": buyer.username, "token": buyer.token}
    for accept in (
        {},
        {"Accept": "*/*"},
        {"Accept": "application/json"},
        {"Accept": "application/json, text/html;q=0.5"},
    ):
        shown = client.get("/displayTikets", query_string=own, headers=accept)
        assert shown.json == client.get("/getTikets", query_string=own).json
        assert len(shown.json["tikets"]) == 1


def test_a_browser_gets_a_page_with_the_pictures(client: FlaskClient, buy: Buy, buyer: Buyer) -> None:
    ids = [ticket["id"] for ticket in buy("/buyManyTikets", number="1,2").json["data"]]
    client.post("/login", query_string={"username": buyer.username, "password": PASSWORD})
    page = client.get("/displayTikets", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "Амели" in page.text
    assert sorted(re.findall(r'<img src="(.*?)"', page.text)) == sorted(f"/tikets/{one}.png" for one in ids)
    assert "no-store" in page.headers["Cache-Control"]
    for one in ids:
        assert client.get(f"/tikets/{one}.png").status_code == 200


def test_titles_are_written_as_text(client: FlaskClient, services: Services, buy: Buy, buyer: Buyer) -> None:
    buy()
    services.transactions.write(
        lambda session: session.execute(update(Film).values(title="<script>x</script>"))
    )
    page = client.get(
        "/displayTikets", query_string={"username": buyer.username, "token": buyer.token}, headers=BROWSER
    )
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text


def test_refusals_are_those_of_get_tikets(client: FlaskClient, buyer: Buyer) -> None:
    for query, status, text in (
        ({"username": "nobody@example.com", "token": "x"}, 404, "User not found"),
        ({"username": buyer.username, "token": "x"}, 400, "Wrong token or session expired"),
        ({}, 400, "Bad request"),
    ):
        program = client.get("/displayTikets", query_string=query)
        assert (program.status_code, program.json["message"]) == (status, text)
        browser = client.get("/displayTikets", query_string=query, headers=BROWSER)
        assert (browser.status_code, browser.mimetype) == (status, "text/html")
        assert text in browser.text
