"""Money that arrives: in time, late, twice, out of order, or for something that is gone"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.models import OrderEvent, OrderPayment, SeatClaim, Ticket
from matinee.boxoffice.planning import change_planned_screening, screening_to_change
from matinee.boxoffice.settlement import deal_with_notice, settle_payment
from matinee.kernel.money import Money
from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import Payment, PaymentRefund, ProviderEvent
from matinee.payments.protocol import ProviderNotice
from tests.boxoffice.interleaving import at_once, beside, uncommitted
from tests.boxoffice.selling import PAYMENT, Sale
from tests.building import NOW, PRICE_A, PRICE_B

SECOND = timedelta(seconds=1)
LATE = NOW + PAYMENT
# In Kyiv it is 20:30 then.
START = datetime(2030, 5, 18, 17, 30, tzinfo=UTC)


def settled(
    public_id: str, event: str = "e1", *, amount: int | None = PRICE_A, currency: str | None = "uah"
) -> ProviderNotice:
    return ProviderNotice(event, "settled", public_id, amount, currency, f"ref-{public_id}")


def failed(public_id: str, event: str = "e2") -> ProviderNotice:
    # What was not paid is nobody's sum.
    return ProviderNotice(event, "failed", public_id, amount=0, currency="uah", reason="declined")


def everything(sale: Sale) -> list[list[dict[str, object]]]:
    """Every row of the sale, to see that nothing changed."""

    def read(session: Session) -> list[list[dict[str, object]]]:
        tables = (OrderPayment, Payment, PaymentRefund, Ticket, SeatClaim, OrderEvent)
        return [[dict(row._mapping) for row in session.execute(one.__table__.select())] for one in tables]

    return sale.read(read)


def was_given_back(sale: Sale, order_id: int, why: str) -> None:
    """The payment was not accepted: no ticket, the money is on its way back, and the buyer is told why."""
    assert sale.tickets(order_id) == {}
    assert sale.sums(order_id).paid == 0
    assert sale.refunds() == [(PRICE_A, "pending")]
    (mail,) = sale.messages()
    assert (mail.kind, mail.payload) == (
        "payment_returned",
        {"order_id": order_id, "amount": PRICE_A, "reason": why},
    )
    assert why in [event.note for event in sale.events(order_id)]
    sale.check_books()


def test_money_in_time_sells_the_order(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False)
    public_id = sale.intend(order_id)
    sale.notice(settled(public_id), now=LATE - SECOND)
    payment = sale.payment(public_id)
    assert (payment.state, payment.settled_at, payment.provider_ref) == (
        "settled",
        LATE - SECOND,
        f"ref-{public_id}",
    )
    assert sale.steps(order_id) == [(None, "held"), ("held", "paying"), ("paying", "paid")]
    (ticket,) = sale.tickets(order_id).values()
    assert (ticket.amount, ticket.screening_id) == (PRICE_A, sale.house.lettered)
    assert sale.claimed(order_id) == {"A1": None}
    assert sale.mails() == ["tickets"]


@pytest.mark.parametrize("swept", [False, True])
def test_late_money_takes_the_seats_again_where_they_are_free(sale: Sale, swept: bool) -> None:
    order_id = sale.hold("A1", "A2")
    public_id = sale.intend(order_id)
    if swept:
        assert sale.sweep(LATE) == 1
    sale.notice(settled(public_id, amount=2 * PRICE_A), now=LATE + SECOND)
    assert sale.state(order_id) == "paid"
    assert sale.claimed(order_id) == {"A1": None, "A2": None}
    assert (sale.tickets(order_id).keys(), sale.mails()) == ({"A1", "A2"}, ["tickets"])
    with pytest.raises(SeatsNotFree):
        sale.hold("A1", now=LATE + SECOND)
    sale.check_books()


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("sold", [False, True])
def test_late_money_goes_back_where_somebody_has_a_seat(sale: Sale, swept: bool, sold: bool) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    if swept:
        sale.sweep(LATE)
    other = sale.sold("A1", now=LATE) if sold else sale.hold("A1", now=LATE)
    mails = len(sale.mails())
    sale.notice(settled(public_id), now=LATE)
    assert sale.mails()[mails:] == ["payment_returned"]
    assert sale.tickets(order_id) == {}
    assert sale.refunds() == [(PRICE_A, "pending")]
    assert sale.claimed(other).keys() == {"A1"}
    sale.check_books()


def test_late_money_takes_all_the_seats_or_none(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    public_id = sale.intend(order_id)
    other = sale.hold("A2", now=LATE)
    assert sale.settle(public_id, now=LATE)
    assert sale.tickets(order_id) == {}
    assert sale.claimed(order_id) == {"A1": LATE}
    assert sale.claimed(other).keys() == {"A2"}
    # The seat that it still had is nobody's.
    sale.hold("A1", now=LATE)


def test_late_money_goes_back_where_the_hold_was_given_back(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    sale.release(order_id)
    sale.notice(settled(public_id))
    assert sale.state(order_id) == "cancelled"
    was_given_back(sale, order_id, "The order was cancelled before the money came.")


@pytest.mark.parametrize("swept", [False, True])
def test_late_money_goes_back_once_the_screening_has_begun(sale: Sale, swept: bool) -> None:
    begins = START - SECOND
    order_id = sale.hold("A1", now=begins - PAYMENT)
    public_id = sale.intend(order_id, now=begins - PAYMENT)
    if swept:
        sale.sweep(begins)
    sale.notice(settled(public_id), now=START)
    was_given_back(sale, order_id, "The screening had begun when the money came.")


def test_money_for_a_live_hold_is_welcome_after_the_beginning(sale: Sale) -> None:
    order_id = sale.hold("A1", now=START - SECOND)
    public_id = sale.intend(order_id, now=START - SECOND)
    sale.notice(settled(public_id), now=START + SECOND)
    assert sale.state(order_id) == "paid"


def test_money_for_a_cancelled_screening_goes_back(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    sale.cancel(sale.house.lettered)
    sale.notice(settled(public_id))
    was_given_back(sale, order_id, "The order was cancelled before the money came.")


def test_late_money_for_a_cancelled_screening_goes_back(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    sale.sweep(LATE)
    sale.cancel(sale.house.lettered, now=LATE)
    sale.notice(settled(public_id), now=LATE)
    assert sale.state(order_id) == "expired"
    was_given_back(sale, order_id, "The screening was cancelled.")


def test_late_money_goes_back_where_the_screening_is_at_another_time_now(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    sale.sweep(LATE)

    def plan_anew(session: Session) -> None:
        screening = screening_to_change(session, screening_id=sale.house.lettered, place={"time": "21:00"})
        change_planned_screening(session, screening=screening, place={"time": "21:00"}, what={}, now=LATE)

    sale.write(plan_anew)
    sale.notice(settled(public_id), now=LATE)
    assert sale.state(order_id) == "cancelled"
    was_given_back(sale, order_id, "The order was cancelled before the money came.")


def test_of_two_payments_one_goes_back(sale: Sale) -> None:
    order_id = sale.hold("A1")
    first, second = sale.intend(order_id), sale.intend(order_id)
    sale.notice(settled(second, "e1"))
    sale.notice(settled(first, "e2"))
    assert (sale.state(order_id), sale.count(Ticket)) == ("paid", 1)
    assert sale.sums(order_id).paid == PRICE_A
    assert sale.refunds() == [(PRICE_A, "pending")]
    assert (sale.payment(first).refunded_amount, sale.payment(second).refunded_amount) == (PRICE_A, 0)
    assert sale.mails() == ["tickets", "payment_returned"]
    sale.check_books()
    sale.refund(order_id)
    sale.check_books()


def test_more_than_what_is_left_goes_back_and_the_hold_goes_on(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    sale.use_voucher(order_id, sale.voucher(1000))
    sale.notice(settled(public_id))
    assert sale.refunds() == [(PRICE_A, "pending")]
    # No payment is under way any more, so that the hold can be extended.
    assert sale.steps(order_id)[-1] == ("paying", "held")
    sale.extend(order_id)
    assert sale.sums(order_id).outstanding == PRICE_A - 1000
    sale.pay(order_id)
    sale.check_books()


def test_a_part_of_the_price_is_kept_while_the_hold_lives(sale: Sale) -> None:
    order_id = sale.hold("A1")
    old = sale.intend(order_id)
    sale.fail(old)
    sale.change(order_id, "A1", "B1")
    # The provider was wrong about the failure.
    sale.notice(settled(old))
    assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("held", PRICE_B)
    sale.pay(order_id)
    assert sale.sums(order_id).paid == PRICE_A + PRICE_B
    sale.check_books()


def test_a_part_of_the_price_goes_back_once_the_hold_ran_out(sale: Sale) -> None:
    order_id = sale.hold("A1")
    old = sale.intend(order_id)
    sale.fail(old)
    sale.change(order_id, "A1", "B1")
    sale.notice(settled(old), now=LATE)
    was_given_back(sale, order_id, "The hold had run out when the money came.")


def test_a_failure_lets_the_order_be_paid_another_way(sale: Sale) -> None:
    order_id = sale.hold("A1")
    first, second = sale.intend(order_id), sale.intend(order_id)
    sale.notice(failed(first, "e1"))
    # Another payment is still under way.
    assert sale.state(order_id) == "paying"
    sale.notice(failed(second, "e2"))
    assert sale.steps(order_id)[-1] == ("paying", "held")
    assert sale.order(order_id).hold_expires_at == LATE
    sale.pay(order_id)


def test_a_failure_does_not_wake_an_order_that_is_over(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    sale.sweep(LATE)
    sale.notice(failed(public_id), now=LATE)
    assert (sale.state(order_id), sale.payment(public_id).failure) == ("expired", "declined")


def test_notices_in_any_order_end_alike(sale: Sale) -> None:
    for number, turn in enumerate((("settled", "failed"), ("failed", "settled"))):
        order_id = sale.hold(("A1", "A2")[number])
        public_id = sale.intend(order_id)
        for kind in turn:
            notice = (
                settled(public_id, f"s{number}") if kind == "settled" else failed(public_id, f"f{number}")
            )
            sale.notice(notice)
        assert (sale.state(order_id), sale.payment(public_id).state) == ("paid", "settled")
        assert sale.payment(public_id).failure == ""
    assert sale.refunds() == []


def test_every_notice_three_times_and_shuffled_changes_nothing(sale: Sale) -> None:
    paid, twice, late = sale.hold("A1"), sale.hold("A2"), sale.hold("A3")
    payments = [sale.intend(order) for order in (paid, twice, twice, late)]
    sale.hold("A3", now=LATE)
    notices = [settled(one, f"s{number}") for number, one in enumerate(payments)]
    notices += [failed(payments[1], "f1"), failed(payments[3], "f3")]
    for notice in notices:
        sale.notice(notice, now=LATE)
    before, mails = everything(sale), sale.mails()
    assert sale.refunds() == [(PRICE_A, "pending")] * 2
    replayed = notices * 3
    random.Random(7).shuffle(replayed)
    for notice in replayed:
        sale.notice(notice, now=LATE + SECOND)
    assert everything(sale) == before
    assert sale.mails() == mails
    # The provider tells of the same money under another name.
    for number, one in enumerate(payments):
        sale.notice(settled(one, f"again{number}"), now=LATE + SECOND)
    assert everything(sale) == before
    sale.check_books()


def test_copies_at_once_sell_once(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    notices = [settled(public_id, f"e{number}") for number in range(4)]
    at_once(sale.services, [lambda n=notice: sale.notice(n) for notice in notices])  # type: ignore[misc]
    assert (sale.state(order_id), sale.count(Ticket), sale.refunds()) == ("paid", 1, [])
    assert sale.mails() == ["tickets"]


def test_two_payments_at_once_are_one_sale_and_one_refund(sale: Sale) -> None:
    order_id = sale.hold("A1")
    payments = [sale.intend(order_id) for _ in range(4)]
    answers = at_once(sale.services, [lambda p=one: sale.settle(p) for one in payments])  # type: ignore[misc]
    assert answers == [True] * 4
    assert (sale.count(Ticket), sale.refunds()) == (1, [(PRICE_A, "pending")] * 3)
    sale.check_books()


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(PRICE_A - 1, "uah"), (PRICE_A + 1, "uah"), (0, "uah"), (PRICE_A, "eur"), (PRICE_A, None)],
)
def test_a_notice_of_other_money_than_was_asked_for_is_left_to_a_person(
    sale: Sale, amount: int, currency: str | None
) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    for _ in range(2):
        sale.notice(settled(public_id, "e1", amount=amount, currency=currency))
    # Once is enough: sent again, it would say the same.
    assert (sale.state(order_id), sale.count(ProviderEvent)) == ("paying", 1)
    notes = [event.note for event in sale.events(order_id) if "A person must look" in event.note]
    assert len(notes) == 1
    assert public_id in notes[0]
    assert str(Money(amount, (currency or "").upper())) in notes[0]
    # One that is right counts.
    sale.notice(settled(public_id, "e2", amount=None, currency=None))
    assert sale.state(order_id) == "paid"


def test_a_notice_about_nothing_of_ours_is_passed_over(sale: Sale, caplog: pytest.LogCaptureFixture) -> None:
    sale.notice(settled("NOSUCHPAYMENT", "e1"))
    sale.notice(failed("NOSUCHPAYMENT", "e2"))
    assert ("e1" in caplog.text, "e2" in caplog.text) == (True, True)
    with pytest.raises(PaymentNotFound):
        sale.settle("NOSUCHPAYMENT")
    with pytest.raises(PaymentNotFound):
        sale.fail("NOSUCHPAYMENT")


def test_a_provider_speaks_of_its_own_payments_only(sale: Sale) -> None:
    """Or else the play money of the demonstration would buy tickets that cost real money."""
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id, "stripe")
    sale.notice(settled(public_id, "e1"), provider="demo")
    sale.notice(failed(public_id, "e2"), provider="demo")
    assert (sale.payment(public_id).state, sale.state(order_id)) == ("starting", "paying")
    sale.notice(settled(public_id, "e1"), provider="stripe")
    assert sale.state(order_id) == "paid"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_second_payment_waits_for_the_first(sale: Sale) -> None:
    order_id = sale.hold("A1")
    first, second = sale.intend(order_id), sale.intend(order_id)
    with uncommitted(sale.services) as session:
        settle_payment(session, public_id=first, now=NOW)
        with beside(sale.services, lambda s: settle_payment(s, public_id=second, now=NOW)) as slower:
            slower.wait_until_it_waits()
            session.commit()
    assert slower.result()
    assert sale.payment(second).refunded_amount == PRICE_A
    sale.check_books()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_sweeper_passes_over_what_is_being_settled(sale: Sale) -> None:
    order_id = sale.hold("A1")
    public_id = sale.intend(order_id)
    with uncommitted(sale.services) as session:
        deal_with_notice(session, provider="stripe", notice=settled(public_id), now=LATE)
        assert sale.sweep(LATE) == 0
        session.commit()
    assert sale.state(order_id) == "paid"
