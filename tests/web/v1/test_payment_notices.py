"""POST /api/v1/payment-notices/<provider>: what payment providers tell us."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matinee.boxoffice.models import Order, OrderEvent, OrderPayment, SeatClaim, Ticket
from matinee.outbox.models import Message
from matinee.payments.carry_out import carry_out_refunds
from matinee.payments.models import Payment, PaymentRefund, ProviderEvent
from matinee.payments.stripe_checkout import StripeCheckout
from matinee.web.shared.services import Services, services_of
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House, add_buyer, build_house, on_one_database
from tests.databases import PostgresServer
from tests.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, running_fake_stripe, signed
from tests.payments.opened import payment_request
from tests.web.conftest import OpenApp

PATH = "/api/v1/payment-notices/stripe"
TABLES = (Order, OrderEvent, OrderPayment, Ticket, SeatClaim, Payment, PaymentRefund, ProviderEvent, Message)


@pytest.fixture
def fake_stripe() -> Iterator[FakeStripe]:
    with running_fake_stripe() as fake:
        yield fake


def stripe_settings(fake: FakeStripe) -> dict[str, str]:
    return {
        "stripe_secret_key": SECRET_KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "stripe_api_base": fake.url,
    }


@pytest.fixture
def app(open_app: OpenApp, fake_stripe: FakeStripe) -> Iterator[APIFlask]:
    """Matinee with the fake Stripe set up."""
    made = open_app(**stripe_settings(fake_stripe))
    with made.app_context():
        yield made


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def payment_by_card(sale: Sale, order_id: int) -> Payment:
    """A payment for the order that the payer is at."""
    return sale.ask(sale.intend(order_id, "stripe"))


def post(client: FlaskClient, event: dict[str, Any], path: str = PATH) -> TestResponse:
    body, headers = signed(event)
    return client.post(path, data=body, headers=headers)


def post_all(client: FlaskClient, events: list[dict[str, Any]]) -> None:
    for event in events:
        assert post(client, event).status_code == 200


def everything(services: Services) -> list[dict[str, Any]]:
    """Every row that a notice could change."""

    def read(session: Session) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for model in TABLES:
            table = model.__table__
            rows = session.execute(select(table).order_by(*table.primary_key)).mappings()
            found += [{"table": table.name, **row} for row in rows]
        return found

    return services.transactions.read(read)


def test_a_signed_notice_sells_the_order(client: FlaskClient, sale: Sale, fake_stripe: FakeStripe) -> None:
    order_id = sale.hold("A1", "A2")
    payment = payment_by_card(sale, order_id)
    [session_id] = fake_stripe.account.sessions
    fake_stripe.account.pay(session_id)
    answer = post(client, fake_stripe.account.events[0])
    assert (answer.status_code, answer.json) == (200, {"received": True})
    assert sale.payment(payment.public_id).state == "settled"
    assert sale.order(order_id).state == "paid"
    assert list(sale.tickets(order_id)) == ["A1", "A2"]


def test_money_is_there_also_when_the_answer_to_the_start_was_lost(
    client: FlaskClient, sale: Sale, fake_stripe: FakeStripe
) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "stripe")
    stripe = sale.services.payments["stripe"]
    # The process died before it stored what Stripe had answered.
    stripe.start(payment_request(public_id, amount=sale.payment(public_id).amount, currency="UAH"))
    fake_stripe.account.pay(*fake_stripe.account.sessions)
    post_all(client, fake_stripe.account.events)
    assert sale.order(order_id).state == "paid"
    sale.refund(order_id)
    assert carry_out_refunds(sale.services.transactions, sale.services.payments, now=NOW) == 1
    assert sale.refunds() == [(15000, "succeeded")]


@pytest.mark.parametrize("seed", range(3))
def test_every_notice_three_times_over_in_any_order_changes_nothing(
    client: FlaskClient, sale: Sale, fake_stripe: FakeStripe, seed: int
) -> None:
    """One order is paid twice, one is given back, one is never paid, and a refund comes back days later."""
    twice, given_back, never = sale.hold("A1"), sale.hold("A2"), sale.hold("A3")
    sessions = [payment_by_card(sale, order).provider_ref for order in (twice, twice, given_back, never)]
    for session_id in sessions[:3]:
        fake_stripe.account.pay(str(session_id))
    fake_stripe.account.expire_session(str(sessions[3]))
    post_all(client, fake_stripe.account.events)
    sale.refund(given_back)
    services = sale.services
    assert carry_out_refunds(services.transactions, services.payments, now=NOW, seconds_max=60) == 2
    post_all(client, fake_stripe.account.events)
    fake_stripe.account.finish_refund([*fake_stripe.account.refunds][-1], failure="expired_or_canceled_card")
    post_all(client, fake_stripe.account.events)
    before = everything(services)
    assert [sale.order(order).state for order in (twice, given_back, never)] == ["paid", "refunded", "held"]
    assert sale.refunds() == [(15000, "succeeded"), (15000, "failed")]
    told = fake_stripe.account.events * 3
    random.Random(seed).shuffle(told)
    post_all(client, told)
    assert everything(services) == before


@pytest.mark.parametrize("seed", range(3))
def test_the_first_notices_may_come_in_any_order(
    client: FlaskClient, sale: Sale, fake_stripe: FakeStripe, seed: int
) -> None:
    by_bank, by_card = sale.hold("A1"), sale.hold("A2")
    bank, card = (str(payment_by_card(sale, order).provider_ref) for order in (by_bank, by_card))
    fake_stripe.account.pay(bank, by_bank=True)
    fake_stripe.account.bank_answers(bank, paid=True)
    fake_stripe.account.pay(card)
    told = fake_stripe.account.events * 3
    random.Random(seed).shuffle(told)
    post_all(client, told)
    assert [sale.order(order).state for order in (by_bank, by_card)] == ["paid", "paid"]
    assert [len(sale.tickets(order)) for order in (by_bank, by_card)] == [1, 1]


def test_a_forged_notice_is_refused_and_changes_nothing(
    client: FlaskClient, sale: Sale, fake_stripe: FakeStripe
) -> None:
    payment_by_card(sale, sale.hold("A1"))
    fake_stripe.account.pay(*fake_stripe.account.sessions)
    before = everything(sale.services)
    body, headers = signed(fake_stripe.account.events[0], secret="whsec_of_somebody")
    for forged in (
        client.post(PATH, data=body, headers=headers),
        client.post(PATH, data=body),
        client.post(PATH),
    ):
        assert forged.status_code == 400
        assert forged.json["code"] == "notice_refused"
    assert everything(sale.services) == before


@on_one_database
@pytest.mark.parametrize("provider", ["paypal", "demo", "STRIPE"])
def test_an_unknown_provider_is_not_found(client: FlaskClient, provider: str) -> None:
    answer = client.post(f"/api/v1/payment-notices/{provider}", data=b"{}")
    assert (answer.status_code, answer.json["code"]) == (404, "provider_not_found")


@on_one_database
@pytest.mark.parametrize("provider", ["free", "counter"])
def test_the_till_takes_no_notices(client: FlaskClient, provider: str) -> None:
    assert client.post(f"/api/v1/payment-notices/{provider}", data=b"{}").status_code == 400


@on_one_database
def test_only_post_is_allowed(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 405


@on_one_database
def test_a_huge_body_is_not_read(client: FlaskClient) -> None:
    assert client.post(PATH, data=b"x" * (128 * 1024 + 1)).status_code == 413


@on_one_database
def test_a_provider_that_tells_much_is_not_held_up(
    open_app: OpenApp, services: Services, fake_stripe: FakeStripe
) -> None:
    services.payments["stripe"].start(payment_request("THEIRS"))
    fake_stripe.account.pay(*fake_stripe.account.sessions)
    client = open_app(**stripe_settings(fake_stripe), ratelimit="on").test_client()
    post_all(client, fake_stripe.account.events * 300)


def test_a_notice_about_somebody_elses_payment_is_taken_and_changes_nothing(
    client: FlaskClient, services: Services, fake_stripe: FakeStripe
) -> None:
    # Another Matinee with the same account at Stripe, and a refund of its.
    stripe = services.payments["stripe"]
    assert isinstance(stripe, StripeCheckout)
    fake_stripe.account.pay(str(stripe.start(payment_request("THEIRS")).provider_ref))
    [intent] = fake_stripe.account.paid
    fake_stripe.account.create_refund(
        {"payment_intent": intent, "amount": "100", "metadata": {"refund_id": "THEIRS"}}
    )
    post_all(client, fake_stripe.account.events)
    assert {row["table"] for row in everything(services)} <= {"provider_event"}


def test_stripe_is_told_to_send_again_while_the_database_is_away(
    own_postgres: PostgresServer, open_app: OpenApp, fake_stripe: FakeStripe
) -> None:
    app = open_app(database_url=own_postgres.url("matinee"), **stripe_settings(fake_stripe))
    services = services_of(app)
    house = services.transactions.write(build_house)
    sale = Sale(services, house, services.transactions.write(add_buyer))
    order_id = sale.hold("A1")
    payment_by_card(sale, order_id)
    fake_stripe.account.pay(*fake_stripe.account.sessions)
    own_postgres.stop()
    answer = post(app.test_client(), fake_stripe.account.events[0])
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    own_postgres.start()
    assert post(app.test_client(), fake_stripe.account.events[0]).status_code == 200
    assert sale.order(order_id).state == "paid"
