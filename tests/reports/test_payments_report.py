"""Payments, and whether they agree with the tickets."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema
from matinee.reports.payments_report import PaymentsReport, payments_report
from matinee.reports.periods import Period
from tests.boxoffice.selling import Sale
from tests.building import KYIV, NOW, PRICE_A, PRICE_B, TODAY

TOMORROW = TODAY + timedelta(days=1)
A_DAY = timedelta(days=1)


def report(sale: Sale, first: object = TODAY, last: object = None, *, slug: str = "odeon") -> PaymentsReport:
    period = Period(first, last or first, KYIV)  # type: ignore[arg-type]
    return sale.read(
        lambda s: payments_report(
            s, cinema=s.scalars(select(Cinema).where(Cinema.slug == slug)).one(), period=period, now=NOW
        )
    )


def test_payments_and_refunds_stand_on_their_days(sale: Sale) -> None:
    sale.refund(sale.sold("A1"), now=NOW + A_DAY)
    found = report(sale, TODAY, TOMORROW).money
    assert [(row.day, row.provider, row.paid, row.refunded) for row in found.rows] == [
        (TODAY, "stripe", PRICE_A, 0), (TOMORROW, "stripe", 0, PRICE_A),
    ]  # fmt: skip
    assert [(one.state, one.amount) for one in found.refunds] == [("pending", PRICE_A)]
    assert (found.paid, found.refunded, found.net) == (PRICE_A, PRICE_A, 0)


def test_the_money_of_the_counter_is_told_apart_by_tender(sale: Sale) -> None:
    first, second = sale.hold("A1"), sale.hold("A2")
    for order_id in (first, second):
        sale.take_money(order_id)

    def into_the_till(session: object) -> None:
        till = TillSession(
            cinema_id=sale.house.cinema, clerk_id=None, clerk_name="anna", opened_at=NOW, opening_float=0
        )
        session.add(till)  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        payment = session.scalars(select(Payment).order_by(Payment.id)).first()  # type: ignore[attr-defined]
        session.add(  # type: ignore[attr-defined]
            TillEntry(
                session_id=till.id, at=NOW, kind="sale", tender="cash", amount=PRICE_A, payment_id=payment.id
            )
        )

    sale.write(into_the_till)
    rows = report(sale).money.rows
    assert [(row.provider, row.tender, row.paid) for row in rows] == [
        ("counter", None, PRICE_A), ("counter", "cash", PRICE_A),
    ]  # fmt: skip


def test_what_is_not_done_is_told(sale: Sale) -> None:
    sale.intend(sale.hold("A1"))
    failed = sale.intend(sale.hold("A2"))
    sale.fail(failed)
    paid = sale.hold("A3")
    sale.take_money(paid)
    sale.refund(paid)
    sale.write(lambda s: s.execute(update(PaymentRefund).values(state="by_hand")).rowcount)
    found = report(sale).money
    assert [(one.state, one.amount) for one in found.payments] == [("failed", PRICE_A), ("starting", PRICE_A)]
    assert [(one.provider, one.state, one.amount) for one in found.refunds] == [
        ("counter", "by_hand", PRICE_A)
    ]


def test_money_of_a_hold_is_a_deposit_until_it_is_sold(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, sale.voucher(4000))
    books = report(sale).books
    assert (books.money, books.tickets, books.deposits, books.difference) == (4000, 0, 4000, 0)
    sale.write(
        lambda s: (
            s.execute(
                update(Order).where(Order.id == order_id).values(hold_expires_at=NOW + 2 * A_DAY)
            ).rowcount
        )
    )
    sale.pay(order_id, now=NOW + timedelta(hours=14))
    later = report(sale, TOMORROW).books
    assert (later.money, later.tickets, later.deposits) == (PRICE_A - 4000, PRICE_A, -4000)
    whole = report(sale, TODAY, TOMORROW).books
    assert (whole.money, whole.tickets, whole.deposits) == (PRICE_A, PRICE_A, 0)
    assert books.adds_up
    assert later.adds_up
    assert whole.adds_up


def test_what_an_exchange_for_something_dearer_leaves_is_a_deposit(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.lettered, "B1", now=NOW + timedelta(hours=14))
    books = report(sale, TOMORROW).books
    assert (books.money, books.tickets, books.deposits) == (0, -PRICE_A, PRICE_A)
    assert books.adds_up
    sale.take_money(order_id, now=NOW + timedelta(hours=15))
    books = report(sale, TOMORROW).books
    assert (books.money, books.tickets, books.deposits) == (PRICE_B - PRICE_A, PRICE_B - PRICE_A, 0)


def test_an_exchange_for_another_cinema_is_accounted_for_in_both(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.elsewhere, "1")
    here, there = report(sale).books, report(sale, slug="lux").books
    assert here.adds_up
    assert there.adds_up
    # The old ticket was sold and came back in one day: nothing is left between the two.
    assert (here.money, there.money, there.elsewhere) == (0, 0, 0)
    later = sale.sold("A2")
    sale.exchange(later, sale.house.elsewhere, "2", now=NOW + timedelta(hours=14))
    here, there = report(sale).books, report(sale, slug="lux").books
    assert (here.tickets, here.elsewhere, there.money, there.elsewhere) == (
        PRICE_A,
        -PRICE_A,
        PRICE_A,
        PRICE_A,
    )
    assert here.adds_up
    assert there.adds_up


def test_books_that_do_not_add_up_say_so_and_which_order_it_is(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.sold("A2")
    assert report(sale).books.adds_up
    sale.write(
        lambda s: s.execute(update(Ticket).where(Ticket.order_id == order_id).values(sold_at=None)).rowcount
    )
    books = report(sale).books
    assert not books.adds_up
    assert books.difference == PRICE_A
    assert list(books.wrong) == [sale.order(order_id).code]


def test_vouchers_are_owed_until_they_are_spent(sale: Sale) -> None:
    code = sale.voucher(20_000)
    order_id = sale.hold("A1")
    sale.use_voucher(order_id, code)
    sale.refund(order_id, now=NOW + A_DAY)
    today, tomorrow = report(sale).vouchers, report(sale, TOMORROW).vouchers
    assert (today.before, today.issued_count, today.issued, today.spent) == (0, 1, 20_000, PRICE_A)
    assert (today.put_back, today.left) == (0, 20_000 - PRICE_A)
    assert (tomorrow.before, tomorrow.issued, tomorrow.spent) == (20_000 - PRICE_A, 0, 0)
    assert (tomorrow.put_back, tomorrow.left) == (PRICE_A, 20_000)
