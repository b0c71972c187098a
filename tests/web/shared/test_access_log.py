"""The access log: one line for each request, nothing secret in it"""

from __future__ import annotations

import json
import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from matinee.web.shared.access_log import mask_path, mask_query
from tests.building import PASSWORD, Buyer, House, on_one_database
from tests.web.conftest import OpenApp
from tests.web.log_text import LogText

TICKET = "K3V9X2M7Q4T8R1WZ"
# Every parameter that the path of a route has. Whoever knows one of these may do what it is about.
SECRET_PARAMETERS = frozenset({"ticket", "ticket_id"})
# And these open nothing by themselves.
OPEN_PARAMETERS = {
    "numbers that are counted up": {
        *("conflict_id", "delivery_id", "distributor_id", "entry_id", "film_id", "hall_id", "invitation_id"),
        *("message_id", "number", "passkey_id", "price_list_id", "promo_id", "screening_id"),
        *("ticket_type_id", "till_id", "user_id", "voucher_id"),
    },
    "names that everybody sees": {
        *("cinema", "day", "filename", "kind", "language", "name", "provider", "slug", "version", "week"),
    },
    "an order is shown by its account, its secret or a mailed code; a promo code is for everybody who is told": {
        "code"
    },
    "the name of a key, never the key": {"endpoint_id", "key_id"},
    "to be used by whoever owns them, or with a seal beside it": {"payment_id", "refund_id", "session_id"},
}
PARAMETER = re.compile(r"<(?:[^:<>]*:)?(\w+)>")


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
        (f"q={TICKET}&state=paid", "q=***&state=paid"),
        (f"ticket={TICKET}&ticket={TICKET}&way=back", "ticket=***&ticket=***&way=back"),
        (f"next=%2Fbackoffice%2Forders%3Fq%3D{TICKET}", "next=***"),
        (f"next=/confirm%3fcode={TICKET}&x=1", "next=***&x=1"),
        (f"next=%2Ftickets%2F{TICKET}", "next=***"),
        ("title=Who%3F&x=1", "title=Who%3F&x=1"),
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
        ("/api/v1/admissions/K3V9X2M7Q4T8R1WZ", "/api/v1/admissions/K3V9***"),
        # Found all the same, or answered by the address that is meant.
        ("//tickets//K3V9X2M7Q4T8R1WZ", "//tickets//K3V9***"),
        ("/uk//tickets/K3V9X2M7Q4T8R1WZ/", "/uk//tickets/K3V9***/"),
        # Found by nobody, and an id all the same.
        ("/TIKETS/K3V9X2M7Q4T8R1WZ.PNG", "/TIKETS/K3V9***.PNG"),
        ("/tickets/.K3V9X2M7Q4T8R1WZ.K3V9X2M7Q4T8R1WZ", "/tickets/.K3V***"),
        ("/tickets/\nK3V9X2M7Q4T8R1WZ\nK3V9X2M7Q4T8R1WZ", "/tickets/\nK3V***"),
        ("/api/v1/admissions", "/api/v1/admissions"),
        ("/orders/ABCD1234/tickets.pdf", "/orders/ABCD1234/tickets.pdf"),
        ("/api/v1/screenings/517/seats", "/api/v1/screenings/517/seats"),
    ],
)
def test_the_id_of_a_ticket_is_cut_short(path: str, logged: str) -> None:
    assert mask_path(path) == logged


@on_one_database
def test_the_path_of_no_route_brings_a_secret_into_the_log(app: APIFlask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    named = {name for rule in rules for name in PARAMETER.findall(rule)}
    # A new parameter is to be put into the one list or the other.
    assert named == SECRET_PARAMETERS.union(*OPEN_PARAMETERS.values())
    secret = [rule for rule in rules if SECRET_PARAMETERS & set(PARAMETER.findall(rule))]
    assert len(secret) > 10
    for rule in secret:
        path = PARAMETER.sub(lambda found: TICKET if found[1] in SECRET_PARAMETERS else "uk", rule)
        assert mask_path(path) == path.replace(TICKET, "K3V9***"), rule


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
