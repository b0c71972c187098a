"""POST /api/v1/payment-notices/<provider>: what payment providers tell us."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from matinee.payments.carry_out import carry_out_refunds
from matinee.payments.models import Payment, PaymentRefund, ProviderEvent
from matinee.payments.stripe_checkout import StripeCheckout
from matinee.web.shared.services import Services, services_of
from tests.building import NOW, on_one_database
from tests.databases import PostgresServer
from tests.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, running_fake_stripe, signed
from tests.payments.opened import (
    ask_refund,
    paid_at_stripe,
    payment_request,
    store_payment,
    stored_payment,
    stripe_at,
)
from tests.web.conftest import OpenApp

PATH = "/api/v1/payment-notices/stripe"


@pytest.fixture
def fake_stripe() -> Iterator[FakeStripe]:
    with running_fake_stripe() as fake:
        yield fake


@pytest.fixture
def app(open_app: OpenApp, fake_stripe: FakeStripe) -> Iterator[APIFlask]:
    """Matinee with the fake Stripe set up."""
    made = open_app(
        stripe_secret_key=SECRET_KEY, stripe_webhook_secret=WEBHOOK_SECRET, stripe_api_base=fake_stripe.url
    )
    with made.app_context():
        yield made


@pytest.fixture
def stripe(services: Services) -> StripeCheckout:
    provider = services.payments["stripe"]
    assert isinstance(provider, StripeCheckout)
    return provider


@pytest.fixture
def payment_id(services: Services, stripe: StripeCheckout, fake_stripe: FakeStripe) -> str:
    """A payment that the payer is at."""
    made = services.transactions.write(lambda session: store_payment(session, provider="stripe").public_id)
    stripe.start(payment_request(made))
    return made


def post(client: FlaskClient, event: dict[str, Any], path: str = PATH) -> TestResponse:
    body, headers = signed(event)
    return client.post(path, data=body, headers=headers)


def test_a_payment_is_settled_by_a_signed_notice(
    client: FlaskClient, services: Services, fake_stripe: FakeStripe, payment_id: str
) -> None:
    [session_id] = fake_stripe.account.sessions
    fake_stripe.account.pay(session_id)
    answer = post(client, fake_stripe.account.events[0])
    assert (answer.status_code, answer.json) == (200, {"received": True})
    payment = stored_payment(services.transactions, payment_id)
    assert (payment.state, payment.provider_ref) == ("settled", session_id)


def test_every_notice_three_times_over_in_any_order_changes_nothing(
    client: FlaskClient, services: Services, stripe: StripeCheckout, fake_stripe: FakeStripe, payment_id: str
) -> None:
    fake_stripe.account.pay(*fake_stripe.account.sessions)
    paid_at_stripe(services.transactions, stripe, fake_stripe)
    for event in fake_stripe.account.events:
        assert post(client, event).status_code == 200
    ask_refund(services.transactions, payment_id, 300)
    assert carry_out_refunds(services.transactions, services.payments, now=NOW) == 1
    for event in fake_stripe.account.events:
        assert post(client, event).status_code == 200
    before = everything(services)
    told = fake_stripe.account.events * 3
    random.Random(1).shuffle(told)
    for event in told:
        assert post(client, event).status_code == 200
    assert everything(services) == before
    assert {row["state"] for row in before if "state" in row} == {"settled", "succeeded"}


def everything(services: Services) -> list[dict[str, Any]]:
    """Every row that is about payments."""

    def work(session: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for model in (Payment, PaymentRefund, ProviderEvent):
            table = model.__table__
            rows += [
                dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
        return rows

    return services.transactions.read(work)


def test_a_forged_notice_is_refused_and_changes_nothing(
    client: FlaskClient, services: Services, fake_stripe: FakeStripe, payment_id: str
) -> None:
    fake_stripe.account.pay(*fake_stripe.account.sessions)
    body, headers = signed(fake_stripe.account.events[0], secret="whsec_of_somebody")
    assert client.post(PATH, data=body, headers=headers).status_code == 400
    assert client.post(PATH, data=body).status_code == 400
    assert client.post(PATH).status_code == 400
    assert stored_payment(services.transactions, payment_id).state == "starting"


@on_one_database
@pytest.mark.parametrize("provider", ["paypal", "demo", "STRIPE"])
def test_an_unknown_provider_is_not_found(client: FlaskClient, provider: str) -> None:
    assert client.post(f"/api/v1/payment-notices/{provider}", data=b"{}").status_code == 404


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


def test_a_notice_about_somebody_elses_payment_is_taken_and_changes_nothing(
    client: FlaskClient, services: Services, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    # Another Matinee with the same account at Stripe.
    started = stripe.start(payment_request("THEIRS"))
    fake_stripe.account.pay(str(started.provider_ref))
    assert post(client, fake_stripe.account.events[0]).status_code == 200
    count = select(func.count()).select_from(ProviderEvent)
    assert services.transactions.read(lambda session: session.scalar(count)) == 0


def test_a_notice_for_a_payment_of_another_provider_changes_nothing(
    client: FlaskClient, services: Services, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    counter = services.transactions.write(
        lambda session: store_payment(session, provider="counter").public_id
    )
    fake_stripe.account.pay(str(stripe.start(payment_request(counter)).provider_ref))
    assert post(client, fake_stripe.account.events[0]).status_code == 200
    assert stored_payment(services.transactions, counter).state == "starting"


def test_stripe_is_told_to_send_again_while_the_database_is_away(
    own_postgres: PostgresServer, open_app: OpenApp, fake_stripe: FakeStripe
) -> None:
    app = open_app(
        database_url=own_postgres.url("matinee"),
        stripe_secret_key=SECRET_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_base=fake_stripe.url,
    )
    transactions = services_of(app).transactions
    stripe = stripe_at(fake_stripe)
    payment_id = transactions.write(lambda session: store_payment(session, provider="stripe").public_id)
    fake_stripe.account.pay(str(stripe.start(payment_request(payment_id)).provider_ref))
    own_postgres.stop()
    answer = post(app.test_client(), fake_stripe.account.events[0])
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    own_postgres.start()
    assert post(app.test_client(), fake_stripe.account.events[0]).status_code == 200
    assert stored_payment(transactions, payment_id).state == "settled"
