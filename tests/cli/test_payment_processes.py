"""Payments with processes of their own: the server takes notices, the worker gives money back."""

from __future__ import annotations

from pathlib import Path

import requests

from matinee.kernel import clock
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.cli.test_worker import run_once, running_worker, stop_in_order, wait_until
from tests.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, running_fake_stripe, signed
from tests.payments.opened import (
    ask_refund,
    paid_at_stripe,
    payment_request,
    settled_payment,
    stored_refund,
    stripe_at,
)
from tests.running import RunningServer


def settings_for(fake: FakeStripe) -> dict[str, str]:
    return {
        "MATINEE_STRIPE_SECRET_KEY": SECRET_KEY,
        "MATINEE_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "MATINEE_STRIPE_API_BASE": fake.url,
    }


def test_once_carries_out_every_refund_that_is_due(services: Services, environment: dict[str, str]) -> None:
    with running_fake_stripe() as fake:
        payment_id = paid_at_stripe(services.transactions, stripe_at(fake), fake)
        refunds = [ask_refund(services.transactions, payment_id, 100) for _ in range(3)]
        by_hand = ask_refund(services.transactions, settled_payment(services.transactions, "counter"))
        done = run_once(environment, **settings_for(fake))
        assert done.returncode == 0, done.stderr
        assert len(fake.account.refunds) == 3
    states = {stored_refund(services.transactions, refund).state for refund in refunds}
    assert states == {"succeeded"}
    assert stored_refund(services.transactions, by_hand).state == "by_hand"
    for secret in (SECRET_KEY, "anna@example.org"):
        assert secret not in done.stderr + done.stdout


def test_a_running_worker_gives_money_back_soon(services: Services, environment: dict[str, str]) -> None:
    with running_fake_stripe() as fake, running_worker(environment, **settings_for(fake)) as process:
        payment_id = paid_at_stripe(services.transactions, stripe_at(fake), fake)
        refund_id = ask_refund(services.transactions, payment_id)
        wait_until(lambda: stored_refund(services.transactions, refund_id).state == "succeeded", "the refund")
        stop_in_order(process)
        assert len(fake.account.refunds) == 1


def test_a_running_server_takes_a_signed_notice_and_no_other(
    services: Services, house: House, buyer: Buyer, environment: dict[str, str], tmp_path: Path
) -> None:
    sale = Sale(services, house, buyer)
    order_id = sale.hold("A1", now=clock.now())
    public_id = sale.intend(order_id, now=clock.now())
    with running_fake_stripe() as fake:
        started = stripe_at(fake).start(payment_request(public_id, amount=15000, currency="UAH"))
        fake.account.pay(str(started.provider_ref))
        settings = {**environment, **settings_for(fake)}
        with RunningServer(settings, tmp_path / "log", "--no-worker") as server:
            address = f"{server.url}/api/v1/payment-notices/stripe"
            body, headers = signed(fake.account.events[0])
            assert requests.post(address, data=body + b" ", headers=headers, timeout=20).status_code == 400
            assert sale.order(order_id).state == "paying"
            answer = requests.post(address, data=body, headers=headers, timeout=20)
            assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert sale.order(order_id).state == "paid"
