"""The page on which play money is paid."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from matinee.boxoffice.checkout import PaymentTerms, ask_provider
from matinee.web.shared.services import services_of
from tests.boxoffice.selling import PAYMENT, Sale
from tests.building import NOW, Buyer, House, on_one_database
from tests.payments.opened import payment_request
from tests.web.conftest import OpenApp
from tests.web.site.conftest import HERE


@pytest.fixture
def app(demo_app: APIFlask) -> APIFlask:
    """Matinee on this machine, with demo payments."""
    return demo_app


def opened_payment(sale: Sale, back_to: str = HERE) -> tuple[str, str]:
    """A payment of 150.00 UAH that waits for the payer: its public id, and the page that the payer is led to."""
    public_id = sale.intend(sale.hold("A1"), "demo")
    terms = PaymentTerms(PAYMENT, f"{back_to}/orders/1?paid=1", f"{back_to}/orders/1")
    services = sale.services
    payment = ask_provider(
        services.transactions, services.payments, public_id=public_id, terms=terms, now=NOW
    )
    assert payment.redirect_url.startswith(HERE)
    return public_id, path_of(payment.redirect_url)


def path_of(url: str) -> str:
    address = urlsplit(url)
    return f"{address.path}?{address.query}"


def test_the_page_says_what_is_to_be_paid_and_that_no_money_moves(client: FlaskClient, sale: Sale) -> None:
    _, page = opened_payment(sale)
    answer = client.get(page)
    assert answer.status_code == 200
    assert "150.00" in answer.text
    assert "UAH" in answer.text
    assert "Café, 2030-05-18 20:30" in answer.text
    assert "No money moves" in answer.text
    assert re.findall(r'name="answer" value="(\w+)"', answer.text) == ["pay", "decline"]


def test_the_page_works_without_scripts_and_under_the_policy(client: FlaskClient, sale: Sale) -> None:
    _, page = opened_payment(sale)
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
    client: FlaskClient, sale: Sale, pressed: str, state: str, leads_to: str, said: str
) -> None:
    payment_id, page = opened_payment(sale)
    for _ in range(2):
        # A double click changes nothing.
        answer = client.post(page, data={"answer": pressed})
        assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)
        assert sale.payment(payment_id).state == state
    again = client.get(page)
    assert said in again.text
    assert f'href="{leads_to}"' in again.text
    assert "<button" not in again.text


@pytest.mark.parametrize(
    ("first", "then", "state"), [("pay", "decline", "settled"), ("decline", "pay", "failed")]
)
def test_the_first_button_counts(client: FlaskClient, sale: Sale, first: str, then: str, state: str) -> None:
    payment_id, page = opened_payment(sale)
    client.post(page, data={"answer": first})
    client.post(page, data={"answer": then})
    assert sale.payment(payment_id).state == state


def test_a_payer_from_a_site_that_is_known_is_led_back_there(
    open_app: OpenApp, house: House, buyer: Buyer
) -> None:
    elsewhere = "https://odeon.example:8443"
    app = open_app(base_url=HERE, demo_payments="on", cors_origins=(elsewhere,))
    _, page = opened_payment(Sale(services_of(app), house, buyer), back_to=elsewhere)
    client = app.test_client()
    # The policy lets the form end there.
    policy = client.get(page).headers["Content-Security-Policy"]
    assert f"form-action 'self' {elsewhere};" in policy
    answer = client.post(page, data={"answer": "pay"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{elsewhere}/orders/1?paid=1")


@pytest.mark.parametrize("elsewhere", ["https://odeon.example", "http://localhost:80001", f"{HERE}.example"])
def test_a_payer_from_another_site_goes_back_by_a_link(
    client: FlaskClient, sale: Sale, elsewhere: str
) -> None:
    # The policy of the page lets its form lead to our own site alone.
    _, page = opened_payment(sale, back_to=elsewhere)
    answer = client.post(page, data={"answer": "pay"})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert f'href="{elsewhere}/orders/1?paid=1"' in client.get(answer.headers["Location"]).text


@on_one_database
@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "steal"}])
def test_only_the_two_buttons_are_answers(client: FlaskClient, sale: Sale, answer: dict[str, str]) -> None:
    payment_id, page = opened_payment(sale)
    assert client.post(page, data=answer).status_code == 400
    assert sale.payment(payment_id).state == "pending"


@on_one_database
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_we_did_not_make_is_not_found(client: FlaskClient, sale: Sale, method: str) -> None:
    payment_id, page = opened_payment(sale)
    other = sale.intend(sale.hold("A2"), "demo")
    for forged in (
        page.split("?")[0],
        page.replace("localhost", "evil.example"),
        page.replace(payment_id, other),
        page[:-1],
        re.sub("seal=.*", "seal=%ED%A0%80", page),
    ):
        assert client.open(forged, method=method, data={"answer": "pay"}).status_code == 404
    assert {sale.payment(one).state for one in (payment_id, other)} == {"pending", "starting"}


@on_one_database
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_payment_by_card_is_not_paid_with_play_money(client: FlaskClient, sale: Sale, method: str) -> None:
    payment_id = sale.intend(sale.hold("A1"), "stripe")
    page = path_of(sale.services.payments["demo"].start(payment_request(payment_id)).redirect_url)
    assert client.open(page, method=method, data={"answer": "pay"}).status_code == 404
    assert sale.payment(payment_id).state == "starting"


@on_one_database
def test_there_is_no_such_page_where_demo_payments_are_off(
    client: FlaskClient, sale: Sale, open_app: OpenApp
) -> None:
    _, page = opened_payment(sale)
    elsewhere = open_app(base_url=HERE).test_client()
    assert elsewhere.get(page).status_code == 404
    assert elsewhere.post(page, data={"answer": "pay"}).status_code == 404
    assert elsewhere.post("/api/v1/payment-notices/demo", data=b"{}").status_code == 404


@on_one_database
def test_a_description_is_text_and_no_markup(client: FlaskClient, sale: Sale) -> None:
    request = payment_request(sale.intend(sale.hold("A1"), "demo"), description="<b>Film</b>")
    answer = client.get(path_of(sale.services.payments["demo"].start(request).redirect_url))
    assert answer.status_code == 200
    assert "<b>" not in answer.text


@pytest.mark.parametrize(("pressed", "state", "tickets"), [("pay", "paid", 1), ("decline", "held", 0)])
def test_a_button_decides_the_order(
    client: FlaskClient, sale: Sale, pressed: str, state: str, tickets: int
) -> None:
    order_id = sale.hold("A2")
    public_id = sale.intend(order_id, "demo")
    client.post(path_of(sale.ask(public_id).redirect_url), data={"answer": pressed})
    assert sale.order(order_id).state == state
    assert len(sale.tickets(order_id)) == tickets
