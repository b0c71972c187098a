"""Gift vouchers, and orders that are paid with them in part"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import (
    HoldExpired,
    InvalidOffer,
    NothingToPay,
    StepNotAllowed,
    VoucherEmpty,
    VoucherNotValid,
)
from matinee.boxoffice.models import Order, Voucher, VoucherEntry
from matinee.boxoffice.vouchers import pay_with_voucher
from matinee.payments.models import Payment
from matinee.programme.models import Screening
from tests.boxoffice.interleaving import at_once, beside, uncommitted
from tests.boxoffice.selling import END, PAYMENT, Sale
from tests.building import NOW, PRICE_A, PRICE_B, clock_at

SECOND = timedelta(seconds=1)
LATE = NOW + PAYMENT


def entries(sale: Sale, code: str) -> int:
    """The sum of all movements of the voucher: what it has less than at first."""

    def read(session: Session) -> int:
        voucher = select(Voucher.id).where(Voucher.code_hint == code[-4:]).scalar_subquery()
        return (
            session.scalar(select(func.sum(VoucherEntry.amount)).where(VoucherEntry.voucher_id == voucher))
            or 0
        )

    return sale.read(read)


def test_a_voucher_pays_for_an_order(sale: Sale) -> None:
    code = sale.voucher(50_000)
    order_id = sale.hold("A1", "B1")
    assert sale.use_voucher(order_id, code) == PRICE_A + PRICE_B
    assert sale.balance(code) == 50_000 - PRICE_A - PRICE_B
    assert entries(sale, code) == -PRICE_A - PRICE_B
    assert (sale.state(order_id), sale.tickets(order_id).keys()) == ("paid", {"A1", "B1"})
    assert sale.mails() == ["tickets"]
    sale.check_books()


def test_what_a_voucher_does_not_pay_is_left_for_another_way(sale: Sale) -> None:
    first, second = sale.voucher(1000), sale.voucher(2000)
    order_id = sale.hold("A1")
    assert (sale.use_voucher(order_id, first), sale.use_voucher(order_id, second)) == (1000, 2000)
    assert (sale.state(order_id), sale.sums(order_id).outstanding) == ("held", PRICE_A - 3000)
    assert (sale.balance(first), sale.balance(second)) == (0, 0)
    payment = sale.pay(order_id)
    assert sale.payment(payment).amount == PRICE_A - 3000
    assert (sale.state(order_id), sale.sums(order_id).paid) == ("paid", PRICE_A)
    sale.check_books()


def test_a_voucher_is_typed_as_people_type(sale: Sale) -> None:
    code = sale.voucher(1000)
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]}\n"
    assert sale.use_voucher(sale.hold("A1"), typed) == 1000


def test_only_the_hash_of_a_code_is_kept(sale: Sale) -> None:
    code = sale.voucher(1000)
    voucher = sale.read(lambda s: s.scalars(select(Voucher)).one())
    assert code not in {str(value) for value in vars(voucher).values()}
    assert (voucher.code_hint, voucher.initial_amount, voucher.currency) == (code[-4:], 1000, "UAH")


def test_vouchers_that_are_not_valid_here_or_now(sale: Sale) -> None:
    elsewhere = sale.read(lambda s: s.get_one(Screening, sale.house.elsewhere).cinema_id)
    ended, off = sale.voucher(1000, valid_until=NOW + SECOND), sale.voucher(1000)
    sale.write(
        lambda s: setattr(
            s.scalars(select(Voucher).where(Voucher.code_hint == off[-4:])).one(), "active", False
        )
    )
    order_id = sale.hold("A1")
    for code in (sale.voucher(1000, cinema=elsewhere), ended, off, "NONE", ""):
        with pytest.raises(VoucherNotValid):
            sale.use_voucher(order_id, code, now=NOW + SECOND)
    assert sale.use_voucher(order_id, ended, now=NOW) == 1000


def test_an_empty_voucher_and_an_order_that_costs_nothing(sale: Sale) -> None:
    code = sale.voucher(PRICE_A)
    sale.use_voucher(sale.hold("A1"), code)
    with pytest.raises(VoucherEmpty):
        sale.use_voucher(sale.hold("A2"), code)
    with pytest.raises(NothingToPay):
        sale.use_voucher(sale.hold("1", screening=sale.house.second_hall), sale.voucher(1))
    assert sale.count(Payment) == 1


def test_a_voucher_is_worth_more_than_nothing(sale: Sale) -> None:
    for amount in (0, -1):
        with pytest.raises(InvalidOffer):
            sale.voucher(amount)


def test_a_voucher_pays_for_what_can_be_paid_only(sale: Sale) -> None:
    code = sale.voucher(1000)
    sold, expired, released = sale.sold("A1"), sale.hold("A2"), sale.hold("A3")
    sale.release(released)
    for order_id, error in ((sold, StepNotAllowed), (expired, HoldExpired), (released, StepNotAllowed)):
        with pytest.raises(error):
            sale.use_voucher(order_id, code, now=END)
    assert sale.balance(code) == 1000


@pytest.mark.parametrize("how", ["expires", "released"])
def test_a_hold_that_ends_gives_the_voucher_its_money_back_and_tells_the_buyer(sale: Sale, how: str) -> None:
    code = sale.voucher(1000)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    if how == "expires":
        assert sale.sweep(END) == 1
    else:
        sale.release(order_id)
    assert (sale.balance(code), entries(sale, code)) == (1000, 0)
    assert sale.refunds() == [(1000, "succeeded")]
    (mail,) = sale.messages()
    assert (mail.kind, mail.payload["amount"]) == ("payment_returned", 1000)
    assert mail.payload["reason"].endswith(".")
    assert (sale.sums(order_id).paid, sale.sums(order_id).refunded) == (1000, 1000)
    sale.check_books()


def test_the_rest_that_comes_late_sells_the_order_where_nobody_swept_it(sale: Sale) -> None:
    code = sale.voucher(1000)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    payment = sale.intend(order_id)
    assert sale.settle(payment, now=LATE)
    assert (sale.state(order_id), sale.balance(code)) == ("paid", 0)
    sale.check_books()


def test_the_rest_that_comes_after_the_voucher_went_back_goes_back_too(sale: Sale) -> None:
    code = sale.voucher(1000)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    payment = sale.intend(order_id)
    sale.sweep(LATE)
    assert sale.settle(payment, now=LATE)
    assert (sale.state(order_id), sale.tickets(order_id)) == ("expired", {})
    assert sale.refunds() == [(1000, "succeeded"), (PRICE_A - 1000, "pending")]
    assert sale.mails() == ["payment_returned", "payment_returned"]
    sale.check_books()


def test_all_of_it_that_comes_after_the_voucher_went_back_sells_the_order(sale: Sale) -> None:
    code = sale.voucher(1000)
    order_id = sale.hold("A1")
    payment = sale.intend(order_id)
    sale.use_voucher(order_id, code)
    sale.sweep(LATE)
    assert sale.balance(code) == 1000
    assert sale.settle(payment, now=LATE)
    assert sale.state(order_id) == "paid"
    # The total is what the ticket costs and what was refunded, together.
    sums = sale.sums(order_id)
    assert (sums.total, sums.paid, sums.refunded, sums.outstanding) == (
        PRICE_A + 1000,
        PRICE_A + 1000,
        1000,
        0,
    )
    sale.check_books()
    sale.refund(order_id)
    assert sale.sums(order_id).refunded == PRICE_A + 1000
    sale.check_books()


def test_a_refund_puts_the_vouchers_part_back_on_it_at_once(sale: Sale) -> None:
    code = sale.voucher(20_000)
    order_id = sale.hold("A1", "B1")
    sale.use_voucher(order_id, code)
    sale.pay(order_id, now=NOW + SECOND)
    # The latest first: of the card's 17,000 the ticket for A1 takes 15,000.
    sale.refund_some(order_id, "A1")
    assert (sale.refunds(), sale.balance(code)) == ([(PRICE_A, "pending")], 0)
    sale.refund_some(order_id, "B1")
    assert sale.refunds()[1:] == [(2000, "pending"), (20_000, "succeeded")]
    assert (sale.balance(code), entries(sale, code), sale.state(order_id)) == (20_000, 0, "refunded")
    sale.check_books()


def set_voucher(sale: Sale, **values: object) -> None:
    sale.write(
        lambda s: [setattr(s.scalars(select(Voucher)).one(), name, value) for name, value in values.items()]
    )


def valid_until(sale: Sale) -> datetime | None:
    return sale.read(lambda s: s.scalars(select(Voucher)).one().valid_until)


@pytest.mark.parametrize("days_left", [-10, 0, 5])
def test_a_voucher_that_expired_can_be_spent_for_a_month_once_money_came_back(
    sale: Sale, days_left: int
) -> None:
    code = sale.voucher(PRICE_A)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    set_voucher(sale, valid_until=NOW + timedelta(days=days_left))
    sale.refund(order_id)
    until = NOW + timedelta(days=30)
    assert (sale.balance(code), valid_until(sale)) == (PRICE_A, until)
    assert sale.messages()[-1].payload["vouchers"] == [
        {"hint": code[-4:], "amount": PRICE_A, "extended_until": until.isoformat(), "by_hand": False}
    ]
    assert sale.use_voucher(sale.hold("A1", now=NOW), code, now=NOW) == PRICE_A
    sale.check_books()


@pytest.mark.parametrize("end", [None, NOW + timedelta(days=31)])
def test_a_voucher_that_is_good_for_long_stays_as_it_was(sale: Sale, end: datetime | None) -> None:
    code = sale.voucher(PRICE_A, valid_until=end)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    sale.refund(order_id)
    assert valid_until(sale) == end
    assert sale.messages()[-1].payload["vouchers"][0]["extended_until"] is None


def test_nothing_goes_onto_a_voucher_that_is_out_of_use_but_from_hand_to_hand(sale: Sale) -> None:
    code = sale.voucher(PRICE_A)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    set_voucher(sale, active=False, valid_until=NOW)
    sale.refund(order_id)
    assert (sale.balance(code), valid_until(sale)) == (0, NOW)
    assert sale.refunds() == [(PRICE_A, "by_hand")]
    assert sale.messages()[-1].payload["vouchers"][0]["by_hand"] is True
    sale.check_books()


def test_a_voucher_never_holds_more_than_at_first(sale: Sale) -> None:
    code = sale.voucher(1000)
    with pytest.raises(IntegrityError, match="balance_in_range"):
        sale.write(lambda s: setattr(s.scalars(select(Voucher)).one(), "balance", 1001))
    with pytest.raises(IntegrityError, match="balance_in_range"):
        sale.write(lambda s: setattr(s.scalars(select(Voucher)).one(), "balance", -1))
    assert sale.balance(code) == 1000


def test_a_voucher_is_left_alone_where_the_seats_are_gone(sale: Sale) -> None:
    code = sale.voucher(PRICE_A)
    slow = sale.hold("A1")
    sale.hold("A1", now=END)
    with pytest.raises(HoldExpired):
        sale.use_voucher(slow, code, now=END - SECOND)
    assert (sale.balance(code), sale.count(Payment), sale.mails()) == (PRICE_A, 0, [])


def test_a_voucher_is_left_alone_where_the_promo_code_is_gone(sale: Sale) -> None:
    sale.promo("ONCE", uses_max=1, value=50)
    code = sale.voucher(PRICE_A)
    slow, other = sale.hold("A1"), sale.hold("A2", now=END)
    sale.apply(slow, "ONCE")
    sale.apply(other, "ONCE", now=END)
    # The clock has gone on since the request began.
    with pytest.raises(HoldExpired), clock_at(END):
        sale.use_voucher(slow, code, now=END - SECOND)
    assert sale.balance(code) == PRICE_A


def test_a_voucher_is_spent_once_by_orders_that_want_it_at_once(sale: Sale) -> None:
    code = sale.voucher(PRICE_A)
    orders = [sale.hold(label) for label in ("A1", "A2", "A3", "A4")]
    answers = at_once(sale.services, [lambda o=order: sale.use_voucher(o, code) for order in orders])  # type: ignore[misc]
    assert sorted(answer for answer in answers if isinstance(answer, int)) == [PRICE_A]
    assert sum(isinstance(answer, VoucherEmpty) for answer in answers) == 3
    assert (sale.balance(code), entries(sale, code)) == (0, -PRICE_A)
    sale.check_books()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_second_who_wants_a_vouchers_money_waits_for_the_first(sale: Sale) -> None:
    code = sale.voucher(PRICE_B)
    first, second = sale.hold("A1"), sale.hold("A2")

    def pay(session: Session, order_id: int) -> int:
        return pay_with_voucher(session, order=session.get_one(Order, order_id), code=code, now=NOW).amount

    with uncommitted(sale.services) as session:
        pay(session, first)
        with beside(sale.services, lambda s: pay(s, second)) as slower:
            slower.wait_until_it_waits()
            session.commit()
    assert slower.result() == PRICE_B - PRICE_A
    assert sale.balance(code) == 0
