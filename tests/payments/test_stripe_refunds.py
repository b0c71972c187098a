"""Giving money back at Stripe: once, whatever happens to the answers."""

from __future__ import annotations

import pytest

from matinee.payments.errors import ProviderUnavailable
from matinee.payments.protocol import RefundOutcome, RefundRequest
from matinee.payments.stripe_checkout import StripeCheckout
from tests.payments.fake_stripe import FakeStripe
from tests.payments.opened import payment_request

REFUNDS = "/v1/refunds"


@pytest.fixture
def session_id(stripe: StripeCheckout, fake_stripe: FakeStripe) -> str:
    """A session that is paid: 25.00 EUR."""
    started = stripe.start(payment_request())
    fake_stripe.account.pay(str(started.provider_ref))
    return str(started.provider_ref)


def refund_request(session_id: str | None, refund_id: str = "REFUND1", amount: int = 700) -> RefundRequest:
    return RefundRequest(
        refund_id=refund_id, payment_id="PAYMENT1", provider_ref=session_id, amount=amount, currency="EUR"
    )


def test_a_part_goes_back_and_names_what_it_is_for(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    outcome = stripe.refund(refund_request(session_id))
    [refund] = fake_stripe.account.refunds.values()
    assert outcome == RefundOutcome("succeeded", provider_ref=refund["id"])
    assert refund["amount"] == 700
    assert refund["metadata"] == {"refund_id": "REFUND1", "payment_id": "PAYMENT1"}
    [call] = fake_stripe.calls_of("POST", REFUNDS)
    assert call.key == "REFUND1"


def test_two_refunds_of_one_payment_are_two(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    stripe.refund(refund_request(session_id))
    stripe.refund(refund_request(session_id, "REFUND2", 1800))
    assert sorted(refund["amount"] for refund in fake_stripe.account.refunds.values()) == [700, 1800]


@pytest.mark.parametrize("forgotten", [False, True])
@pytest.mark.parametrize("how", ["drop", "drop_before", "fault", 500])
def test_a_refund_is_made_once_when_the_answer_was_lost(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str, how: str | int, forgotten: bool
) -> None:
    fake_stripe.fail("POST", REFUNDS, how)
    with pytest.raises(ProviderUnavailable):
        stripe.refund(refund_request(session_id))
    if forgotten:
        # Two days later.
        fake_stripe.forget_keys()
    outcome = stripe.refund(refund_request(session_id))
    [refund] = fake_stripe.account.refunds.values()
    assert outcome == RefundOutcome("succeeded", provider_ref=refund["id"])
    assert stripe.refund(refund_request(session_id)) == outcome
    assert len(fake_stripe.account.refunds) == 1


@pytest.mark.parametrize("call", [("GET", "/v1/checkout/sessions"), ("GET", REFUNDS), ("POST", REFUNDS)])
@pytest.mark.parametrize("how", ["drop_before", 401, 429, 503])
def test_a_stripe_that_cannot_answer_now_is_unavailable(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str, call: tuple[str, str], how: str | int
) -> None:
    fake_stripe.fail(*call, how)
    with pytest.raises(ProviderUnavailable):
        stripe.refund(refund_request(session_id))


def test_a_refund_that_takes_its_time_is_pending_and_asking_again_tells_how_it_ended(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    fake_stripe.account.new_refund_status = "pending"
    outcome = stripe.refund(refund_request(session_id))
    assert outcome.state == "pending"
    fake_stripe.account.finish_refund(str(outcome.provider_ref), failure="expired_or_canceled_card")
    assert stripe.refund(refund_request(session_id)) == RefundOutcome(
        "failed", provider_ref=outcome.provider_ref, reason="expired_or_canceled_card"
    )


def test_money_that_was_given_back_on_stripes_own_page_is_not_given_back_twice(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    [intent] = fake_stripe.account.paid
    fake_stripe.account.create_refund({"payment_intent": intent, "amount": "2500"})
    outcome = stripe.refund(refund_request(session_id))
    assert outcome.state == "failed"
    assert "charge_already_refunded" in outcome.reason


@pytest.mark.parametrize("session", [None, "cs_test_of_another_account"])
def test_a_payment_that_stripe_does_not_know_fails(
    stripe: StripeCheckout, session_id: str, session: str | None
) -> None:
    assert stripe.refund(refund_request(session)).state == "failed"


def test_a_session_in_which_nothing_was_paid_gives_nothing_back(
    stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    started = stripe.start(payment_request())
    assert stripe.refund(refund_request(started.provider_ref)).state == "failed"
    assert fake_stripe.account.refunds == {}


def test_an_account_without_money_is_asked_again_later(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    fake_stripe.account.balance_is_empty = True
    with pytest.raises(ProviderUnavailable):
        stripe.refund(refund_request(session_id))
    fake_stripe.account.balance_is_empty = False
    assert stripe.refund(refund_request(session_id)).state == "succeeded"
