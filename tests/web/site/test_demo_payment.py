"""The page on which play money is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matinee.payments.charges import find_payment, record_started
from matinee.web.shared.services import Services
from tests.building import on_one_database
from tests.payments.opened import payment_request, store_payment, stored_payment
from tests.web.conftest import OpenApp

HERE = "http://localhost:8000"


@pytest.fixture
def app(open_app: OpenApp) -> Iterator[APIFlask]:
    """Matinee on this machine, with demo payments."""
    made = open_app(base_url=HERE, demo_payments="on")
    with made.app_context():
        yield made


def opened_payment(services: Services, back_to: str = HERE, provider: str = "demo") -> tuple[str, str]:
    """A payment that waits for the payer: its public id, and the page that the payer is led to."""
    payment_id = services.transactions.write(
        lambda session: store_payment(session, provider=provider).public_id
    )
    request = payment_request(
        payment_id, return_url=f"{back_to}/orders/1?paid=1", cancel_url=f"{back_to}/orders/1"
    )
    started = services.payments["demo"].start(request)

    def record(session: Session) -> None:
        record_started(find_payment(session, public_id=payment_id), started=started)

    services.transactions.write(record)
    assert started.redirect_url.startswith(HERE)
    address = urlsplit(started.redirect_url)
    return payment_id, f"{address.path}?{address.query}"


def test_the_page_says_what_is_to_be_paid_and_that_no_money_moves(
    client: FlaskClient, services: Services
) -> None:
    _, page = opened_payment(services)
    answer = client.get(page)
    assert answer.status_code == 200
    assert "25.00 EUR" in answer.text
    assert "Амели, 18 May 18:00, 2 tickets" in answer.text
    assert "No money moves" in answer.text
    assert re.findall(r'name="answer" value="(\w+)"', answer.text) == ["pay", "decline"]


def test_the_page_works_without_scripts_and_under_the_policy(client: FlaskClient, services: Services) -> None:
    _, page = opened_payment(services)
    answer = client.get(page)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert '<form method="post">' in answer.text


@pytest.mark.parametrize(
    ("pressed", "state", "leads_to", "said"),
    [
        ("pay", "settled", f"{HERE}/orders/1?paid=1", "This payment is made"),
        ("decline", "failed", f"{HERE}/orders/1", "This payment was not made"),
    ],
)
def test_a_button_decides_the_payment_and_leads_the_payer_back(
    client: FlaskClient, services: Services, pressed: str, state: str, leads_to: str, said: str
) -> None:
    payment_id, page = opened_payment(services)
    for _ in range(2):
        # A double click changes nothing.
        answer = client.post(page, data={"answer": pressed})
        assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)
        assert stored_payment(services.transactions, payment_id).state == state
    again = client.get(page)
    assert said in again.text
    assert f'href="{leads_to}"' in again.text
    assert "<button" not in again.text


@pytest.mark.parametrize(
    ("first", "then", "state"), [("pay", "decline", "settled"), ("decline", "pay", "failed")]
)
def test_the_first_button_counts(
    client: FlaskClient, services: Services, first: str, then: str, state: str
) -> None:
    payment_id, page = opened_payment(services)
    client.post(page, data={"answer": first})
    client.post(page, data={"answer": then})
    assert stored_payment(services.transactions, payment_id).state == state


@pytest.mark.parametrize("elsewhere", ["https://odeon.example", "http://localhost:80001", f"{HERE}.example"])
def test_a_payer_from_another_site_goes_back_by_a_link(
    client: FlaskClient, services: Services, elsewhere: str
) -> None:
    # The policy of the page lets its form lead to our own site alone.
    _, page = opened_payment(services, back_to=elsewhere)
    answer = client.post(page, data={"answer": "pay"})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert f'href="{elsewhere}/orders/1?paid=1"' in client.get(answer.headers["Location"]).text


@on_one_database
@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "steal"}])
def test_only_the_two_buttons_are_answers(
    client: FlaskClient, services: Services, answer: dict[str, str]
) -> None:
    payment_id, page = opened_payment(services)
    assert client.post(page, data=answer).status_code == 400
    assert stored_payment(services.transactions, payment_id).state == "pending"


@on_one_database
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_we_did_not_make_is_not_found(
    client: FlaskClient, services: Services, method: str
) -> None:
    payment_id, page = opened_payment(services)
    other, _ = opened_payment(services)
    for forged in (
        page.split("?")[0],
        page.replace("localhost", "evil.example"),
        page.replace(payment_id, other),
        page[:-1],
        re.sub("seal=.*", "seal=%ED%A0%80", page),
    ):
        assert client.open(forged, method=method, data={"answer": "pay"}).status_code == 404
    assert stored_payment(services.transactions, other).state == "pending"


@on_one_database
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_payment_by_card_is_not_paid_with_play_money(
    client: FlaskClient, services: Services, method: str
) -> None:
    payment_id, page = opened_payment(services, provider="stripe")
    assert client.open(page, method=method, data={"answer": "pay"}).status_code == 404
    assert stored_payment(services.transactions, payment_id).state == "pending"


@on_one_database
def test_there_is_no_such_page_where_demo_payments_are_off(
    client: FlaskClient, services: Services, open_app: OpenApp
) -> None:
    _, page = opened_payment(services)
    elsewhere = open_app(base_url=HERE).test_client()
    assert elsewhere.get(page).status_code == 404
    assert elsewhere.post(page, data={"answer": "pay"}).status_code == 404
    assert elsewhere.post("/api/v1/payment-notices/demo", data=b"{}").status_code == 404


@on_one_database
def test_a_description_is_text_and_no_markup(client: FlaskClient, services: Services) -> None:
    payment_id = services.transactions.write(
        lambda session: store_payment(session, provider="demo").public_id
    )
    started = services.payments["demo"].start(payment_request(payment_id, description="<b>Film</b>"))
    address = urlsplit(started.redirect_url)
    assert "<b>" not in client.get(f"{address.path}?{address.query}").text
