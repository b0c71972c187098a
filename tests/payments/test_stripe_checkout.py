"""Starting and ending a payment at Stripe, over real HTTP."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from matinee.payments.errors import PaymentRefused, ProviderUnavailable
from matinee.payments.stripe_checkout import StripeCheckout
from tests.building import NOW, clock_at
from tests.databases import free_port
from tests.payments.fake_stripe import SECRET_KEY, FakeStripe
from tests.payments.opened import payment_request, stripe_at

SESSIONS = "/v1/checkout/sessions"


def test_a_session_is_opened_for_the_total_and_names_the_payment(
    stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    started = stripe.start(payment_request())
    [session] = fake_stripe.account.sessions.values()
    assert started.provider_ref == session["id"]
    assert started.redirect_url == session["url"]
    assert not started.settled
    assert (session["amount_total"], session["currency"]) == (2500, "eur")
    assert session["client_reference_id"] == "PAYMENT1"
    assert session["metadata"] == {"payment_id": "PAYMENT1"}
    assert session["customer_email"] == "anna@example.org"
    assert session["success_url"] == "https://odeon.example/orders/1?paid=1"
    assert session["cancel_url"] == "https://odeon.example/orders/1"
    [call] = fake_stripe.calls
    assert call.key == "PAYMENT1"
    assert call.params["payment_intent_data"]["metadata"] == {"payment_id": "PAYMENT1"}
    assert call.params["line_items"]["0"]["price_data"]["product_data"]["name"].startswith("Амели")


def test_a_buyer_without_an_address_pays_too(stripe: StripeCheckout, fake_stripe: FakeStripe) -> None:
    stripe.start(payment_request(email=None))
    assert "customer_email" not in fake_stripe.calls[0].params


@pytest.mark.parametrize("kept_for", [timedelta(0), timedelta(minutes=10), timedelta(hours=5)])
def test_a_session_ends_by_itself_soon_after_the_seats_are_free_again(
    stripe: StripeCheckout, fake_stripe: FakeStripe, kept_for: timedelta
) -> None:
    stripe.start(payment_request(expires_at=NOW + kept_for))
    [session] = fake_stripe.account.sessions.values()
    assert session["expires_at"] == (NOW + kept_for + timedelta(minutes=31)).timestamp()


@pytest.mark.parametrize("kept_for", [timedelta(hours=24), timedelta(days=30), None])
def test_seats_that_are_kept_for_longer_than_stripe_allows_get_a_session_of_a_day(
    stripe: StripeCheckout, fake_stripe: FakeStripe, kept_for: timedelta | None
) -> None:
    stripe.start(payment_request(expires_at=None if kept_for is None else NOW + kept_for))
    [session] = fake_stripe.account.sessions.values()
    assert session["expires_at"] == (NOW + timedelta(days=1)).timestamp()


def test_asking_again_later_opens_no_second_session(stripe: StripeCheckout, fake_stripe: FakeStripe) -> None:
    request = payment_request()
    first = stripe.start(request)
    with clock_at(NOW + timedelta(minutes=7)):
        assert stripe.start(request) == first
    assert len(fake_stripe.account.sessions) == 1


@pytest.mark.parametrize("how", ["drop", "drop_before"])
def test_a_lost_answer_is_asked_for_again_and_one_session_is_opened(
    stripe: StripeCheckout, fake_stripe: FakeStripe, how: str
) -> None:
    fake_stripe.fail("POST", SESSIONS, how)
    with pytest.raises(ProviderUnavailable):
        stripe.start(payment_request())
    started = stripe.start(payment_request())
    assert list(fake_stripe.account.sessions) == [started.provider_ref]


def test_a_short_fault_of_the_network_is_not_noticed(fake_stripe: FakeStripe) -> None:
    fake_stripe.fail("POST", SESSIONS, "drop")
    started = stripe_at(fake_stripe, retries_max=1).start(payment_request())
    assert list(fake_stripe.account.sessions) == [started.provider_ref]
    assert len(fake_stripe.calls) == 2


def test_a_call_that_is_too_slow_is_given_up(fake_stripe: FakeStripe) -> None:
    fake_stripe.fail("POST", SESSIONS, "hang")
    with pytest.raises(ProviderUnavailable):
        stripe_at(fake_stripe, timeout_seconds=0.2).start(payment_request())


@pytest.mark.parametrize("how", [409, 429, 500, 503, "fault"])
def test_a_stripe_that_cannot_answer_now_is_unavailable(
    stripe: StripeCheckout, fake_stripe: FakeStripe, how: str | int
) -> None:
    fake_stripe.fail("POST", SESSIONS, how)
    with pytest.raises(ProviderUnavailable):
        stripe.start(payment_request())


def test_a_fault_that_stripe_keeps_with_the_key_is_a_refusal_once_it_is_told_again(
    stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    fake_stripe.fail("POST", SESSIONS, "fault")
    with pytest.raises(ProviderUnavailable):
        stripe.start(payment_request())
    # It would be told for a day: the buyer needs another payment, with a key of its own.
    with pytest.raises(PaymentRefused):
        stripe.start(payment_request())


def test_nobody_at_the_address_is_unavailable(fake_stripe: FakeStripe) -> None:
    nowhere = stripe_at(fake_stripe, api_base=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ProviderUnavailable):
        nowhere.start(payment_request())


def test_a_wrong_key_is_unavailable_until_it_is_put_right(fake_stripe: FakeStripe) -> None:
    with pytest.raises(ProviderUnavailable):
        stripe_at(fake_stripe, secret_key="sk_test_wrong").start(payment_request())


def test_a_key_that_was_used_for_something_else_is_refused(stripe: StripeCheckout) -> None:
    stripe.start(payment_request())
    with pytest.raises(PaymentRefused, match="idempotency_error"):
        stripe.start(payment_request(amount=9900))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": 10}, "amount_too_small"),
        ({"return_url": "odeon:paid"}, "url_invalid"),
        ({"amount": 1234, "currency": "KWD"}, "hundredths"),
    ],
)
def test_what_stripe_does_not_take_is_refused_with_a_word_for_it(
    stripe: StripeCheckout, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(PaymentRefused, match=reason):
        stripe.start(payment_request(**changes))


def test_neither_keys_nor_people_are_told_in_errors_and_logs(
    fake_stripe: FakeStripe, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stripe = stripe_at(fake_stripe)
    with pytest.raises(PaymentRefused) as refused:
        stripe.start(payment_request("PAYMENT2", email="anna.example.org"))
    fake_stripe.fail("POST", SESSIONS, 500)
    with pytest.raises(ProviderUnavailable) as unavailable:
        stripe.start(payment_request("PAYMENT3"))
    assert "email_invalid" in refused.value.detail
    # The log tells which payment it was, and no more.
    assert "PAYMENT2" in caplog.text
    assert "PAYMENT3" in caplog.text
    for error in (refused.value, unavailable.value):
        assert error.__cause__ is None
        assert error.__suppress_context__
    told = caplog.text + refused.value.detail + unavailable.value.detail
    for secret in ("anna", SECRET_KEY, "Амели", "Invalid email address"):
        assert secret not in told


def test_a_session_that_is_cancelled_takes_no_money(stripe: StripeCheckout, fake_stripe: FakeStripe) -> None:
    started = stripe.start(payment_request())
    stripe.cancel(payment_id="PAYMENT1", provider_ref=str(started.provider_ref))
    [session] = fake_stripe.account.sessions.values()
    assert session["status"] == "expired"
    # Again, and for one that Stripe does not know.
    stripe.cancel(payment_id="PAYMENT1", provider_ref=str(started.provider_ref))
    stripe.cancel(payment_id="PAYMENT1", provider_ref="cs_test_unknown")


def test_cancelling_a_session_that_was_paid_changes_nothing(
    stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    started = stripe.start(payment_request())
    fake_stripe.account.pay(str(started.provider_ref))
    stripe.cancel(payment_id="PAYMENT1", provider_ref=str(started.provider_ref))
    [session] = fake_stripe.account.sessions.values()
    assert session["payment_status"] == "paid"


def test_cancelling_tells_when_stripe_is_away(stripe: StripeCheckout, fake_stripe: FakeStripe) -> None:
    started = stripe.start(payment_request())
    fake_stripe.fail("POST", SESSIONS, 503)
    with pytest.raises(ProviderUnavailable):
        stripe.cancel(payment_id="PAYMENT1", provider_ref=str(started.provider_ref))
