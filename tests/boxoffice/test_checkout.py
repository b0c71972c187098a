"""Paying: the intent is committed, the provider is asked, its answer is committed"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from matinee.boxoffice.checkout import begin_payment, provider_named
from matinee.boxoffice.errors import (
    HoldExpired,
    NothingToPay,
    PaidTooLate,
    SeatsNotFree,
    SomethingToPay,
    StepNotAllowed,
)
from matinee.boxoffice.models import Ticket
from matinee.boxoffice.open_payments import stop_open_payments, stop_payment
from matinee.boxoffice.payment_time import PROLONGING_PAYMENTS_MAX
from matinee.payments.errors import PaymentNotFound, PaymentRefused, ProviderNotFound, ProviderUnavailable
from matinee.payments.models import Payment
from matinee.payments.protocol import (
    PaymentProvider,
    PaymentRequest,
    ProviderNotice,
    RefundOutcome,
    RefundRequest,
    StartedPayment,
)
from tests.boxoffice.interleaving import at_once
from tests.boxoffice.selling import END, GUEST, HOLD, PAYMENT, Sale
from tests.building import NOW, PRICE_A

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
# In Kyiv it is 20:30 then.
START = datetime(2030, 5, 18, 17, 30, tzinfo=UTC)
LATE = NOW + PAYMENT


@dataclass
class SmallBank:
    """A provider that lives in memory. It makes of a payment what it was told to, once for each key."""

    name: str = "bank"
    settles_at_once: bool = False
    refuses: str = ""
    is_away: bool = False
    payments: dict[str, PaymentRequest] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    calls: int = 0

    def start(self, request: PaymentRequest) -> StartedPayment:
        self.calls += 1
        if self.refuses:
            raise PaymentRefused(self.refuses)
        known = self.payments.setdefault(request.payment_id, request)
        assert known == request, "another request with the same key"
        if self.is_away:
            # It took the request; its answer was lost on the way.
            raise ProviderUnavailable
        ref = f"ref-{request.payment_id}"
        return StartedPayment(ref, f"https://bank.example/{ref}", settled=self.settles_at_once)

    def read_notices(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Sequence[ProviderNotice]:
        return []

    def cancel(self, *, payment_id: str, provider_ref: str) -> None:
        if self.is_away:
            raise ProviderUnavailable
        assert provider_ref == f"ref-{payment_id}"
        self.cancelled.append(payment_id)

    def refund(self, request: RefundRequest) -> RefundOutcome:
        return RefundOutcome("succeeded")


@pytest.fixture
def bank() -> SmallBank:
    return SmallBank()


def stop(sale: Sale, bank: SmallBank, now: datetime) -> int:
    providers: dict[str, PaymentProvider] = {"bank": bank}
    return stop_open_payments(sale.services.transactions, providers, now=now)


def test_a_payer_is_sent_to_the_providers_page(sale: Sale, bank: SmallBank) -> None:
    order_id = sale.hold("A1", known=False)
    public_id = sale.intend(order_id, "bank")
    assert sale.payment(public_id).state == "starting"
    asked = sale.ask(public_id, {"bank": bank})
    assert (asked.state, asked.provider_ref) == ("pending", f"ref-{public_id}")
    assert asked.redirect_url == f"https://bank.example/ref-{public_id}"
    assert sale.state(order_id) == "paying"
    order = sale.order(order_id)
    assert bank.payments[public_id] == PaymentRequest(
        payment_id=public_id,
        amount=PRICE_A,
        currency="UAH",
        description=f"Café, 2030-05-18 20:30, order {order.code}",
        email=GUEST,
        return_url="http://testserver/paid",
        cancel_url="http://testserver/not-paid",
        expires_at=LATE,
    )


def test_the_tickets_go_to_the_account_or_to_the_address_that_was_told(sale: Sale, bank: SmallBank) -> None:
    public_id = sale.intend(sale.hold("A1"), "bank")
    sale.ask(public_id, {"bank": bank})
    assert bank.payments[public_id].email == sale.buyer.username


def test_the_seats_are_kept_for_as_long_as_paying_takes(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    sale.intend(order_id, now=NOW + 2 * MINUTE)
    until = NOW + 2 * MINUTE + PAYMENT
    assert sale.order(order_id).hold_expires_at == until
    assert sale.claimed(order_id) == {"A1": until, "A2": until}
    with pytest.raises(SeatsNotFree):
        sale.hold("A1", now=until - SECOND)
    sale.hold("A1", now=until)


def test_beginning_to_pay_never_takes_minutes_away(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.extend(order_id, now=END - SECOND)
    sale.intend(order_id, now=NOW)
    assert sale.order(order_id).hold_expires_at == END - SECOND + HOLD


def test_money_that_is_there_at_once_sells_the_order(sale: Sale, bank: SmallBank) -> None:
    bank.settles_at_once = True
    order_id = sale.hold("A1")
    asked = sale.ask(sale.intend(order_id, "bank"), {"bank": bank})
    assert asked.state == "settled"
    assert (sale.state(order_id), sale.tickets(order_id).keys()) == ("paid", {"A1"})


def test_asking_again_is_harmless(sale: Sale, bank: SmallBank) -> None:
    bank.settles_at_once = True
    public_id = sale.intend(sale.hold("A1"), "bank")
    for _ in range(3):
        assert sale.ask(public_id, {"bank": bank}).state == "settled"
    assert (bank.calls, sale.count(Ticket), sale.mails()) == (1, 1, ["tickets"])


def test_a_refused_payment_leaves_the_order_to_be_paid_another_way(sale: Sale, bank: SmallBank) -> None:
    bank.refuses = "No such currency."
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "bank")
    with pytest.raises(PaymentRefused, match="No such currency"):
        sale.ask(public_id, {"bank": bank})
    assert (sale.payment(public_id).state, sale.payment(public_id).failure) == ("failed", "No such currency.")
    assert sale.steps(order_id)[1:] == [("held", "paying"), ("paying", "held")]
    assert sale.events(order_id)[-1].note == "No such currency."
    # It is not asked for again.
    assert sale.ask(public_id, {"bank": bank}).state == "failed"
    assert bank.calls == 1
    sale.pay(order_id)


def test_a_provider_that_did_not_answer_is_asked_again_for_the_same_payment(
    sale: Sale, bank: SmallBank
) -> None:
    bank.is_away = True
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "bank")
    with pytest.raises(ProviderUnavailable):
        sale.ask(public_id, {"bank": bank})
    assert (sale.payment(public_id).state, sale.state(order_id)) == ("starting", "paying")
    bank.is_away = False
    assert sale.ask(public_id, {"bank": bank}).state == "pending"
    assert list(bank.payments) == [public_id]
    assert sale.count(Payment) == 1


def test_a_notice_may_be_faster_than_the_providers_answer(sale: Sale, bank: SmallBank) -> None:
    class FastBank(SmallBank):
        def start(self, request: PaymentRequest) -> StartedPayment:
            started = super().start(request)
            notice = ProviderNotice("n1", "settled", request.payment_id, PRICE_A, "uah", "ref-of-the-notice")
            sale.notice(notice, provider="bank")
            return started

    order_id = sale.hold("A1")
    asked = sale.ask(sale.intend(order_id, "bank"), {"bank": FastBank()})
    assert (asked.state, asked.provider_ref) == ("settled", "ref-of-the-notice")
    assert (sale.state(order_id), sale.count(Ticket)) == ("paid", 1)


def test_who_is_asked_must_be_there(sale: Sale, bank: SmallBank) -> None:
    with pytest.raises(PaymentNotFound):
        sale.ask("NOSUCHPAYMENT", {"bank": bank})
    with pytest.raises(ProviderNotFound):
        sale.ask(sale.intend(sale.hold("A1"), "bank"), {})
    with pytest.raises(ProviderNotFound):
        provider_named({"bank": bank}, "other")
    assert provider_named({"bank": bank}, "bank") is bank


def test_what_is_free_is_not_paid_for_and_what_costs_is(sale: Sale) -> None:
    free, priced = sale.hold("1", screening=sale.house.second_hall), sale.hold("A1")
    with pytest.raises(NothingToPay):
        sale.intend(free, "bank")
    with pytest.raises(SomethingToPay):
        sale.intend(priced, "free")
    sale.settle(sale.intend(free, "free"))
    assert (sale.state(free), sale.mails()) == ("paid", ["tickets"])
    assert sale.state(priced) == "held"


def test_only_a_live_hold_and_what_is_due_can_be_paid(sale: Sale) -> None:
    released, sold = sale.hold("A1"), sale.sold("A2")
    sale.release(released)
    for order_id, error in (
        (released, StepNotAllowed),
        (sold, StepNotAllowed),
        (sale.hold("A3"), HoldExpired),
    ):
        with pytest.raises(error):
            sale.intend(order_id, now=END)


def test_beginning_to_pay_again_and_again_does_not_keep_the_seats_for_ever(sale: Sale) -> None:
    order_id = sale.hold("A1")
    now = NOW
    for _ in range(PROLONGING_PAYMENTS_MAX):
        sale.fail(sale.intend(order_id, now=now), now=now)
        assert sale.order(order_id).hold_expires_at == now + PAYMENT
        now += PAYMENT - SECOND
    # It can still be paid, in the time that is left.
    payment = sale.intend(order_id, now=now)
    assert sale.order(order_id).hold_expires_at == now + SECOND
    assert sale.settle(payment, now=now)
    assert sale.state(order_id) == "paid"


def begin(sale: Sale, order_id: int, provider: str = "bank", now: datetime = NOW) -> str:
    return sale._on(
        order_id,
        lambda s, o: begin_payment(s, order=o, provider=provider, lifetime=PAYMENT, now=now).public_id,
    )


def test_a_second_click_goes_on_with_the_first_payment(sale: Sale) -> None:
    order_id = sale.hold("A1")
    first = begin(sale, order_id)
    assert begin(sale, order_id, now=NOW + MINUTE) == first
    assert sale.order(order_id).hold_expires_at == LATE
    # Another way to pay, another sum, or one that came to nothing: another payment.
    other = begin(sale, order_id, "counter")
    sale.use_voucher(order_id, sale.voucher(1000))
    rest = begin(sale, order_id)
    sale.fail(rest)
    assert len({first, other, rest, begin(sale, order_id)}) == 4


def test_many_clicks_at_once_are_one_payment(sale: Sale) -> None:
    order_id = sale.hold("A1")
    begun = at_once(sale.services, [lambda: begin(sale, order_id)] * 6)
    assert len(set(begun)) == 1
    assert sale.count(Payment) == 1


def test_a_buyer_who_comes_back_without_paying_can_change_the_order(sale: Sale, bank: SmallBank) -> None:
    order_id = sale.hold("A1")
    public_id = begin(sale, order_id)
    sale.ask(public_id, {"bank": bank})
    stop_one(sale, bank, public_id)
    assert (bank.cancelled, sale.payment(public_id).state) == ([public_id], "failed")
    assert sale.state(order_id) == "held"
    sale.change(order_id, "A2")
    # Money that was on its way counts all the same.
    assert sale.settle(public_id)
    assert sale.tickets(order_id).keys() == {"A2"}


def test_a_payment_goes_on_while_its_provider_cannot_be_told_to_stop(sale: Sale, bank: SmallBank) -> None:
    order_id = sale.hold("A1")
    public_id = begin(sale, order_id)
    sale.ask(public_id, {"bank": bank})
    bank.is_away = True
    with pytest.raises(ProviderUnavailable):
        stop_one(sale, bank, public_id)
    assert (sale.payment(public_id).state, sale.state(order_id)) == ("pending", "paying")


def stop_one(sale: Sale, bank: SmallBank, public_id: str) -> bool:
    payment = sale.payment(public_id)
    return stop_payment(
        sale.services.transactions,
        {"bank": bank},
        public_id=public_id,
        provider=payment.provider,
        provider_ref=payment.provider_ref,
        now=NOW,
    )


def test_an_order_to_be_paid_at_the_counter_is_kept_until_shortly_before_the_start(sale: Sale) -> None:
    sale.change_cinema(counter_until_minutes=45)
    order_id = sale.hold("A1")
    sale.intend(order_id, "counter")
    until = START - 45 * MINUTE
    assert sale.claimed(order_id) == {"A1": until}
    assert sale.sweep(until - SECOND) == 0
    assert sale.take_money(order_id, now=until - SECOND) == PRICE_A
    late = sale.hold("A2", now=until - MINUTE)
    with pytest.raises(PaidTooLate):
        sale.intend(late, "counter", now=until)
    sale.intend(late, "bank", now=until)


def test_what_nobody_fetched_from_the_counter_is_free_again(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.intend(order_id, "counter")
    until = START - 30 * MINUTE
    assert sale.sweep(until) == 1
    assert sale.state(order_id) == "expired"
    with pytest.raises(HoldExpired):
        sale.take_money(order_id, now=until)
    sale.hold("A1", now=until)


def test_the_counter_takes_what_is_left_with_that_very_transaction(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False)
    awaited = sale.intend(order_id, "counter")
    sale.use_voucher(order_id, sale.voucher(1000))
    assert sale.take_money(order_id) == PRICE_A - 1000
    assert (sale.state(order_id), sale.tickets(order_id).keys()) == ("paid", {"A1"})
    assert sale.events(order_id)[-1].actor == "till 1"
    # The payment that was announced was for another amount.
    assert (sale.payment(awaited).state, sale.count(Payment)) == ("starting", 3)
    sale.check_books()


def test_the_counter_takes_the_payment_that_was_announced(sale: Sale) -> None:
    order_id = sale.hold("A1")
    awaited = sale.intend(order_id, "counter")
    assert sale.take_money(order_id) == PRICE_A
    assert (sale.payment(awaited).state, sale.count(Payment)) == ("settled", 1)
    with pytest.raises(StepNotAllowed):
        sale.take_money(order_id)


def test_the_counter_needs_no_address(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False, email=None)
    assert sale.take_money(order_id) == PRICE_A
    assert (sale.state(order_id), sale.mails()) == ("paid", [])


def test_the_counter_takes_nothing_for_what_is_free(sale: Sale) -> None:
    with pytest.raises(NothingToPay):
        sale.take_money(sale.hold("1", screening=sale.house.second_hall))


def test_the_counter_takes_no_money_for_seats_that_somebody_took(sale: Sale) -> None:
    slow = sale.hold("A1")
    sale.hold("A1", now=END)
    with pytest.raises(HoldExpired):
        sale.take_money(slow, now=END - SECOND)
    assert (sale.count(Payment), sale.refunds()) == (0, [])


@pytest.mark.parametrize("ends", ["paid twice", "released", "expired"])
def test_providers_are_told_to_stop_once_an_order_cannot_be_paid_any_more(
    sale: Sale, bank: SmallBank, ends: str
) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "bank")
    sale.ask(public_id, {"bank": bank})
    assert stop(sale, bank, NOW + 2 * MINUTE) == 0
    if ends == "paid twice":
        sale.settle(sale.intend(order_id, "stripe"))
    elif ends == "released":
        sale.release(order_id)
    else:
        sale.sweep(LATE)
    assert stop(sale, bank, NOW + MINUTE) == 0
    assert stop(sale, bank, NOW + MINUTE + SECOND) == 1
    assert (bank.cancelled, sale.payment(public_id).state) == ([public_id], "failed")
    assert stop(sale, bank, LATE) == 0


def test_a_provider_that_is_away_is_told_later(sale: Sale, bank: SmallBank) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "bank")
    sale.ask(public_id, {"bank": bank})
    sale.release(order_id)
    bank.is_away = True
    assert stop(sale, bank, LATE) == 0
    assert sale.payment(public_id).state == "pending"
    bank.is_away = False
    assert stop(sale, bank, LATE) == 1


def test_a_payment_that_was_stopped_too_late_is_given_back(sale: Sale, bank: SmallBank) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "bank")
    sale.ask(public_id, {"bank": bank})
    sale.release(order_id)
    stop(sale, bank, LATE)
    assert sale.settle(public_id, now=LATE)
    assert (sale.payment(public_id).state, sale.refunds()) == ("settled", [(PRICE_A, "pending")])
    sale.check_books()


def test_the_provider_is_called_outside_any_transaction(sale: Sale) -> None:
    class CuriousBank(SmallBank):
        def start(self, request: PaymentRequest) -> StartedPayment:
            # On SQLite this would wait in vain for the one who writes, on PostgreSQL for the locks on the payment.
            assert sale.fail(request.payment_id)
            return super().start(request)

    public_id = sale.intend(sale.hold("A1"), "bank")
    assert sale.ask(public_id, {"bank": CuriousBank()}).state == "failed"
