"""The ways to pay that ask nobody: free and counter, and which ways there are at all."""

from __future__ import annotations

import subprocess
import sys

import pytest

from matinee.payments.counter import CounterProvider
from matinee.payments.demo import DemoNotHere
from matinee.payments.errors import NoticeRefused, PaymentRefused
from matinee.payments.free import FreeProvider
from matinee.payments.protocol import PaymentProvider, RefundRequest, StartedPayment
from matinee.payments.providers import build_providers
from tests.building import NOW
from tests.payments.opened import payment_request

REFUND = RefundRequest(
    refund_id="REFUND1", payment_id="PAYMENT1", provider_ref=None, amount=100, currency="EUR"
)
KEY = "k" * 40


def test_nothing_to_pay_is_settled_at_once() -> None:
    assert FreeProvider().start(payment_request(amount=0)) == StartedPayment(settled=True)


def test_free_is_not_a_way_round_paying() -> None:
    with pytest.raises(PaymentRefused):
        FreeProvider().start(payment_request(amount=1))


def test_the_counter_waits_for_the_payer_and_hands_money_out_by_hand() -> None:
    counter = CounterProvider()
    assert counter.start(payment_request()) == StartedPayment(settled=False, redirect_url="")
    assert counter.refund(REFUND).state == "by_hand"
    counter.cancel(payment_id="PAYMENT1", provider_ref="")


@pytest.mark.parametrize("provider", [FreeProvider(), CounterProvider()])
def test_nobody_can_settle_them_by_a_notice(provider: PaymentProvider) -> None:
    with pytest.raises(NoticeRefused):
        provider.read_notices(b'{"kind": "settled"}', {}, now=NOW)


def test_free_and_counter_are_always_there() -> None:
    assert set(build_providers(base_url="https://odeon.example", secret_key=KEY)) == {"free", "counter"}


def test_stripe_is_there_when_its_keys_are() -> None:
    built = build_providers(
        base_url="https://odeon.example",
        secret_key=KEY,
        stripe_secret_key="sk_test_1",
        stripe_webhook_secret="whsec_1",
    )
    assert set(built) == {"free", "counter", "stripe"}


def test_stripes_library_is_not_loaded_before_it_is_needed() -> None:
    built = "build_providers(base_url='https://odeon.example', secret_key='k', stripe_secret_key='sk_1', "
    built += "stripe_webhook_secret='whsec_1')"
    program = f"import sys; from matinee.payments.providers import build_providers; {built}"
    subprocess.run([sys.executable, "-c", f"{program}; assert 'stripe' not in sys.modules"], check=True)


def test_demo_is_there_on_this_machine_alone() -> None:
    built = build_providers(base_url="http://127.0.0.1:8000", secret_key=KEY, demo=True)
    assert set(built) == {"free", "counter", "demo"}
    with pytest.raises(DemoNotHere):
        build_providers(base_url="https://odeon.example", secret_key=KEY, demo=True)
