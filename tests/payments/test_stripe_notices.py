"""Stripe's webhooks: only its own, only fresh ones, and only those that matter."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from matinee.payments.errors import NoticeRefused
from matinee.payments.protocol import ProviderNotice
from matinee.payments.stripe_checkout import StripeCheckout
from tests.building import NOW
from tests.payments.fake_stripe import FakeStripe, signed
from tests.payments.opened import payment_request

AT = int(NOW.timestamp())


@pytest.fixture
def session_id(stripe: StripeCheckout) -> str:
    """A session that waits for the payer."""
    return str(stripe.start(payment_request()).provider_ref)


def read(stripe: StripeCheckout, event: dict[str, Any], **how: Any) -> list[ProviderNotice]:
    body, headers = signed(event, **how)
    return list(stripe.read_notices(body, headers, now=NOW))


def all_read(stripe: StripeCheckout, fake: FakeStripe) -> list[ProviderNotice]:
    return [notice for event in fake.account.events for notice in read(stripe, event)]


def test_a_paid_session_settles_the_payment(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    fake_stripe.account.pay(session_id)
    [event] = fake_stripe.account.events
    assert read(stripe, event) == [
        ProviderNotice(
            event_id=event["id"],
            kind="settled",
            subject_id="PAYMENT1",
            amount=2500,
            currency="EUR",
            provider_ref=session_id,
        )
    ]


def test_a_bank_that_takes_its_time_settles_when_the_money_is_there(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    fake_stripe.account.pay(session_id, by_bank=True)
    assert all_read(stripe, fake_stripe) == []
    fake_stripe.account.bank_answers(session_id, paid=True)
    assert [(notice.kind, notice.subject_id) for notice in all_read(stripe, fake_stripe)] == [
        ("settled", "PAYMENT1")
    ]


def test_a_bank_that_does_not_pay_fails_the_payment(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    fake_stripe.account.pay(session_id, by_bank=True)
    fake_stripe.account.bank_answers(session_id, paid=False)
    [notice] = all_read(stripe, fake_stripe)
    assert (notice.kind, notice.reason) == ("failed", "the bank did not pay")


def test_a_session_that_ran_out_fails_the_payment(
    stripe: StripeCheckout, fake_stripe: FakeStripe, session_id: str
) -> None:
    fake_stripe.account.expire_session(session_id)
    [notice] = all_read(stripe, fake_stripe)
    assert (notice.kind, notice.subject_id) == ("failed", "PAYMENT1")


def about_refund(kind: str, **changes: Any) -> dict[str, Any]:
    refund = {
        "id": "re_1",
        "object": "refund",
        "status": "succeeded",
        "amount": 700,
        "currency": "eur",
        "metadata": {"refund_id": "REFUND1"},
        **changes,
    }
    return {"id": "evt_9", "type": kind, "created": AT, "data": {"object": refund}}


@pytest.mark.parametrize(
    "kind", ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"]
)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "succeeded"}, ("refund_succeeded", "")),
        (
            {"status": "failed", "failure_reason": "lost_or_stolen_card"},
            ("refund_failed", "lost_or_stolen_card"),
        ),
        ({"status": "canceled"}, ("refund_failed", "canceled")),
    ],
)
def test_what_became_of_a_refund_is_told_by_its_state(
    stripe: StripeCheckout, kind: str, changes: dict[str, Any], said: tuple[str, str]
) -> None:
    [notice] = read(stripe, about_refund(kind, **changes))
    assert (notice.kind, notice.reason) == said
    assert (notice.subject_id, notice.provider_ref, notice.amount) == ("REFUND1", "re_1", 700)


@pytest.mark.parametrize(
    "event",
    [
        about_refund("refund.updated", status="pending"),
        about_refund("refund.updated", status="requires_action"),
        about_refund("refund.updated", metadata={}),
        about_refund("refund.updated", metadata=None),
        {"id": "evt_1", "type": "payment_intent.succeeded", "created": AT, "data": {"object": {}}},
        {"id": "evt_1", "type": "checkout.session.completed", "created": AT,
         "data": {"object": {"id": "cs_of_another_program", "payment_status": "paid", "metadata": {}}}},
    ],
)  # fmt: skip
def test_what_does_not_matter_here_is_nothing(stripe: StripeCheckout, event: dict[str, Any]) -> None:
    assert read(stripe, event) == []


def test_amounts_are_told_in_our_minor_units(stripe: StripeCheckout, fake_stripe: FakeStripe) -> None:
    started = stripe.start(payment_request(amount=900, currency="ISK"))
    fake_stripe.account.pay(str(started.provider_ref))
    [session] = fake_stripe.account.sessions.values()
    assert session["amount_total"] == 90000
    [notice] = all_read(stripe, fake_stripe)
    assert (notice.amount, notice.currency) == (900, "ISK")


EVENT = about_refund("refund.updated")


def with_signature(change: Callable[[str], str]) -> tuple[bytes, Mapping[str, str]]:
    body, headers = signed(EVENT)
    return body, {"stripe-signature": change(headers["stripe-signature"])}


def with_body(change: Callable[[bytes], bytes]) -> tuple[bytes, Mapping[str, str]]:
    body, headers = signed(EVENT)
    return change(body), headers


OLD = AT - 3600

FORGED: dict[str, tuple[bytes, Mapping[str, str]]] = {
    "no signature": (signed(EVENT)[0], {}),
    "an empty signature": with_signature(lambda _: ""),
    "nonsense": with_signature(lambda _: "nonsense"),
    "letters that no signature has": with_signature(lambda header: header.replace("v1=", "v1=é")),
    "another secret": signed(EVENT, secret="whsec_of_somebody"),
    "no v1": with_signature(lambda header: header.replace("v1=", "v2=")),
    "another amount": with_body(lambda body: body.replace(b"700", b"900")),
    "something behind": with_body(lambda body: body + b" "),
    "no text": with_body(lambda body: b"\xff\xfe" + body),
    "no body": with_body(lambda _: b""),
    "another time": with_signature(lambda header: header.replace(f"t={AT}", f"t={AT + 1}")),
    "a time with a tail": with_signature(lambda header: header.replace(f"t={AT}", f"t={AT}=1")),
    "no time": with_signature(lambda header: header.replace(f"t={AT},", "")),
    "old": signed(EVENT, at=OLD),
    "old, with a new time behind": with_signature(
        lambda _: signed(EVENT, at=OLD)[1]["stripe-signature"] + f",t={AT}"
    ),
    "old, written so that only one of two readers sees it": with_signature(
        lambda _: signed(EVENT, at=OLD)[1]["stripe-signature"].replace("t=", "t=+") + f",t={AT}"
    ),
    "old, with a blank before it": with_signature(
        lambda _: signed(EVENT, at=OLD)[1]["stripe-signature"].replace("t=", "t= ") + f",t={AT}"
    ),
    "from the future": signed(EVENT, at=AT + 3600),
    "signed nonsense": signed({"created": AT, "type": "refund.updated"}),
    "a signed list": signed({"created": AT, "id": "evt_1", "type": "refund.updated", "data": {"object": []}}),
}


@pytest.mark.parametrize("body_and_headers", FORGED.values(), ids=FORGED)
def test_a_notice_that_stripe_did_not_sign_lately_is_refused(
    stripe: StripeCheckout, body_and_headers: tuple[bytes, Mapping[str, str]]
) -> None:
    body, headers = body_and_headers
    with pytest.raises(NoticeRefused) as refused:
        stripe.read_notices(body, headers, now=NOW)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_clocks_may_differ_by_five_minutes(stripe: StripeCheckout, seconds: int) -> None:
    assert len(read(stripe, EVENT, at=AT + seconds)) == 1


@pytest.mark.parametrize("seconds", [-301, 301])
def test_clocks_may_not_differ_by_more(stripe: StripeCheckout, seconds: int) -> None:
    with pytest.raises(NoticeRefused):
        read(stripe, EVENT, at=AT + seconds)


def test_the_age_is_told_by_our_clock(stripe: StripeCheckout) -> None:
    body, headers = signed(EVENT)
    with pytest.raises(NoticeRefused):
        stripe.read_notices(body, headers, now=NOW + timedelta(days=1))


def test_a_secret_that_is_being_replaced_counts_beside_the_new_one(stripe: StripeCheckout) -> None:
    body, headers = signed(EVENT)
    both = headers["stripe-signature"].replace("v1=", f"v1={'1' * 64},v1=")
    assert json.loads(body)["id"] == "evt_9"
    assert len(stripe.read_notices(body, {"stripe-signature": both}, now=NOW)) == 1
