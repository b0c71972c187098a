"""The access log: one line for each request, nothing secret in it"""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from matinee.web.shared.access_log import mask_path, mask_query
from tests.building import PASSWORD, Buyer, House, on_one_database
from tests.web.conftest import OpenApp
from tests.web.log_text import LogText


@pytest.mark.parametrize(
    ("query", "logged"),
    [
        ("", ""),
        ("date=2030-05-18&cinema=lux", "date=2030-05-18&cinema=lux"),
        ("username=a@example.com&password=x", "username=a@example.com&password=***"),
        ("password=x&username=a", "password=***&username=a"),
        ("token=x&code=y&secret_code=z", "token=***&code=***&secret_code=***"),
        ("%70assword=x", "%70assword=***"),
        ("passw%6Frd=x&%74oken=y", "passw%6Frd=***&%74oken=***"),
        ("PASSWORD=x", "PASSWORD=***"),
        ("+password=x", "+password=***"),
        ("password=x=y", "password=***"),
        ("password=x&password=y", "password=***&password=***"),
        ("password=", "password=***"),
        ("a;password=x", "a;password=***"),
        ("nopassword=x&zip_code=y", "nopassword=x&zip_code=y"),
    ],
)
def test_secret_values_are_masked_however_their_names_are_written(query: str, logged: str) -> None:
    assert mask_query(query) == logged


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/tikets/K3V9X2M7Q4T8R1WZ.png", "/tikets/K3V9***.png"),
        ("/tikets/K3V9X2M7Q4T8R1WZ", "/tikets/K3V9***"),
        ("/tickets/K3V9X2M7Q4T8R1WZ", "/tickets/K3V9***"),
        ("/uk/tickets/K3V9X2M7Q4T8R1WZ.pdf", "/uk/tickets/K3V9***.pdf"),
        ("/en/tickets/K3V9X2M7Q4T8R1WZ/google-wallet", "/en/tickets/K3V9***/google-wallet"),
        ("/api/v1/tickets/K3V9X2M7Q4T8R1WZ", "/api/v1/tickets/K3V9***"),
        ("/api/v1/tickets/K3V9X2M7Q4T8R1WZ/admission", "/api/v1/tickets/K3V9***/admission"),
        ("/api/v1/screenings/517/seats", "/api/v1/screenings/517/seats"),
    ],
)
def test_the_id_of_a_ticket_is_cut_short(path: str, logged: str) -> None:
    assert mask_path(path) == logged


@on_one_database
def test_a_line_says_what_was_asked_and_answered(client: FlaskClient, log_text: LogText) -> None:
    client.get("/getDay?date=2030-05-18")
    line = json.loads(log_text())
    assert line.keys() == {
        *("time", "level", "logger", "message", "request_id"),
        *("method", "path", "query", "status", "ms", "from"),
    }
    assert (line["method"], line["path"], line["query"], line["status"], line["from"]) == (
        "GET",
        "/getDay",
        "date=2030-05-18",
        404,
        "127.0.0.1",
    )


@on_one_database
def test_no_secret_of_a_whole_visit_is_logged(
    client: FlaskClient, house: House, buyer: Buyer, log_text: LogText
) -> None:
    own = {"username": buyer.username, "token": buyer.token}
    wrong = "a wrong passphrase"
    client.post("/login", query_string={"username": buyer.username, "password": PASSWORD})
    client.post(f"/login?username={buyer.username}&%70assword=" + PASSWORD)
    client.post("/login", json={"username": buyer.username, "password": wrong})
    client.get("/confirmEmail", query_string={"username": buyer.username, "code": "SECRETCODE"})
    client.post("/resetPassword", query_string={**own, "password": wrong, "secret_code": "SECRETCODE"})
    client.get("/getTikets", query_string=own)
    client.post("/buyTicket", headers={**own, "date": "2030-05-18", "title": "x", "time": "x", "number": "1"})
    client.get("/checkToken", query_string=own, headers={"Cookie": "token=COOKIETOKEN"})
    logged = log_text()
    assert len(logged.splitlines()) == 8
    for secret in (PASSWORD, wrong, wrong.replace(" ", "+"), buyer.token, "SECRETCODE", "COOKIETOKEN"):
        assert secret not in logged


@on_one_database
def test_a_line_stays_one_line(client: FlaskClient, log_text: LogText) -> None:
    client.get("/getDay%0d%0ainjected?date=%0a{}\x7f")
    assert len(log_text().splitlines()) == 1


@on_one_database
def test_it_can_be_switched_off(open_app: OpenApp, log_text: LogText) -> None:
    open_app(access_log="off").test_client().get("/healthz")
    assert log_text() == ""
