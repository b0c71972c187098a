"""GET /tickets/<id>"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.boxoffice.models import Order, Ticket
from matinee.door.admissions import admit_ticket
from matinee.programme.models import Film
from tests.boxoffice.selling import Sale
from tests.building import NOW, clock_at, on_one_database
from tests.web.log_text import LogText
from tests.web.site.tickets.conftest import Bought


def test_whoever_knows_the_id_sees_the_ticket_and_nothing_of_the_order(
    client: FlaskClient, bought: Bought
) -> None:
    ids = bought.ids
    answer = client.get(f"/en/tickets/{ids['A1']}")
    assert answer.status_code == 200
    for fact in (
        "Café",
        "Saturday, 18 May 2030, 20:30",
        "Hall 10",
        "Одеон",
        "Volodymyrska 1, Kyiv",
        "Adult",
        "Valid",
    ):
        assert fact in answer.text
    assert ids["A2"] not in answer.text
    assert "<form" not in answer.text.split("<footer")[0]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'content="noindex, nofollow"' in answer.text
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))


def test_its_owner_sees_the_other_tickets_and_what_to_do_with_them(
    client: FlaskClient, bought: Bought
) -> None:
    bought.own()
    page = client.get(f"/tickets/{bought.ids['A1']}").text
    assert f'rel="next" data-keep href="/tickets/{bought.ids["A2"]}"' in page
    assert f'action="/orders/{bought.code}/hand-overs"' in page
    assert f'action="/orders/{bought.code}/mails"' in page
    assert f'href="/orders/{bought.code}/tickets.pdf"' in page


@on_one_database
@pytest.mark.parametrize(
    ("language", "day"), [("en", "Saturday, 18 May 2030"), ("uk", "субота, 18 травня 2030")]
)
def test_a_ticket_is_shown_in_the_language_of_its_address(
    client: FlaskClient, bought: Bought, language: str, day: str
) -> None:
    assert day in client.get(f"/{language}/tickets/{bought.ids['A1']}").text


@pytest.mark.parametrize("state", ["refunded", "cancelled", "exchanged"])
def test_what_lets_nobody_in_is_struck_and_said_so(client: FlaskClient, bought: Bought, state: str) -> None:
    ticket_id = bought.ids["A1"]
    bought.sale.write(lambda s: s.execute(update(Ticket).where(Ticket.id == ticket_id).values(state=state)))
    page = client.get(f"/tickets/{ticket_id}").text
    assert "qr-panel struck" in page
    assert "lets nobody in" in page
    assert 'class="keep"' not in page
    for path in ("pdf", "ics"):
        assert client.get(f"/tickets/{ticket_id}.{path}").status_code == 409


def test_a_ticket_that_was_used_says_when(client: FlaskClient, bought: Bought) -> None:
    ticket_id = bought.ids["A1"]
    bought.sale.write(lambda s: admit_ticket(s, ticket_id=ticket_id, by="usher", now=NOW) and None)
    page = client.get(f"/tickets/{ticket_id}").text
    # On the wall in Kyiv.
    assert "Somebody came in with this ticket, Fri, 17 May, 12:00." in page
    assert "qr-panel struck" in page


def test_a_screening_that_is_cancelled_or_over_is_said(client: FlaskClient, bought: Bought) -> None:
    ticket_id = bought.ids["A1"]
    with clock_at(NOW + timedelta(days=2)):
        assert "This screening is over." in client.get(f"/tickets/{ticket_id}").text
    bought.sale.cancel(bought.sale.house.lettered)
    assert "this screening does not take place" in client.get(f"/tickets/{ticket_id}").text


def test_what_is_not_paid_is_said_beside_a_code_that_can_be_read(client: FlaskClient, bought: Bought) -> None:
    bought.sale.write(lambda s: s.execute(update(Order).values(state="due")))
    page = client.get(f"/tickets/{bought.ids['A1']}").text
    assert "pay at the counter before you go in" in page
    assert "struck" not in page


@on_one_database
@pytest.mark.parametrize("name", ["NOSUCHTICKET0000", "%00", "ß", "a" * 300, "worker", "x.pdf"])
def test_what_is_no_ticket_is_not_found(client: FlaskClient, sale: Sale, name: str) -> None:
    answer = client.get(f"/tickets/{name}")
    assert answer.status_code == 404
    assert "do not know this ticket" in answer.text


@on_one_database
def test_titles_are_text_and_no_markup(client: FlaskClient, bought: Bought) -> None:
    bought.sale.write(lambda s: s.execute(update(Film).values(title="<script>alert(1)</script>")))
    page = client.get(f"/tickets/{bought.ids['A1']}").text
    assert "<script>alert" not in page
    assert "style=" not in page


@on_one_database
@pytest.mark.parametrize("prefix", ["", "/en", "/uk"])
def test_the_worker_may_serve_the_tickets_beside_it_alone(client: FlaskClient, prefix: str) -> None:
    answer = client.get(f"{prefix}/tickets/worker.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == f"{prefix}/tickets/"
    assert answer.headers["Cache-Control"] == "no-cache"


@on_one_database
def test_the_log_does_not_tell_the_ids_of_tickets(
    client: FlaskClient, bought: Bought, log_text: LogText
) -> None:
    ticket_id = bought.ids["A1"]
    for path in ("", ".pdf", ".ics", ".pkpass", "/google-wallet"):
        client.get(f"/uk/tickets/{ticket_id}{path}")
        client.get(f"/tickets/{ticket_id}{path}")
    logged = log_text()
    assert f"/uk/tickets/{ticket_id[:4]}***" in logged
    assert ticket_id not in logged
