"""The worker gives money back: once, later when nobody answers, and never inside a transaction."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from matinee.db.transaction import Transactions
from matinee.payments.carry_out import LEASE, carry_out_refunds
from matinee.payments.counter import CounterProvider
from matinee.payments.models import PaymentRefund
from matinee.payments.protocol import PaymentProvider, RefundOutcome, RefundRequest
from matinee.payments.refunds import ask_refund_again, record_refund_notice
from matinee.payments.stripe_checkout import StripeCheckout
from tests.building import NOW
from tests.outbox.opened import opened_transactions
from tests.payments.fake_stripe import FakeStripe, signed
from tests.payments.opened import ask_refund, paid_at_stripe, settled_payment, stored_refund

REFUNDS = "/v1/refunds"


class Till(CounterProvider):
    """A way to pay that does what the test says, and counts."""

    def __init__(self, *outcomes: RefundOutcome | Exception) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[str] = []

    def refund(self, request: RefundRequest) -> RefundOutcome:
        self.asked.append(request.refund_id)
        outcome = self.outcomes.pop(0) if self.outcomes else RefundOutcome("succeeded")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def carried_out(
    transactions: Transactions, *providers: PaymentProvider, after: timedelta = timedelta(0), **more: Any
) -> int:
    """One round of the worker, so long after everything was stored."""
    by_name: Mapping[str, PaymentProvider] = {provider.name: provider for provider in providers}
    # The machine may be busy: only the test about it cares how long a round lasts.
    return carry_out_refunds(transactions, by_name, now=NOW + after, **{"seconds_max": 60.0, **more})


def test_a_refund_by_card_goes_back(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe), 700)
    assert carried_out(transactions, stripe) == 1
    [made] = fake_stripe.account.refunds.values()
    refund = stored_refund(transactions, refund_id)
    assert (refund.state, refund.provider_ref, refund.attempts) == ("succeeded", made["id"], 1)
    assert (refund.finished_at, refund.leased_until, refund.last_error) == (NOW, None, "")
    assert carried_out(transactions, stripe, after=timedelta(days=1)) == 0
    assert made["amount"] == 700


def test_money_from_the_till_waits_for_a_person(transactions: Transactions) -> None:
    refund_id = ask_refund(transactions, settled_payment(transactions, "counter"))
    assert carried_out(transactions, CounterProvider()) == 1
    refund = stored_refund(transactions, refund_id)
    assert (refund.state, refund.finished_at) == ("by_hand", None)
    assert carried_out(transactions, CounterProvider(), after=timedelta(days=1)) == 0


def test_a_voucher_never_reaches_a_provider(transactions: Transactions) -> None:
    refund_id = ask_refund(transactions, settled_payment(transactions, "voucher"))
    assert carried_out(transactions, Till()) == 0
    other = ask_refund(transactions, settled_payment(transactions, "counter"))
    till = Till()
    assert carried_out(transactions, till) == 1
    assert till.asked == [other]
    assert stored_refund(transactions, refund_id).attempts == 0


def test_every_refund_that_is_due_is_carried_out_in_one_round(transactions: Transactions) -> None:
    payment_id = settled_payment(transactions, "counter")
    refunds = [ask_refund(transactions, payment_id, 100) for _ in range(5)]
    till = Till()
    assert carried_out(transactions, till) == 5
    assert till.asked == refunds


def test_a_round_ends_when_the_worker_has_other_things_to_do(transactions: Transactions) -> None:
    payment_id = settled_payment(transactions, "counter")
    for _ in range(3):
        ask_refund(transactions, payment_id, 100)
    till = Till()
    assert carried_out(transactions, till, should_stop=lambda: len(till.asked) >= 2) == 2
    assert carried_out(transactions, till, seconds_max=0.0) == 0


@pytest.mark.parametrize("how", ["drop", "drop_before", "fault", 503])
def test_a_lost_answer_is_asked_for_again_and_money_goes_back_once(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe, how: str | int
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe))
    fake_stripe.fail("POST", REFUNDS, how)
    assert carried_out(transactions, stripe) == 1
    waiting = stored_refund(transactions, refund_id)
    assert (waiting.state, waiting.attempts, waiting.leased_until) == ("pending", 1, None)
    assert "cannot be reached" in waiting.last_error
    assert NOW + timedelta(seconds=8) < waiting.next_attempt_at <= NOW + timedelta(seconds=10)
    assert carried_out(transactions, stripe) == 0
    if how == "fault":
        # Stripe answers with the fault that it kept, for a day; but the refund is there, and found.
        assert len(fake_stripe.account.refunds) == 1
    assert carried_out(transactions, stripe, after=timedelta(seconds=10)) == 1
    assert stored_refund(transactions, refund_id).state == "succeeded"
    assert sum(fake_stripe.account.amounts_refunded(*fake_stripe.account.paid)) == 2500


def test_a_worker_that_died_loses_its_refund_to_another_and_money_goes_back_once(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe))

    class Dying(StripeCheckout):
        def refund(self, request: RefundRequest) -> RefundOutcome:
            stripe.refund(request)
            raise SystemExit

    dying = Dying(secret_key="sk_test_1", webhook_secret="whsec_1")
    with pytest.raises(SystemExit):
        carried_out(transactions, dying)
    assert carried_out(transactions, stripe, after=LEASE / 2) == 0
    assert carried_out(transactions, stripe, after=LEASE) == 1
    assert stored_refund(transactions, refund_id).state == "succeeded"
    assert len(fake_stripe.account.refunds) == 1


def test_pauses_grow_and_money_that_is_owed_is_never_given_up(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe))
    fake_stripe.fail("GET", "/v1/checkout/sessions", 503, times=40)
    now, pauses = NOW, []
    for _ in range(40):
        assert carry_out_refunds(transactions, {"stripe": stripe}, now=now) == 1
        next_attempt_at: datetime = stored_refund(transactions, refund_id).next_attempt_at
        pauses.append((next_attempt_at - now).total_seconds())
        now = next_attempt_at
    assert pauses[:9] == sorted(pauses[:9])
    assert 8 < pauses[0] <= 10
    assert all(3200 < pause <= 3600 for pause in pauses[10:])
    assert now - NOW > timedelta(days=1)
    assert carry_out_refunds(transactions, {"stripe": stripe}, now=now) == 1
    assert stored_refund(transactions, refund_id).state == "succeeded"


def test_one_refund_finds_out_that_a_provider_is_away_and_the_others_wait(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    payment_id = paid_at_stripe(transactions, stripe, fake_stripe)
    by_card = [ask_refund(transactions, payment_id, 100) for _ in range(4)]
    by_hand = ask_refund(transactions, settled_payment(transactions, "counter"))
    fake_stripe.fail("GET", "/v1/checkout/sessions", "drop_before", times=99)
    assert carried_out(transactions, stripe, CounterProvider()) == 2
    assert len(fake_stripe.calls_of("GET", "/v1/checkout/sessions")) == 1
    assert stored_refund(transactions, by_hand).state == "by_hand"
    fake_stripe.failures.clear()
    assert carried_out(transactions, stripe, after=timedelta(seconds=30)) == 4
    assert {stored_refund(transactions, refund).state for refund in by_card} == {"succeeded"}


def test_a_provider_that_is_not_set_up_here_keeps_its_refunds(transactions: Transactions) -> None:
    refund_id = ask_refund(transactions, settled_payment(transactions, "stripe", provider_ref="cs_1"))
    assert carried_out(transactions, CounterProvider()) == 1
    refund = stored_refund(transactions, refund_id)
    assert (refund.state, refund.last_error) == ("pending", "The provider 'stripe' is not set up here.")


def test_a_refusal_for_good_ends_it_with_the_reason(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe))
    [intent] = fake_stripe.account.paid
    fake_stripe.account.create_refund({"payment_intent": intent, "amount": "2500"})
    assert carried_out(transactions, stripe) == 1
    refund = stored_refund(transactions, refund_id)
    assert refund.state == "failed"
    assert "charge_already_refunded" in refund.last_error
    assert carried_out(transactions, stripe, after=timedelta(days=30)) == 0


def test_a_fault_of_ours_does_not_keep_the_others_waiting(
    transactions: Transactions, caplog: pytest.LogCaptureFixture
) -> None:
    payment_id = settled_payment(transactions, "counter")
    faulty, good = (ask_refund(transactions, payment_id, 100) for _ in range(2))
    till = Till(ZeroDivisionError())
    with caplog.at_level(logging.ERROR):
        assert carried_out(transactions, till) == 2
    assert faulty in caplog.text
    assert stored_refund(transactions, faulty).state == "pending"
    assert stored_refund(transactions, good).state == "succeeded"


def test_a_refund_that_takes_its_time_is_finished_by_a_notice(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe))
    fake_stripe.account.new_refund_status = "pending"
    assert carried_out(transactions, stripe) == 1
    waiting = stored_refund(transactions, refund_id)
    [made] = fake_stripe.account.refunds
    assert (waiting.state, waiting.provider_ref, waiting.last_error) == ("pending", made, "")
    assert carried_out(transactions, stripe, after=timedelta(hours=11)) == 0
    fake_stripe.account.finish_refund(made)
    [notice, *_] = stripe.read_notices(*signed(fake_stripe.account.events[-1]), now=NOW)
    transactions.write(lambda session: record_refund_notice(session, notice=notice, now=NOW))
    assert stored_refund(transactions, refund_id).state == "succeeded"


def test_a_refund_whose_notice_was_lost_is_asked_about(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe))
    fake_stripe.account.new_refund_status = "pending"
    carried_out(transactions, stripe)
    fake_stripe.account.finish_refund(*fake_stripe.account.refunds)
    assert carried_out(transactions, stripe, after=timedelta(hours=12)) == 1
    assert stored_refund(transactions, refund_id).state == "succeeded"
    assert len(fake_stripe.account.refunds) == 1


def test_a_provider_is_asked_outside_of_transactions(transactions: Transactions, database_url: str) -> None:
    refund_id = ask_refund(transactions, settled_payment(transactions, "counter"))
    seen: list[str | None] = []

    class Looking(Till):
        def refund(self, request: RefundRequest) -> RefundOutcome:
            # Somebody else writes the very row: with a transaction open on it he would wait for ever.
            with opened_transactions(database_url) as other:
                seen.append(str(stored_refund(other, request.refund_id).leased_until))
                touch = update(PaymentRefund).values(reason="touched")
                other.write(lambda session: session.execute(touch))
            return super().refund(request)

    assert carried_out(transactions, Looking()) == 1
    assert seen == [str(NOW + LEASE)]
    assert stored_refund(transactions, refund_id).reason == "touched"


def test_two_workers_share_the_refunds_and_none_is_asked_for_twice(
    transactions: Transactions, database_url: str
) -> None:
    payment_id = settled_payment(transactions, "counter")
    refunds = [ask_refund(transactions, payment_id, 10) for _ in range(60)]
    tills = Till(), Till()
    begin = threading.Barrier(2)

    def work(till: Till) -> None:
        with opened_transactions(database_url) as own:
            begin.wait(20)
            while carry_out_refunds(own, {"counter": till}, now=NOW):
                pass

    threads = [threading.Thread(target=work, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(tills[0].asked + tills[1].asked) == sorted(refunds)


@pytest.mark.parametrize("seed", range(5))
def test_notices_three_times_over_in_any_order_leave_what_stripe_says(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe, seed: int
) -> None:
    payment_id = paid_at_stripe(transactions, stripe, fake_stripe)
    refunds = [ask_refund(transactions, payment_id, 100) for _ in range(4)]
    fake_stripe.account.new_refund_status = "pending"
    carried_out(transactions, stripe)
    for number, made in enumerate(list(fake_stripe.account.refunds)):
        fake_stripe.account.finish_refund(made)
        if number % 2:
            # The bank sends it back days later.
            fake_stripe.account.finish_refund(made, failure="expired_or_canceled_card")
    told = fake_stripe.account.events * 3
    random.Random(seed).shuffle(told)
    for event in told:
        for notice in stripe.read_notices(*signed(event), now=NOW):
            if notice.kind.startswith("refund"):
                transactions.write(
                    lambda session, notice=notice: record_refund_notice(session, notice=notice, now=NOW)  # type: ignore[misc]
                )
    states = [stored_refund(transactions, refund).state for refund in refunds]
    assert states == ["succeeded", "failed", "succeeded", "failed"]
    paid, [intent] = 2500, fake_stripe.account.paid
    assert sum(fake_stripe.account.amounts_refunded(intent)) == 200 < paid


def test_a_refund_that_failed_at_its_bank_is_made_anew_when_it_is_asked_for_again(
    transactions: Transactions, stripe: StripeCheckout, fake_stripe: FakeStripe
) -> None:
    refund_id = ask_refund(transactions, paid_at_stripe(transactions, stripe, fake_stripe), 700)
    fake_stripe.account.new_refund_status = "pending"
    carried_out(transactions, stripe)
    [first] = fake_stripe.account.refunds
    fake_stripe.account.finish_refund(first, failure="expired_or_canceled_card")
    carried_out(transactions, stripe, after=timedelta(days=1))
    assert stored_refund(transactions, refund_id).state == "failed"
    again = transactions.write(lambda session: ask_refund_again(session, public_id=refund_id, now=NOW))
    fake_stripe.account.new_refund_status = "succeeded"
    carried_out(transactions, stripe)
    assert stored_refund(transactions, again.public_id).state == "succeeded"
    assert [one["status"] for one in fake_stripe.account.refunds.values()] == ["failed", "succeeded"]
